"""What is kept of a text ends with the last passage that has it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ingest.records import Document
from kb import KnowledgeBase
from kb.embed.embedder import text_key
from kb.store.document_rows import header_of, passage_text
from kb.store.schema import embeddings
from tests.kb.make import base, document, papers


def _kept(opened: KnowledgeBase) -> set[str]:
    with opened._catalogue.read() as conn:
        return set(conn.scalars(select(embeddings.c.key)))


def _keys(*documents: Document) -> set[str]:
    return {text_key(passage_text(header_of(d.facts.title, d.text), c.text)) for d in documents for c in d.chunks}


def _named(opened: KnowledgeBase, source: str) -> int:
    return next(d.id for d in opened.documents() if d.source == source)


def test_a_deleted_document_leaves_no_vectors_but_those_that_another_document_needs(tmp_path: Path) -> None:
    moc, *others = papers()
    twin = replace(moc, source=replace(moc.source, uri="test:twin"), chunks=moc.chunks[:2])
    with base(tmp_path) as opened:
        opened.ingest_documents([moc, twin, *others])
        opened.delete(_named(opened, "test:moc"))
        assert _kept(opened) == _keys(twin, *others)
        opened.delete(_named(opened, "test:twin"))
        assert _kept(opened) == _keys(*others)
        assert opened.verify() == ()


def test_a_new_version_embeds_what_it_changed_and_drops_what_it_no_longer_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = "The towns of Ottermouth and Minatogi agree on what follows about pilots, moorings, tides and the lights of their two bays."
    first, second = (
        document("moc", "en", "agreement", (opening, "The Parties meet twice a year.", f"Signed on {day} March 2025.")) for day in (12, 14)
    )
    with base(tmp_path) as opened:
        opened.ingest_documents([first])
        asked: list[str] = []
        real = opened._embedder.passages
        monkeypatch.setattr(opened._embedder, "passages", lambda texts, progress=None: (asked.extend(texts), real(texts, progress))[1])
        opened.ingest_documents([second])
        assert asked == [passage_text(header_of("moc", second.text), "Signed on 14 March 2025.")]
        assert _kept(opened) == _keys(second)
        opened.delete(_named(opened, "test:moc"))
        assert _kept(opened) == set()


def test_what_an_interrupted_ingest_embedded_is_not_embedded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path) as opened:
        with monkeypatch.context() as broken:
            broken.setattr(opened._publisher._vectors, "add", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
            with pytest.raises(OSError, match="disk"):
                opened.ingest_documents(papers()[:1])
        monkeypatch.setattr(opened._embedder, "passages", lambda texts, progress=None: pytest.fail(f"embedded again: {texts}"))
        assert len(opened.ingest_documents(papers()[:1]).added) == 1
        assert opened.verify() == ()
