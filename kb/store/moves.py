"""Files that were moved or renamed: the document goes by its new path and keeps its history."""

from __future__ import annotations

import os

from sqlalchemy import Connection, select

from ingest.records import INSIDE, Source
from kb.store.schema import documents, versions
from kb.store.sight import EVERYBODY, Audience, plain


def moved_from(conn: Connection, source: Source, audience: Audience = EVERYBODY) -> str | None:
    """The key of the document with this very content, when nothing is at its path any more and ``source`` is no document yet.

    It must serve the audience of what comes in: who brings a file learns nothing of one with the same content that they do not see.
    """
    known = select(versions.c.id).join(documents).where(documents.c.source == source.uri).limit(1)
    if conn.scalar(known) is not None:
        return None
    same = select(documents.c.source).join(versions).where(versions.c.sha256 == source.sha256, versions.c.state == "published")
    found = conn.scalars(audience.serves(same).order_by(documents.c.id)).all()
    return next((key for key in found if os.path.isabs(key) and not os.path.lexists(plain(key).partition(INSIDE)[0])), None)


def move(conn: Connection, old: str, new: str) -> None:
    """Let the document of one path go by another, at which there is none but perhaps a rejected file."""
    conn.execute(documents.delete().where(documents.c.source == new))
    conn.execute(documents.update().where(documents.c.source == old).values(source=new, reject_reason=None, reject_remedy=None))
