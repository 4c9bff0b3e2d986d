"""The published passages of one language that a search may return, and their nearest: all compared, or by an index elsewhere.

How rare a word is and how near passages are on average would tell of papers that are not seen, in scores and in the order of hits. So for
somebody who does not see all, these figures are taken from the passages that are seen, as if there were no others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.embed.embedder import FloatVector
from kb.index import inverted_index
from kb.index.exact import Rows, StoredIndex, products
from kb.store.passages import Moments, read_moments
from lang.languages import Language

AT_LEAST = 4000
"""Passages asked of an index, which searches the harder the more it is asked for; they are scored again exactly."""
EVEN = 5
"""So many passages are compared one by one in the database in the time in which its index finds one."""
MARGIN = 1.5
"""So many times as many passages are asked of an index as would be enough if those that are selected lay evenly among all."""
SLACK = 32
"""So many more than asked are scored again exactly: who compares them elsewhere may add up in float32."""

Vectors = Callable[[NDArray[np.int64]], NDArray[np.float16]]
"""Gives the vectors of the rows at some places."""


class SeenPool:
    """The rows of a language of which ``mask`` says that they are published and seen. It stands for `kb.store.passages.Moments`."""

    def __init__(
        self,
        conn: Connection,
        language: Language,
        rows: Rows,
        mask: NDArray[np.bool_],
        published: NDArray[np.bool_],
        vectors: Vectors,
    ) -> None:
        self.mask = mask
        self.size = int(np.count_nonzero(mask))
        self.table = rows.table(mask)
        self.shown = inverted_index.Shown(self.table, _statistics(conn, language, self.table))
        self._moments = _moments(conn, language, mask, published, vectors)

    @property
    def first(self) -> NDArray[np.float64]:
        """The sum of the vectors, shape ``(d,)``."""
        return self._moments.first

    def spread(self, query: FloatVector) -> tuple[float, float]:
        """Mean and standard deviation of the inner products of ``query`` with the passages, as exact as those of a whole pool.

        Less exact ones would tell in the last digits of a score whether a language has passages that are not seen.
        """
        return self._moments.spread(query)


def _moments(conn: Connection, language: Language, mask: NDArray[np.bool_], published: NDArray[np.bool_], vectors: Vectors) -> Moments:
    """The sums over what is seen; where less is hidden, those of the whole pool without that."""
    hidden = published & ~mask
    few = np.count_nonzero(hidden) < np.count_nonzero(mask)
    at = np.flatnonzero(hidden if few else mask)
    sums = Moments.of(vectors(at[:0]).astype(np.float32))
    for start in range(0, len(at), 10_000):
        sums = sums.plus(Moments.of(vectors(at[start : start + 10_000]).astype(np.float32)))
    return read_moments(conn)[language].plus(sums, -1) if few else sums


def _statistics(conn: Connection, language: Language, table: NDArray[np.bool_]) -> inverted_index.Statistics:
    columns = (inverted_index.passages.c.chunk, inverted_index.passages.c.words, inverted_index.passages.c.parts)
    live = select(*columns).where(inverted_index.passages.c.pool == language, inverted_index.passages.c.live)
    kept = np.array([tuple(row) for row in conn.execute(live)], dtype=np.int64).reshape(-1, 3)
    kept = kept[inverted_index.among(kept[:, 0], table)]
    means = kept[:, 1:].mean(axis=0) if len(kept) else np.zeros(2)
    return inverted_index.Statistics(len(kept), float(means[0]), float(means[1]))


class Selection:
    """The published passages of one language that a search may return; ``seen`` are those that the reader sees, None for all.

    ``shown`` are the passages that the figures of the keyword index are taken from, None for all that it holds.
    """

    def __init__(
        self, rows: Rows, mask: NDArray[np.bool_], seen: SeenPool | None = None, shown: inverted_index.Shown | None = None
    ) -> None:
        self._rows = rows
        self._mask = mask
        self.seen = seen
        self.shown = shown
        self.count = int(np.count_nonzero(mask))

    @cached_property
    def table(self) -> NDArray[np.bool_]:
        """``table[chunk]`` says whether the chunk is selected; chunks past its end are not."""
        return self._rows.table(self._mask)

    def nearest(self, query: FloatVector, n: int) -> list[tuple[int, float]]:
        """The ``n`` selected chunks with the greatest inner product, best first; equal ones in order of chunk id. Exact."""
        return self._rows.nearest(query, self._mask, n)

    def scores(self, wanted: Collection[int], query: FloatVector) -> dict[int, float]:
        """Inner products of given chunks; those that are not selected are left out."""
        at = self._selected(wanted)
        if not len(at):
            return {}
        return dict(zip(self._rows.chunk[at].tolist(), self._rows.products(at, query).tolist(), strict=True))

    def _selected(self, wanted: Collection[int]) -> NDArray[np.int64]:
        """The places of those of these chunks that are selected, in order of chunk id."""
        ids = np.array(sorted(wanted), dtype=np.int32)
        at = np.searchsorted(self._rows.chunk, ids)
        known = at < len(self._rows.chunk)
        known[known] = (self._rows.chunk[at[known]] == ids[known]) & self._mask[at[known]]
        return at[known]


class IndexedSelection(Selection):
    """The same of a language whose vectors lie in an index elsewhere: nearly all of the nearest are found, each with its exact score."""

    def __init__(
        self,
        rows: Rows,
        mask: NDArray[np.bool_],
        seen: SeenPool | None,
        shown: inverted_index.Shown | None,
        index: StoredIndex,
    ) -> None:
        super().__init__(rows, mask, seen, shown)
        self._index = index
        self._read: dict[int, NDArray[np.float16]] = {}

    def nearest(self, query: FloatVector, n: int) -> list[tuple[int, float]]:
        """The ``n`` selected chunks with the greatest inner product, best first, but for those that the index misses.

        Where comparing all that are selected takes no longer, that is done.
        """
        wanted = min(n, self.count)
        if wanted <= 0:
            return []
        asked = max(AT_LEAST, ceil(MARGIN * wanted * len(self._mask) / self.count))
        near = self._index.nearest(query, asked) if self.count > EVEN * asked else []
        allowed = set(self._rows.chunk[self._selected(near)].tolist())
        kept = [chunk for chunk in near if chunk in allowed]
        if len(kept) < wanted:
            selected = self._rows.chunk[np.flatnonzero(self._mask)]
            kept = self._index.nearest_of(selected, query, wanted + SLACK)
        found = self.scores(kept[: wanted + SLACK], query)
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:n]

    def scores(self, wanted: Collection[int], query: FloatVector) -> dict[int, float]:
        """Inner products of given chunks, exact; those that are not selected are left out."""
        ids = self._rows.chunk[self._selected(wanted)]
        missing = np.array([chunk for chunk in ids.tolist() if chunk not in self._read], dtype=np.int32)
        if len(missing):
            self._read.update(zip(missing.tolist(), self._index.vectors(missing), strict=True))
        if not len(ids):
            return {}
        of = np.stack([self._read[chunk] for chunk in ids.tolist()])
        return dict(zip(ids.tolist(), products(of, query).tolist(), strict=True))
