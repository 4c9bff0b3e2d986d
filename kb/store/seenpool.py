"""The passages of one language as somebody has them who does not see all: with figures of their own.

How rare a word is and how near passages are to a question on average would tell of papers that are not seen, in scores and in the order
of hits. So these are taken from the passages that are seen, as if there were no others.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from ingest.records import Language
from kb.represent.embed import FloatVector
from kb.store import postings
from kb.store.rowfile import Rows, scan


class SeenPool:
    """The rows of a language of which ``mask`` says that they are published and seen. It stands for `kb.store.passages.Moments`."""

    def __init__(self, conn: Connection, language: Language, rows: Rows, mask: NDArray[np.bool_]) -> None:
        self.mask = mask
        self.size = int(np.count_nonzero(mask))
        self.table = rows.table(mask)
        self.shown = postings.Shown(self.table, _statistics(conn, language, self.table))
        self._rows = rows

    @cached_property
    def first(self) -> NDArray[np.float64]:
        """The sum of the vectors, shape ``(d,)``."""
        total = np.zeros(self._rows.vectors.shape[1])
        at = np.flatnonzero(self.mask)
        for start in range(0, len(at), 10_000):
            total += self._rows.vectors[at[start : start + 10_000]].astype(np.float32).sum(axis=0, dtype=np.float64)
        return total

    def spread(self, query: FloatVector) -> tuple[float, float]:
        """Mean and standard deviation of the inner products of ``query`` with the passages; the deviation is of products in half precision.

        The mean of those would be off by what rounding the query does to all of them alike, which is 0.003 deviations and moves hits.
        """
        products = scan(query, self._rows.vectors)[self.mask]
        return float(query.astype(np.float64) @ self.first) / self.size, max(float(products.std()), 1e-6)


def _statistics(conn: Connection, language: Language, table: NDArray[np.bool_]) -> postings.Statistics:
    columns = (postings.passages.c.chunk, postings.passages.c.words, postings.passages.c.parts)
    live = select(*columns).where(postings.passages.c.pool == language, postings.passages.c.live)
    kept = np.array([tuple(row) for row in conn.execute(live)], dtype=np.int64).reshape(-1, 3)
    kept = kept[postings.among(kept[:, 0], table)]
    means = kept[:, 1:].mean(axis=0) if len(kept) else np.zeros(2)
    return postings.Statistics(len(kept), float(means[0]), float(means[1]))
