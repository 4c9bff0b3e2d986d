"""What a skill lays out, worded by a language model: in its place, checked, with the original beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kb.answer.ask import ask
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.written_skills import as_quoted, passages, to_word, worded
from kb.embed.e5_model import BundledEmbedder
from kb.generate.writer import Pen
from kb.ports import Ports
from kb.records import Answer, Block, Cell, Citation, Done, Event, LaidOut, Skill, Statement, Timings, Turn, Verdict
from kb.verify.verdict import Verifier
from tests.kb.generate.scripted import Believing, Scripted
from tests.kb.pact import PACT

TRANSLATE = "Translate Article 4 into Japanese"
JAPANESE = "漁業者の個人データは港にのみ保存し、5年後に消去しなければならない。"


def quote(at: int, text: str, language: str = "mr") -> Statement:
    cited = Citation(
        1, "करार", "karar.txt", 1, "agreement", None, 1, "1", (), at, at + len(text), language, text, "verified",  # type: ignore[arg-type]
    )  # fmt: skip
    return Statement(text, "agreed", (cited,))


def written(text: str, *quotes: Statement) -> Statement:
    return Statement(text, "agreed", tuple(one.citations[0] for one in quotes), Verdict("verified", 1.0))


TERM, COST, LOCAL = quote(0, "करार पाच वर्षे लागू राहील."), quote(40, "खर्च मंत्रालय करेल."), quote(80, "It is signed twice.", "en")
ROWS = ((Cell("Term"), Cell(TERM.text, (0,))), (Cell("Cost"), Cell(COST.text, (1,))), (Cell("Copies"), Cell(LOCAL.text, (2,))))
TABLE = SkillResult((TERM, COST, LOCAL), (Block("table", columns=("", "Pact"), rows=ROWS),))


def texts(made: SkillResult) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in block.rows] for block in made.blocks]


def test_a_sentence_takes_the_place_of_the_quote_that_it_rests_on_and_the_rest_stay_quotes() -> None:
    said = written("The pact is in force for five years.", TERM)
    made = worded(TABLE, (TERM, COST), [said], "table", "en")
    assert texts(made) == [[["Term", said.text], ["Cost", COST.text], ["Copies", LOCAL.text]]]
    assert [made.statements[at] for row in made.blocks[0].rows for cell in row for at in cell.cited] == [said, COST, LOCAL]
    assert TERM not in made.statements  # it is the citation of what stands there


def test_sentences_of_one_quote_stand_together_and_what_joins_quotes_stands_above() -> None:
    both, one, two = written("A and B.", TERM, COST), written("One.", TERM), written("Two.", TERM)
    made = worded(TABLE, (TERM, COST), [one, both, two], "compare", "en")
    assert texts(made)[0] == [["A and B."]]
    assert texts(made)[1][0] == ["Term", "One. Two."]
    assert [made.statements[at] for at in made.blocks[1].rows[0][1].cited] == [one, two]


def test_a_cell_of_several_quotes_keeps_those_that_were_not_worded() -> None:
    rows = ((Cell(f"{TERM.text} {COST.text}", (0, 1)),),)
    made = worded(SkillResult((TERM, COST), (Block("points", rows=rows),)), (TERM, COST), [written("Pays.", COST)], "summary", "en")
    assert texts(made) == [[[f"{TERM.text} Pays."]]]
    both = worded(SkillResult((TERM, COST), (Block("points", rows=rows),)), (TERM, COST), [written("All.", TERM, COST)], "summary", "en")
    assert texts(both) == [[["All."]]]


def test_nothing_written_leaves_all_as_it_was() -> None:
    assert worded(TABLE, (TERM, COST), [], "table", "en") == TABLE


@pytest.mark.parametrize(
    ("skill", "language", "worded_ones"),
    [
        ("table", "en", (TERM, COST)),
        ("inventory", "en", ()),
        ("summary", "en", (TERM, COST, LOCAL)),
        ("table", "mr", (LOCAL,)),
        ("table", "und", ()),
    ],
)
def test_a_papers_own_words_stay_where_they_are_in_the_language_of_the_answer(
    skill: Skill, language: str, worded_ones: tuple[Statement, ...]
) -> None:
    assert to_word(TABLE, skill, language) == worded_ones  # type: ignore[arg-type]


def test_a_value_that_was_read_from_a_quote_stays() -> None:
    read = SkillResult((TERM,), (Block("table", rows=((Cell("Term"), Cell("5 years", (0,))),)),))
    assert to_word(read, "table", "en") == ()


def test_in_a_letter_the_quote_gives_way_and_not_what_stands_before_it() -> None:
    rows = ((Cell(f"Article 4, page 2: “{TERM.text}”", (0,)),), (Cell("पाच वर्षे", (0,)),))
    letter = SkillResult((TERM,), (Block("letter", rows=rows),))
    made = worded(letter, (TERM,), [written("It is in force for five years.", TERM)], "draft", "en")
    assert texts(made) == [[["Article 4, page 2: It is in force for five years."], ["पाच वर्षे"]]]


def test_values_beside_a_foreign_quote_go_with_it() -> None:
    rows = ((Cell(f"“{TERM.text}” (that is: 5 years)", (0,)),),)
    made = worded(SkillResult((TERM,), (Block("letter", rows=rows),)), (TERM,), [written("Five years.", TERM)], "draft", "en")
    assert texts(made) == [[["Five years."]]]


def test_a_summary_does_not_say_twice_what_its_points_say() -> None:
    one, two = quote(0, "It rains.", "en"), quote(20, "It pours.", "en")
    points = SkillResult((one, two), (Block("points", rows=((Cell(one.text, (0,)),), (Cell(two.text, (1,)),))),))
    assert texts(worded(points, (one, two), [written("Both.", one, two)], "summary", "en")) == [[["It rains."], ["It pours."]]]
    assert texts(worded(points, (one, two), [written("Both.", one, two)], "compare", "en"))[0] == [["Both."]]


def test_the_title_of_a_paper_is_a_name() -> None:
    title = replace(TERM, text="करार", citations=(replace(TERM.citations[0], quote="करार", end=4),))
    assert to_word(SkillResult((title,), (Block("points", rows=((Cell("करार", (0,)),),)),)), "summary", "en") == ()


def test_a_conversation_goes_on_from_the_quotes_of_what_was_written() -> None:
    said = Answer("Term?", "en", "generative", (written("Five years.", TERM), LOCAL), None, Timings(0, 0, 0))
    lent = as_quoted(Turn("Term?", said)).answer.statements
    assert [(one.text, one.citations) for one in lent] == [(TERM.text, TERM.citations), (LOCAL.text, LOCAL.citations)]
    assert lent[0].answering == ((0, len(TERM.text)),)
    assert as_quoted(turn := Turn("?", replace(said, statements=(LOCAL,)))) is turn


def test_a_translation_of_a_part_keeps_what_helps_with_the_rest() -> None:
    line, aids = Block("text", "No version."), Block("points", "Terms:", rows=((Cell("करार: agreement"),),))
    original = Block("points", "Original:", rows=((Cell(TERM.text, (0,)),), (Cell(COST.text, (1,)),)))
    made = SkillResult((TERM, COST), (line, original, aids))
    old, terms = [[TERM.text], [COST.text]], [["करार: agreement"]]
    part = worded(made, (TERM, COST), [written("Five years.", TERM)], "translate", "en")
    assert texts(part) == [[["Five years."], [COST.text]], old, terms]
    whole = worded(made, (TERM, COST), [written("Five years.", TERM), written("It pays.", COST)], "translate", "en")
    assert texts(whole) == [[["Five years."], ["It pays."]], old]


def test_passages_are_what_the_quotes_cite() -> None:
    first, second = passages((TERM, COST))
    assert (first.text, first.start, first.end, second.text) == (TERM.text, 0, len(TERM.text), COST.text)


def writer(told: Mapping[str, str]) -> Scripted:
    """A model that words each passage that it is shown and knows, and quotes nothing of it."""

    def answered(whole: str) -> str:
        shown = [json.loads(line) for line in whole.splitlines() if line.startswith('{"key": "E')]
        lines = [{"text": told[one["text"]], "quotes": [{"key": one["key"]}]} for one in shown if one["text"] in told]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    return Scripted(answered)


def asked(message: str, ports: Ports, pen: Pen) -> list[Event]:
    return list(ask(message, ports=ports, pen=pen))


def last(events: Sequence[Event]) -> Answer:
    done = events[-1]
    assert isinstance(done, Done)
    return done.answer


def test_a_translation_stands_above_its_original_with_its_mark(ports: Ports) -> None:
    chat = writer({PACT["en"][3]: JAPANESE})
    events = asked(TRANSLATE, ports, Pen(chat, Believing()))  # type: ignore[arg-type]
    found = last(events)
    assert (found.engine, found.model, found.skill) == ("generative", "scripted", "translate")
    above, below = found.blocks
    assert JAPANESE in [cell.text for row in above.rows for cell in row]
    assert PACT["en"][3] in [cell.text for row in below.rows for cell in row]
    said = next(one for one in found.statements if one.text == JAPANESE)
    assert (said.status, said.citations[0].quote) == ("verified", PACT["en"][3])
    assert "Write all" not in chat.sent[0].splitlines()[-1]  # the last line asks for Japanese, in Japanese
    first = next(event for event in events if isinstance(event, LaidOut))
    assert PACT["en"][3] in [cell.text for block in first.answer.blocks for row in block.rows for cell in row]


def test_a_translation_that_says_something_else_is_left_out_and_that_is_told(ports: Ports, tmp_path: Path) -> None:
    chat = writer({PACT["en"][3]: "漁業者の個人データは港にのみ保存し、50年後に消去しなければならない。"})
    found = last(asked(TRANSLATE, ports, Pen(chat, Verifier(BundledEmbedder(tmp_path)))))
    assert found.engine == "extractive"
    assert [block.kind for block in found.blocks][:2] == ["text", "points"]
    assert found.notes
    assert found.sent is not None
    assert found.sent.fault == "unverified"


def test_without_a_model_all_is_as_it_was(ports: Ports) -> None:
    plain = last(list(ask(TRANSLATE, ports=ports)))
    silent = last(asked(TRANSLATE, ports, Pen(Scripted(lambda _: '{"silent": true}\n'), Believing())))  # type: ignore[arg-type]
    assert (plain.blocks, plain.statements) == (silent.blocks, silent.statements)
    assert (silent.engine, silent.model) == ("extractive", None)


@pytest.mark.parametrize(
    ("question", "grade"),
    [("Who bears the cost of the tide gauges?", "nearest"), ("Who repairs the elevators of the museum?", "silent")],
)
def test_where_the_quotes_surely_answer_and_a_model_finds_nothing_the_reader_is_to_look(ports: Ports, question: str, grade: str) -> None:
    assert (last(list(ask(question, ports=ports))).grade == "answers") is (grade == "nearest")
    found = last(asked(question, ports, Pen(Scripted(lambda _: '{"silent": true}\n'), Believing())))  # type: ignore[arg-type]
    assert (found.grade, found.engine) == (grade, "extractive" if grade == "nearest" else "generative")
    assert (PACT["en"][2] in [one.text for one in found.statements]) is (grade == "nearest")
    assert any("found no answer" in note for note in found.notes) is (grade == "nearest")
