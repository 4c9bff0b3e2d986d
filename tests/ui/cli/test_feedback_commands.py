"""``setu feedback`` in the terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.records import Filters
from kb.user_records import Exchange, Opinion
from tests.once import copied
from tests.ui.conftest import Setu

QUESTION = "Who will bear the cost of the tide gauges?"


@pytest.fixture
def thought(stocked: Path, tmp_path: Path) -> Setu:
    """A home in which one question was asked, and its answer found good, and one found bad."""
    home = tmp_path / "home"
    copied(stocked, home)
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        for question, opinion in (
            (QUESTION, Opinion(True)),
            ("When does\x1b[31m the harbour office close?", Opinion(False, "outdated", "Since May at four.")),
        ):
            answer = kb.answer(question)
            talk = replace(kb.conversations.new(), exchanges=(Exchange(question, Filters(), answer, complete=True),))
            kb.conversations.save(talk)
            kb.feedback.give(talk.id, 0, opinion)
    return Setu(home)


def test_what_was_said_is_listed_the_newest_first(thought: Setu) -> None:
    lines = thought("feedback", "list").stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("- ")
    assert "[outdated]" in lines[0]
    assert "\x1b" not in lines[0]
    assert lines[1].strip() == "Since May at four."
    assert lines[2].startswith("+ ")
    assert lines[2].endswith(QUESTION)
    assert len(thought("feedback", "list", "--good").stdout.splitlines()) == 1
    (bad,) = json.loads(thought("feedback", "list", "--bad", "--json").stdout)
    assert (bad["good"], bad["reason"], bad["comment"], bad["language"]) == (False, "outdated", "Since May at four.", "en")


def test_an_evaluation_set_is_written(thought: Setu, tmp_path: Path) -> None:
    result = thought("feedback", "export", "-o", str(tmp_path / "set"))
    assert result.exit_code == 0, result.output
    assert "1 questions, 1 to complete" in result.stdout
    assert {f.name for f in (tmp_path / "set").iterdir()} == {"corpus.jsonl", "questions.jsonl", "to_complete.jsonl"}


def test_where_nothing_was_said_the_command_tells_where_to_say_it(fresh: Setu, tmp_path: Path) -> None:
    assert "thumbs" in fresh("feedback", "list").stdout
    result = fresh("feedback", "export", "-o", str(tmp_path / "set"))
    assert result.exit_code == 2
    assert "thumbs" in result.stderr
    assert not (tmp_path / "set").exists()
