"""The files that documents came from: versions over time, moved or renamed files, and copies of the originals.

A file that was moved or renamed keeps its history: the document goes by its new path. A copy of each file is kept so that a citation can
open the page even after the file has changed or gone.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from ingest.errors import IngestError
from ingest.records import INSIDE, Limits, Source
from kb.auth.roles import Sight
from kb.records import VersionInfo
from kb.store.access_control import EVERYBODY, Audience, plain, seen
from kb.store.catalogue import Catalogue
from kb.store.originals.places import kept_name
from kb.store.schema import documents, pages, versions


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


def version_history(conn: Connection, document_id: int) -> tuple[VersionInfo, ...]:
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


def move_document(conn: Connection, old: str, new: str) -> None:
    """Let the document of one path go by another, at which there is none but perhaps a rejected file."""
    conn.execute(documents.delete().where(documents.c.source == new))
    conn.execute(documents.update().where(documents.c.source == old).values(source=new, reject_reason=None, reject_remedy=None))


log = logging.getLogger(__name__)


def keep_original(catalogue: Catalogue, source: Source) -> None:
    """Keep a copy of a file, unless there is one already, it was no file, or it has gone.

    Raises:
        OriginalsError: the place of the kept files cannot be used.
    """
    from ingest.pipeline import contents

    found = replace(source, uri=plain(source.uri))
    inside = bool(found.parts) or found.data is not None
    if not (inside or Path(found.uri).is_file()) or catalogue.originals.holds(kept_name(found.sha256, found.media), found.size):
        return
    try:
        data = contents(found, Limits(max_bytes=2**40))
    except IngestError as error:
        log.warning("no copy of the original is kept: %s", error)
        return
    put_original(catalogue, found, data)


def put_original(catalogue: Catalogue, source: Source, data: bytes) -> None:
    """Keep these bytes of a source, unless there is a copy already. One of another size is damaged, and is replaced.

    Raises:
        OriginalsError: the place of the kept files cannot be used.
    """
    name = kept_name(source.sha256, source.media)
    if not catalogue.originals.holds(name, len(data)):
        catalogue.originals.put(name, data)
