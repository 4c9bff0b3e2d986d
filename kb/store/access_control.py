"""Which documents somebody may see: those of no access group, and those of a group that is theirs.

A *sight* (`kb.auth.roles.Sight`) is the set of groups whose documents are seen, with the collections that somebody is kept to, if any; None
sees every document. Whoever reads documents from the catalogue asks with a sight, and a document that it does not see is not there: neither
in what is counted nor in what is compared.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, true

from ingest.records import INSIDE, Source
from kb.auth.roles import Confined, Sight
from kb.errors import KnowledgeBaseError
from kb.store.schema import document_groups, documents, meta, versions
from kb.store.user_data import collection_members

MARK: Final = "\x1f"
"""Parts the path of a document from a number where several documents have that path, each of another audience; it is never shown."""
_REVISION: Final = "groups"
MOST: Final = 64
"""Documents that may have one path."""


def seen(sight: Sight, document: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a document (a column of ids) is seen."""
    return true() if sight is None else document.not_in(_unseen(sight))


def unseen(conn: Connection, sight: Sight) -> frozenset[int]:
    """The documents that are not seen."""
    return frozenset() if sight is None else frozenset(conn.scalars(_unseen(sight)))


def unseen_versions(conn: Connection, sight: Sight) -> NDArray[np.int32]:
    """The published versions of documents that are not seen."""
    if sight is None:
        return np.empty(0, dtype=np.int32)
    query = select(versions.c.id).where(versions.c.state == "published", versions.c.document_id.in_(_unseen(sight)))
    return np.fromiter(conn.scalars(query), dtype=np.int32)


def revision(conn: Connection) -> str:
    """Another text whenever a document has come into a group or left one."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == _REVISION)) or ""


def groups(conn: Connection, wanted: Collection[int] | Select[Any] | None = None) -> dict[int, tuple[str, ...]]:
    """The groups of these documents (of all by default), in order of their names; a document of no group is not there."""
    query = select(document_groups).order_by(document_groups.c.document_id, document_groups.c.name)
    if wanted is not None:
        query = query.where(document_groups.c.document_id.in_(wanted))
    found: dict[int, tuple[str, ...]] = {}
    for row in conn.execute(query):
        found[row.document_id] = (*found.get(row.document_id, ()), row.name)
    return found


def names(conn: Connection) -> tuple[str, ...]:
    """Every group that has a document."""
    return tuple(conn.scalars(select(document_groups.c.name).distinct().order_by(document_groups.c.name)))


def put(conn: Connection, document_id: int, wanted: Collection[str]) -> None:
    """Let a document belong to these groups and to no others."""
    conn.execute(document_groups.delete().where(document_groups.c.document_id == document_id))
    give(conn, document_id, wanted)
    _changed(conn)


def give(conn: Connection, document_id: int, wanted: Collection[str]) -> None:
    """Let a document that is in no group belong to these."""
    if wanted:
        conn.execute(document_groups.insert(), [{"document_id": document_id, "name": name} for name in sorted(set(wanted))])
        _changed(conn)


def _changed(conn: Connection) -> None:
    conn.execute(meta.delete().where(meta.c.key == _REVISION))
    conn.execute(meta.insert().values(key=_REVISION, value=str(time.time_ns())))


def kept_in_house(conn: Connection) -> frozenset[int]:
    """The documents of which no text is sent to a language model outside."""
    return frozenset(conn.scalars(select(documents.c.id).where(documents.c.in_house)))


def keep_in_house(conn: Connection, document_id: int, *, kept: bool) -> None:
    """Mark a document as one of those, or take the mark off."""
    conn.execute(documents.update().where(documents.c.id == document_id).values(in_house=kept))


def plain(source: str) -> str:
    """The path of a document as people know it."""
    return source.partition(MARK)[0]


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom documents come in, and into which collections: the groups said of them, if any, and the sight of who brings them."""

    groups: tuple[str, ...] = ()
    sight: Sight = None
    collections: tuple[int, ...] = ()

    def key(self, conn: Connection, path: str) -> str:
        """Under what a document of this path is kept: that of the one which is seen, or else one that is free.

        Whoever brings a document whose path is that of one they do not see must neither change it nor learn of it.
        """
        path = plain(path)
        keys = [path, *(f"{path}{MARK}{n}" for n in range(2, MOST + 1))]
        shown = seen(self.sight, documents.c.id).label("shown")
        found = conn.execute(select(documents.c.source, shown).where(documents.c.source.in_(keys)))
        there = {row.source: bool(row.shown) for row in found}
        own = next((key for key in keys if there.get(key)), None) or next((key for key in keys if key not in there), None)
        if own is None:
            raise KnowledgeBaseError(f"{path} cannot be taken in under this name. Add it under another.")
        return own

    def holder(self, conn: Connection, source: Source) -> int | None:
        """The document in use of a file, or else one of the same content that serves."""
        query = select(documents.c.id).join(versions).where(versions.c.state == "published", versions.c.sha256 == source.sha256)
        own: int | None = conn.scalar(query.where(documents.c.source == source.uri))
        return own if own is not None else conn.scalar(self.serves(query).limit(1))

    def serves(self, query: Select[Any]) -> Select[Any]:
        """Limit a query of documents to those that may stand for one that comes in: seen, and by all who are to see the new one."""
        query = query.where(seen(self.sight, documents.c.id))
        if not self.groups:
            return query
        mine = document_groups.c.document_id == documents.c.id
        held = select(func.count()).where(mine, document_groups.c.name.in_(self.groups)).scalar_subquery()
        return query.where(or_(~select(document_groups.c.name).where(mine).exists(), held == len(set(self.groups))))

    def admit(self, conn: Connection, document_id: int, path: str) -> None:
        """Let a document that was not there before belong to its groups and be in its collections.

        The groups are those said, else those of what it comes to: the archive or mail it is in, the collections it is put into. What
        comes in an archive or mail of which something is not to leave the house stays in it, too.
        """
        root, inside, _ = plain(path).partition(INSIDE)
        beside = or_(documents.c.source == root, documents.c.source.startswith(root + INSIDE, autoescape=True))
        others = select(documents.c.id).where(beside, documents.c.id != document_id, seen(self.sight, documents.c.id))
        collections = self.collections or (collection_members.common(conn, others) if inside else ())
        wanted = self.groups or (shared(conn, others) if inside else ()) or of_collections(conn, collections, self.sight)
        give(conn, document_id, wanted)
        if inside and conn.scalar(others.where(documents.c.in_house).limit(1)) is not None:
            keep_in_house(conn, document_id, kept=True)
        collection_members.add_members(conn, [document_id], collections)


