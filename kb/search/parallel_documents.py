"""Which documents of the base are one text in several languages, and where a span of one stands in its other language versions.

`kb.search.parallel_passages` tells it of the few documents of a ranked list; here it is asked of all that a reader sees. Two documents are
compared when kind, day and length allow it. Where that leaves many pairs, each document is compared with the ones whose mean vector lies
nearest to its own in each other language only.

Within two versions a block has its counterpart by its place: under the same article, the block of the same rank where both have as many,
else the one of the same number; the passage where clauses have no numbers.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from ingest.records import Kind
from kb.auth.roles import Sight
from kb.document_records import Counterpart
from kb.embed.embedder import FloatMatrix
from kb.search.parallel_passages import FEWEST, LENGTH, MOST, Counterparts, Side, same_day, shown
from kb.store.access_control import seen
from kb.store.passages import unpack
from kb.store.schema import blocks, chunks, embeddings, pages, versions
from lang.languages import Language
from lang.references import clause_number, place_keys

COMPARED = 24
"""Documents that are compared at most; those of the same day first."""
_TITLES = ("heading", "title", "caption", "footnote")


@dataclass(frozen=True, slots=True)
class _Block:
    page: int
    path: tuple[str, ...]
    start: int
    end: int

    @property
    def key(self) -> str:
        """The numbered place that it stands in, "" for none."""
        return _key(self.path)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the items that it is in."""
        return tuple(number for entry in self.path[1:] if (number := clause_number(entry)))


def counterparts_of(
    conn: Connection, known: Counterparts, document_id: int, version: int, start: int, end: int, sight: Sight = None
) -> tuple[Counterpart, ...]:
    """The counterparts of ``[start, end)`` in the other versions that are published and seen, as narrow as their structure allows."""
    own = conn.execute(
        select(versions).where(versions.c.document_id == document_id, versions.c.number == version, seen(sight, versions.c.document_id))
    ).one_or_none()
    if own is None:
        return ()
    touched = conn.scalars(select(chunks.c.id).where(chunks.c.version_id == own.id, chunks.c.start < end, chunks.c.end > start)).all()
    found = []
    for other in _candidates(conn, own, sight):
        if pairs := dict(known.between(conn, own.id, other.id)):
            beside = {chunk: (pairs[chunk],) for chunk in touched if chunk in pairs}
            passages = [one for held in shown(conn, beside, list(beside)).values() for one in held]
            found += _narrowed(conn, own.id, other, start, end, passages)
    return tuple(found)


def _candidates(conn: Connection, own: Any, sight: Sight) -> Iterator[Any]:
    """The versions in other languages that are of about the same length and may be of the same day."""
    size = select(func.count()).where(chunks.c.version_id == versions.c.id).scalar_subquery()
    count = conn.scalar(select(func.count()).where(chunks.c.version_id == own.id)) or 0
    near = select(versions.c.id, versions.c.document_id, versions.c.date, versions.c.title, size.label("n")).where(
        versions.c.state == "published", versions.c.document_id != own.document_id, versions.c.language != own.language,
        seen(sight, versions.c.document_id),
    )  # fmt: skip
    rows = [row for row in conn.execute(near) if same_day(own.date, row.date) and row.n >= FEWEST]
    fits = [row for row in rows if min(row.n, count) >= LENGTH * max(row.n, count)]
    yield from sorted(fits, key=lambda row: (row.date != own.date, row.id))[:COMPARED]


def _narrowed(conn: Connection, own: int, other: Any, start: int, end: int, passages: Sequence[Counterpart]) -> list[Counterpart]:
    here, there = _blocks(conn, own), _blocks(conn, other.id)
    touched = [at for at, block in enumerate(here) if block.start < end and block.end > start]
    found: list[_Block] = []
    for at in touched:
        twin = _twin(here, at, there)
        if twin is not None and twin not in found:
            found.append(twin)
    if not found or len(found) < len(touched):
        return list(passages)
    first = passages[0] if passages else _as_counterpart(conn, other, found[0])
    if first is None:
        return []
    label = conn.scalar(select(pages.c.label).where(pages.c.version_id == other.id, pages.c.number == found[0].page)) or first.page_label
    return [replace(first, page=found[0].page, page_label=label, path=found[0].path, start=found[0].start, end=found[-1].end)]


