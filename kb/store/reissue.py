"""Making the passages of a published document anew under its corrected title or language, without reading the file again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from ingest.records import Block, Chunk, DatedFact, Document, Facts, Page, Source
from kb.store.catalogue import Catalogue
from kb.store.corrections import extracted, refresh
from kb.store.publish import Publisher
from kb.store.schema import blocks, chunks, documents, pages, versions


def reissue(catalogue: Catalogue, publisher: Publisher, document_id: int) -> None:
    """Publish the current version again from the catalogue; call it inside `Publisher.writing`.

    It goes the way of every new version, so that a crash leaves the old passages or the new ones. Then it takes the old version's
    number: its text is the same, and answers that quoted it are not outdated.
    """
    with catalogue.read() as conn:
        old, document = _document(conn, document_id)
    for _ in publisher.publish([document]):
        pass
    with catalogue.write() as conn:
        kept = conn.execute(
            select(versions.c.number, versions.c.facts, versions.c.created, versions.c.size).where(versions.c.id == old)
        ).one()
        conn.execute(versions.delete().where(versions.c.id == old))
        new = (versions.c.document_id == document_id) & (versions.c.state == "published")
        conn.execute(versions.update().where(new).values(number=kept.number, facts=kept.facts, created=kept.created, size=kept.size))
        refresh(conn, document_id)


def _document(conn: Connection, document_id: int) -> tuple[int, Document]:
    """The row of the published version and the document as it was extracted."""
    published = (versions.c.document_id == document_id) & (versions.c.state == "published")
    row = conn.execute(select(versions, documents.c.source).join(documents).where(published)).one()
    text: str = row.text
    facts = _facts(json.loads(row.facts), extracted(row))
    page_rows = conn.execute(select(pages).where(pages.c.version_id == row.id).order_by(pages.c.number)).all()
    block_rows = conn.execute(select(blocks).where(blocks.c.version_id == row.id).order_by(blocks.c.ordinal)).all()
    chunk_rows = conn.execute(select(chunks).where(chunks.c.version_id == row.id).order_by(chunks.c.ordinal)).all()
    carried = {row.language: facts.language}  # the chunks may carry an earlier correction of the language
    size = conn.scalar(select(func.length(versions.c.text)).where(versions.c.id == row.id)) or 0
    document = Document(
        source=Source(row.source, row.sha256, row.media, size),
        facts=facts,
        text=text,
        pages=tuple(
            Page(r.number, r.label, text[r.start : r.end], r.start, r.end, r.method, r.quality, r.language, r.note, r.boxes or b"")
            for r in page_rows
        ),
        blocks=tuple(
            Block(r.page, r.role, tuple(json.loads(r.path)), text[r.start : r.end], r.start, r.end, r.language) for r in block_rows
        ),
        chunks=tuple(
            Chunk(
                r.key, r.ordinal, r.start, r.end, text[r.start : r.end], r.page_first, r.page_last, tuple(json.loads(r.path)),
                carried.get(r.language, r.language),
            )
            for r in chunk_rows
        ),
    )  # fmt: skip
    return row.id, document


def _facts(kept: dict[str, Any], columns: dict[str, Any]) -> Facts:
    day = columns["date"]
    return Facts(
        kind=columns["kind"],
        title=columns["title"],
        language=columns["language"],
        publisher=columns["publisher"],
        date=date.fromisoformat(day) if day else None,
        parties=tuple(kept["parties"]),
        dates=tuple(DatedFact(d["role"], date.fromisoformat(d["value"]), d["text"], d["start"], d["end"]) for d in kept["dates"]),
    )
