"""Packed postings in SQL tables: what the keyword index is made of.

A *segment* holds the postings of the passages that were added together, one row per term: an array of (chunk, frequency,
length), six bytes each, which NumPy reads without a loop. Segments are never changed in place; eight of about the same size
are merged into one, so a pool of n passages has at most a few dozen and a passage is rewritten log8(n) times.

SQLite's FTS5 was measured beside it on 10,000 Marathi passages and the 31 distinct tokens of a question. See docs/measurements/search.md:
its ``bm25()`` is slower and cannot be given a share of the best possible score, and it exists in SQLite only, while these
tables are plain SQL.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from kb.index.column_types import Integer, String

metadata = MetaData()

POSTING = np.dtype([("chunk", "<i4"), ("frequency", "u1"), ("length", "u1")])
"""``length`` is `pack_length` of the number of tokens of the same field in the passage."""
_POSTING = struct.Struct("<iBB")
"""The same, for one posting at a time."""

segments = Table(
    "keyword_segments",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("pool", String(3), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("live", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    sqlite_autoincrement=True,
)
"""``size`` passages were written, ``live`` of them were not removed since; those have ``words`` and ``parts`` tokens in all."""

passages = Table(
    "keyword_passages",
    metadata,
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("pool", String(3), nullable=False),
    Column("segment", Integer, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("words", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
)
"""A removed passage stays here, not ``live``, until its postings are really gone."""
Index("keyword_passages_by_segment", passages.c.segment, passages.c.live)

postings = Table(
    "keyword_postings",
    metadata,
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("term", String(80), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

FAN_IN = 8
LARGEST_MERGE = 32_768
"""Passages; a larger merge would hold the database's write lock for many seconds."""

_BATCH = 400
"""Values in one ``IN``; SQLite builds allow as few as 999 parameters."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage to be added: its terms with their frequencies, and the keys of its names, which have no frequency and no length."""

    chunk: int
    words: Mapping[str, int]
    parts: Mapping[str, int]
    names: Set[str] = field(default_factory=frozenset)

    @property
    def lengths(self) -> tuple[int, int]:
        """Number of words and of parts, repetitions counted."""
        return sum(self.words.values()), sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the live passages of one pool: how many, and the mean number of words and of parts."""

    size: int
    words: float
    parts: float


class Elsewhere(Protocol):
    """Postings that lie in other databases, as one search sees them; see `kb.store.shards`."""

    def lookup(self, pool: str, terms: Sequence[str]) -> Mapping[str, NDArray[np.void]]:
        """The postings there of each of ``terms``, dtype `POSTING`: of no passage twice, and of none whose postings are here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The passages of one pool that somebody sees who does not see all: ``table[chunk]`` says which, and the figures are of those alone.

    ``elsewhere`` has the postings of those that are counted here and kept in other databases.
    """

    table: NDArray[np.bool_]
    statistics: Statistics
    elsewhere: Elsewhere | None = None


def among(chunks: NDArray[Any], table: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the chunks the table holds; those past its end it does not."""
    held = chunks < len(table)
    held[held] = table[chunks[held]]
    return held


def pack_length(tokens: int) -> int:
    """A length in one byte, in steps of 9 %."""
    return min(255, round(8 * float(np.log2(1 + tokens))))


LENGTHS: NDArray[np.float32] = (np.exp2(np.arange(256) / 8) - 1).astype(np.float32)
"""The length that each byte of `pack_length` stands for."""


def part_term(part: str) -> str:
    """The term of a part; no token of ours holds a ``#``."""
    return f"#{part}"


def name_term(key: str) -> str:
    """The term of a name's key; no token of ours holds an ``@``."""
    return f"@{key}"


def add(conn: Connection, pool: str, entries: Sequence[Entry], *, counted_only: bool = False) -> None:
    """Write ``entries`` as a new segment and merge where there are enough of one size.

    ``counted_only``: their postings lie elsewhere; here they count in the figures of the pool.
    """
    _forget_removed(conn, [entry.chunk for entry in entries])
    lengths = [entry.lengths for entry in entries]
    segment = _new_segment(conn, pool, len(entries), sum(words for words, _ in lengths), sum(parts for _, parts in lengths))
    columns: dict[str, bytearray] = defaultdict(bytearray)
    rows = []
    for entry, (words, parts) in zip(entries, lengths, strict=True):
        rows.append({"chunk": entry.chunk, "pool": pool, "segment": segment, "live": True, "words": words, "parts": parts})
        if counted_only:
            continue
        # Every frequency that occurs is packed once, not once for each term: a passage has hundreds of terms and few frequencies.
        in_words, in_parts = _Packed(entry.chunk, pack_length(words)), _Packed(entry.chunk, pack_length(parts))
        for term, frequency in entry.words.items():
            columns[term] += in_words[frequency]
        for part, frequency in entry.parts.items():
            columns[part_term(part)] += in_parts[frequency]
        named = _POSTING.pack(entry.chunk, 1, 0)
        for key in entry.names:
            columns[name_term(key)] += named
    conn.execute(insert(passages), rows)
    _write(conn, segment, ((term, bytes(column)) for term, column in columns.items()))
    _merge(conn, pool)


