"""Collections: what papers are kept together under, such as one exchange of several, and what is asked where none is chosen.

Rights stay with the papers. A collection is there for whoever sees a paper in it; an empty one for whoever made it, and for those who see
everything. Any other is as one that there is not: neither its name nor its number tells anything. What is new in a collection whose
papers are all in access groups comes into the groups that these have in common (`kb.store.access_control`), as in an archive.
"""

from __future__ import annotations

from collections.abc import Collection as Some
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, false, select

from kb.auth.roles import ANYONE, Reader
from kb.document_records import DEFAULT
from kb.errors import AccessError, CollectionError, UnknownDocumentError
from kb.sanitize import visible
from kb.store import access_control
from kb.store.catalogue import Catalogue
from kb.store.schema import collections, documents, versions
from kb.store.schema import document_collections as held
from kb.store.user_data import collection_members
from kb.store.user_data.audit_log import Audit
from kb.store.user_data.collection_members import SAMPLES, CollectionRole

MOST_NAME: Final = 120
MOST_DESCRIPTION: Final = 500


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection; ``name`` is "" where it is called by its ``role``, as the default one (`DEFAULT`) and that of the samples are."""

    id: int
    name: str
    description: str = ""
    role: CollectionRole = ""


class Collections:
    """The collections that a reader sees. Reading takes any role, changing them an editor. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue, audit: Audit, reader: Reader = ANYONE) -> None:
        self._catalogue = catalogue.seen_by(reader.sight)
        self._audit = audit.seen_by(reader)
        self._reader = reader

    def seen_by(self, reader: Reader) -> Collections:
        """The same, for another reader."""
        return Collections(self._catalogue, self._audit, reader)

    def list(self) -> tuple[Collection, ...]:
        """Those that the reader sees, by name; the default one, and that of the samples if there are any, stand behind the others."""
        with self._catalogue.read() as conn:
            apart = collection_members.sample_collection(conn)
            theirs = collection_members.of_collections([apart] if apart is not None else [])
            shown = conn.scalar(theirs.where(access_control.seen(self._catalogue.sight, held.c.document_id)).limit(1)) is not None
            return tuple(one for one in self._list(conn) if shown or one.role != SAMPLES)

    def get(self, collection_id: int) -> Collection:
        """One collection.

        Raises:
            CollectionError: there is none of that number.
        """
        with self._catalogue.read() as conn:
            return self._one(conn, collection_id)

    def named(self, name: str) -> Collection:
        """The collection of this name, or of this number; ``default`` and ``samples`` are names of those two.

        Raises:
            CollectionError: there is none, or there are several.
        """
        wanted = " ".join(name.split()).casefold()
        known = self.list()
        found = [one for one in known if one.name.casefold() == wanted]
        found = found or [one for one in known if wanted in (str(one.id), one.role)]
        if len(found) > 1:
            raise CollectionError(f"There are several collections of the name {name!r}: {_listed(found)}. Give the number.")
        if not found:
            raise CollectionError(f"There is no collection {name!r}. `setu collections list` shows which there are.")
        return found[0]

    def make(self, name: str, description: str = "") -> Collection:
        """Make a collection, which is empty.

        Raises:
            AccessError: the reader is no editor.
            CollectionError: the name is none, or taken.
        """
        self._needs_editor()
        with self._catalogue.keeping("The collection", self._reader, "editor") as conn:
            values = {"name": self._free(conn, name), "description": _description(description), "role": "", "owner": self._reader.id}
            made = conn.execute(collections.insert().values(**values).returning(collections.c.id)).scalar_one()
            found = Collection(made, values["name"], values["description"])
        self._audit.record(self._reader, "collections_changed", f"{found.name}: made")
        return found

    def rename(self, collection_id: int, name: str | None = None, description: str | None = None) -> Collection:
        """Give a collection another name or line of description. Of the default one, its papers come into a new one of that name.

        Raises:
            AccessError: the reader is no editor.
            CollectionError: there is no such collection, or the name is none, or taken.
        """
        self._needs_editor()
        old = self.get(collection_id)
        if old.role == "default":
            made = self.make(name or "", description or "")
            self.put(self.documents(DEFAULT), [made.id])
            return made
        with self._catalogue.keeping("The collection", self._reader, "editor") as conn:
            values = {"name": old.name if name is None else self._free(conn, name, but=collection_id)}
            values["description"] = old.description if description is None else _description(description)
            conn.execute(collections.update().where(collections.c.id == collection_id).values(**values))
        self._audit.record(self._reader, "collections_changed", f"{old.name or old.role}: renamed {values['name'] or old.role}")
        return self.get(collection_id)

    def remove(self, collection_id: int) -> None:
        """Remove a collection. Its papers stay: those of no other one are in the default one then.

        Papers that the reader does not see stay in it, for those who see them.

        Raises:
            AccessError: the reader is no editor.
            CollectionError: there is no such collection, or it is the default one.
        """
        self._needs_editor()
        old = self.get(collection_id)
        if old.role == "default":
            raise CollectionError("The default collection cannot be removed: it holds the papers that are in no other one.")
        with self._catalogue.keeping("The collection", self._reader, "editor") as conn:
            mine = (held.c.collection_id == collection_id) & access_control.seen(self._catalogue.sight, held.c.document_id)
            conn.execute(held.delete().where(mine))
            if conn.scalar(select(held.c.document_id).where(held.c.collection_id == collection_id).limit(1)) is None:
                conn.execute(collections.delete().where(collections.c.id == collection_id))
        self._audit.record(self._reader, "collections_changed", f"{old.name or old.role}: removed")

    def put(self, document_ids: Some[int], chosen: Some[int], *, also: bool = False) -> tuple[str, ...]:
        """Put documents into collections, in the place of those they are in, or with ``also`` beside them.

        A document of no access group that comes to papers which are all in groups comes into the groups that these have in common.
        Returns these groups, () where nobody's sight changes.

        Raises:
            AccessError: the reader is no editor.
            UnknownDocumentError: there is no document of one of the ids; nothing is changed.
            CollectionError: there is no collection of one of the ids; nothing is changed.
        """
        self._needs_editor()
        with self._catalogue.keeping("The collections", self._reader, "editor") as conn:
            into = [self._one(conn, one) for one in dict.fromkeys(chosen)]
            titles = self._titles(conn, document_ids)
            narrowed = access_control.of_collections(conn, [one.id for one in into], self._catalogue.sight)
            for document in set(titles) - access_control.groups(conn).keys() if narrowed else ():
                access_control.put(conn, document, narrowed)
            if not also:
                collection_members.add_members(conn, list(titles), [DEFAULT])
            collection_members.add_members(conn, list(titles), [one.id for one in into])
        name = ", ".join(one.name or one.role for one in into)
        if titles:
            self._audit.record(self._reader, "collections_changed", *(f"#{number} {title}: {name}" for number, title in titles.items()))
        return narrowed

    def documents(self, collection_id: int) -> tuple[int, ...]:
        """The documents of a collection, by id."""
        query = select(documents.c.id).where(collection_members.collected([collection_id], documents.c.id))
        with self._catalogue.read() as conn:
            return tuple(conn.scalars(query.where(access_control.seen(self._catalogue.sight, documents.c.id)).order_by(documents.c.id)))

    def asked(self) -> tuple[int, ...]:
        """What is asked where nothing is chosen: () is every paper.

        Where the base has other papers than the samples, it is every collection but theirs.
        """
        with self._catalogue.read() as conn:
            apart = collection_members.sample_collection(conn)
            if apart is None or conn.scalar(collection_members.of_collections([apart]).limit(1)) is None:
                return ()
            other = select(versions.c.id).where(
                versions.c.state == "published", ~collection_members.collected([apart], versions.c.document_id)
            )
            if conn.scalar(other.where(access_control.seen(self._catalogue.sight, versions.c.document_id)).limit(1)) is None:
                return ()
            return tuple(one.id for one in self._list(conn) if one.id != apart)

    def samples(self) -> int:
        """The id of the collection of the samples, which is made where there is none.

        Raises:
            AccessError: the reader is no editor.
        """
        self._needs_editor()
        with self._catalogue.keeping("The collection", self._reader, "editor") as conn:
            return collection_members.made_sample_collection(conn)

    def had_samples(self) -> bool:
        """Whether the samples are or were here: their collection stays when they are removed."""
        with self._catalogue.read() as conn:
            return collection_members.sample_collection(conn) is not None

    def _list(self, conn: Connection) -> tuple[Collection, ...]:
        there = select(held.c.document_id).where(held.c.collection_id == collections.c.id)
        query = select(collections)
        if self._catalogue.sight is not None:
            shown = there.where(access_control.seen(self._catalogue.sight, held.c.document_id)).exists()
            own = (collections.c.owner == self._reader.id) & ~there.exists() if self._reader.id else false()
            query = query.where(shown | own | (collections.c.role == SAMPLES))
        if (kept := self._reader.collections) is not None:
            query = select(collections).where(collections.c.id.in_(kept))
        found = sorted(map(_collection, conn.execute(query)), key=lambda one: (one.name.casefold(), one.id))
        apart = [one for one in found if one.role == SAMPLES]
        default = [Collection(DEFAULT, "", role="default")] if kept is None or DEFAULT in kept else []
        return (*(one for one in found if one.role != SAMPLES), *default, *apart)

    def _one(self, conn: Connection, collection_id: int) -> Collection:
        found = next((one for one in self._list(conn) if one.id == collection_id), None)
        if found is None:
            raise CollectionError(f"There is no collection {collection_id}. `setu collections list` shows which there are.")
        return found

    def _titles(self, conn: Connection, document_ids: Some[int]) -> dict[int, str]:
        """The documents with their titles, or where they have none their paths."""
        current = documents.outerjoin(versions, (versions.c.document_id == documents.c.id) & (versions.c.state == "published"))
        query = select(documents.c.id, documents.c.source, versions.c.title).select_from(current)
        query = query.where(access_control.seen(self._catalogue.sight, documents.c.id))
        parts = (query.where(documents.c.id.in_(part)) for part in collection_members.parts(document_ids))
        found = {row.id: row.title or access_control.plain(row.source) for part in parts for row in conn.execute(part)}
        for one in document_ids:
            if one not in found:
                raise UnknownDocumentError(f"There is no document {one}. `setu docs list` shows which there are.")
        return found

    def _free(self, conn: Connection, name: str, but: int | None = None) -> str:
        """A name in one form, which no other collection has that the reader sees."""
        wanted = " ".join(visible(name).split())
        if not wanted or len(wanted) > MOST_NAME:
            raise CollectionError(f"A collection needs a name of up to {MOST_NAME} characters. Give another.")
        taken = [one for one in self._list(conn) if one.id != but and wanted.casefold() in (one.name.casefold(), one.role)]
        if taken:
            raise CollectionError(f"There is a collection {wanted!r} already. Take another name, or put the papers into that one.")
        return wanted

    def _needs_editor(self) -> None:
        if not self._reader.may("editor"):
            raise AccessError(f"This takes the role editor, and yours is {self._reader.role}. Ask an admin of this Setu for it.")
        self._reader.still("editor")


def _collection(row: Row[tuple[int, str, str, CollectionRole, str]]) -> Collection:
    return Collection(row.id, row.name, row.description, row.role)


def _description(said: str) -> str:
    return " ".join(visible(said).split())[:MOST_DESCRIPTION]


def _listed(found: Some[Collection]) -> str:
    return ", ".join(str(one.id) for one in found)
