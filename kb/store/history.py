"""What became of a document over time, and which documents came from a folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from ingest.records import INSIDE
from kb.records import VersionInfo
from kb.store.schema import documents, pages, versions
from kb.store.sight import Sight, plain, seen


@dataclass(frozen=True, slots=True)
class Known:
    """A document that came from a file; ``published`` when searches find it, ``read`` when it ever had a version."""

    id: int
    source: str
    published: bool
    read: bool

    @property
    def file(self) -> str:
        """The file on disk: of a member of an archive, the archive."""
        return self.source.partition(INSIDE)[0]


def history(conn: Connection, document_id: int) -> tuple[VersionInfo, ...]:
    """Every version of a document that was ever published, the oldest first."""
    count = select(func.count()).where(pages.c.version_id == versions.c.id).scalar_subquery()
    query = (
        select(versions, count.label("pages"), func.length(versions.c.text).label("characters"))
        .where(versions.c.document_id == document_id, versions.c.state != "staged")
        .order_by(versions.c.number)
    )
    return tuple(
        VersionInfo(
            r.number, "current" if r.state == "published" else "superseded", r.created, r.retired, r.sha256, r.media, r.kind, r.title,
            r.language, r.date, r.size, r.pages, r.characters,
        )
        for r in conn.execute(query)
    )  # fmt: skip


def known_under(conn: Connection, folder: Path, sight: Sight = None) -> list[Known]:
    """The documents that are seen whose files are or were in a folder, at any depth."""
    published = select(versions.c.id).where(versions.c.document_id == documents.c.id, versions.c.state == "published").exists()
    read = select(versions.c.id).where(versions.c.document_id == documents.c.id).exists()
    query = select(documents.c.id, documents.c.source, published.label("published"), read.label("read"))
    inside = documents.c.source.startswith(f"{folder}{os.sep}", autoescape=True)
    rows = conn.execute(query.where(inside, seen(sight, documents.c.id)).order_by(documents.c.source))
    return [Known(r.id, plain(r.source), r.published, r.read) for r in rows]


def vanished(known: Sequence[Known]) -> list[Known]:
    """Those whose file is no longer there."""
    gone = {file for file in {k.file for k in known} if not os.path.lexists(file)}
    return [k for k in known if k.file in gone]
