"""Where the postings of versions are; they come there before a version is published, and go some time after it is not any more.

A search has one snapshot of the catalogue and asks the shards a moment later. So postings are on their shard before the transaction that
publishes their version, and stay `GRACE_S` after the one that disowns them: no snapshot finds less than it should.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from kb.errors import ShardError
from kb.index import inverted_index
from kb.store.catalogue import Catalogue
from kb.store.schema import chunks, versions
from kb.store.shards.shard_databases import FIRST, Entries, ShardDatabases, chosen
from kb.store.shards.shard_tables import placements, shard_garbage
from lang.languages import Language

GRACE_S = 60.0
"""So long postings stay on a shard that nobody asks for any more; no search takes as long."""
_STEP: Final = 500


def shard_of(conn: Connection, version: int) -> int:
    """Where the postings of a version are."""
    return int(conn.scalar(select(placements.c.shard).where(placements.c.version_id == version)) or FIRST)


def place(conn: Connection, version: int, document_id: int, databases: ShardDatabases) -> int:
    """Choose where the postings of a new version go, among the shards that answer, and note it."""
    number = chosen(document_id, databases.answering(databases.registered(conn)))
    note(conn, version, number)
    return number


def note(conn: Connection, version: int, number: int) -> None:
    """Note where the postings of a version are."""
    conn.execute(placements.delete().where(placements.c.version_id == version))
    if number != FIRST:
        conn.execute(placements.insert().values(version_id=version, shard=number))


def disown(conn: Connection, version: int, rows: Collection[tuple[int, Language]]) -> None:
    """Note that nobody asks for the postings of a version any more, which are those of these chunks."""
    number = shard_of(conn, version)
    note(conn, version, FIRST)
    leave(conn, number, rows)


def leave(conn: Connection, number: int, rows: Collection[tuple[int, Language]]) -> None:
    """Note that a shard is no longer asked for these chunks."""
    if number != FIRST and rows:
        at = _now(conn)
        conn.execute(shard_garbage.insert(), [{"shard": number, "chunk": chunk, "pool": pool, "at": at} for chunk, pool in rows])


def _now(conn: Connection) -> datetime:
    """The time by the clock of the first database, which all machines share."""
    said: datetime = conn.execute(select(func.current_timestamp())).scalar_one()
    return said.replace(tzinfo=None)


def reclaim(conn: Connection, number: int, chunks: Sequence[int]) -> None:
    """Note that a shard is asked for these chunks again."""
    for start in range(0, len(chunks), _STEP):
        part = shard_garbage.c.chunk.in_(chunks[start : start + _STEP])
        conn.execute(shard_garbage.delete().where(shard_garbage.c.shard == number, part))


def write(catalogue: Catalogue, placed: Mapping[int, Entries]) -> None:
    """Put postings on their shards; those of the first database are left out. Raises `ShardError`."""
    if placed.keys() <= {FIRST}:
        return
    with catalogue.read() as conn:
        known = {one.number: one for one in catalogue.shards.registered(conn)}
    for number, entries in placed.items():
        if number != FIRST:
            catalogue.shards.put(known[number], [entries])


def collect(catalogue: Catalogue) -> None:
    """Take out of the shards what nobody asks for any more; a shard that does not answer is left for the next time."""
    with catalogue.read() as conn:
        known = {one.number: one for one in catalogue.shards.registered(conn)}
        if not known:
            return
        old = _now(conn) - timedelta(seconds=GRACE_S)
        left = conn.execute(select(shard_garbage).where(shard_garbage.c.at <= old)).all()
    found: dict[int, dict[Language, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in left:
        found[row.shard][row.pool].append(row.chunk)
    for number, pools in found.items():
        try:
            if number in known:
                with catalogue.shards.writing(known[number]) as there:
                    for pool, chunks in pools.items():
                        inverted_index.remove(there, pool, chunks)
        except ShardError:
            continue
        with catalogue.write() as conn:
            for chunks in pools.values():
                reclaim(conn, number, chunks)


def homes(conn: Connection) -> dict[int, int]:
    """The shards of the published chunks that are on one, by chunk."""
    query = select(chunks.c.id, placements.c.shard).join(placements, placements.c.version_id == chunks.c.version_id)
    published = query.join(versions, versions.c.id == chunks.c.version_id).where(versions.c.state == "published")
    return {int(chunk): int(shard) for chunk, shard in conn.execute(published)}


def versions_on(conn: Connection, numbers: Collection[int]) -> NDArray[np.int32]:
    """The published versions whose postings are on some shards."""
    query = select(placements.c.version_id).join(versions, versions.c.id == placements.c.version_id)
    found = query.where(versions.c.state == "published", placements.c.shard.in_(sorted(numbers)))
    return np.fromiter(conn.scalars(found), dtype=np.int32)