EVERYBODY: Final = Audience()
"""Documents of no group, brought by somebody who sees all."""


def shared(conn: Connection, wanted: Select[Any]) -> tuple[str, ...]:
    """The groups that the documents of a query have in common; none where one of them is seen by everybody, or there is no document."""
    open_to_all = documents.c.id.not_in(select(document_groups.c.document_id))
    if conn.scalar(select(documents.c.id).where(documents.c.id.in_(wanted), open_to_all).limit(1)) is not None:
        return ()
    held = groups(conn, wanted)
    return _together([*held.values()]) if held else ()


def of_collections(conn: Connection, collections: Collection[int], sight: Sight) -> tuple[str, ...]:
    """The groups of what is new in collections: those that the documents which are seen there have in common, if all are in groups."""
    found = collection_members.of_collections([one for one in collections if one])
    return shared(conn, found.where(seen(sight, found.selected_columns[0]))) if any(collections) else ()


def _unseen(sight: frozenset[str] | Confined) -> Select[Any]:
    if isinstance(sight, Confined):
        hidden = ~collection_members.collected(sight.collections, documents.c.id)
        if sight.groups is not None:
            hidden = hidden | documents.c.id.in_(_unseen(sight.groups))
        return select(documents.c.id).where(hidden)
    mine = select(document_groups.c.document_id).where(document_groups.c.name.in_(sight))
    return select(document_groups.c.document_id).where(document_groups.c.document_id.not_in(mine)).distinct()


def _together(held: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What all have in common, or where that is nothing, what any of them has."""
    common = set(held[0]).intersection(*held)
    return tuple(sorted(common or set().union(*held)))
