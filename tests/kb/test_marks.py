"""The fact in an answering sentence."""

from __future__ import annotations

import json

import pytest

from kb.answer.marks import MOST, marked, marks_in
from kb.records import Statement
from tests.support import PROJECT


@pytest.mark.parametrize(
    ("question", "text", "facts"),
    [
        ("When was the memorandum signed?", "It was signed at Hoshimori on 18 February 2026.", ["18 February 2026"]),
        ("करारावर कधी स्वाक्षरी झाली?", "दिनांक १८ फेब्रुवारी २०२६ रोजी स्वाक्षरी करण्यात आली.", ["१८ फेब्रुवारी २०२६"]),
        ("प्रशिक्षण के लिए आवेदन की अंतिम तिथि क्या है?", "आवेदन की अंतिम तिथि 15 जून 2026 रखी गई है।", ["15 जून 2026"]),
        ("覚書はいつ署名されましたか。", "覚書は2026年2月18日に署名された。", ["2026年2月18日"]),
        (
            "What does the pilot cost?",
            "The pilot is estimated to cost Rs 12.40 crore, of which the Ministry will bear 60 per cent.",
            ["Rs 12.40 crore"],
        ),
        ("हा खर्च किती आहे?", "अंदाजित खर्च १२.४० कोटी रुपये असून त्यापैकी ६० टक्के मंत्रालय उचलेल.", ["१२.४० कोटी रुपये"]),
        ("What share will the Ministry bear?", "It costs Rs 12.40 crore, of which the Ministry will bear 60 per cent.", ["60 per cent"]),
        ("How long does it remain in effect?", "It comes into effect on 1 April 2026 and stays so for three years.", ["three years"]),
        ("協力覚書の有効期間は何年ですか。", "It comes into effect on 1 April 2026 and stays so for three years.", ["three years"]),
        ("Who is the Chief Data Officer?", "The city appointed Dr. Hoshizora Ren as its Chief Data Officer.", ["Dr. Hoshizora Ren"]),
        (
            "Which areas does the cooperation cover?",
            "The Participants will cooperate in the following areas: flood warning, city data and the training of officers.",
            ["flood warning, city data and the training of officers"],
        ),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_marked(question: str, text: str, facts: list[str]):
    assert [text[start:end] for start, end in marks_in(question, text)] == facts


def test_what_the_question_says_itself_is_not_marked():
    text = "In 2023 false warnings fell to 6 per cent."
    assert [text[slice(*span)] for span in marks_in("What percentage of warnings were false in 2023?", text)] == ["6 per cent"]


def test_nothing_is_marked_when_the_question_does_not_say_what_it_wants():
    assert marks_in("Why was the pilot delayed?", "It was delayed until October 2026 by 3 weeks, Vaidehi Nilsagare said.") == ()


def test_of_many_numbers_those_nearest_to_the_questions_words_are_marked():
    text = "There are 12 gauges, 30 sirens, 44 boats and, along the river, 96 sensors."
    found = [text[slice(*span)] for span in marks_in("How many sensors stand along the river?", text)]
    assert len(found) <= MOST
    assert "96" in found
    assert "12" not in found


def test_marks_lie_in_order_inside_the_statement_for_every_gold_sentence_of_the_samples():
    rows = [json.loads(line) for line in (PROJECT / "eval" / "data" / "samples_gold.jsonl").read_text(encoding="utf-8").splitlines()]
    right = asked = 0
    for row in rows:
        for sentence in row.get("sentences", ()):
            text = sentence["sentence"]
            statement = marked(row["text"], [Statement(text, "agreed", ())])[0]
            ends = [0, *(offset for span in statement.marks for offset in span)]
            assert ends == sorted(ends)
            assert ends[-1] <= len(text)
            if row["kind"] in {"when", "how_much", "how_long"} and statement.marks:
                asked += 1
                facts = [text[slice(*span)] for span in statement.marks]
                right += any(f in a or a in f for f in facts for a in sentence["answers"])
    assert asked >= 40
    assert right / asked >= 0.85
