"""The shards as one search sees them: which answer, and the postings that they hold of what the snapshot calls published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kb.auth.roles import Sight
from kb.errors import ShardError
from kb.index import inverted_index
from kb.index.exact import Rows
from kb.records import Filters
from kb.store.access_control import unseen_versions
from kb.store.passages import allowed_versions
from kb.store.schema import versions
from kb.store.shards.placement import versions_on
from kb.store.shards.shard_databases import FIRST, Shard, ShardDatabases, ShardLostError
from kb.store.shards.shard_tables import placements

Homes = NDArray[np.int16]
"""``homes[chunk]`` is the number of the shard that has the postings of a chunk of one language."""


@dataclass(slots=True)
class ShardView:
    """What one search sees of the shards; ``known`` is empty where there are none. Use it in one thread, inside `viewed`."""

    databases: ShardDatabases
    known: Mapping[int, Shard] = field(default_factory=dict)
    dead: frozenset[int] = frozenset()
    homes: dict[str, Homes] = field(default_factory=dict)
    _open: dict[int, Connection] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def homes_of(self, conn: Connection, rows: Rows) -> Homes:
        """Where the postings of the chunks of these rows are, in the snapshot of ``conn``."""
        by_version = np.zeros(int(rows.version.max(initial=0)) + 1, dtype=np.int16)
        query = select(placements).join(versions, versions.c.id == placements.c.version_id).where(versions.c.state == "published")
        for row in conn.execute(query):
            if row.version_id < len(by_version):
                by_version[row.version_id] = row.shard
        homes = np.zeros(int(rows.chunk[-1]) + 1 if len(rows.chunk) else 0, dtype=np.int16)
        homes[rows.chunk] = by_version[rows.version]
        return homes

    def of(self, shown: inverted_index.Shown | None) -> inverted_index.Shown | None:
        """What is shown of a pool, with the postings of the shards."""
        return replace(shown, elsewhere=self) if self.known and shown is not None else shown

    def hidden(self, conn: Connection) -> NDArray[np.int32]:
        """The published versions that cannot be searched, since their shard does not answer."""
        return versions_on(conn, self.dead) if self.dead else np.empty(0, dtype=np.int32)

    def unsearched(self, conn: Connection, filters: Filters, sight: Sight) -> int:
        """How many documents that are allowed and seen could not be searched."""
        lost = np.intersect1d(self.hidden(conn), allowed_versions(conn, filters)) if self.dead else np.empty(0, dtype=np.int32)
        return len(np.setdiff1d(lost, unseen_versions(conn, sight)) if len(lost) and sight is not None else lost)

    def lookup(self, pool: str, terms: Sequence[str]) -> Mapping[str, NDArray[np.void]]:
        """See `kb.index.inverted_index.Elsewhere`. Raises `ShardLostError`."""
        homes = self.homes[pool]
        wanted = [number for number in np.unique(homes).tolist() if number != FIRST and number not in self.dead]
        for number in wanted:
            self._connect(number)
        if len(wanted) > 1:
            answers = list(self.databases.ways.map(lambda number: self._ask(number, pool, terms), wanted))
        else:
            answers = [self._ask(number, pool, terms) for number in wanted]
        pieces: dict[str, list[NDArray[np.void]]] = defaultdict(list)
        for number, found in zip(wanted, answers, strict=True):
            for term, column in found.items():
                inside = column["chunk"] < len(homes)
                inside[inside] = homes[column["chunk"][inside]] == number
                pieces[term].append(column[inside])
        return {term: np.concatenate(columns) for term, columns in pieces.items()}

    def _connect(self, number: int) -> None:
        """Open the snapshot of a shard for the rest of the search."""
        if number not in self._open:
            if number not in self.known:
                raise ShardLostError(f"Shard {number} is not one of this base any more.")
            self._open[number] = self._stack.enter_context(self.databases.reading(self.known[number]))

    def _ask(self, number: int, pool: str, terms: Sequence[str]) -> dict[str, NDArray[np.void]]:
        try:
            return inverted_index.lookup(self._open[number], pool, terms)
        except (ShardError, DBAPIError) as error:
            self.databases.lost(number)
            raise ShardLostError(f"Shard {number} ({self.known[number].name}) failed: {error}") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._stack.close()


@contextmanager
def viewed(databases: ShardDatabases, conn: Connection) -> Iterator[ShardView]:
    """The shards beside the snapshot of ``conn``."""
    known = databases.registered(conn)
    view = ShardView(databases, {one.number: one for one in known}, databases.dead(known) if known else frozenset())
    try:
        yield view
    finally:
        view.close()
