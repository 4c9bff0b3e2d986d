"""Shards that come and go: databases join, documents move while people search, and what a shard holds is held against the catalogue.

Documents move some at a time. Their postings are made from the catalogue and put on the new shard, then one transaction of the catalogue
says that they are there; the old shard keeps them for a while (`placement`). Whatever is killed, each search finds each passage once.
"""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from ingest.records import Chunk
from kb.errors import ShardError
from kb.index import inverted_index
from kb.store.catalogue import Catalogue
from kb.store.document_rows import Header, chunk_rows
from kb.store.publish import Publisher, add_keywords, entries_of
from kb.store.schema import chunks, pools, versions
from kb.store.shards import placement
from kb.store.shards.shard_databases import FIRST, Entries, Shard, begin, chosen, end
from kb.store.shards.shard_tables import placements, shard_garbage, shards
from lang.languages import Language

AT_ONCE: Final = 2_000
"""Passages that are moved in one step; other writers come between."""
_STEP: Final = 1_000

Row = tuple[int, Header, Chunk]


@dataclass(frozen=True, slots=True)
class ShardState:
    """A shard and what is on it; the first database is number 0. ``answers``: it can be searched from this machine."""

    number: int
    name: str
    answers: bool
    leaving: bool
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Spread:
    """What came of spreading documents anew: the shards that joined and left, by number, and how many documents moved."""

    joined: tuple[int, ...]
    left: tuple[int, ...]
    moved: int


