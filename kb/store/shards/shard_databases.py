"""The databases of the shards: which is which, whether each answers, and what is written to it.

A shard is a projection: the postings of some documents, which `setu reindex` makes again from the catalogue. The catalogue says of which
versions (`shard_tables`). So a shard that is lost loses nothing, and a writer that is killed leaves at most postings that nobody asks for.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Final

from sqlalchemy import Connection, Engine, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from kb.errors import KnowledgeBaseError, SettingsError, ShardError
from kb.index import inverted_index
from kb.settings import Settings
from kb.store.engine import reading, writing
from kb.store.postgresql import server_connections, server_errors
from kb.store.shards.shard_tables import LAYOUT, own, shard_meta, shards
from lang.languages import Language

SETTING: Final = "SETU_SHARD_URLS"
FIRST: Final = 0
"""The number of the database that has the catalogue."""
_PATIENCE_S: Final = 30.0
_CONNECT_S: Final = 3
_REST_S: Final = (5.0, 60.0)
"""So long a shard that did not answer is not asked again: at first, and at most, twice as long each time."""
_WAYS: Final = 16
log = logging.getLogger(__name__)

Entries = Mapping[Language, Sequence[inverted_index.Entry]]
"""What is indexed of passages, by the pool of their language."""


class ShardLostError(ShardError):
    """A shard stopped answering in the middle of a search, which is to be begun again without it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard as the catalogue knows it; see `shard_tables.shards`."""

    number: int
    mark: str
    name: str
    leaving: bool


class _Resting:
    """What did not answer and is left alone for a while, so that not every search waits for it."""

    def __init__(self) -> None:
        self._until: dict[Engine | int, tuple[float, float]] = {}

    def away(self, of: Engine | int) -> bool:
        return self._until.get(of, (0.0, 0.0))[0] > time.monotonic()

    def failed(self, of: Engine | int) -> None:
        if not self.away(of):
            rest = min(2 * self._until[of][1], _REST_S[1]) if of in self._until else _REST_S[0]
            self._until[of] = (time.monotonic() + rest, rest)

    def answered(self, of: Engine | int) -> None:
        self._until.pop(of, None)


class ShardDatabases:
    """Connections to the shards that ``SETU_SHARD_URLS`` names. Safe to share between threads; nothing is connected before it is asked.

    Raises:
        SettingsError: an address is none of PostgreSQL, or there are shards beside a base in files.
    """

    def __init__(self, settings: Settings) -> None:
        urls = settings.shard_urls.split()
        if urls and settings.server_url is None:
            raise SettingsError(f"{SETTING} names shards, but the base is in files. Set SETU_DATABASE_URL, or unset {SETTING}.")
        try:
            parsed = [make_url(url) for url in dict.fromkeys(urls)]
        except ArgumentError as error:
            raise SettingsError(
                f"{SETTING} holds what is no URL of a database: postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
            ) from error
        self._engines = tuple(server_connections.connections(url, "The shard", _PATIENCE_S, _told, connect_s=_CONNECT_S) for url in parsed)
        self._lock = threading.Lock()
        self._known: dict[str, Engine] = {}
        self._resting = _Resting()

    @cached_property
    def ways(self) -> ThreadPoolExecutor:
        """Threads in which several shards are asked at once."""
        return ThreadPoolExecutor(_WAYS, thread_name_prefix="shards")

    def registered(self, conn: Connection) -> tuple[Shard, ...]:
        """The shards that the catalogue knows, in order of number; of ``conn``'s snapshot."""
        return tuple(Shard(r.number, r.mark, r.name, bool(r.leaving)) for r in conn.execute(select(shards).order_by(shards.c.number)))

    def dead(self, known: Iterable[Shard]) -> frozenset[int]:
        """The numbers of those that cannot be asked just now: a URL is missing, or the database did not answer in the last seconds."""
        return frozenset(one.number for one in known if not self._there(one))

    def answering(self, known: Iterable[Shard]) -> tuple[Shard, ...]:
        """Those that answer now; each is asked."""
        return tuple(one for one in known if self._answers(one))

    def _answers(self, one: Shard) -> bool:
        try:
            with self.reading(one) as conn:
                return conn.scalar(select(shard_meta.c.value).where(shard_meta.c.key == "mark")) == one.mark
        except ShardLostError:
            return False

    def _there(self, one: Shard) -> bool:
        if self._resting.away(one.number):
            return False
        if self._find(one.mark) is not None:
            return True
        self._resting.failed(one.number)
        return False

    def lost(self, number: int) -> None:
        """Do not ask a shard for some seconds, since it did not answer."""
        self._resting.failed(number)

    def _find(self, mark: str) -> Engine | None:
        """The connections to the shard of a mark, once it has answered; None where no URL leads there."""
        if mark not in self._known:
            with self._lock:
                for engine in self._engines:
                    if mark in self._known:
                        break
                    if not self._resting.away(engine):  # also one that is known: it may have become another shard
                        self._get_to_know(engine)
        return self._known.get(mark)

    def _get_to_know(self, engine: Engine) -> None:
        try:
            said = said_of(engine)
        except (KnowledgeBaseError, DBAPIError) as error:
            log.warning("a shard does not answer: %s", error)
            self._resting.failed(engine)
        else:
            self._resting.answered(engine)
            self._known = {mark: known for mark, known in self._known.items() if known is not engine} | ({said: engine} if said else {})

    def found(self, mark: str, engine: Engine) -> None:
        """Note which database is the shard of a mark."""
        with self._lock:
            self._known[mark] = engine
            self._resting = _Resting()

    def forget(self, mark: str) -> None:
        """Note that a shard is gone; its database may become another."""
        with self._lock:
            self._known.pop(mark, None)

    def unknown(self, known: Iterable[Shard]) -> tuple[Engine, ...]:
        """The databases of the setting that are no shard of this base yet.

        Raises:
            ShardError: one does not answer, or is a shard of another base.
        """
        marks = {one.mark for one in known}
        found = []
        for engine in self._engines:
            said = said_of(engine)
            if said is None:
                found.append(engine)
            elif said not in marks:
                raise ShardError(f"The database {engine.url} is a shard of another base. Name another in {SETTING}, or empty that one.")
        return tuple(found)

    @contextmanager
    def reading(self, one: Shard) -> Iterator[Connection]:
        """One snapshot of a shard. Raises `ShardLostError`."""
        with self._asked(one) as engine, reading(engine) as conn:
            yield conn

    @contextmanager
    def writing(self, one: Shard) -> Iterator[Connection]:
        """One transaction of a shard. Raises `ShardLostError`."""
        with self._asked(one) as engine, writing(engine) as conn:
            yield conn

    @contextmanager
    def _asked(self, one: Shard) -> Iterator[Engine]:
        engine = self._find(one.mark)
        if engine is None:
            self._resting.failed(one.number)
            raise ShardLostError(
                f"Shard {one.number} ({one.name}) cannot be reached. Start its server, or name it in {SETTING} on this machine; "
                "`setu shards` shows which are there."
            )
        try:
            yield engine
            self._resting.answered(one.number)
        except (ShardError, DBAPIError) as error:
            if isinstance(error, ShardLostError) or (isinstance(error, DBAPIError) and not error.connection_invalidated):
                raise
            self._resting.failed(one.number)
            raise ShardLostError(f"Shard {one.number} ({one.name}) failed: {error}") from error

    def put(self, one: Shard, parts: Iterable[Entries], *, anew: bool = False) -> None:
        """Write postings to a shard, in place of those it may have of the same passages; ``anew``: in place of all. `ShardLostError`."""
        with self.writing(one) as conn:
            if anew:
                inverted_index.clear(conn)
            for entries in parts:
                for pool, found in entries.items():
                    if there := inverted_index.live(conn, pool, [entry.chunk for entry in found]):
                        inverted_index.remove(conn, pool, there)
                    inverted_index.add(conn, pool, found)

    def close(self) -> None:
        """Close every connection."""
        if "ways" in self.__dict__:
            self.ways.shutdown(wait=False)
        for engine in self._engines:
            engine.dispose()


