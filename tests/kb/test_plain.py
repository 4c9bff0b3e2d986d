"""An answer of blocks as plain text: tables are tables, points are points, and every citation is marked where it stands."""

from __future__ import annotations

from dataclasses import replace

from kb.answer.plain import block_text, blocks_text, shown_apart
from kb.records import Answer, Block, Cell, Statement, Timings

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