def remove(conn: Connection, pool: str, chunks: Iterable[int]) -> None:
    """Take passages out; unknown ones are ignored. A segment of which less than three quarters live is rewritten."""
    total = func.sum
    for batch in _batches(list(chunks)):
        leaving = (passages.c.chunk.in_(batch), passages.c.pool == pool, passages.c.live)
        lost = select(passages.c.segment, func.count(), total(passages.c.words), total(passages.c.parts)).where(*leaving)
        for segment, number, words, parts in conn.execute(lost.group_by(passages.c.segment)).all():
            left = {"live": segments.c.live - number, "words": segments.c.words - words, "parts": segments.c.parts - parts}
            conn.execute(update(segments).where(segments.c.id == segment).values(left))
        conn.execute(update(passages).where(*leaving).values(live=False))
    sparse = select(segments.c.id).where(segments.c.pool == pool, 4 * segments.c.live < 3 * segments.c.size)
    for segment in conn.scalars(sparse).all():
        _rewrite(conn, pool, [segment])


def clear(conn: Connection) -> None:
    """Remove everything."""
    for table in (postings, passages, segments):
        conn.execute(delete(table))


_SUMS = ", ".join(f"coalesce(sum({column}), 0)" for column in ("live", "words", "parts"))
_STATISTICS = text(f"SELECT {_SUMS} FROM {segments.name} WHERE pool = :pool")


def statistics(conn: Connection, pool: str, shown: Shown | None = None) -> Statistics:
    """Exact figures of the pool at this moment, or of what is shown of it."""
    if shown is not None:
        return shown.statistics
    size, words, parts = conn.execute(_STATISTICS, {"pool": pool}).one()
    return Statistics(int(size), float(words) / max(size, 1), float(parts) / max(size, 1))


def holds_removed(conn: Connection, pool: str) -> bool:
    """Whether passages that were removed are still among the postings of the pool."""
    return conn.scalar(select(segments.c.id).where(segments.c.pool == pool, segments.c.live < segments.c.size).limit(1)) is not None


def lookup(conn: Connection, pool: str, terms: Sequence[str], shown: Shown | None = None) -> dict[str, NDArray[np.void]]:
    """The postings of each of ``terms`` that occurs in the pool, dtype `POSTING`; removed passages may still be among them.

    Where only a part of the pool is ``shown``, the postings of that, and the terms that occur there.
    """
    pieces: dict[str, list[bytes]] = defaultdict(list)
    for term, data in _found(conn, pool, terms, "data"):
        pieces[term].append(data)
    if shown is not None and shown.elsewhere is not None:
        for term, there in shown.elsewhere.lookup(pool, terms).items():
            pieces[term].append(there.tobytes())
    found = {term: np.frombuffer(data[0] if len(data) == 1 else b"".join(data), dtype=POSTING) for term, data in pieces.items()}
    if shown is None:
        return found
    kept = {term: column[among(column["chunk"], shown.table)] for term, column in found.items()}
    return {term: column for term, column in kept.items() if len(column)}


def holding(conn: Connection, pool: str, terms: Sequence[str], shown: Shown | None = None) -> dict[str, int]:
    """How many passages of the pool hold each of ``terms``, removed ones included; terms that none holds are missing."""
    if shown is not None:
        return {term: len(column) for term, column in lookup(conn, pool, terms, shown).items()}
    counts: dict[str, int] = defaultdict(int)
    for term, size in _found(conn, pool, terms, "length(data)"):
        counts[term] += size // POSTING.itemsize
    return dict(counts)


def members(conn: Connection, pool: str) -> set[int]:
    """All chunks in the pool that were not removed."""
    return set(conn.scalars(select(passages.c.chunk).where(passages.c.pool == pool, passages.c.live)))


def live(conn: Connection, pool: str, chunks: Sequence[int]) -> set[int]:
    """Which of ``chunks`` are in the pool and were not removed."""
    if not chunks:
        return set()
    # Written out, since binding hundreds of parameters through SQLAlchemy costs more than the query (2.5 ms for 256).
    listed = ",".join(str(int(chunk)) for chunk in chunks)
    rows = conn.execute(text(f"SELECT chunk FROM keyword_passages WHERE chunk IN ({listed}) AND pool = :pool AND live"), {"pool": pool})
    return {chunk for (chunk,) in rows.all()}


