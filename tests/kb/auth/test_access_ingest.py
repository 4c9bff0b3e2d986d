"""Documents come in beside ones that are not seen: neither changes the other, and nobody learns of what is there."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.auth.roles import Reader
from tests.kb.make import base

ONE = "The Parties shall establish a Joint Committee that meets twice a year in Kalpanagar."
TWO = "Forty flood gauges were placed along the river Lahar before the monsoon."
THREE = "The commissioner opened the pumping station at the harbour on Friday."

FINANCE = Reader("fay", "editor", frozenset({"finance"}))
WATER = Reader("walt", "editor", frozenset({"water"}))
PUBLIC = Reader("pia", "editor", frozenset())


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", readers=1) as opened:
        yield opened


def told(kb: KnowledgeBase) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(Path(info.source).name, info.version, info.groups) for info in kb.documents()]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_new_comes_into_the_groups_and_what_is_known_stays_in_its_own(kb: KnowledgeBase, tmp_path: Path) -> None:
    paper = write(tmp_path / "a.txt", ONE)
    kb.ingest([paper], groups=("finance", "water"))
    assert told(kb) == [("a.txt", 1, ("finance", "water"))]
    write(paper, TWO)
    kb.ingest([paper], groups=("roads",))
    assert told(kb) == [("a.txt", 2, ("finance", "water"))]


def test_a_rejected_file_is_in_the_groups_too(kb: KnowledgeBase, tmp_path: Path) -> None:
    bad = tmp_path / "secret-plan.pdf"
    bad.write_bytes(b"%PDF-1.7 broken")
    kb.ingest([bad], groups=("finance",))
    assert told(kb) == [("secret-plan.pdf", 0, ("finance",))]
    assert kb.seen_by(WATER).documents() == ()


def test_a_file_of_a_path_that_is_taken_out_of_sight_becomes_a_document_of_its_own(kb: KnowledgeBase, tmp_path: Path) -> None:
    paper = write(tmp_path / "a.txt", ONE)
    finance, water = kb.seen_by(FINANCE), kb.seen_by(WATER)
    finance.ingest([paper], groups=("finance",))
    write(paper, TWO)
    summary = water.ingest([paper], groups=("water",))
    assert (summary.added, summary.updated, summary.unchanged, summary.notes) == ((str(paper),), (), (), ())
    assert [info.source for info in water.documents()] == [str(paper)]
    assert water.documents()[0].version == 1
    write(paper, THREE)
    again = water.ingest([paper])
    assert (again.added, again.updated) == ((), (str(paper),))
    assert sorted(told(kb)) == [("a.txt", 1, ("finance",)), ("a.txt", 2, ("water",))]
    assert finance.text(finance.documents()[0].id).strip() == ONE
    assert water.original(water.documents()[0].id).read_text(encoding="utf-8") == THREE  # type: ignore[union-attr]
    assert kb.verify() == ()
    hits = water.search("pumping station", k=5).hits
    assert {hit.source for hit in hits} == {str(paper)}


def test_the_same_content_is_known_only_where_all_who_are_to_see_it_see_it_already(kb: KnowledgeBase, tmp_path: Path) -> None:
    kb.seen_by(FINANCE).ingest([write(tmp_path / "a.txt", ONE)], groups=("finance",))
    copy = write(tmp_path / "b.txt", ONE)
    found = kb.seen_by(WATER).ingest([copy], groups=("water",))
    assert (found.added, found.notes) == ((str(copy),), ())
    public = kb.seen_by(PUBLIC).ingest([write(tmp_path / "c.txt", ONE)])
    assert len(public.added) == 1
    there = kb.seen_by(FINANCE).ingest([write(tmp_path / "d.txt", ONE)], groups=("finance",))
    assert (there.added, len(there.unchanged)) == ((), 1)
    assert "a.txt" in there.notes[0]
    assert kb.ingest([write(tmp_path / "e.txt", ONE)], groups=("roads",)).unchanged == (str(tmp_path / "e.txt"),)  # c.txt is everybody's


def test_a_file_that_is_gone_is_moved_only_to_where_it_is_seen(kb: KnowledgeBase, tmp_path: Path) -> None:
    old = write(tmp_path / "a.txt", ONE)
    kb.seen_by(FINANCE).ingest([old], groups=("finance",))
    old.unlink()
    new = write(tmp_path / "b.txt", ONE)
    found = kb.seen_by(WATER).ingest([new], groups=("water",))
    assert (found.moved, found.added) == ((), (str(new),))
    mine = kb.seen_by(FINANCE).ingest([write(tmp_path / "c.txt", ONE)], groups=("finance",))
    assert mine.moved == ((str(old), str(tmp_path / "c.txt")),)
    assert sorted(told(kb)) == [("b.txt", 1, ("water",)), ("c.txt", 1, ("finance",))]


def pack(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    return path


def test_what_is_new_in_an_archive_comes_into_the_groups_of_the_others(kb: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "papers.zip"
    kb.ingest([pack(path, one=ONE)], groups=("finance",))
    kb.ingest([pack(path, one=ONE, two=TWO)])
    assert [groups for _, _, groups in told(kb)] == [("finance",), ("finance",)]
    kb.put_in_groups(next(info.id for info in kb.documents() if "one" in info.source), ())
    kb.ingest([pack(path, one=ONE, two=TWO, three=THREE)])
    assert kb.document(max(info.id for info in kb.documents())).groups == ()


def test_an_archive_of_a_name_that_is_taken_out_of_sight_withdraws_nothing_of_the_other(kb: KnowledgeBase, tmp_path: Path) -> None:
    path = tmp_path / "papers.zip"
    kb.seen_by(FINANCE).ingest([pack(path, secret=ONE)], groups=("finance",))
    summary = kb.seen_by(WATER).ingest([pack(path, two=TWO)], groups=("water",))
    assert (len(summary.added), summary.notes) == (1, ())
    assert {info.state for info in kb.documents()} == {"published"}
    kb.seen_by(WATER).ingest([pack(path, secret=THREE)], groups=("water",))
    finance = kb.seen_by(FINANCE).documents()
    assert [(info.state, info.version) for info in finance] == [("published", 1)]
    assert kb.text(finance[0].id).strip() == ONE


def test_pruning_tells_and_withdraws_only_what_is_seen(kb: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, text, reader, groups in (("a", ONE, FINANCE, ("finance",)), ("b", TWO, WATER, ("water",)), ("c", THREE, WATER, ("water",))):
        kb.seen_by(reader).ingest([write(folder / f"{name}.txt", text)], groups=groups)
    (folder / "a.txt").unlink()
    (folder / "b.txt").unlink()
    summary = kb.seen_by(WATER).ingest([folder], prune=True)
    assert summary.vanished == summary.withdrawn == (str(folder / "b.txt"),)
    assert kb.seen_by(FINANCE).documents()[0].state == "published"


def test_an_interrupted_ingest_leaves_no_groups_behind(kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(kb._publisher._vectors, "add", broken)
    with pytest.raises(OSError, match="disk is full"):
        kb.ingest([write(tmp_path / "a.txt", ONE)], groups=("finance",))
    monkeypatch.undo()
    kb._publisher.heal()
    assert kb.documents() == ()
    assert kb.groups() == ()
