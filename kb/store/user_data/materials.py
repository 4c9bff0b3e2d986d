"""What is made out of the documents and kept: training modules and the like as JSON bodies by kind, and overviews of papers.

An overview is kept until what it was made of changes: the newest of each paper and language.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import regex
from sqlalchemy import ColumnElement, Connection, Row, false, or_, select, true
from sqlalchemy.exc import DBAPIError

from kb.auth.roles import ANYONE, Reader, Role
from kb.errors import KnowledgeBaseError
from kb.store.access_control import seen
from kb.store.catalogue import Catalogue
from kb.store.passages import STEP
from kb.store.schema import documents, materials, overviews
from kb.store.user_data.identities import named
from lang.languages import Language


def new_id(size: int) -> str:
    """An id of ``size`` random bytes that cannot be guessed; it does not begin with a hyphen, for a command would take it for an option."""
    while (made := secrets.token_urlsafe(size)).startswith("-"):
        pass
    return made


_TITLE = 200
_OWNER = named(materials.c.owner).label("owner_name")
_IN_BODY = regex.compile(r'"document_id"\s*:\s*(\d+)')
_IN_ID = regex.compile(r"^[a-z]{2,12}-(\d+)$")


@dataclass(frozen=True, slots=True)
class MaterialInfo:
    """A material in a list; times are UTC.

    ``owner`` is the id of whose it is, whose name is ``owner_name``, "" where it is everybody's; ``sharer`` that of who shared it and may
    take it back.
    """

    id: str
    kind: str
    owner: str
    title: str
    created: datetime
    changed: datetime
    sharer: str = ""
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """A material with its body, which is JSON."""

    info: MaterialInfo
    body: str


class Materials:
    """The materials that one reader may use: everybody's, their own, and for an admin those of whom they administer.

    Safe to share between threads.

    One that was made out of a document which the reader does not see is not there: every ``document_id`` in its body is looked at, and
    a number at the end of its id (``card-3``).
    """

    def __init__(self, catalogue: Catalogue, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
        self._reader = reader

    def seen_by(self, reader: Reader) -> Materials:
        """The same, for another reader."""
        return Materials(self._catalogue, reader)

    @staticmethod
    def new_id() -> str:
        """An id that cannot be guessed."""
        return new_id(12)

    def save(self, material_id: str, kind: str, title: str, body: str, *, shared: bool = False, role: Role = "viewer") -> None:
        """Keep a body under an id, whole or not at all; what was kept under it before is replaced and keeps its owner.

        Args:
            material_id: from `new_id`, or any name of a caller that has one body of its kind for each thing, such as a document.
            kind: what it is, at most 16 characters.
            title: what it is called in a list.
            body: JSON text.
            shared: whether a new one is everybody's; otherwise it is the reader's own.
            role: what keeping it takes, of somebody whose rights may change meanwhile.

        Raises:
            AccessError: the reader is signed out meanwhile, or may no longer do this.
            KnowledgeBaseError: the id is another kind's or somebody else's, or the catalogue cannot be written.
        """
        self.change(material_id, kind, title, lambda _: body, shared=shared, role=role)

    def change(
        self,
        material_id: str,
        kind: str,
        title: str,
        edit: Callable[[str | None], str],
        *,
        shared: bool = False,
        role: Role = "viewer",
    ) -> None:
        """Replace a body by what ``edit`` makes of it (None: there is none yet), while nobody else writes; otherwise as `save`.

        Raises:
            KnowledgeBaseError: as `save`. What ``edit`` raises comes through, and nothing is changed.
        """
        now = datetime.now(UTC).replace(tzinfo=None)
        named = " ".join(title.split())[:_TITLE]
        with self._catalogue.keeping("The material", self._reader, role) as conn:
            row = conn.execute(select(materials).where(materials.c.id == material_id)).first()
            if row is None:
                new = {"id": material_id, "kind": kind, "owner": "" if shared else self._reader.id, "created": now}
                conn.execute(materials.insert().values(**new, title=named, changed=now, body=edit(None)))
            elif row.kind == kind and self._uses(conn, row):
                conn.execute(materials.update().where(materials.c.id == material_id).values(title=named, changed=now, body=edit(row.body)))
            else:
                raise KnowledgeBaseError(f"“{named}” cannot be kept under the id {material_id}, which is taken. Save a copy instead.")

    def load(self, material_id: str, kind: str) -> Material | None:
        """The material of that id and kind; None when there is none that the reader may use."""
        query = select(materials, _OWNER).where(materials.c.id == material_id, materials.c.kind == kind, self._mine())
        with self._catalogue.read() as conn:
            row = conn.execute(query).first()
            row = row if row is not None and self._sees(conn, row.id, row.body) else None
        return None if row is None else Material(_info(row), row.body)

    def list(self, kind: str, limit: int = 200) -> tuple[MaterialInfo, ...]:
        """Those of a kind, the last changed first."""
        all_seen = self._catalogue.sight is None
        columns = [column for column in materials.c if not all_seen or column is not materials.c.body]
        query = select(*columns, _OWNER).where(materials.c.kind == kind, self._mine()).order_by(materials.c.changed.desc(), materials.c.id)
        with self._catalogue.read() as conn:
            rows = conn.execute(query.limit(limit)) if all_seen else conn.execute(query)
            return tuple(_info(row) for row in islice((r for r in rows if all_seen or self._sees(conn, r.id, r.body)), limit))

    def delete(self, material_id: str, kind: str, *, role: Role = "viewer") -> bool:
        """Remove a material; returns whether there was one that the reader may use."""
        with self._catalogue.keeping("The material", self._reader, role) as conn:
            row = conn.execute(select(materials).where(materials.c.id == material_id, materials.c.kind == kind)).first()
            if row is None or not self._uses(conn, row):
                return False
            return conn.execute(materials.delete().where(materials.c.id == material_id)).rowcount > 0

    def share(self, material_id: str, kind: str, *, role: Role = "viewer") -> bool:
        """Make a material everybody's who sees what it was made of; returns whether there was one that the reader may use."""
        with self._catalogue.keeping("The material", self._reader, role) as conn:
            row = conn.execute(select(materials).where(materials.c.id == material_id, materials.c.kind == kind)).first()
            if row is None or not self._uses(conn, row):
                return False
            shared = {"owner": "", "sharer": row.owner or row.sharer}
            return conn.execute(materials.update().where(materials.c.id == material_id).values(**shared)).rowcount > 0

    def unshare(self, material_id: str, kind: str, *, role: Role = "viewer") -> bool:
        """Make a material one's own again, as it is now; returns whether there was one that the reader had shared."""
        with self._catalogue.keeping("The material", self._reader, role) as conn:
            same = (materials.c.id == material_id) & (materials.c.kind == kind) & (materials.c.owner == "")
            mine = same & (materials.c.sharer == self._reader.id) & (materials.c.sharer != "")
            return conn.execute(materials.update().where(mine).values(owner=self._reader.id, sharer="")).rowcount > 0

    def _uses(self, conn: Connection, row: Row[Any]) -> bool:
        """Whether the reader may use a material, and see what it was made of."""
        return (not row.owner or self._reader.oversees(row.owner)) and self._sees(conn, row.id, row.body)

    def _sees(self, conn: Connection, material_id: str, body: str) -> bool:
        """Whether the reader sees every document that a material was made of; for most readers, one that was deleted is not seen."""
        if self._catalogue.sight is None:
            return True
        named = {int(number) for number in (*_IN_BODY.findall(body), *_IN_ID.findall(material_id))}
        there = select(documents.c.id).where(documents.c.id.in_(named), seen(self._catalogue.sight, documents.c.id))
        return named == set(conn.scalars(there))

    def _mine(self) -> ColumnElement[bool]:
        reader, owner = self._reader, materials.c.owner
        if reader.may("admin") and reader.groups is None:
            return true()
        return or_(owner == "", owner == reader.id, owner.in_(reader.people) if reader.may("admin") else false())


