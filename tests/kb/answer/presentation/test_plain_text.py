"""An answer of blocks as plain text: tables are tables, points are points, and every citation is marked where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answer.presentation.rendering import answer_text, beside, block_text, blocks_text, shown_apart
from kb.records import Answer, Block, Cell, Citation, Statement, Timings
from lang.languages import Language

SAID = tuple(
    Statement(text, "agreed", ()) for text in ("The term is three years.", "The term is five years.", "Gauges are yearly checked.")
)
ANSWER = Answer("Compare the terms", "en", "extractive", SAID, None, Timings(0, 0, 0))
NUMBERED = {statement.text: f" [{at}]" for at, statement in enumerate(SAID, 1)}


def signed(statement: Statement) -> str:
    return NUMBERED[statement.text]


def test_a_table_has_a_row_for_each_and_marks_its_cells() -> None:
    rows = ((Cell("Pact"), Cell("three | 3 years", (0,))), (Cell("Accord"), Cell("five years", (1,))))
    table = Block("table", "Terms", columns=("Paper", "Term"), rows=rows)
    assert block_text(table, SAID, signed).splitlines() == [
        "Terms",
        "",
        "| Paper | Term |",
        "| --- | --- |",
        r"| Pact | three \| 3 years [1] |",
        "| Accord | five years [2] |",
    ]


def test_which_paper_is_meant_is_asked_below_what_they_say() -> None:
    options = Block("options", "Which?", items=("The pact?", "The accord?"))
    told = answer_text(replace(ANSWER, blocks=(options,), skill="clarify"))
    assert told.index(SAID[-1].text) < told.index("Which?")
    told = answer_text(replace(ANSWER, blocks=(options,), skill="decline"))
    assert told.index("Which?") < told.index(SAID[0].text)


def test_points_steps_options_and_letters_are_laid_out_as_such() -> None:
    rows = ((Cell("Term"), Cell("three years", (0,))), (Cell("Gauges are checked", (2,)),))
    assert block_text(Block("points", rows=rows), SAID, signed) == "- Term: three years [1]\n- Gauges are checked [3]"
    assert block_text(Block("steps", rows=rows), SAID) == "1. Term: three years\n2. Gauges are checked"
    assert block_text(Block("options", "Which?", ("Pact", "Accord")), ()) == "Which?\n\n- Pact\n- Accord"
    assert block_text(Block("letter", rows=((Cell("Dear Sir,"),), (Cell("yours"),))), ()) == "Dear Sir,\n\nyours"


def test_what_no_block_lays_out_is_shown_apart() -> None:
    answer = replace(ANSWER, blocks=(Block("text", "So it stands."), Block("points", rows=((Cell("three years", (0,)),),))))
    assert shown_apart(answer) == SAID[1:]
    assert blocks_text(answer, signed) == "So it stands.\n\n- three years [1]"


def quote(text: str, language: Language, *marks: str, answering: str = "") -> Statement:
    cited = Citation(1, "Pact", "/p", 1, "agreement", None, 1, "1", (), 0, len(text), language, text, "verified")

    def span(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    return Statement(text, "agreed", (cited,), marks=tuple(map(span, marks)), answering=(span(answering),) if answering else ())


PIER = "The pier opened on 5 May 2019 at Rs 12.4 crore. It is mended within fourteen days. Ninety-two boats moor there."


@pytest.mark.parametrize(
    ("statement", "reader", "said"),
    [
        (quote(PIER, "en", "fourteen days", answering="It is mended within fourteen days."), "ja", "日本語では：14日"),
        (quote(PIER, "en", "fourteen days"), "hi", "हिंदी में: 14 दिन, 5 मई 2019, 12.4 करोड़ रुपये"),
        (quote(PIER, "en", "Ninety-two"), "mr", "मराठीत: ९२, ५ मे २०१९, १२.४ कोटी रुपये, १४ दिवस"),
        (quote(PIER, "en", answering="Ninety-two boats moor there."), "ja", ""),
        (
            quote("पाच वर्षांत, म्हणजे ३१ मार्च २०३१ पर्यंत, १५ किमी, ४० टक्के, ९० लाख रुपये.", "mr"),
            "en",
            "In English: 5 years, 31 March 2031, 15 km, 40 per cent",
        ),
        (quote("桟橋は良い。", "ja"), "en", ""),
        (quote("14日以内", "ja"), "ja", ""),
        (quote("14日以内", "und"), "en", ""),
    ],
)
def test_a_quote_in_another_language_has_its_values_beside_it_the_fact_asked_for_first(
    statement: Statement, reader: Language, said: str
) -> None:
    assert beside(statement, reader) == said


def test_nothing_is_said_beside_words_that_are_no_quote() -> None:
    own = quote("14日以内", "ja")
    assert beside(replace(own, text="Within 14日."), "en") == ""
    assert beside(replace(own, citations=()), "en") == ""


def test_the_values_stand_below_their_quote() -> None:
    answer = replace(ANSWER, statements=(quote("14日以内に直す。", "ja", "14日"), SAID[0]))
    assert answer_text(answer, lambda _: " [1]").split("\n\n")[1] == "14日以内に直す。 [1]\nIn English: 14 days"