class _Packed(dict[int, bytes]):
    """The bytes of a posting of one passage by its frequency."""

    def __init__(self, chunk: int, length: int) -> None:
        super().__init__()
        self._chunk, self._length = chunk, length

    def __missing__(self, frequency: int) -> bytes:
        self[frequency] = packed = _POSTING.pack(self._chunk, min(frequency, 255), self._length)
        return packed


def _new_segment(conn: Connection, pool: str, size: int, words: int, parts: int) -> int:
    row = insert(segments).values(pool=pool, size=size, live=size, words=words, parts=parts).returning(segments.c.id)
    return int(conn.execute(row).scalar_one())


def _write(conn: Connection, segment: int, columns: Iterable[tuple[str, bytes]]) -> None:
    rows = [(segment, term, data) for term, data in columns]
    # Handed to the driver as they are: through SQLAlchemy's parameters, a third of the time of writing goes into copying dictionaries.
    mark = _mark(conn)
    statement = f"INSERT INTO {postings.name} (segment, term, data) VALUES ({mark}, {mark}, {mark})"
    for start in range(0, len(rows), 5_000):
        conn.exec_driver_sql(statement, rows[start : start + 5_000])


def _merge(conn: Connection, pool: str) -> None:
    while True:
        tiers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for segment, size in conn.execute(select(segments.c.id, segments.c.size).where(segments.c.pool == pool)):
            tiers[(max(size, 1).bit_length() - 1) // 3].append((int(segment), int(size)))
        full = [tier for tier in tiers.values() if len(tier) >= FAN_IN and sum(size for _, size in tier) <= LARGEST_MERGE]
        if not full:
            return
        _rewrite(conn, pool, [segment for segment, _ in full[0]])


def _rewrite(conn: Connection, pool: str, old: Sequence[int]) -> None:
    """Replace the segments ``old`` by one that holds only their live passages."""
    alive = sorted(conn.scalars(select(passages.c.chunk).where(passages.c.segment.in_(old), passages.c.live)))
    sums = [func.sum(column) for column in (segments.c.size, segments.c.words, segments.c.parts)]
    size, words, parts = (int(value) for value in conn.execute(select(*sums).where(segments.c.id.in_(old))).one())
    columns: dict[str, list[bytes]] = defaultdict(list)
    for term, data in conn.execute(select(postings.c.term, postings.c.data).where(postings.c.segment.in_(old))):
        columns[term].append(data)
    conn.execute(delete(postings).where(postings.c.segment.in_(old)))
    conn.execute(delete(passages).where(passages.c.segment.in_(old), ~passages.c.live))
    conn.execute(delete(segments).where(segments.c.id.in_(old)))
    if not alive:
        return
    segment = _new_segment(conn, pool, len(alive), words, parts)
    conn.execute(update(passages).where(passages.c.segment.in_(old)).values(segment=segment))
    merged = ((term, b"".join(data)) for term, data in columns.items())
    _write(conn, segment, _only(merged, np.array(alive, dtype=np.int32)) if len(alive) < size else merged)


def _only(columns: Iterable[tuple[str, bytes]], alive: NDArray[np.int32]) -> Iterable[tuple[str, bytes]]:
    for term, data in columns:
        column = np.frombuffer(data, dtype=POSTING)
        kept = column[np.isin(column["chunk"], alive)]
        if len(kept):
            yield term, kept.tobytes()


def _forget_removed(conn: Connection, chunks: Sequence[int]) -> None:
    """A passage that was removed and comes back must not meet its own old postings."""
    for batch in _batches(chunks):
        stale = select(passages.c.pool, passages.c.segment).where(passages.c.chunk.in_(batch), ~passages.c.live).distinct()
        for pool, segment in conn.execute(stale).all():
            _rewrite(conn, pool, [segment])


def _found(conn: Connection, pool: str, terms: Sequence[str], what: str) -> Iterator[tuple[str, Any]]:
    """(term, ``what`` of its row) in every segment of the pool."""
    mark = _mark(conn)
    for start in range(0, len(terms), _BATCH):
        batch = terms[start : start + _BATCH]
        # By hand: SQLAlchemy takes longer to write this statement than the database to answer it.
        statement = (
            f"SELECT term, {what} FROM {postings.name} WHERE segment IN (SELECT id FROM {segments.name} WHERE pool = {mark}) "
            f"AND term IN ({', '.join([mark] * len(batch))})"
        )
        yield from ((row[0], row[1]) for row in conn.exec_driver_sql(statement, (pool, *batch)).all())


def _mark(conn: Connection) -> str:
    return "?" if conn.dialect.paramstyle == "qmark" else "%s"


def _batches(values: Sequence[int] | Sequence[str]) -> Iterable[Sequence[int] | Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