def _info(row: Any) -> MaterialInfo:
    return MaterialInfo(row.id, row.kind, row.owner, row.title, row.created, row.changed, row.sharer, row.owner_name)


def kept_overview(catalogue: Catalogue, document_id: int, language: Language, key: str) -> str | None:
    """What is kept of a document for readers of a language, where it was made of the same (``key``); else None."""
    query = select(overviews.c.body).where(overviews.c.document_id == document_id, overviews.c.language == language, overviews.c.key == key)
    with catalogue.read() as conn:
        return conn.scalar(query)


def keep_overview(catalogue: Catalogue, document_id: int, language: Language, key: str, body: str) -> bool:
    """Keep an overview in place of an earlier one; False where the catalogue cannot be written just now: it is made again then."""
    own = (overviews.c.document_id == document_id) & (overviews.c.language == language)
    try:
        with catalogue.write() as conn:
            conn.execute(overviews.delete().where(own))
            conn.execute(overviews.insert().values(document_id=document_id, language=language, key=key, body=body))
    except DBAPIError:
        return False
    return True


def drop_overviews(conn: Connection, documents: Iterable[int]) -> None:
    """Let go of the overviews of documents that were read again or corrected."""
    numbers = sorted(set(documents))
    for start in range(0, len(numbers), STEP):
        conn.execute(overviews.delete().where(overviews.c.document_id.in_(numbers[start : start + STEP])))
