"""The invented papers that come with Setu (``samples/documents``), told by content or path, are kept in a collection of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, or_, select

from kb.store import members
from kb.store.schema import collections, documents, versions

CollectionRole: TypeAlias = Literal["", "default", "samples"]
SAMPLES: Final[CollectionRole] = "samples"
FOLDER: Final = "samples/documents"
KNOWN: Final = Path(__file__).with_name("samples.txt")
"""A line for each content that a sample paper has had: its SHA-256 and the name of the file."""


@cache
def known() -> dict[str, str]:
    """The names of the files of sample papers, by SHA-256."""
    lines = (line.split(maxsplit=1) for line in KNOWN.read_text(encoding="utf-8").splitlines() if line.strip())
    return {digest: name.strip() for digest, name in lines}


def collection(conn: Connection) -> int | None:
    """The collection of the sample papers, if there is one."""
    return conn.scalar(select(collections.c.id).where(collections.c.role == SAMPLES))


def made(conn: Connection) -> int:
    """The collection of the sample papers, which is made where there is none."""
    found = collection(conn)
    if found is None:
        new = collections.insert().values(name="", description="", role=SAMPLES, owner="").returning(collections.c.id)
        found = conn.execute(new).scalar_one()
    return found


def set_apart(conn: Connection) -> None:
    """Put every document that is a sample paper into the collection of these; nothing is changed where there is none."""
    by_content = select(versions.c.document_id).where(versions.c.sha256.in_(known()))
    paths = (documents.c.source.endswith(f"/{FOLDER}/{name}", autoescape=True) for name in sorted(set(known().values())))
    found = conn.scalars(select(documents.c.id).where(or_(documents.c.id.in_(by_content), *paths))).all()
    if found:
        members.add(conn, found, [made(conn)])
