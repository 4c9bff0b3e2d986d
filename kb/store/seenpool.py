"""The passages of one language as somebody has them who does not see all: with figures of their own.

How rare a word is and how near passages are to a question on average would tell of papers that are not seen, in scores and in the order
of hits. So these are taken from the passages that are seen, as if there were no others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.represent.embed import FloatVector
from kb.store import postings
from kb.store.passages import Moments, read_moments
from kb.store.rowfile import Rows
from lang.codes import Language


class SeenPool:
    """The rows of a language of which ``mask`` says that they are published and seen. It stands for `kb.store.passages.Moments`."""

    def __init__(self, conn: Connection, language: Language, rows: Rows, mask: NDArray[np.bool_], published: NDArray[np.bool_]) -> None:
        self.mask = mask
        self.size = int(np.count_nonzero(mask))
        self.table = rows.table(mask)
        self.shown = postings.Shown(self.table, _statistics(conn, language, self.table))
        self._moments = _moments(conn, language, rows, mask, published)

    @property
    def first(self) -> NDArray[np.float64]:
        """The sum of the vectors, shape ``(d,)``."""
        return self._moments.first

    def spread(self, query: FloatVector) -> tuple[float, float]:
        """Mean and standard deviation of the inner products of ``query`` with the passages, as exact as those of a whole pool.

        Less exact ones would tell in the last digits of a score whether a language has passages that are not seen.
        """
        return self._moments.spread(query)


def _moments(conn: Connection, language: Language, rows: Rows, mask: NDArray[np.bool_], published: NDArray[np.bool_]) -> Moments:
    """The sums over what is seen; where less is hidden, those of the whole pool without that."""
    hidden = published & ~mask
    few = np.count_nonzero(hidden) < np.count_nonzero(mask)
    at = np.flatnonzero(hidden if few else mask)
    sums = Moments.of(np.empty((0, rows.vectors.shape[1]), dtype=np.float32))
    for start in range(0, len(at), 10_000):
        sums = sums.plus(Moments.of(rows.vectors[at[start : start + 10_000]].astype(np.float32)))
    return read_moments(conn)[language].plus(sums, -1) if few else sums


def _statistics(conn: Connection, language: Language, table: NDArray[np.bool_]) -> postings.Statistics:
    columns = (postings.passages.c.chunk, postings.passages.c.words, postings.passages.c.parts)
    live = select(*columns).where(postings.passages.c.pool == language, postings.passages.c.live)
    kept = np.array([tuple(row) for row in conn.execute(live)], dtype=np.int64).reshape(-1, 3)
    kept = kept[postings.among(kept[:, 0], table)]
    means = kept[:, 1:].mean(axis=0) if len(kept) else np.zeros(2)
    return postings.Statistics(len(kept), float(means[0]), float(means[1]))
