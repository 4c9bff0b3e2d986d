"""The catalogue: documents, their versions and their text, in SQL."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from ingest.records import Block, Source, Span
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts
from kb.auth.roles import ANYONE, Confined, Reader, Role, Sight
from kb.backup import staging
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.files import WriteLock, private_file
from kb.records import DocumentInfo, PageView, Place
from kb.settings import Settings
from kb.store import access_control
from kb.store.access_control import EVERYBODY, Audience, plain, seen
from kb.store.database import LAYOUT, NAMING, PATIENCE_S, make_or_migrate
from kb.store.document_rows import doubtful_within, page_view
from kb.store.engine import RESTORE, open_engine, reading, unsound, writing
from kb.store.facts import near_duplicates
from kb.store.originals.original_files import FOLDER, Originals
from kb.store.originals.places import kept_name
from kb.store.postgresql.server_lock import ServerLock
from kb.store.schema import SCHEMA_VERSION, blocks, chunks, corrections, documents, meta, pages, versions
from kb.store.shards.shard_databases import ShardDatabases
from kb.store.user_data import collection_members, identities


class Catalogue:
    """A connection to the catalogue of one home folder. Safe to share between threads; each call takes its own connection.

    What it tells of documents is what its ``sight`` sees; `seen_by` gives the same catalogue with another.
    """

    def __init__(self, settings: Settings) -> None:
        self.sight: Sight = None
        staging.finish(settings.home)
        url = make_url(settings.sql_url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        if self.is_sqlite and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            if _is_emptied(Path(url.database), settings.home / FOLDER):
                raise KnowledgeBaseError(f"The catalogue {url.database} has lost all that was in it. Restore a backup: {RESTORE}.")
            private_file(Path(url.database))  # SQLite gives its log the same mode
        self.engine = open_engine(url, NAMING, PATIENCE_S)
        self.originals = Originals(settings, self.engine)
        self.shards = ShardDatabases(settings)
        self.accounts = Accounts(AccountStore.of(settings))
        try:
            self._create()
        except BaseException:
            self.close()
            raise

    def _create(self) -> None:
        try:
            with self.engine.connect() as conn:
                found = LAYOUT.found(conn)
            if found == SCHEMA_VERSION:
                return
            with self.write() as conn:
                make_or_migrate(conn, self.accounts.identify)
        except OperationalError as error:
            raise KnowledgeBaseError(
                f"The catalogue at {self.engine.url} cannot be opened: {error.orig}. "
                "Check that the folder may be written and the disk is not full."
            ) from error

    def seen_by(self, groups: Sight) -> Catalogue:
        """The same catalogue, without the documents that these groups do not see; close the first one only."""
        view = copy.copy(self)
        view.sight = groups
        return view

    def damage(self) -> tuple[str, ...]:
        """The sentence on the file of the catalogue being damaged, if it is; every page of it is read."""
        if not self.is_sqlite:
            return ()
        found = unsound(self.engine)
        return () if found is None else (f"The catalogue {self.engine.url.database} is damaged ({found}). Restore a backup: {RESTORE}.",)

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent snapshot."""
        return reading(self.engine)

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction: everything in it happens, or nothing."""
        return writing(self.engine)

    def writers_lock(self, file: Path) -> WriteLock | ServerLock:
        """What keeps all but one writer out: the file in the home, or a lock on the server for all machines."""
        return WriteLock(file) if self.is_sqlite else ServerLock(self.engine)

    @contextmanager
    def keeping(self, what: str, reader: Reader = ANYONE, role: Role = "viewer") -> Iterator[Connection]:
        """`write`, for something that a person did just now and that takes a role.

        Raises:
            AccessError: the person is signed out meanwhile, or may no longer do it; nothing is written.
            KnowledgeBaseError: the database refused; ``what``, e.g. "The feedback", could not be kept.
        """
        try:
            with self.write() as conn:
                reader.still(role)
                identities.remember(conn, reader)
                yield conn
        except DBAPIError as error:
            raise KnowledgeBaseError(
                f"{what} could not be kept: {error.orig}. Check that the disk is not full; while papers are taken in, try again."
            ) from error

    def setting(self, key: str) -> str | None:
        """A value the knowledge base remembers about itself, e.g. the embedder it was built with."""
        with self.read() as conn:
            return conn.scalar(select(meta.c.value).where(meta.c.key == key))

    def knows(self, source: Source, kind: str | None) -> bool:
        """Whether exactly this content is already published, under this path (and kind, when one is given)."""
        query = (
            select(versions.c.kind)
            .join(documents)
            .where(documents.c.source == source.uri, versions.c.state == "published", versions.c.sha256 == source.sha256)
            .where(documents.c.reject_reason.is_(None))
        )
        said = select(corrections.c.document_id).join(documents).where(documents.c.source == source.uri, corrections.c.field == "kind")
        with self.read() as conn:
            found = conn.scalar(query)
            # A corrected kind wins over the one given: the document would come out the same.
            return found is not None and (kind in (None, found) or conn.scalar(said) is not None)

    def has_published(self, uri: str) -> bool:
        """Whether anything is published under this path."""
        with self.read() as conn:
            here = select(versions.c.id).join(documents).where(documents.c.source == uri, versions.c.state == "published")
            return conn.scalar(here) is not None

    def twin(self, source: Source, audience: Audience = EVERYBODY) -> str | None:
        """The path of another document with this very content that serves the audience, when this path has nothing published itself."""
        here = select(versions.c.id).join(documents).where(documents.c.source == source.uri, versions.c.state == "published")
        there = select(documents.c.source).join(versions).where(versions.c.sha256 == source.sha256, versions.c.state == "published")
        with self.read() as conn:
            found = None if conn.scalar(here) is not None else conn.scalar(audience.serves(there).limit(1))
        return plain(found) if found is not None else None

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document in its current version, and every rejected file, by title."""
        with self.read() as conn:
            rows = conn.execute(_infos(self.sight)).all()
            stories = near_duplicates.groups(conn, None, access_control.unseen(conn, self.sight))
            groups, held = access_control.groups(conn), collection_members.of_documents(conn)
        found = [self._info(r, stories, groups, held) for r in rows]
        return tuple(sorted(found, key=lambda d: (d.state == "rejected", d.title.casefold(), d.source)))

    def is_empty(self) -> bool:
        """Whether there is no published passage."""
        there = select(chunks.c.id).join(versions).where(versions.c.state == "published", seen(self.sight, versions.c.document_id))
        with self.read() as conn:
            return conn.scalar(there.limit(1)) is None

    def document(self, document_id: int) -> DocumentInfo:
        """One document.

        Raises:
            UnknownDocumentError: there is none of that id.
        """
        with self.read() as conn:
            row = conn.execute(_infos(self.sight).where(documents.c.id == document_id)).first()
            stories = near_duplicates.groups(conn, [document_id], access_control.unseen(conn, self.sight)) if row is not None else {}
            groups, held = access_control.groups(conn, [document_id]), collection_members.of_documents(conn, document_id)
        if row is None:
            raise UnknownDocumentError(f"There is no document {document_id}. `setu docs list` shows which there are.")
        return self._info(row, stories, groups, held)

    def version_id(self, document_id: int, number: int | None) -> int:
        """The row of a document's version; None asks for the published one.

        Raises:
            UnknownDocumentError: there is no such document or version.
        """
        query = select(versions.c.id).where(versions.c.document_id == document_id)
        query = query.where(versions.c.state == "published") if number is None else query.where(versions.c.number == number)
        with self.read() as conn:
            found: int | None = conn.scalar(query.where(versions.c.state != "staged", seen(self.sight, versions.c.document_id)))
        if found is None:
            missing = "published version" if number is None else f"version {number}"
            raise UnknownDocumentError(f"Document {document_id} has no {missing}. `setu docs history {document_id}` lists those it has.")
        return found

    def text(self, document_id: int, number: int | None = None) -> str:
        """The whole text of a version, to which all its offsets refer."""
        with self.read() as conn:
            text: str = conn.execute(select(versions.c.text).where(versions.c.id == self.version_id(document_id, number))).scalar_one()
        return text

    def pages(self, document_id: int, number: int | None = None) -> tuple[PageView, ...]:
        """The pages of a version, in order."""
        version = self.version_id(document_id, number)
        info = self.document(document_id)
        with self.read() as conn:
            text, at = conn.execute(select(versions.c.text, versions.c.number).where(versions.c.id == version)).one()
            rows = conn.execute(select(pages).where(pages.c.version_id == version).order_by(pages.c.number)).all()
        return tuple(page_view(info, at, text, row) for row in rows)

    def word_boxes(self, document_id: int, page: int, number: int | None = None) -> bytes:
        """The record of where each word stands on a page of a version that OCR read; b"" for any other page."""
        version = self.version_id(document_id, number)
        with self.read() as conn:
            found: bytes | None = conn.scalar(select(pages.c.boxes).where(pages.c.version_id == version, pages.c.number == page))
        return found or b""

    def doubtful(self, document_id: int, start: int, end: int, number: int | None = None) -> tuple[Span, ...]:
        """The words of ``[start, end)`` of a version that OCR may have misread, in order, as spans of that stretch."""
        version = self.version_id(document_id, number)
        with self.read() as conn:
            return doubtful_within(conn, version, start, end)

    def outline(self, document_id: int, number: int | None = None) -> tuple[Block, ...]:
        """The blocks of a version, in order: its headings, paragraphs and table rows with their places."""
        version = self.version_id(document_id, number)
        text = self.text(document_id, number)
        with self.read() as conn:
            rows = conn.execute(select(blocks).where(blocks.c.version_id == version).order_by(blocks.c.ordinal)).all()
        return tuple(Block(r.page, r.role, tuple(json.loads(r.path)), text[r.start : r.end], r.start, r.end, r.language) for r in rows)

    def place(self, document_id: int, number: int, offset: int) -> Place:
        """The page and the block that an offset of a version stands in.

        A passage may run over pages and clauses; a sentence of it is on one of them.
        """
        version = self.version_id(document_id, number)
        page = select(pages).where(pages.c.version_id == version, pages.c.start <= offset)
        block = select(blocks.c.path).where(blocks.c.version_id == version, blocks.c.start <= offset)
        with self.read() as conn:
            at = conn.execute(page.order_by(pages.c.start.desc(), pages.c.number.desc()).limit(1)).one()
            path = conn.scalar(block.order_by(blocks.c.start.desc()).limit(1))
        ocr = at.quality if at.method == "ocr" else None
        return Place(at.number, at.label, tuple(json.loads(path)) if path else (), ocr)

    def original_name(self, document_id: int, number: int | None = None) -> str | None:
        """What the kept copy of the file is called that a version was read from; None where none is kept. Raises `OriginalsError`."""
        with self.read() as conn:
            row = conn.execute(
                select(versions.c.sha256, versions.c.media).where(versions.c.id == self.version_id(document_id, number))
            ).one()
        name = kept_name(row.sha256, row.media)
        return name if self.originals.there(name) else None

    def original(self, document_id: int, number: int | None = None) -> Path | None:
        """That copy on this machine, brought here where it has to be; None where none is kept. Raises `OriginalsError`."""
        name = self.original_name(document_id, number)
        return self.originals.path(name) if name is not None else None

    def _info(
        self,
        row: Row[Any],
        stories: Mapping[int, near_duplicates.Group],
        groups: Mapping[int, tuple[str, ...]],
        held: Mapping[int, tuple[int, ...]],
    ) -> DocumentInfo:
        """The record of a document, with those of its groups that the sight has itself."""
        own = self.sight.groups if isinstance(self.sight, Confined) else self.sight
        known = tuple(name for name in groups.get(row.id, ()) if own is None or name in own)
        into = held.get(row.id, ())
        if isinstance(self.sight, Confined):
            into = tuple(one for one in into if one in self.sight.collections)
        why = (row.reject_reason and row.reject_kind) or ""
        return replace(_info(row, stories.get(row.id), known), collections=into, reject=why, in_house=row.in_house)

    def close(self) -> None:
        """Close every connection."""
        self.shards.close()
        self.engine.dispose()
        self.accounts.close()


