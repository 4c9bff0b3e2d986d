"""The same passage in another language version of its document.

Two documents are versions of one when their passages find each other, in order: taken without what is common to all passages of either
document, most passages of the shorter one are the nearest of their nearest, and in the same sequence. Sections that only bear the same
numbers do not. The vectors are there already, and versions never change, so a pair of them is compared once.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from sqlalchemy import Connection, func, select

from kb.document_records import Counterpart
from kb.embed.embedder import FloatMatrix
from kb.search.fusion import Fused
from kb.store.document_rows import headed
from kb.store.passages import passages, texts, unpack
from kb.store.schema import chunks, embeddings, versions
from lang.languages import Language
from lang.references import place_keys
from lang.values.quantities import quantities_in

FEWEST = 4
"""Passages below which a document is too short to tell a translation from another text on the same subject."""
MOST = 3000
"""Passages of a document beyond which it is not compared: a matrix of 9 million cosines."""
FOUND = 0.65
"""Least share of the shorter document's passages that find each other in order. Of 21 versions all have 0.69 or more; sections that only
bear the same numbers have at most 0.56."""
GAIN = 0.011
"""Least sum of what the cosines of the passages that find each other in order are above what their rows and columns have anyway, for
each passage of the shorter document. Of 21 versions all have 0.0118 or more, of 455 pairs of other undated papers the best has 0.0104
(with vectors of titles alone two such pairs lay among the versions). Two agreements of one form, such as terms of use of two products, may
have as much as versions: these differ in their dates."""
COUNTED, NUMBERS, SHARED = 9, 5, 0.5
"""Numbers above the first are compared where each text has that many; of the one that has fewer the other has at least that share. Of
five pairs of versions all have .89 or more, the reports of two cities on their street lights have .15."""
LENGTH = 0.6
"""Least share of the longer document's number of passages that the shorter one has; versions have 0.67 or more."""
LOOKED_AT = 200
"""Passages of the ranked list whose documents are compared."""
DOCUMENTS = 24
"""Documents of the ranked list that are compared with each other."""
KEPT = 4000
"""Compared pairs that are remembered."""


@dataclass(frozen=True, slots=True)
class Side:
    """The passages of a version in order: rows, vectors of shape ``(n, dimension)``, and the numbered place of each, if any."""

    chunks: tuple[int, ...]
    vectors: FloatMatrix
    keys: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Version:
    id: int
    document_id: int
    language: Language
    date: date | None


class Counterparts:
    """Finds counterparts among the documents of a ranked list. Thread-safe."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._pairs: OrderedDict[tuple[int, int], tuple[tuple[int, int], ...]] = OrderedDict()
        self._lock = threading.Lock()

    def among(self, conn: Connection, ranked: Sequence[Fused]) -> dict[int, tuple[int, ...]]:
        """The counterparts of each passage that has any, by row: in the other versions that are among the documents of the list."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for one, other in combinations(self._long_enough(conn, [fused.chunk for fused in ranked[:LOOKED_AT]]), 2):
            if one.language != other.language and one.document_id != other.document_id and same_day(one.date, other.date):
                for left, right in self._compared(conn, one.id, other.id):
                    found[left].append(right)
                    found[right].append(left)
        return {chunk: tuple(others) for chunk, others in found.items()}

    def are_versions(self, conn: Connection, one: int, other: int, sides: dict[int, Side]) -> bool:
        """Whether two versions (rows) of different documents are one text in two languages; ``sides`` keeps what was read for it."""
        return bool(self._compared(conn, one, other, sides))

    def between(self, conn: Connection, one: int, other: int) -> tuple[tuple[int, int], ...]:
        """The pairs of passages, a row of ``one`` first, of two versions (rows); empty where they are not versions of one document."""
        pairs = self._compared(conn, one, other)
        return pairs if one < other else tuple((right, left) for left, right in pairs)

    def _long_enough(self, conn: Connection, wanted: Sequence[int]) -> list[_Version]:
        owners = {row.id: row.version_id for row in conn.execute(select(chunks.c.id, chunks.c.version_id).where(chunks.c.id.in_(wanted)))}
        order = list(dict.fromkeys(owners[chunk] for chunk in wanted if chunk in owners))
        size = select(func.count()).where(chunks.c.version_id == versions.c.id).scalar_subquery()
        query = select(versions.c.id, versions.c.document_id, versions.c.language, versions.c.date, size.label("n"))
        found: list[_Version] = []
        for start in range(0, len(order), DOCUMENTS):  # mostly the first few are enough: to count means to look at every passage of them
            part = order[start : start + DOCUMENTS]
            rows = {r.id: r for r in conn.execute(query.where(versions.c.id.in_(part)))}
            found += [_Version(r.id, r.document_id, r.language, r.date) for v in part if FEWEST <= (r := rows[v]).n <= MOST]
            if len(found) >= DOCUMENTS:
                break
        return found[:DOCUMENTS]

    def _compared(self, conn: Connection, one: int, other: int, sides: dict[int, Side] | None = None) -> tuple[tuple[int, int], ...]:
        pair = (min(one, other), max(one, other))
        with self._lock:
            if pair in self._pairs:
                self._pairs.move_to_end(pair)
                return self._pairs[pair]
        if not headed(conn):
            return ()  # its vectors are too far apart, or too near; `setu verify` says that it is to be indexed anew
        read = {} if sides is None else sides
        for version in pair:
            if version not in read:
                read[version] = side(conn, version, self._model)
        left, right = (read[version] for version in pair)
        matched = tuple((left.chunks[i], right.chunks[j]) for i, j in match(left, right))
        if matched and not say_the_same(*(texts(conn, one.chunks).values() for one in (left, right))):
            matched = ()
        with self._lock:
            self._pairs[pair] = matched
            while len(self._pairs) > KEPT:
                self._pairs.popitem(last=False)
        return matched