def _twin(here: Sequence[_Block], at: int, there: Sequence[_Block]) -> _Block | None:
    """The block of another version that stands where a block does."""
    key = here[at].key
    if not key:
        return None
    mine = [block for block in here if block.key == key]
    yours = [block for block in there if block.key == key]
    if len(mine) == len(yours):
        return yours[mine.index(here[at])]
    same = [block for block in yours if block.numbers == here[at].numbers and here[at].numbers]
    return same[0] if len(same) == 1 else None


@lru_cache(maxsize=20_000)
def _key(path: tuple[str, ...]) -> str:
    return (place_keys(path) or ("",))[-1]


def _blocks(conn: Connection, version: int) -> list[_Block]:
    query = select(blocks).where(blocks.c.version_id == version, blocks.c.role.not_in(_TITLES)).order_by(blocks.c.ordinal)
    return [_Block(row.page, tuple(json.loads(row.path)), row.start, row.end) for row in conn.execute(query)]


def _as_counterpart(conn: Connection, other: Any, block: _Block) -> Counterpart | None:
    """A block as a counterpart, where its passage was not paired by itself."""
    chunk = conn.scalar(
        select(chunks.c.id).where(chunks.c.version_id == other.id, chunks.c.start <= block.start, chunks.c.end > block.start)
    )
    if chunk is None:
        return None
    held = shown(conn, {chunk: (chunk,)}, [chunk]).get(chunk, ())
    return held[0] if held else None


Pairs: TypeAlias = NDArray[np.bool_]

ALL = 400
"""Pairs up to which every one is compared: about 0.3 s, once."""
NEAREST = 2
"""Documents of each other language that a document is compared with where there are more pairs."""
DOCUMENTS = 3000
"""Documents that are looked at, those that came in last; earlier ones are taken to be in one language only."""
KEPT = 16
"""Answers that are remembered: one for each set of documents that is seen."""


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    document_id: int
    kind: Kind
    language: Language
    date: date | None


