"""Overviews of papers that were made, kept until what they were made of changes: the newest of each paper and language."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kb.store.catalogue import Catalogue
from kb.store.passages import STEP
from kb.store.schema import overviews
from lang.codes import Language


def kept(catalogue: Catalogue, document_id: int, language: Language, key: str) -> str | None:
    """What is kept of a document for readers of a language, where it was made of the same (``key``); else None."""
    query = select(overviews.c.body).where(overviews.c.document_id == document_id, overviews.c.language == language, overviews.c.key == key)
    with catalogue.read() as conn:
        return conn.scalar(query)


def keep(catalogue: Catalogue, document_id: int, language: Language, key: str, body: str) -> bool:
    """Keep an overview in place of an earlier one; False where the catalogue cannot be written just now: it is made again then."""
    own = (overviews.c.document_id == document_id) & (overviews.c.language == language)
    try:
        with catalogue.write() as conn:
            conn.execute(overviews.delete().where(own))
            conn.execute(overviews.insert().values(document_id=document_id, language=language, key=key, body=body))
    except DBAPIError:
        return False
    return True


def drop(conn: Connection, documents: Iterable[int]) -> None:
    """Let go of the overviews of documents that were read again or corrected."""
    numbers = sorted(set(documents))
    for start in range(0, len(numbers), STEP):
        conn.execute(overviews.delete().where(overviews.c.document_id.in_(numbers[start : start + STEP])))
