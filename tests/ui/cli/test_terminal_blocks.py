"""Answers that are laid out, as `setu ask` prints them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.records import Answer, Block, Cell, Citation, Statement, Timings
from ui.cli.answer_output import table_text, width
from ui.cli.commands.ask import print_answer

ONE = Citation(3, "A memorandum", "/p/a.pdf", 2, "agreement", None, 6, "vi", ("Article 4",), 4, 9, "en", "forty gauges", "verified")
TWO = replace(ONE, document_id=4, document="第二の覚書", start=11, end=19, quote="三十台", language="ja")
SAID = (
    Statement("forty gauges", "agreed", (ONE,)),
    Statement("三十台", "agreed", (TWO,)),
    Statement("left over", "agreed", (replace(ONE, quote="left over", start=40),)),
)
TABLE = Block(
    "table",
    "Gauges",
    columns=("", "Moor", "沼地"),
    rows=((Cell("How many"), Cell("forty", (0,)), Cell("三十", (1,))), (Cell("Where"), Cell("says nothing"))),
)


def answer(*blocks: Block) -> Answer:
    return Answer("How many?", "en", "extractive", SAID, None, Timings(0, 0, 700), skill="table", blocks=blocks)


def signed(statement: Statement) -> str:
    return " [1]" if statement is SAID[0] else " [2]"


def test_a_table_that_fits_is_aligned_also_in_japanese() -> None:
    assert table_text(TABLE, SAID, signed, 80).splitlines() == [
        "Gauges",
        "",
        "          Moor          沼地",
        "────────  ────────────  ────────",
        "How many  forty [1]     三十 [2]",
        "Where     says nothing",
    ]


def test_a_table_that_is_too_wide_is_read_row_by_row() -> None:
    assert table_text(TABLE, SAID, signed, 20) == "Gauges\n\nHow many\n  Moor: forty [1]\n  沼地: 三十 [2]\n\nWhere\n  Moor: says nothing"


def test_signs_on_letters_take_no_room() -> None:
    assert (width("कि"), width("क्"), width("か"), width("e\u0301")) == (2, 1, 2, 1)


def test_an_answer_prints_its_blocks_its_sources_by_number_and_what_no_block_lays_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(
        answer(TABLE, Block("points", rows=((Cell("Gauges"), Cell("forty", (0,))),)), Block("options", "Which?", items=("This one?",)))
    )
    out = capsys.readouterr().out
    assert "- Gauges: forty [1]" in out
    assert "Which?\n\n- This one?" in out
    assert "  [1] A memorandum · p. vi · Article 4 · characters 4 to 9 · ✓ verified" in out
    assert "  [2] 第二の覚書" in out
    assert "Original in Japanese" in out
    assert "Table from 2 papers · 0.7 s" in out
    assert "“left over”\n    [3] " in out
    assert "“forty gauges”" not in out


def test_quotes_in_a_block_are_printed_as_quotes_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer(Block("quotes", "In full:", rows=((Cell("", (0,)),),))))
    out = capsys.readouterr().out
    assert out.index("In full:") < out.index("“forty gauges”") < out.index("“三十台”")
    assert out.count("forty gauges") == 1


def test_a_quote_in_another_language_has_its_values_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    cited = replace(TWO, quote="十四日以内に三十台を置く。")
    print_answer(replace(answer(), statements=(Statement(cited.quote, "agreed", (cited, ONE), marks=((0, 3),)),)))
    out = capsys.readouterr().out
    assert "を置く。”\n    In English: 14 days\n" in out
    assert out.count("In English") == 1


def test_a_block_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(answer(Block("table", "a\x1b[2J", columns=("\x1b[1m",), rows=((Cell("\u202eb", (0,)),),)), Block("text", "\x07")))
    out = capsys.readouterr().out
    assert not {"\x1b[2J", "\x07", "\u202e"} & {out[at : at + n] for at in range(len(out)) for n in (1, 4)}
