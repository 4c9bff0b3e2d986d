"""While papers are read and embedded nobody waits for them, and what is published is the file as it is then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.records import Progress
from tests.kb.make import base, document

ONE = "The Parties shall establish a Joint Committee that meets twice a year in Kalpanagar."
TWO = "Forty flood gauges were placed along the river Lahar before the monsoon."


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", readers=1) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "a.txt").write_text(ONE, encoding="utf-8")
    return made


def once_while(stage: str, act: Callable[[], object]) -> Callable[[Progress], None]:
    """Does something at the first step of a stage of an ingest."""
    done: list[str] = []

    def told(step: Progress) -> None:
        if step.stage == stage and not done:
            done.append(stage)
            act()

    return told


def texts(kb: KnowledgeBase) -> dict[str, tuple[int, str]]:
    return {Path(one.source).name: (one.version, kb.text(one.id).strip()) for one in kb.documents() if one.state == "published"}


@pytest.mark.parametrize("stage", ["read", "embed"])
def test_another_writer_goes_on_while_papers_are_read_and_embedded(kb: KnowledgeBase, folder: Path, stage: str) -> None:
    kb.ingest_documents([document("old", "en", "news", ("The tram opens on line two.",))])
    old = kb.documents()[0].id
    deleted = threading.Event()

    def another() -> None:
        def delete() -> None:
            kb.delete(old)
            deleted.set()

        threading.Thread(target=delete, daemon=True).start()
        assert deleted.wait(30), "the other writer waits for the ingest"

    kb.ingest([folder], progress=once_while(stage, another))
    assert texts(kb) == {"a.txt": (1, ONE)}
    assert kb.verify() == ()


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(kb: KnowledgeBase, folder: Path) -> None:
    def replace() -> None:
        (folder / "a.txt").write_text(TWO, encoding="utf-8")

    summary = kb.ingest([folder], progress=once_while("embed", replace))
    assert (summary.added, summary.rejected) == ((str(folder / "a.txt"),), ())
    assert texts(kb) == {"a.txt": (1, TWO)}
    original = kb.original(kb.documents()[0].id)
    assert original is not None
    assert original.read_text(encoding="utf-8") == TWO
    assert kb.verify() == ()


def test_a_file_that_never_stands_still_is_rejected_and_keeps_its_last_version(kb: KnowledgeBase, folder: Path) -> None:
    kb.ingest([folder])
    count = iter(range(100))

    def scribble(step: Progress) -> None:
        if step.stage == "embed":
            (folder / "a.txt").write_text(f"{TWO} Draft {next(count)}.", encoding="utf-8")

    (folder / "a.txt").write_text(TWO, encoding="utf-8")
    summary = kb.ingest([folder], progress=scribble)
    assert [(one.file, "changed each time" in one.reason) for one in summary.rejected] == [(str(folder / "a.txt"), True)]
    assert texts(kb) == {"a.txt": (1, ONE)}


def test_a_file_that_goes_while_it_is_read_leaves_nothing_but_a_note(kb: KnowledgeBase, folder: Path) -> None:
    (folder / "b.txt").write_text(TWO, encoding="utf-8")
    summary = kb.ingest([folder], progress=once_while("embed", (folder / "b.txt").unlink))
    assert (summary.added, summary.rejected) == ((str(folder / "a.txt"),), ())
    assert [note for note in summary.notes if "gone before" in note] == [
        f"{folder / 'b.txt'}: was there for a moment, and gone before it could be read."
    ]
    assert texts(kb) == {"a.txt": (1, ONE)}
    assert len(kb.documents()) == 1


def test_two_ingests_of_one_folder_at_once_make_one_version(kb: KnowledgeBase, folder: Path) -> None:
    with base(kb.settings.home, readers=1) as other:
        summary = kb.ingest([folder], progress=once_while("embed", lambda: other.ingest([folder])))
    assert (summary.added, summary.unchanged) == ((), (str(folder / "a.txt"),))
    assert texts(kb) == {"a.txt": (1, ONE)}


def test_an_ingest_that_has_read_an_older_content_does_not_put_it_over_the_newer(kb: KnowledgeBase, folder: Path) -> None:
    def newer() -> None:
        (folder / "a.txt").write_text(TWO, encoding="utf-8")
        with base(kb.settings.home, readers=1) as other:
            other.ingest([folder])

    kb.ingest([folder], progress=once_while("embed", newer))
    assert texts(kb) == {"a.txt": (1, TWO)}


def test_what_a_deletion_took_from_under_an_ingest_is_embedded_again(kb: KnowledgeBase, folder: Path) -> None:
    """The two have a passage under one title in common, and with it one vector."""
    kb.ingest([folder])
    (folder / "a.txt").rename(folder.parent / "a.txt")
    old = kb.documents()[0].id
    (folder / "b.txt").write_text(f"{ONE}\n\n{TWO}", encoding="utf-8")
    kb.ingest([folder], progress=once_while("embed", lambda: kb.delete(old)))
    assert kb.verify() == ()
    assert {hit.source for hit in kb.search("joint committee", k=5).hits} == {str(folder / "b.txt")}
