"""Documents as rows of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from ingest.records import Chunk, Document, Language
from kb.represent.embed import text_key
from kb.store.schema import blocks, chunks, pages, versions


def passage_text(title: str, text: str) -> str:
    """What is embedded for a passage: the document's title, then the passage."""
    return f"{title}\n{text}" if title and not text.startswith(title) else text


def passage_texts(found: Iterable[Document]) -> dict[str, str]:
    """What is embedded of documents, by its key."""
    texts = (passage_text(document.facts.title, chunk.text) for document in found for chunk in document.chunks)
    return {text_key(text): text for text in texts}


def insert_places(conn: Connection, version: int, document: Document) -> None:
    """Write the pages and blocks of a version."""
    conn.execute(
        pages.insert(),
        [
            {"version_id": version, "number": p.number, "label": p.label, "start": p.start, "end": p.end, "method": p.method,
             "quality": p.quality, "language": p.language, "note": p.note, "boxes": p.boxes or None}
            for p in document.pages
        ],
    )  # fmt: skip
    if document.blocks:
        conn.execute(
            blocks.insert(),
            [
                {"version_id": version, "ordinal": i, "page": b.page, "role": b.role, "path": json.dumps(b.path, ensure_ascii=False),
                 "start": b.start, "end": b.end, "language": b.language}
                for i, b in enumerate(document.blocks)
            ],
        )  # fmt: skip


def insert_chunks(conn: Connection, version: int, title: str, found: Sequence[Chunk]) -> list[tuple[int, Language]]:
    """Write the chunks of a version; the row and the language of each, in order."""
    if not found:
        return []
    made = conn.execute(
        chunks.insert().returning(chunks.c.id, sort_by_parameter_order=True),
        [
            {"version_id": version, "key": c.id, "ordinal": c.ordinal, "start": c.start, "end": c.end, "page_first": c.page_first,
             "page_last": c.page_last, "path": json.dumps(c.path, ensure_ascii=False), "language": c.language,
             "embedding_key": text_key(passage_text(title, c.text))}
            for c in found
        ],
    )  # fmt: skip
    return [(row.id, c.language) for row, c in zip(made, found, strict=True)]


def insert_draft(conn: Connection, version: int) -> int:
    """A staged copy of a version, as yet without pages, blocks and chunks; its row."""
    row = conn.execute(select(versions).where(versions.c.id == version)).one()._asdict()
    number = conn.scalar(select(func.max(versions.c.number)).where(versions.c.document_id == row["document_id"]))
    copy = {name: value for name, value in row.items() if name != "id"} | {"state": "staged", "number": (number or 0) + 1}
    made: int = conn.execute(versions.insert().values(copy).returning(versions.c.id)).scalar_one()
    return made


def take_over(conn: Connection, draft: int, version: int) -> None:
    """Publish a staged copy in place of the version it was copied from, under the same number; the version's chunks must be gone."""
    row = conn.execute(select(versions.c.number, versions.c.state).where(versions.c.id == version)).one()
    for table in (pages, blocks):
        conn.execute(table.update().where(table.c.version_id == version).values(version_id=draft))
    conn.execute(versions.delete().where(versions.c.id == version))
    conn.execute(versions.update().where(versions.c.id == draft).values(number=row.number, state=row.state))