def side(conn: Connection, version: int, model: str) -> Side:
    """The passages of a version (its row) with their vectors of that model."""
    query = (
        select(chunks.c.id, chunks.c.path, embeddings.c.vector)
        .join(embeddings, embeddings.c.key == chunks.c.embedding_key)
        .where(chunks.c.version_id == version, embeddings.c.model == model)
    )
    rows = conn.execute(query.order_by(chunks.c.ordinal)).all()
    keys = tuple((place_keys(json.loads(row.path)) or (None,))[-1] for row in rows)
    vectors = unpack([row.vector for row in rows]) if rows else np.empty((0, 0), dtype=np.float32)
    return Side(tuple(row.id for row in rows), vectors, keys)


def same_day(one: date | None, other: date | None) -> bool:
    """Whether two documents may be versions of one by their dates."""
    return one is None or other is None or one == other


def say_the_same(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether the numbers of one text are those of the other, as far as either has enough of them to tell.

    The reports of two cities on one subject find each other as translations do.
    """
    said = [{q.value for text in side for q in quantities_in(text) if q.value > COUNTED} for side in (one, other)]
    fewer = min(map(len, said))
    return fewer < NUMBERS or len(said[0] & said[1]) >= SHARED * fewer


def match(one: Side, other: Side) -> list[tuple[int, int]]:
    """Positions of the passages that are each other's counterpart; empty when the two are not versions of one document."""
    shorter, longer = sorted((len(one.chunks), len(other.chunks)))
    if shorter < FEWEST or longer > MOST or shorter < LENGTH * longer:
        return []
    cosines = one.vectors @ other.vectors.T
    above = cosines - cosines.mean(axis=1, keepdims=True) - cosines.mean(axis=0, keepdims=True) + cosines.mean()
    forth, back = above.argmax(axis=1), above.argmax(axis=0)
    pairs = _in_order([(i, int(j)) for i, j in enumerate(forth) if back[j] == i])
    if len(pairs) < FOUND * shorter or sum(float(above[i, j]) for i, j in pairs) < GAIN * shorter:
        return []
    return [(i, j) for i, j in pairs if one.keys[i] is None or other.keys[j] is None or one.keys[i] == other.keys[j]]


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of ``pairs`` (by rising first place) in which the second rises too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [j]
        last[place : place + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def once(ranked: Sequence[Fused], beside: Mapping[int, Sequence[int]], own: Collection[int], k: int) -> list[Fused]:
    """``ranked`` with each passage in one language only: the question's (``own``) where it has it, else the better one's.

    What is left out comes back at the end where fewer than ``k`` would be left.
    """
    places: dict[int, int] = {}
    kept: list[Fused] = []
    left_out: list[Fused] = []
    for fused in ranked:
        at = next((places[c] for c in beside.get(fused.chunk, ()) if c in places), None)
        if at is None:
            places[fused.chunk] = len(kept)
            kept.append(fused)
        elif fused.chunk in own and kept[at].chunk not in own:
            left_out.append(kept[at])
            places[fused.chunk] = at
            kept[at] = Fused(fused.chunk, kept[at].score)
        else:
            places[fused.chunk] = at
            left_out.append(fused)
    if len(kept) >= k or not kept:
        return kept
    lowest = kept[-1].score
    return kept + [Fused(fused.chunk, min(fused.score, lowest)) for fused in left_out][: k - len(kept)]


def shown(conn: Connection, beside: Mapping[int, Sequence[int]], wanted: Sequence[int]) -> dict[int, tuple[Counterpart, ...]]:
    """What a hit shows of its counterparts, for each of the ``wanted`` rows that has any."""
    known = passages(conn, sorted({other for chunk in wanted for other in beside.get(chunk, ())}))
    return {
        chunk: tuple(
            Counterpart(p.document_id, p.title, p.source, p.version, p.language, p.chunk, p.page, p.page_label, p.path, p.start, p.end)
            for p in (known[other] for other in beside[chunk] if other in known)
        )
        for chunk in wanted
        if beside.get(chunk)
    }