def _told(said: str) -> ShardError:
    return ShardError(said.replace(server_errors.SETTING, SETTING))


def said_of(engine: Engine) -> str | None:
    """The mark of the shard that a database is; None where it is none, and empty.

    Raises:
        ShardError: it does not answer, holds tables of something else, or a newer Setu wrote it.
    """
    with reading(engine) as conn:
        if not conn.dialect.has_table(conn, shard_meta.name):
            if there := server_connections.others(conn, own, inverted_index.metadata):
                raise ShardError(
                    f"The database {engine.url} holds a base or tables of another program ({', '.join(there[:3])}). "
                    f"Make an empty one for the shard and name it in {SETTING}."
                )
            return None
        told = {str(row.key): str(row.value) for row in conn.execute(select(shard_meta))}
    if told.get("layout") != LAYOUT:
        raise ShardError(f"The shard {engine.url} has layout {told.get('layout')}, this Setu knows {LAYOUT}. Update Setu.")
    return told.get("mark")


def begin(engine: Engine, mark: str) -> None:
    """Make the tables of a shard in an empty database, and give it its mark."""
    with writing(engine) as conn:
        own.create_all(conn)
        inverted_index.metadata.create_all(conn)
        conn.execute(shard_meta.insert(), [{"key": "mark", "value": mark}, {"key": "layout", "value": LAYOUT}])


def end(conn: Connection) -> None:
    """Leave the database of a shard as empty as it was."""
    inverted_index.metadata.drop_all(conn)
    own.drop_all(conn)


def chosen(document_id: int, among: Iterable[Shard]) -> int:
    """The shard of a document by rendezvous hashing, the first database among them: another shard moves only what comes to it.

    Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998).
    """
    numbers = [FIRST, *(one.number for one in among if not one.leaving)]
    return max(numbers, key=lambda number: blake2b(f"{number} {document_id}".encode(), digest_size=8).digest())
