"""Sentences as a model would write them are judged, and the shares of each status told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.datasets.written_sentences import TRUE, replies
from eval.tasks.replies import Judged, command, report

LINE = {
    "id": "a",
    "language": "en",
    "across": False,
    "document": "Memorandum",
    "quotes": ["Either side may end this memorandum by giving the other ninety days' written notice."],
    "text": "Either side can end the memorandum with ninety days of written notice.",
    "false": {"number": ["Either side can end the memorandum with sixty days of written notice."]},
}


def file_of(folder: Path, *lines: object) -> Path:
    file = folder / "replies.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return file


def test_true_sentences_and_lies_are_judged_apart(tmp_path: Path) -> None:
    made = CliRunner().invoke(command, [str(file_of(tmp_path, LINE)), "--json", str(tmp_path / "out.json")])
    assert made.exit_code == 0, made.output
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    shares = {row["kind"]: row for row in found["shares"] if row["language"] == "all"}
    assert shares[TRUE]["verified"] == 1.0
    assert shares["number"]["unsupported"] == 1.0
    assert found["auroc"]["same"]["verifier"] >= 0.5
    assert found["auroc"]["across"] == {"verifier": None, "words": None}


def test_a_line_that_is_no_reply_is_named(tmp_path: Path) -> None:
    made = CliRunner().invoke(command, [str(file_of(tmp_path, LINE, {"id": "b"}))])
    assert made.exit_code == 1
    assert "replies.jsonl, line 2" in made.output


def test_the_report_counts_by_side_kind_and_language(tmp_path: Path) -> None:
    true, false = replies(file_of(tmp_path, LINE))
    found = report([Judged(true, "partial", (0.4, 0.9), 10.0), Judged(false, "verified", (0.6, 0.8), 30.0)])
    assert {(row["kind"], row["language"], row["n"]) for row in found["shares"]} == {
        (kind, language, 1) for kind in (TRUE, "number") for language in ("all", "en")
    }
    assert found["auroc"]["same"] == {"verifier": 0.0, "words": 1.0}
    assert found["ms"]["p50"] == pytest.approx(20.0)