class Resharding:
    """The shards of a knowledge base, for who looks after it."""

    def __init__(self, catalogue: Catalogue, publisher: Publisher) -> None:
        self._catalogue = catalogue
        self._databases = catalogue.shards
        self._publisher = publisher

    def state(self) -> tuple[ShardState, ...]:
        """The first database and every shard."""
        with self._catalogue.read() as conn:
            known = self._databases.registered(conn)
            held = func.coalesce(placements.c.shard, FIRST).label("shard")
            query = (
                select(held, func.count(versions.c.document_id.distinct()), func.count(chunks.c.id))
                .select_from(versions.outerjoin(placements, placements.c.version_id == versions.c.id).outerjoin(chunks))
                .where(versions.c.state == "published")
                .group_by(held)
            )
            counts = {int(number): (int(papers), int(passages)) for number, papers, passages in conn.execute(query)}
        first = ShardState(FIRST, str(self._catalogue.engine.url), True, False, *counts.get(FIRST, (0, 0)))
        there = self._databases.answering(known)
        rest = (ShardState(s.number, s.name, s in there, s.leaving, *counts.get(s.number, (0, 0))) for s in known)
        return (first, *rest)

    def spread(self, progress: Callable[[int, int], None] = lambda moved, all_: None) -> Spread:
        """Let databases join that `SETU_SHARD_URLS` names anew, and move documents to where they belong, while people search and write.

        Args:
            progress: told how many documents were moved, of how many.

        Raises:
            ShardError: a shard does not answer, or a database is none for us; what was moved stays moved.
        """
        joined = self._join()
        moved = self._move(progress)
        return Spread(joined, self._let_go(), moved)

    def remove(self, number: int, progress: Callable[[int, int], None] = lambda moved, all_: None) -> Spread:
        """Move everything away from a shard, also from one that is lost, and forget it.

        Raises:
            ShardError: there is none of that number; or another one does not answer.
        """
        with self._publisher.writing(), self._catalogue.write() as conn:
            if number not in {one.number for one in self._databases.registered(conn)}:
                raise ShardError(f"There is no shard {number}. `setu shards` lists those there are; the first database is none.")
            conn.execute(shards.update().where(shards.c.number == number).values(leaving=1))
        moved = self._move(progress)
        return Spread((), self._let_go(), moved)

    def _join(self) -> tuple[int, ...]:
        with self._publisher.writing():
            with self._catalogue.read() as conn:
                known = self._databases.registered(conn)
                used = set(conn.scalars(select(placements.c.shard).distinct()))
            self._staying([one for one in known if one.number in used])
            engines = self._databases.unknown(known)
            # A shard that was noted and never begun, since the process was killed between the two, is begun now.
            unbegun = [one for one in known if one.number not in used and not self._databases.answering([one]) and not one.leaving]
            found = []
            for engine in engines:
                if unbegun:
                    one = unbegun.pop(0)
                else:
                    number = max((one.number for one in known), default=FIRST) + 1
                    one = Shard(number, uuid.uuid4().hex, engine.url.render_as_string(hide_password=True), False)
                    known = (*known, one)
                    with self._catalogue.write() as conn:
                        conn.execute(shards.insert().values(number=one.number, mark=one.mark, name=one.name, leaving=0))
                begin(engine, one.mark)
                self._databases.found(one.mark, engine)
                found.append(one.number)
        return tuple(found)

    def _move(self, progress: Callable[[int, int], None]) -> int:
        done = after = 0
        while True:
            with self._publisher.writing():
                with self._catalogue.read() as conn:
                    known = self._databases.registered(conn)
                    astray = self._astray(conn, known, after)
                    total = done + len({one.document_id for one in astray})
                    some = list(_up_to(astray, AT_ONCE))
                if not some:
                    return done
                self._take_over(some, {one.number: one for one in known})
                after = some[-1].version
            done += len({one.document_id for one in some})
            progress(done, total)

    def _astray(self, conn: Connection, known: Sequence[Shard], after: int) -> list[_Astray]:
        """The published versions that are not where they belong, in order of id."""
        staying = self._staying(known)
        size = select(func.count()).where(chunks.c.version_id == versions.c.id).scalar_subquery()
        query = (
            select(versions.c.id, versions.c.document_id, func.coalesce(placements.c.shard, FIRST).label("shard"), size.label("size"))
            .outerjoin(placements, placements.c.version_id == versions.c.id)
            .where(versions.c.state == "published", versions.c.id > after)
            .order_by(versions.c.id)
        )
        rows = ((r, chosen(r.document_id, staying)) for r in conn.execute(query))
        return [_Astray(r.id, r.document_id, r.shard, to, r.size) for r, to in rows if to != r.shard]

    def _staying(self, known: Sequence[Shard]) -> list[Shard]:
        staying = [one for one in known if not one.leaving]
        there = self._databases.answering(staying)
        if lost := next((one for one in staying if one not in there), None):
            raise ShardError(
                f"Shard {lost.number} ({lost.name}) does not answer, so nothing is moved. Start its server, or give it up: "
                f"setu shards remove {lost.number}"
            )
        return staying

    def _take_over(self, some: Sequence[_Astray], known: Mapping[int, Shard]) -> None:
        where = {one.version: one for one in some}
        with self._catalogue.read() as conn:
            of = conn.execute(select(chunks.c.id, chunks.c.version_id).where(chunks.c.version_id.in_(where)))
            at = {int(chunk): int(version) for chunk, version in of}
            rows = chunk_rows(conn, list(where))
        ways: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in rows:
            one = where[at[row[0]]]
            ways[one.at, one.to].append(row)
        entries = {way: entries_of(found) for way, found in ways.items()}
        for (_, to), found in entries.items():
            if to != FIRST:
                self._databases.put(known[to], [found])
        with self._catalogue.write() as conn:
            languages: set[Language] = set()
            for (at_shard, to), found in entries.items():
                languages |= found.keys()
                _change_sides(conn, at_shard, to, found)
            for one in some:
                placement.note(conn, one.version, one.to)
            conn.execute(pools.update().where(pools.c.language.in_(languages)).values(revision=time.time_ns()))
        placement.collect(self._catalogue)

    def _let_go(self) -> tuple[int, ...]:
        """Forget the shards that are left by all; those that answer are emptied, once no search asks them that began before."""
        with self._catalogue.read() as conn:
            leaving = [one for one in self._databases.registered(conn) if one.leaving]
        if self._databases.answering(leaving):
            time.sleep(placement.GRACE_S)
        with self._publisher.writing():
            with self._catalogue.read() as conn:
                used = set(conn.scalars(select(placements.c.shard).distinct()))
                gone = [one for one in self._databases.registered(conn) if one.leaving and one.number not in used]
            for one in gone:
                if self._databases.answering([one]):
                    with self._databases.writing(one) as conn:
                        end(conn)
                with self._catalogue.write() as conn:
                    conn.execute(shard_garbage.delete().where(shard_garbage.c.shard == one.number))
                    conn.execute(shards.delete().where(shards.c.number == one.number))
                self._databases.forget(one.mark)
        return tuple(one.number for one in gone)


