"""A home that holds something of everything, its backup, and another home."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import Settings
from kb.backup.create import back_up
from kb.records import Filters
from kb.user_records import Exchange
from tests.kb.make import base, document, papers
from tests.once import copied, once

QUESTION = "When was the memorandum signed?"
GLOSSARY = "mr\thi\ten\tja\nकंदील\tलालटेन\tlantern\t提灯\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three papers, one of them with a kept file, a conversation, settings and a glossary. Tests only read it."""
    return copied(once(tmp_path_factory, "full", _full) / "home", tmp_path_factory.mktemp("full") / "home")


def _full(folder: Path) -> None:
    home, kept = folder / "home", folder / "notice.txt"
    home.mkdir()
    (home / "settings.toml").write_text("max_pages = 77\n", encoding="utf-8")
    (home / "glossary.tsv").write_text(GLOSSARY, encoding="utf-8")
    kept.write_text("The lantern bridge is closed on Mondays.\n", encoding="utf-8")
    with base(home) as opened:
        opened.ingest_documents(papers())
        opened.ingest([kept])
        opened.conversations.save(opened.conversations.new().with_new(Exchange(QUESTION, Filters())))


@pytest.fixture(scope="module")
def archive(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written, _ = back_up(Settings.load(home=home), tmp_path_factory.mktemp("backups"))
    return written


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one other paper. Tests take a copy: `mine`."""
    return once(tmp_path_factory, "other", _other)


def _other(home: Path) -> None:
    with base(home) as opened:
        opened.ingest_documents([document("tram", "en", "news", ("The tram to the harbour opens in May.",))])


@pytest.fixture
def mine(other: Path, tmp_path: Path) -> Path:
    """A copy of the home with one other paper, to be replaced."""
    return copied(other, tmp_path / "mine")


def rewritten(archive: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with other parts."""
    with zipfile.ZipFile(archive) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    with zipfile.ZipFile(target, "w") as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return target


def titles(home: Path) -> set[str]:
    with base(home) as opened:
        assert opened.verify() == ()
        return {info.title for info in opened.documents()}


def contents(home: Path) -> dict[str, bytes]:
    """What is in a home, but for the files by which processes keep out of each other's way."""
    return {
        str(file.relative_to(home)): file.read_bytes()
        for file in sorted(home.rglob("*"))
        if file.is_file() and file.suffix != ".lock" and "cache" not in file.parts and not file.name.startswith("catalogue")
    }
