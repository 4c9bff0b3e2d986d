"""Sources and what is kept of their papers, as rows of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError

from ingest.records import INSIDE
from ingest.sources.entries import Entry
from kb.errors import KnowledgeBaseError
from kb.store.access_control import plain
from kb.store.catalogue import Catalogue
from kb.store.schema import documents, sync_entries, sync_sources, versions
from kb.sync.sync_records import Kept, Outcome, SyncSource

_STEP = 200
"""Keys per statement, some of which are long."""


class SyncError(KnowledgeBaseError):
    """A source cannot be made, found or synced as asked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """A document that came from a file: whether it has ever been ``read``, and is ``settled``: in use, or known not to be readable."""

    id: int
    read: bool
    settled: bool


class SyncState:
    """What is known of sources. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def sources(self) -> tuple[SyncSource, ...]:
        """Every source, by name."""
        with self._catalogue.read() as conn:
            return tuple(_source(row) for row in conn.execute(select(sync_sources).order_by(sync_sources.c.name)))

    def source(self, name: str | int) -> SyncSource:
        """One source by its name or id; `SyncError` when there is none."""
        wanted = sync_sources.c.id == name if isinstance(name, int) else sync_sources.c.name == name
        with self._catalogue.read() as conn:
            row = conn.execute(select(sync_sources).where(wanted)).first()
        if row is None:
            raise SyncError(f"There is no source {name}. See them with: setu sources list")
        return _source(row)

    def add(self, source: SyncSource) -> SyncSource:
        """Keep a new source; its id is given. `SyncError` when there is one of that name."""
        try:
            with self._catalogue.write() as conn:
                values = {"name": source.name, "choice": _choice(source)}
                number: int = conn.execute(sync_sources.insert().values(values).returning(sync_sources.c.id)).scalar_one()
        except IntegrityError as error:
            raise SyncError(f"There is a source {source.name} already. Give another name, or remove that one first.") from error
        return replace(source, id=number)

    def change(self, source: SyncSource) -> None:
        """Keep what is said of a source that is there."""
        with self._catalogue.write() as conn:
            conn.execute(sync_sources.update().where(sync_sources.c.id == source.id).values(choice=_choice(source)))

    def remove(self, source_id: int) -> None:
        """Forget a source and what is kept of its papers."""
        with self._catalogue.write() as conn:
            conn.execute(sync_entries.delete().where(sync_entries.c.source_id == source_id))
            conn.execute(sync_sources.delete().where(sync_sources.c.id == source_id))

    def begin(self, source_id: int, now: datetime) -> None:
        """Note when a run began; until it ends, nothing is told of one."""
        with self._catalogue.write() as conn:
            conn.execute(sync_sources.update().where(sync_sources.c.id == source_id).values(begun=now, report="{}"))

    def end(self, source_id: int, outcome: Outcome, counts: Mapping[str, int], told: Collection[str], cursor: str | None = None) -> None:
        """Note what came of a run; ``cursor`` is kept where all was taken in."""
        report = json.dumps({"outcome": outcome, "counts": dict(counts), "told": list(told)}, ensure_ascii=False)
        values = {"report": report} | ({"cursor": cursor} if cursor is not None else {})
        with self._catalogue.write() as conn:
            conn.execute(sync_sources.update().where(sync_sources.c.id == source_id).values(values))

    def kept(self, source_id: int) -> dict[str, Kept]:
        """What is kept of the papers of a source, by key."""
        with self._catalogue.read() as conn:
            rows = conn.execute(select(sync_entries).where(sync_entries.c.source_id == source_id).order_by(sync_entries.c.key))
            return {row.key: Kept(_entry(row), row.file, row.sha256, row.missing_s) for row in rows}

    def listed(self, source_id: int, now: datetime, gone: Collection[Kept], back: Collection[Kept]) -> None:
        """Note that a place was listed to the end, and what is missing there since when."""
        with self._catalogue.write() as conn:
            conn.execute(sync_sources.update().where(sync_sources.c.id == source_id).values(listed=now))
            for one in (*gone, *(replace(one, missing_s=None) for one in back)):
                mine = (sync_entries.c.source_id == source_id) & (sync_entries.c.key == one.key)
                conn.execute(sync_entries.update().where(mine).values(missing_s=one.missing_s))

    def keep(self, source_id: int, rows: Collection[Kept], dropped: Collection[str] = ()) -> None:
        """Keep what is known of papers, in place of what was, and forget those of the keys ``dropped``, at once."""
        if not (rows or dropped):
            return
        with self._catalogue.write() as conn:
            keys = [*dropped, *(one.key for one in rows)]
            for start in range(0, len(keys), _STEP):
                part = keys[start : start + _STEP]
                conn.execute(sync_entries.delete().where(sync_entries.c.source_id == source_id, sync_entries.c.key.in_(part)))
            if rows:
                conn.execute(sync_entries.insert(), [_row(source_id, one) for one in rows])

    def twins(self, source_id: int, digests: Collection[str], without: Collection[str]) -> list[str]:
        """Files of papers of a source that have one of these contents and are still at their place, but for those of ``without``."""
        mine = (sync_entries.c.source_id == source_id) & sync_entries.c.missing_s.is_(None)
        query = select(sync_entries.c.file).where(mine, sync_entries.c.file != "")
        with self._catalogue.read() as conn:
            found = [file for part in _few(digests) for file in conn.scalars(query.where(sync_entries.c.sha256.in_(part)))]
        return [file for file in dict.fromkeys(found) if file not in without]

    def orphans(self, source_id: int) -> list[str]:
        """Files of papers that are at their place, but of which nothing is in the knowledge base, neither by path nor by content.

        So it is of one that was passed over for having the content of another paper, which has changed or gone since.
        """
        found = select(versions.c.id).where(versions.c.sha256 == sync_entries.c.sha256, versions.c.state == "published").exists()
        mine = (sync_entries.c.source_id == source_id) & sync_entries.c.missing_s.is_(None)
        query = select(sync_entries.c.file).where(mine, sync_entries.c.file != "", sync_entries.c.sha256 != "", ~found)
        with self._catalogue.read() as conn:
            files = conn.scalars(query).all()
        return [file for file in files if not any(one.settled for one in self.documents_of(file))]

    def let_go(self, file: str) -> None:
        """Take nothing more of a file until it changes at its place, where no document is left of it: somebody deleted them here."""
        if not self.documents_of(file):
            with self._catalogue.write() as conn:
                conn.execute(sync_entries.update().where(sync_entries.c.file == file).values(file="", sha256=""))

    def documents_of(self, file: str) -> tuple[Held, ...]:
        """The documents that came from a file, also from within it."""
        of_it = versions.c.document_id == documents.c.id
        read = select(versions.c.id).where(of_it).exists().label("read")
        used = select(versions.c.id).where(of_it, versions.c.state == "published").exists().label("used")
        inside = documents.c.source.startswith(file, autoescape=True)
        with self._catalogue.read() as conn:
            rows = conn.execute(select(documents.c.id, documents.c.source, documents.c.reject_kind, read, used).where(inside))
            found = [(plain(row.source).partition(INSIDE)[0], row) for row in rows]
        return tuple(Held(row.id, row.read, row.used or row.reject_kind is not None) for path, row in found if path == file)

    def origin(self, file: str) -> tuple[str, str] | None:
        """The name of the source that a file came from, and where there it lies."""
        query = select(sync_sources.c.name, sync_entries.c.entry, sync_entries.c.key).join(sync_entries).where(sync_entries.c.file == file)
        with self._catalogue.read() as conn:
            row = conn.execute(query.limit(1)).first()
        return (row.name, _entry(row).origin or _entry(row).path) if row is not None else None


def _few(values: Collection[str]) -> Iterable[list[str]]:
    found = sorted(set(values))
    return (found[start : start + _STEP] for start in range(0, len(found), _STEP))


def _choice(source: SyncSource) -> str:
    named = ("kind", "address", "options", "groups", "collections", "rights", "paper_kind", "every_minutes", "grace_hours")
    return json.dumps({name: getattr(source, name) for name in named}, ensure_ascii=False)


def _source(row: Row[Any]) -> SyncSource:
    said, report = json.loads(row.choice), json.loads(row.report)
    said |= {"groups": tuple(said["groups"]), "collections": tuple(said["collections"])}
    told = {"outcome": report.get("outcome", ""), "counts": report.get("counts", {}), "told": tuple(report.get("told", ()))}
    return SyncSource(id=row.id, name=row.name, cursor=row.cursor, listed=row.listed, begun=row.begun, **said, **told)


def _entry(row: Any) -> Entry:
    said = json.loads(row.entry)
    rights = said.pop("rights", None)
    return Entry(key=row.key, rights=tuple(rights) if rights is not None else None, **said)


def _row(source_id: int, one: Kept) -> dict[str, Any]:
    said = {name: value for name, value in asdict(one.entry).items() if name != "key" and value not in ("", None, False)}
    said.setdefault("path", "")
    text = json.dumps(said, ensure_ascii=False)
    return {"source_id": source_id, "key": one.key, "entry": text, "file": one.file, "sha256": one.sha256, "missing_s": one.missing_s}
