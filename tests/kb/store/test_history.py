"""Versions and deletes: what was quoted still opens, what is superseded is not found, what is deleted is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from kb import Filters, KnowledgeBase, UnknownDocumentError
from kb.answer.recheck import recheck
from kb.index import bm25, inverted_index
from kb.records import Citation
from kb.store.facts import near_duplicates
from kb.store.schema import blocks, chunks, metadata, pages, versions
from tests.kb.make import base, document

MEMORANDUM = (
    "The Parties shall establish a Joint Committee in Kalpanagar.",
    "Each Party shall bear its own costs of the sewage treatment plant.",
)
STORY = (
    "The mayor of Kalpanagar opened the sewage treatment plant at the harbour on Monday before three hundred guests.",
    "It cleans forty million litres of waste water a day and cost nine hundred million rupees, said the commissioner.",
)


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", exact_limit=0) as opened:
        opened.ingest_documents(
            [
                document("moc", "en", "agreement", MEMORANDUM),
                document("herald", "en", "news", STORY, date(2025, 3, 3)),
                document("courier", "en", "news", STORY, date(2025, 3, 4)),
            ]
        )
        yield opened


def _named(opened: KnowledgeBase, title: str) -> int:
    return next(d.id for d in opened.documents() if d.title == title)


def _changed(opened: KnowledgeBase) -> None:
    opened.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet in Lahargaon.", MEMORANDUM[1]))])


def test_every_version_is_told_with_when_it_was_in_force(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    (only,) = filled.history(moc)
    assert (only.number, only.state, only.retired) == (1, "current", None)
    assert only.characters == len("\n".join(MEMORANDUM))
    _changed(filled)
    old, new = filled.history(moc)
    assert (old.number, old.state, new.number, new.state) == (1, "superseded", 2, "current")
    assert old.retired is not None
    assert old.created <= old.retired
    assert abs((new.created - old.retired).total_seconds()) < 60
    assert old.sha256 == only.sha256 != new.sha256


def test_a_superseded_version_still_opens_but_is_found_by_no_search(filled: KnowledgeBase) -> None:
    moc = _named(filled, "moc")
    _changed(filled)
    hits = filled.search("Joint Committee in Kalpanagar", k=50, filters=Filters(documents=(moc,))).hits
    assert {hit.version for hit in hits} == {2}
    assert not any("Joint Committee" in hit.text for hit in hits)
    assert "Joint Committee" in filled.text(moc, 1)
    assert [page.version for page in filled.pages(moc, 1)] == [1]
    assert filled.place(moc, 1, 0).path == ("Article 1",)


def test_a_saved_answer_is_checked_against_the_version_it_quoted(filled: KnowledgeBase) -> None:
    answer = filled.answer("Where shall the Parties establish a Joint Committee?")
    cited: list[Citation] = [c for s in answer.statements for c in s.citations if c.document == "moc"]
    assert cited
    _changed(filled)
    again = recheck(answer, filled.text)
    assert [c.status for s in again.statements for c in s.citations] == [c.status for s in answer.statements for c in s.citations]
    assert {c.version for c in cited} == {1}


def test_a_withdrawn_document_keeps_its_versions_and_is_found_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "a.txt").write_text(MEMORANDUM[0], encoding="utf-8")
    (folder / "b.txt").write_text(MEMORANDUM[1], encoding="utf-8")
    with base(tmp_path / "home", readers=1) as kb:
        kb.ingest([folder])
        gone = next(d.id for d in kb.documents() if d.source.endswith("a.txt"))
        (folder / "a.txt").unlink()
        kb.prune([folder])
        assert not any(hit.document_id == gone for hit in kb.search("Joint Committee", k=50).hits)
        (version,) = kb.history(gone)
        assert version.state == "superseded"
        assert version.retired is not None
        assert kb.text(gone, 1) == MEMORANDUM[0]


ASKED = {
    "dense": "Joint Committee",
    "lexical": "Joint Committee",
    "names": "कल्पनगर येथे काय झाले?",
    "clause": "What does Article 1 say?",
    "terms": "下水処理場の費用は？",
}
"""A question for each channel of a search."""


@pytest.mark.parametrize("channel", ASKED)
def test_a_deleted_document_is_in_no_channel_of_a_search(filled: KnowledgeBase, channel: str) -> None:
    moc = _named(filled, "moc")

    def voices() -> list[float]:
        hits = filled.search(ASKED[channel], k=50).hits
        return [score for hit in hits if hit.document_id == moc and (score := hit.channels.get(channel)) is not None]

    assert voices()
    filled.delete(moc)
    assert voices() == []
    assert not any(hit.document_id == moc for hit in filled.search(ASKED[channel], k=50).hits)


def _traces(opened: KnowledgeBase, conn: Connection, gone: set[int], document_id: int) -> dict[str, int]:
    """How much of these passages is left in each place where something of them is kept."""
    selection = opened._scan.select(conn, Filters())["en"]
    query = opened._embedder.query("Joint Committee")
    own = set(conn.scalars(select(versions.c.id).where(versions.c.document_id == document_id)))
    return {
        "scan": len(gone & {chunk for chunk, _ in selection.nearest(query, 100)}),
        "vectors": len(gone & opened._vectors.chroma.ids("en")),
        "nearest vectors": len(gone & {chunk for chunk, _ in opened._vectors.chroma.nearest("en", query, 100)}),
        "keywords": len(gone & bm25.rows(conn, "en")),
        "live postings": len(inverted_index.live(conn, "en", sorted(gone))),
        "chunks": conn.scalar(select(func.count()).where(chunks.c.id.in_(gone))) or 0,
        "pages": conn.scalar(select(func.count()).where(pages.c.version_id.in_(own))) or 0,
        "blocks": conn.scalar(select(func.count()).where(blocks.c.version_id.in_(own))) or 0,
        "versions": len(own),
        "stories": len(near_duplicates.groups(conn, {document_id})),
    }


def test_nothing_of_a_deleted_document_is_left_in_any_place(filled: KnowledgeBase) -> None:
    herald, courier = _named(filled, "herald"), _named(filled, "courier")
    filled.search("harbour")  # writes the scan files
    with filled._catalogue.read() as conn:
        query = select(chunks.c.id).join(versions).where(versions.c.document_id == herald)
        gone = set(conn.scalars(query))
        assert all(_traces(filled, conn, gone, herald).values())
    assert [v.document_id for v in filled.document(courier).variants] == [herald]
    filled.delete(herald)
    with filled._catalogue.read() as conn:
        assert not any(_traces(filled, conn, gone, herald).values())
        for table in metadata.sorted_tables:
            for column in table.columns:
                if column.name == "document_id":
                    assert not conn.scalar(select(func.count()).select_from(table).where(column == herald)), table.name
        size = conn.execute(select(func.count()).select_from(chunks)).scalar_one()
    assert filled.document(courier).variants == ()
    assert size == 4
    assert filled.verify() == ()
    with pytest.raises(UnknownDocumentError):
        filled.history(herald)
    with pytest.raises(UnknownDocumentError):
        filled.text(herald, 1)


def test_a_document_with_the_same_text_is_still_found_when_its_twin_is_deleted(filled: KnowledgeBase) -> None:
    twin = document("moc", "en", "agreement", MEMORANDUM)
    filled.ingest_documents([replace(twin, source=replace(twin.source, uri="test:twin"))])
    first, second = sorted(d.id for d in filled.documents() if d.title == "moc")
    filled.delete(first)
    for channel in ("dense", "lexical"):
        hits = filled.search("Joint Committee in Kalpanagar", k=50, channels=(channel,)).hits
        assert [hit.document_id for hit in hits if hit.text == MEMORANDUM[0]] == [second]
    assert filled.verify() == ()
