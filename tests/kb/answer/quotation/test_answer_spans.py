"""The fact in an answering sentence."""

from __future__ import annotations

import json

from kb.answer.quotation.answer_spans import MOST, marked, marks_in
from kb.records import Statement
from tests.support import PROJECT


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
