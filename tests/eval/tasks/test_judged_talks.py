"""Conversations are held for people to judge without names, and what they judged is counted by system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.__main__ import cli
from eval.tasks.products.judged_talks import graded, held, setu_is_a, table
from tests.kb.make import base, document
from tests.support import PROJECT

TALKS = PROJECT / "eval" / "data" / "talks"
TALK: Mapping[str, Any] = {
    "id": "t1",
    "lang": "en",
    "turns": [
        {"text": "How high may a kiosk be?", "want": "3 metres", "kind": "lookup"},
        {"text": "And what does it pay?", "want": "Rs 400", "kind": "followup"},
    ],
}


def test_each_message_is_asked_in_its_conversation_beside_the_passages_as_it_was_typed(tmp_path: Path) -> None:
    with base(tmp_path / "home") as kb:
        kb.ingest_documents([document("Kiosk rules", "en", "other", ("A kiosk may be 3 metres high.", "A kiosk pays a fee of Rs 400."))])
        first, second = held(kb, TALK)
    assert (first["before"], second["before"]) == ([], ["How high may a kiosk be?"])
    ours, theirs = ("A", "B") if setu_is_a("t1", 0) else ("B", "A")
    assert "3 metres" in first[ours]
    assert first[theirs].startswith("(Kiosk rules) ")
    assert "---" in first[theirs]
    assert "Rs 400" in second["A" if setu_is_a("t1", 1) else "B"]


def test_about_half_of_the_answers_of_setu_are_a() -> None:
    shown = [setu_is_a(f"talk{n}", turn) for n in range(100) for turn in range(3)]
    assert 0.4 < sum(shown) / len(shown) < 0.6


def test_grades_are_counted_by_system_and_kind() -> None:
    grades = [
        {"id": "t1", "turn": at, "A": "right" if setu_is_a("t1", at) else "wrong", "B": "wrong" if setu_is_a("t1", at) else "right"}
        for at in (0, 1)
    ]
    assert table(graded([TALK], grades)) == [
        ["all", "2", "1.00", "0.00", "0.00", "0.00", "0.00", "1.00"],
        ["lookup", "1", "1.00", "0.00", "0.00", "0.00", "0.00", "1.00"],
        ["followup", "1", "1.00", "0.00", "0.00", "0.00", "0.00", "1.00"],
    ]


@pytest.mark.parametrize("row", [{"id": "t1", "turn": 2, "A": "right", "B": "right"}, {"id": "t1", "turn": 0, "A": "good", "B": "right"}])
def test_a_grade_of_another_message_or_scale_is_told(row: Mapping[str, Any], tmp_path: Path) -> None:
    (tmp_path / "talks.jsonl").write_text(json.dumps(TALK), encoding="utf-8")
    (tmp_path / "grades.jsonl").write_text(json.dumps(row), encoding="utf-8")
    done = CliRunner().invoke(cli, ["talks", str(tmp_path / "talks.jsonl"), "--grades", str(tmp_path / "grades.jsonl")])
    assert done.exit_code == 1
    assert "no message with two grades of right, partly, wrong" in done.output


def test_the_kept_judgements_give_the_figures_that_are_told() -> None:
    done = CliRunner().invoke(cli, ["talks", str(TALKS / "talks.jsonl"), "--grades", str(TALKS / "judged_before.jsonl")])
    assert done.exit_code == 0, done.output
    all_of = next(line for line in done.output.splitlines() if line.startswith("| all"))
    assert [cell.strip() for cell in all_of.strip("|").split("|")] == ["all", "116", "0.30", "0.37", "0.33", "0.32", "0.13", "0.55"]