def _is_emptied(catalogue: Path, originals: Path) -> bool:
    """Whether the file is there and empty, though papers were taken in: SQLite would take it for a new one."""
    return catalogue.exists() and not catalogue.stat().st_size and originals.is_dir() and any(originals.iterdir())


def _infos(groups: Sight) -> Select[Any]:
    page_count = select(func.count()).where(pages.c.version_id == versions.c.id).scalar_subquery()
    chunk_count = select(func.count()).where(chunks.c.version_id == versions.c.id).scalar_subquery()
    unread = select(func.min(pages.c.note)).where(pages.c.version_id == versions.c.id, pages.c.method == "none").scalar_subquery()
    current = documents.outerjoin(versions, (versions.c.document_id == documents.c.id) & (versions.c.state == "published"))
    return (
        select(
            documents,
            versions.c.number,
            versions.c.kind,
            versions.c.title,
            versions.c.language,
            versions.c.publisher,
            versions.c.date,
            page_count.label("pages"),
            chunk_count.label("chunks"),
            unread.label("unread"),
        )
        .select_from(current)
        .where(versions.c.id.is_not(None) | documents.c.reject_reason.is_not(None), seen(groups, documents.c.id))
    )


def _info(row: Row[Any], group: near_duplicates.Group | None, groups: tuple[str, ...]) -> DocumentInfo:
    source = plain(row.source)
    if row.number is None:
        note = f"{row.reject_reason} {row.reject_remedy}"
        return DocumentInfo(row.id, Path(source).name, source, 0, "other", "und", None, None, 0, 0, "rejected", note, groups=groups)
    state, note = "published", ""
    if row.unread is not None:
        state, note = "needs_ocr", row.unread
    if row.reject_reason is not None:
        note = f"The file has changed and can no longer be read: {row.reject_reason} {row.reject_remedy}"
    return DocumentInfo(
        row.id, row.title, source, row.number, row.kind, row.language, row.publisher, row.date, row.pages, row.chunks, state, note,
        group.beside(row.id) if group else (), group.leader if group else None, groups,
    )  # fmt: skip
