"""The terminal writes conversations as files and shows where a link leads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb import KnowledgeBase
from kb.user_records import Conversation, answer_key
from tests.ui.export.conftest import COST
from tests.ui.links import AT
from ui.cli.main import cli
from ui.components.i18n import strings
from ui.components.permalinks import Passage


def run(home: Path, *arguments: str):
    return CliRunner().invoke(cli, list(arguments), env={"SETU_HOME": str(home)})


@pytest.mark.parametrize(("ending", "begins"), [("docx", b"PK"), ("pdf", b"%PDF"), ("md", b"# "), ("html", b"<!DOCTYPE")])
def test_the_terminal_writes_each_kind_of_file(
    home: Path, kb: KnowledgeBase, talk: Conversation, tmp_path: Path, ending: str, begins: bytes
) -> None:
    out = tmp_path / f"talk.{ending}"
    result = run(home, "export", talk.id, "-o", str(out), "--address", AT)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{out}: 5 questions, ")
    assert out.read_bytes().startswith(begins)


def test_the_terminal_lists_conversations_and_takes_the_last(home: Path, kb: KnowledgeBase, talk: Conversation, tmp_path: Path) -> None:
    listed = run(home, "export", "--list")
    assert listed.output.split()[0] == talk.id
    result = run(home, "export", "last", "--format", "md", "-o", str(tmp_path / "notes.txt"), "--language", "ja")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8").startswith(f"# {strings('ja')('note.conversation')}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "nothing-of-that-name-here", "-o", "x.md"], "There is no conversation of that id"),
        (["export", "last", "-o", "x.odt"], "What kind of file is wanted?"),
        (["export", "last"], "Give a CONVERSATION and -o FILE"),
        (["show", "passage", "1.2.3"], "Was the link copied whole?"),
        (["show", "passage", "99.1.0.5"], "no longer in the knowledge base"),
        (["show", "answer", "AAAAAA00112233445566778899"], "no longer kept"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(home: Path, talk: Conversation, arguments: list[str], said: str) -> None:
    result = run(home, *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_the_terminal_shows_the_passage_and_the_answer_of_a_link(home: Path, kb: KnowledgeBase, talk: Conversation) -> None:
    cited = talk.exchanges[0].answer.statements[0].citations[0]
    link = Passage.of(cited).url(AT)
    shown = run(home, "show", "passage", link)
    assert COST in shown.output
    assert "Article 2" in shown.output
    printed = json.loads(run(home, "show", "passage", str(Passage.of(cited)), "--json").stdout)
    assert printed["text"] == cited.quote
    assert COST in printed["text"]
    assert (printed["state"], printed["version"], printed["page_label"]) == ("current", 1, "1")
    note = run(home, "show", "answer", f"{AT}/?answer={answer_key(talk.id, 0)}").output
    assert COST in note
