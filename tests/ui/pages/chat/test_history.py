"""Versions in the terminal and beside an answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lang.languages import LANGUAGES
from tests.ui.apps import button, page, shown
from tests.ui.conftest import MEMORANDUM, Setu, opened
from tests.ui.pages.chat.test_page import QUESTION, QUOTE, only
from ui.components.i18n import strings

CHANGED = MEMORANDUM.replace("forty tide gauges", "eighty tide gauges")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    file = tmp_path / "papers" / "memorandum.txt"
    file.write_text(MEMORANDUM, encoding="utf-8")
    shutil.copy(file, file.with_name("other.txt"))
    file.with_name("other.txt").write_text("The harbour office closes at five on Fridays.", encoding="utf-8")
    return file


def test_history_lists_the_versions_and_show_says_which_is_current(fresh: Setu, paper: Path) -> None:
    fresh("ingest", str(paper))
    first = json.loads(fresh("docs", "list", "--json").stdout)[0]["id"]
    assert "docs history" not in fresh("docs", "show", str(first)).stdout
    paper.write_text(CHANGED, encoding="utf-8")
    fresh("ingest", str(paper))
    printed = json.loads(fresh("docs", "history", str(first), "--json").stdout)
    assert [(v["version"], v["state"]) for v in printed["versions"]] == [(1, "superseded"), (2, "current")]
    assert [v["size"] for v in printed["versions"]] == [len(MEMORANDUM.encode()), len(CHANGED.encode())]
    assert printed["versions"][0]["retired"] is not None
    lines = fresh("docs", "history", str(first)).stdout.splitlines()
    assert lines[2].split()[:2] == ["2", "current"]
    assert lines[3].split()[:2] == ["1", "superseded"]
    assert f"2 versions: setu docs history {first}" in fresh("docs", "show", str(first)).stdout
    old = fresh("docs", "show", str(first), "--version", "1").stdout
    assert "version 1 is superseded since" in old
    assert "by version 2; no search finds it" in old
    assert len(json.loads(fresh("docs", "show", str(first), "--json").stdout)["versions"]) == 2


def test_history_of_a_withdrawn_document_says_why(fresh: Setu, paper: Path) -> None:
    fresh("ingest", str(paper.parent))
    (gone,) = [d["id"] for d in json.loads(fresh("docs", "list", "--json").stdout) if d["source"] == str(paper)]
    paper.unlink()
    fresh("ingest", str(paper.parent), "--prune")
    told = fresh("docs", "history", str(gone)).stdout
    assert "superseded" in told
    assert "no longer where it was taken in from" in told
    assert "version 1 is withdrawn since" in fresh("docs", "show", str(gone), "--version", "1").stdout


def test_history_of_no_document_says_so(fresh: Setu) -> None:
    result = fresh("docs", "history", "77")
    assert result.exit_code == 2
    assert "There is no document 77" in result.output


@pytest.fixture
def home(fresh: Setu, paper: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    fresh("ingest", str(paper.parent))
    yield from opened(fresh.home, monkeypatch)


def test_a_saved_citation_opens_the_version_it_quoted_and_says_since_when_it_is_superseded(home: Path, fresh: Setu, paper: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    assert QUOTE in shown(app).replace("<strong>", "").replace("</strong>", "")
    talk = only(home)
    paper.write_text(CHANGED, encoding="utf-8")
    fresh("ingest", str(paper))
    for language in LANGUAGES:
        again = page(c=talk.id, lang=language)
        button(again, "chip-0-1").click().run()
        assert QUOTE in shown(again).split('<mark id="setu-mark">')[1].split("</mark>")[0]
        words = strings(language)
        (said,) = [w.value for w in again.warning]
        start, _, end = words("place.superseded", date="|", current=2).partition("|")
        assert said.startswith(start)
        assert said.endswith(end)
        assert "202" in said.translate(str.maketrans("०१२३४५६७८९", "0123456789"))


def test_a_citation_of_a_withdrawn_document_still_opens_and_says_so(home: Path, fresh: Setu, paper: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    talk = only(home)
    paper.unlink()
    fresh("ingest", str(paper.parent), "--prune")
    again = page(c=talk.id)
    button(again, "chip-0-1").click().run()
    drawn = shown(again)
    assert QUOTE in drawn.split('<mark id="setu-mark">')[1].split("</mark>")[0]
    assert "MEMORANDUM OF COOPERATION" in drawn
    assert "✓</span> verified" in drawn
    assert [w.value.startswith("withdrawn since") for w in again.warning] == [True]