@dataclass(frozen=True, slots=True)
class _Astray:
    version: int
    document_id: int
    at: int
    to: int
    size: int


def _up_to(astray: Iterable[_Astray], most: int) -> Iterator[_Astray]:
    size = 0
    for one in astray:
        if size and size + one.size > most:
            return
        size += one.size
        yield one


def _change_sides(conn: Connection, at: int, to: int, entries: Entries) -> None:
    """Say in the catalogue that passages are on another shard than before; the figures of their pools stay as they are."""
    for pool, found in entries.items():
        ids = [entry.chunk for entry in found]
        placement.reclaim(conn, to, ids)
        if FIRST in (at, to):
            inverted_index.remove(conn, pool, ids)
            add_keywords(conn, {pool: found}, counted_only=to != FIRST)
        placement.leave(conn, at, [(chunk, pool) for chunk in ids])


def rewrite(catalogue: Catalogue, rows: Sequence[Row], homes: Mapping[int, int]) -> None:
    """Make what every shard holds anew, each in one transaction. Raises `ShardError`."""
    with catalogue.read() as conn:
        known = catalogue.shards.registered(conn)
    for one in known:
        mine = [row for row in rows if homes.get(row[0], FIRST) == one.number]
        catalogue.shards.put(one, (entries_of(mine[at : at + _STEP]) for at in range(0, len(mine), _STEP)), anew=True)


def add_anew(conn: Connection, rows: Sequence[Row], homes: Mapping[int, int]) -> None:
    """Put all passages into the empty keyword index of the catalogue; of those on shards it only counts."""
    conn.execute(shard_garbage.delete())
    for start in range(0, len(rows), _STEP):
        part = rows[start : start + _STEP]
        here = [row for row in part if homes.get(row[0], FIRST) == FIRST]
        add_keywords(conn, entries_of(here))
        add_keywords(conn, entries_of([row for row in part if row[0] in homes]), counted_only=True)


def faults(conn: Connection, catalogue: Catalogue, *, settled: bool) -> list[str]:
    """Where a shard does not hold what the catalogue says that it does, in sentences; ``settled``: nobody writes meanwhile."""
    problems: list[str] = []
    at = placement.homes(conn)
    for one in catalogue.shards.registered(conn):
        wanted = {chunk for chunk, number in at.items() if number == one.number}
        try:
            with catalogue.shards.reading(one) as there:
                held = set(there.scalars(select(inverted_index.passages.c.chunk).where(inverted_index.passages.c.live)))
        except ShardError as error:
            problems.append(str(error))
            continue
        disowned = set(conn.scalars(select(shard_garbage.c.chunk).where(shard_garbage.c.shard == one.number)))
        if lost := wanted - held:
            problems.append(f"{len(lost)} passages are missing from shard {one.number}. Run `setu reindex`.")
        if settled and (extra := held - wanted - disowned):
            problems.append(f"Shard {one.number} holds {len(extra)} passages that nobody asks it for. Run `setu reindex`.")
    return problems
