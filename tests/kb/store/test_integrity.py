"""What was taken in is what is kept: what is not is named with what to do, and what can be made again is made again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kb import KnowledgeBaseError
from kb.store.publish import Publisher
from tests.kb.make import base, papers
from tests.once import copied, once
from tests.ui.conftest import Setu

TEXT = "The lantern bridge is closed on Mondays.\n"


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a paper, and the home that took it in beside three of no file."""
    return once(tmp_path_factory, "whole", _stocked)


def _stocked(folder: Path) -> None:
    with base(folder / "home") as opened:
        opened.ingest_documents(papers())
        opened.search("bridge")


@pytest.fixture
def home(stocked: Path, tmp_path: Path) -> Path:
    copied(stocked / "home", tmp_path / "home")
    (tmp_path / "notice.txt").write_text(TEXT, encoding="utf-8")
    with base(tmp_path / "home") as opened:
        opened.ingest([tmp_path / "notice.txt"])
        assert opened.verify() == ()
    return tmp_path / "home"


def altered(file: Path) -> None:
    file.write_bytes(b"X" + file.read_bytes()[1:])


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


@pytest.mark.parametrize(("harm", "word"), [(Path.unlink, "missing"), (altered, "altered"), (zeroed, "altered"), (cut, "altered")])
def test_a_kept_file_that_is_not_what_was_taken_in_is_named_and_comes_back_with_the_paper(
    home: Path, harm: Callable[[Path], None], word: str
) -> None:
    (kept,) = (home / "originals").iterdir()
    harm(kept)
    told = Setu(home)("doctor", "--verify")
    assert told.exit_code == 1
    assert "consistent" not in told.stdout
    for said in (f"{kept} is {word}", "The lantern bridge", str(home.parent / "notice.txt"), "ingest the papers again"):
        assert said in told.stdout
    if harm in (altered, zeroed):
        kept.unlink()  # as the message says
    with base(home) as opened:
        assert opened.ingest([home.parent / "notice.txt"]).unchanged
        assert kept.read_text(encoding="utf-8") == TEXT
        assert opened.verify() == ()


def test_a_file_that_goes_while_its_document_is_written_has_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(TEXT, encoding="utf-8")
    stage = Publisher._stage

    def gone_meanwhile(self: Publisher, *given: Any) -> Any:
        notice.unlink()
        return stage(self, *given)

    monkeypatch.setattr(Publisher, "_stage", gone_meanwhile)
    with base(tmp_path / "home") as opened:
        opened.ingest([notice])
        (taken,) = opened.documents()
        kept = opened.original(taken.id)
        assert kept is not None
        assert kept.read_text(encoding="utf-8") == TEXT
        assert opened.verify() == ()


def test_all_kept_files_gone_is_no_consistent_store(home: Path) -> None:
    shutil.rmtree(home / "originals")
    assert "1 kept files are not what was taken in" in Setu(home)("doctor", "--verify").stdout


def test_a_text_that_was_altered_in_the_catalogue_is_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as conn:
        conn.execute("UPDATE versions SET text = replace(text, 'lantern', 'lentern')")
        conn.commit()
    with base(home) as opened:
        (problem,) = opened.verify()
    assert "The text of 1 documents is not what was taken in: “The lantern bridge" in problem
    assert "Restore a backup" in problem


@pytest.mark.parametrize("harm", [zeroed, altered, cut, lambda file: file.write_bytes(b"garbage" * 9), Path.unlink])
@pytest.mark.parametrize("suffix", ["vectors", "rows", "json"])
def test_a_scan_file_that_is_damaged_is_made_again(home: Path, harm: Callable[[Path], None], suffix: str) -> None:
    def found() -> list[tuple[str, float]]:
        with base(home) as opened:
            return [(hit.text, round(hit.score, 4)) for hit in opened.search("When is the bridge closed?").hits]

    before = found()
    for file in (home / "scan").rglob(f"*.{suffix}"):
        harm(file)
    assert found() == before
    for file in (home / "scan").rglob(f"*.{suffix}"):
        harm(file)
    with base(home) as opened:
        assert opened.verify() == ()
    assert found() == before


def test_what_changes_in_a_scan_file_that_is_open_is_found_by_verify(home: Path) -> None:
    with base(home) as opened:
        before = [hit.text for hit in opened.search("When is the bridge closed?").hits]
        for file in (home / "scan").rglob("*.vectors"):
            with file.open("r+b") as written:
                written.write(bytes(file.stat().st_size))
        assert opened.verify() == ()
        assert [hit.text for hit in opened.search("When is the bridge closed?").hits] == before


def garbage(catalogue: Path) -> None:
    catalogue.write_bytes(b"no database" * 999)


def emptied(catalogue: Path) -> None:
    catalogue.write_bytes(b"")


def half(catalogue: Path) -> None:
    catalogue.write_bytes(catalogue.read_bytes()[: catalogue.stat().st_size // 2])


def holed(catalogue: Path) -> None:
    data = bytearray(catalogue.read_bytes())
    for at in range(8192, len(data) - 4096, 8192):
        data[at : at + 4096] = bytes(4096)
    catalogue.write_bytes(data)


@pytest.mark.parametrize("harm", [garbage, emptied, half, holed])
def test_a_damaged_catalogue_is_a_failed_check_of_doctor_that_names_it_and_the_remedy(home: Path, harm: Callable[[Path], None]) -> None:
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
    harm(home / "catalogue.sqlite")
    told = Setu(home)("doctor", "--verify")
    assert told.exit_code == 1
    assert f"{home / 'catalogue.sqlite'}" in told.stdout
    assert "setu restore FILE --replace" in told.stdout
    assert "fonts" in told.stdout  # the other checks are made all the same


def test_a_hole_in_the_catalogue_that_no_query_meets_is_told_by_verify(home: Path) -> None:
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
        (page,) = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'feedback'").fetchone()
        (size,) = conn.execute("PRAGMA page_size").fetchone()
    with (home / "catalogue.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    with base(home) as opened:
        assert opened.search("bridge").hits
        try:
            told = " ".join(opened.verify())
        except KnowledgeBaseError as error:
            told = str(error)
    assert "catalogue.sqlite is damaged" in told
