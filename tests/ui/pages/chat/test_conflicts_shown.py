"""Conflicts, sides and superseded papers in the terminal and the JSON."""

from __future__ import annotations

import pytest

from kb.records import Answer, Citation, Conflict, Statement, Superseding, Timings
from ui.cli.commands.ask import print_answer
from ui.cli.json_output import shape
from ui.components.answer_wording import by_side, reading_order, standing_note


def _cited(document: int, title: str, quote: str, by: Superseding | None = None) -> Citation:
    return Citation(
        document, title, f"/p/{document}", 1, "agreement", None, 1, "1", (), 0, len(quote), "en", quote, "verified", superseded_by=by
    )


OLD = _cited(1, "Old Memorandum", "It costs three.", Superseding(2, "New Memorandum", "supersedes"))
NEW = _cited(2, "New Memorandum", "It costs four.")
CONFLICT = Conflict("amount", NEW, OLD, "four", "three", "superseded", "The sources disagree.")
ANSWER = Answer(
    "Compare", "en", "extractive",
    (
        Statement("It costs three.", "agreed", (OLD,), side="the old"),
        Statement("It costs four.", "agreed", (NEW,), side="the new"),
        Statement("It costs three.", "agreed", (OLD,), side="the old"),
    ),
    None, Timings(1, 1, 2), conflicts=(CONFLICT,),
)  # fmt: skip


def test_the_sides_of_a_comparison_are_read_one_after_the_other() -> None:
    assert [(side, len(said)) for side, said in by_side(ANSWER.statements)] == [("the old", 2), ("the new", 1)]
    assert [s.side for s in reading_order(ANSWER.statements)] == ["the old", "the old", "the new"]


def test_the_terminal_names_sides_superseded_papers_and_conflicts(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(ANSWER)
    said = capsys.readouterr().out
    assert said.index("== the old ==") < said.index("== the new ==") < said.index("⚠ The sources disagree.")
    assert said.count("== the old ==") == 1
    assert "⚠ This paper is no longer in force: “New Memorandum” takes its place." in said
    assert said.rindex("[2]") < said.rindex("[1]")


def test_the_json_holds_sides_superseded_papers_and_conflicts() -> None:
    told = shape(ANSWER)
    assert [s["side"] for s in told["statements"]] == ["the old", "the new", "the old"]
    assert told["statements"][0]["citations"][0]["superseded_by"] == {
        "document": "New Memorandum",
        "document_id": 2,
        "relation": "supersedes",
    }
    assert told["statements"][1]["citations"][0]["superseded_by"] is None
    (conflict,) = told["conflicts"]
    assert (conflict["what"], conflict["weight"], conflict["one"]["quote"]) == ("amount", "superseded", "It costs four.")


def test_a_superseded_paper_is_named_in_the_language_of_the_question() -> None:
    assert standing_note(NEW, "ja") is None
    assert standing_note(OLD, "mr") == "हा दस्तऐवज आता लागू नाही: त्याची जागा “New Memorandum” ने घेतली आहे."
