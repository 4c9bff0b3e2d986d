"""Files that are gone, moved or changed places: no document is lost by it, and none stays that should go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from tests.kb.make import base

TRAM = "The tram of Kalpanagar opened on line two in the spring."
FLOOD = "Forty flood gauges stand along the river Lahar before the monsoon."
PUMP = "The pumping station at the harbour was built by the commissioner."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    for name, text in (("a.txt", TRAM), ("b.txt", FLOOD), ("c.txt", PUMP)):
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def kb(tmp_path: Path, folder: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", readers=1) as opened:
        opened.ingest([folder])
        yield opened


def found(kb: KnowledgeBase, text: str) -> list[str]:
    return [Path(hit.source).name for hit in kb.search(text, k=50).hits if hit.text == text]


def test_a_file_that_is_gone_is_named_and_its_document_stays(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "a.txt").unlink()
    summary = kb.ingest([folder])
    assert summary.vanished == (str(folder / "a.txt"),)
    assert summary.withdrawn == ()
    assert found(kb, TRAM) == ["a.txt"]


def test_pruning_withdraws_it_and_putting_it_back_brings_it_back(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "a.txt").unlink()
    summary = kb.ingest([folder], prune=True)
    assert summary.withdrawn == (str(folder / "a.txt"),)
    assert found(kb, TRAM) == []
    assert kb.ingest([folder], prune=True).withdrawn == ()
    (folder / "a.txt").write_text(TRAM, encoding="utf-8")
    kb.ingest([folder], prune=True)
    assert found(kb, TRAM) == ["a.txt"]
    assert kb.verify() == ()


def test_a_folder_in_which_nothing_is_left_is_taken_for_a_share_that_is_not_mounted(kb: KnowledgeBase, folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    summary = kb.prune([folder])
    assert summary.withdrawn == ()
    assert "mounted" in summary.notes[0]
    assert found(kb, TRAM) == ["a.txt"]


def test_only_the_folders_that_are_named_are_pruned(kb: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "papers2"
    other.mkdir()
    (other / "d.txt").write_text("The library of Lahargaon has a new roof.", encoding="utf-8")
    kb.ingest([other])
    (folder / "a.txt").unlink()
    assert kb.ingest([other], prune=True).withdrawn == ()
    assert found(kb, TRAM) == ["a.txt"]


def test_a_rejected_file_that_is_gone_is_forgotten(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 broken")
    assert [r.file for r in kb.ingest([folder]).rejected] == [str(folder / "bad.pdf")]
    (folder / "bad.pdf").unlink()
    kb.ingest([folder], prune=True)
    assert not any(d.source.endswith("bad.pdf") for d in kb.documents())


@pytest.mark.parametrize("prune", [False, True])
def test_a_file_that_was_moved_keeps_its_document_and_its_versions(kb: KnowledgeBase, folder: Path, prune: bool) -> None:
    before = next(d.id for d in kb.documents() if d.source.endswith("a.txt"))
    (folder / "signed").mkdir()
    (folder / "a.txt").rename(folder / "signed" / "tram.txt")
    summary = kb.ingest([folder], prune=prune)
    assert summary.moved == ((str(folder / "a.txt"), str(folder / "signed" / "tram.txt")),)
    assert (summary.vanished, summary.withdrawn, summary.added) == ((), (), ())
    assert found(kb, TRAM) == ["tram.txt"]
    assert next(d.id for d in kb.documents() if d.source.endswith("tram.txt")) == before
    assert len(kb.documents()) == 3


def test_a_copy_is_no_move_and_takes_over_when_the_first_goes(kb: KnowledgeBase, folder: Path) -> None:
    shutil.copy(folder / "a.txt", folder / "copy.txt")
    assert kb.ingest([folder]).moved == ()
    assert found(kb, TRAM) == ["a.txt"]
    (folder / "a.txt").unlink()
    kb.ingest([folder], prune=True)
    assert found(kb, TRAM) == ["copy.txt"]


def test_files_that_changed_places_are_both_still_there(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "a.txt").rename(folder / "z.txt")
    (folder / "a.txt").write_text("The old mill at Lahargaon is a school today.", encoding="utf-8")
    summary = kb.ingest([folder], prune=True)
    assert found(kb, TRAM) == ["z.txt"]
    assert summary.added == (str(folder / "z.txt"),)
    assert not any("same content" in note for note in summary.notes)
    assert kb.verify() == ()