class Parallels:
    """Finds the documents that are versions of one another. Thread-safe."""

    def __init__(self, counterparts: Counterparts, model: str) -> None:
        self._counterparts = counterparts
        self._model = model
        self._known: OrderedDict[tuple[_Version, ...], tuple[frozenset[int], ...]] = OrderedDict()
        self._means: dict[int, FloatMatrix] = {}
        self._lock = threading.Lock()

    def sets(self, conn: Connection, sight: Sight = None) -> tuple[frozenset[int], ...]:
        """The sets of documents that are one text, each of two or more, among those that are published and seen."""
        published = _published(conn, sight)
        with self._lock:
            if published in self._known:
                self._known.move_to_end(published)
                return self._known[published]
        joined: dict[int, frozenset[int]] = {}
        sides: dict[int, Side] = {}
        for one, other in self._pairs(conn, published):
            if self._counterparts.are_versions(conn, one.id, other.id, sides):
                first, second = one.document_id, other.document_id
                both = joined.get(first, frozenset({first})) | joined.get(second, frozenset({second}))
                joined |= dict.fromkeys(both, both)
        found = tuple(sorted(set(joined.values()), key=min))
        with self._lock:
            self._known[published] = found
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return found

    def _pairs(self, conn: Connection, published: Sequence[_Version]) -> list[tuple[_Version, _Version]]:
        if len({version.language for version in published}) < 2:
            return []
        sizes = _sizes(conn, published)
        known = [version for version in published if FEWEST <= sizes.get(version.id, 0) <= MOST]
        possible = _possible(known, np.array([sizes[version.id] for version in known]))
        if np.count_nonzero(possible) > 2 * ALL:
            possible = _nearest(possible, self._centred(conn, known), [version.language for version in known])
        return [(known[i], known[j]) for i, j in np.argwhere(np.triu(possible | possible.T))]

    def _centred(self, conn: Connection, order: Sequence[_Version]) -> FloatMatrix:
        """The mean vector of each version, shape ``(n, dimension)``, without what its language has in common, and of unit length."""
        missing = [version.id for version in order if version.id not in self._means]
        for start in range(0, len(missing), 500):
            self._means |= _means(conn, missing[start : start + 500], self._model)
        dimension = max((mean.shape[0] for mean in self._means.values()), default=1)
        found = np.stack([self._means.get(version.id, np.zeros(dimension, dtype=np.float32)) for version in order])
        for language in {version.language for version in order}:
            rows = [at for at, version in enumerate(order) if version.language == language]
            found[rows] -= found[rows].mean(axis=0)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _published(conn: Connection, sight: Sight) -> tuple[_Version, ...]:
    """The newest `DOCUMENTS` versions in force, by document."""
    wanted = select(versions.c.id, versions.c.document_id, versions.c.kind, versions.c.language, versions.c.date)
    query = wanted.where(versions.c.state == "published", seen(sight, versions.c.document_id)).order_by(versions.c.document_id.desc())
    return tuple(_Version(r.id, r.document_id, r.kind, r.language, r.date) for r in conn.execute(query.limit(DOCUMENTS)))


def _sizes(conn: Connection, published: Sequence[_Version]) -> dict[int, int]:
    """The number of passages of each version."""
    query = select(chunks.c.version_id, func.count().label("n")).group_by(chunks.c.version_id)
    wanted = {version.id for version in published}
    return {row.version_id: row.n for row in conn.execute(query) if row.version_id in wanted}


def _possible(known: Sequence[_Version], sizes: NDArray[np.int64]) -> Pairs:
    """Which two may be versions of one text by language, kind, length and day, shape ``(n, n)``."""
    languages, kinds = np.array([v.language for v in known]), np.array([v.kind for v in known])
    days = np.array([v.date.toordinal() if v.date else 0 for v in known])
    found: Pairs = (languages[:, None] != languages) & (kinds[:, None] == kinds)
    found &= (days[:, None] == days) | (days[:, None] == 0) | (days == 0)  # as `same_day` has it
    found &= np.minimum(sizes[:, None], sizes) >= LENGTH * np.maximum(sizes[:, None], sizes)
    return found


def _nearest(possible: Pairs, means: FloatMatrix, languages: Sequence[Language]) -> Pairs:
    """Of the possible ones those of which one is among the `NEAREST` of the other, in its language."""
    near = np.where(possible, means @ means.T, -np.inf)
    kept: Pairs = np.zeros_like(possible)
    for language in set(languages):
        columns = np.flatnonzero(np.array([one == language for one in languages]))
        best = columns[np.argsort(-near[:, columns], axis=1)[:, :NEAREST]]
        np.put_along_axis(kept, best, values=True, axis=1)
    return kept & possible


def _means(conn: Connection, wanted: Sequence[int], model: str) -> dict[int, FloatMatrix]:
    query = (
        select(chunks.c.version_id, embeddings.c.vector)
        .join(embeddings, embeddings.c.key == chunks.c.embedding_key)
        .where(chunks.c.version_id.in_(wanted), embeddings.c.model == model)
        .order_by(chunks.c.version_id)
    )
    rows = conn.execute(query).all()
    if not rows:
        return {}
    vectors, owners = unpack([row.vector for row in rows]), np.array([row.version_id for row in rows])
    return {int(owner): np.asarray(vectors[owners == owner].mean(axis=0), dtype=np.float32) for owner in np.unique(owners)}
