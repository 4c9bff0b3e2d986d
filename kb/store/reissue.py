"""Putting a correction in force, at once with all that follows from it.

The title and the language are part of what is embedded and of which index holds it: where they change, the passages of the published
version are made anew from the catalogue, without reading the file again. Its text and number stay, so that answers that quoted it
are not outdated.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ingest.records import Chunk
from kb.store import corrections, overviews, variants
from kb.store.catalogue import Catalogue
from kb.store.corrections import Correction
from kb.store.publish import Publisher
from kb.store.rows import Header, header_of
from kb.store.schema import chunks, versions
from lang.codes import Language


@dataclass(frozen=True, slots=True)
class _Anew:
    """The passages of a published version (its row) under another title or language; ``others`` as in `corrections.refresh`."""

    version: int
    header: Header
    passages: tuple[Chunk, ...]
    others: dict[str, Language]


def put_in_force(catalogue: Catalogue, publisher: Publisher, document_id: int, field: str, made: Correction | None) -> None:
    """Keep a correction (None: take it back) and bring columns and passages in line; call it inside `Publisher.writing`.

    A process killed at any moment leaves all as it was or all as it is to be.
    """
    with catalogue.read() as conn:
        known = {name: one for name, one in corrections.read(conn, document_id).items() if name != field}
        anew = _anew(conn, document_id, known if made is None else known | {field: made})

    def settle(conn: Connection) -> None:
        corrections.write(conn, document_id, field, made)
        corrections.refresh(conn, document_id, anew.others if anew else None)
        variants.refresh(conn, document_id)
        overviews.drop(conn, [document_id])

    if anew is not None:
        publisher.replace_passages(anew.version, anew.header, anew.passages, settle)
    else:
        with catalogue.write() as conn:
            settle(conn)


def _anew(conn: Connection, document_id: int, made: dict[str, Correction]) -> _Anew | None:
    """What is to be published; None where title and language stay."""
    row = conn.execute(select(versions).where(versions.c.document_id == document_id, versions.c.state == "published")).one()
    kept = json.loads(row.facts)
    values = corrections.in_force(corrections.extracted(row), kept.get("found", {}), made)
    title, language = values["title"], values["language"]
    if (title, language) == (row.title, row.language):
        return None
    found = [
        Chunk(r.key, r.ordinal, r.start, r.end, row.text[r.start : r.end], r.page_first, r.page_last, tuple(json.loads(r.path)), r.language)
        for r in conn.execute(select(chunks).where(chunks.c.version_id == row.id).order_by(chunks.c.ordinal))
    ]
    others = kept.get("other_languages")
    if others is None:
        others = corrections.other_languages(found, row.language)
    return _Anew(row.id, header_of(title, row.text), corrections.spoken(found, language, others), others)
