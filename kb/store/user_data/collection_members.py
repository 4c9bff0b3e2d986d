"""Which documents are in which collections; and the collection of the invented papers that come with Setu (``samples/documents``).

A document of none is in the default collection (`DEFAULT`), which has no row. A collection that holds a document which somebody sees is one
that they see, so no condition here asks for a sight: of a collection that is not seen, no document is. The sample papers are told by
content or path (``sample_papers.txt``) and kept in a collection of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from kb.document_records import DEFAULT
from kb.store.schema import collections, documents, versions
from kb.store.schema import document_collections as held

STEP: Final = 500
"""Ids per statement: SQLite allows 32,766 parameters, older ones 999."""


def collected(chosen: Collection[int], document: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a document (a column of ids) is in one of these collections."""
    there = document.in_(of_collections([one for one in chosen if one != DEFAULT]))
    return or_(there, document.not_in(select(held.c.document_id))) if DEFAULT in chosen else there


def of_collections(chosen: Collection[int]) -> Select[Any]:
    """The ids of the documents of these collections, of which none is the default one."""
    return select(held.c.document_id).where(held.c.collection_id.in_(chosen))


def of_documents(conn: Connection, document: int | None = None) -> dict[int, tuple[int, ...]]:
    """The collections of a document, or of every one; a document of the default collection is not there."""
    query = select(held).order_by(held.c.document_id, held.c.collection_id)
    found: dict[int, tuple[int, ...]] = {}
    for row in conn.execute(query if document is None else query.where(held.c.document_id == document)):
        found[row.document_id] = (*found.get(row.document_id, ()), row.collection_id)
    return found


def common(conn: Connection, documents: Select[Any]) -> tuple[int, ...]:
    """The collections that all documents of a query are in; none where there is no document."""
    wanted = documents.subquery()
    number = select(func.count()).select_from(wanted).scalar_subquery()
    query = select(held.c.collection_id).where(held.c.document_id.in_(select(wanted.c[0]))).group_by(held.c.collection_id)
    return tuple(conn.scalars(query.having(func.count() == number).order_by(held.c.collection_id)))


def add_members(conn: Connection, documents: Collection[int], chosen: Collection[int]) -> None:
    """Put documents into these collections, beside those that they are in; the default one is in the place of all."""
    if DEFAULT in chosen:
        for part in parts(documents):
            conn.execute(held.delete().where(held.c.document_id.in_(part)))
    for one in (one for one in chosen if one != DEFAULT):
        there = set(conn.scalars(of_collections([one])))
        rows = [{"document_id": document, "collection_id": one} for document in dict.fromkeys(documents) if document not in there]
        if rows:
            conn.execute(held.insert(), rows)


def parts(documents: Collection[int]) -> Iterator[list[int]]:
    """Ids, so many at a time as a statement may name."""
    ids = list(documents)
    yield from (ids[start : start + STEP] for start in range(0, len(ids), STEP))


CollectionRole: TypeAlias = Literal["", "default", "samples"]
SAMPLES: Final[CollectionRole] = "samples"
FOLDER: Final = "samples/documents"
KNOWN_SAMPLES: Final = Path(__file__).with_name("sample_papers.txt")
"""A line for each content that a sample paper has had: its SHA-256 and the name of the file."""


@cache
def known_samples() -> dict[str, str]:
    """The names of the files of sample papers, by SHA-256."""
    lines = (line.split(maxsplit=1) for line in KNOWN_SAMPLES.read_text(encoding="utf-8").splitlines() if line.strip())
    return {digest: name.strip() for digest, name in lines}


def sample_collection(conn: Connection) -> int | None:
    """The collection of the sample papers, if there is one."""
    return conn.scalar(select(collections.c.id).where(collections.c.role == SAMPLES))


def made_sample_collection(conn: Connection) -> int:
    """The collection of the sample papers, which is made where there is none."""
    found = sample_collection(conn)
    if found is None:
        new = collections.insert().values(name="", description="", role=SAMPLES, owner="").returning(collections.c.id)
        found = conn.execute(new).scalar_one()
    return found


def set_samples_apart(conn: Connection) -> None:
    """Put every document that is a sample paper into the collection of these; nothing is changed where there is none."""
    by_content = select(versions.c.document_id).where(versions.c.sha256.in_(known_samples()))
    paths = (documents.c.source.endswith(f"/{FOLDER}/{name}", autoescape=True) for name in sorted(set(known_samples().values())))
    found = conn.scalars(select(documents.c.id).where(or_(documents.c.id.in_(by_content), *paths))).all()
    if found:
        add_members(conn, found, [made_sample_collection(conn)])
