"""Exact nearest neighbours: every vector of a language compared with the question, with and without a mask.

The inner products of a question with 100,000 float16 rows of 384 numbers take some 6 ms (simsimd). Compared with a graph of neighbours the
result is exact, a filter costs nothing, and asked for k passages there are k whenever k exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import simsimd
from numpy.typing import NDArray

from kb.embed.embedder import FloatVector

ROW = np.dtype([("chunk", "<i4"), ("version", "<i4")])
SPARSE = 0.25
"""Share of rows up to which the allowed ones are picked out before they are compared; above it all rows are read in order."""
_SLACK = 32
"""The kernel adds in half precision where the processor can; so many more than asked are scored again in float64."""


class VectorIndex(Protocol):
    """The passages of one language by their nearness to a question.

    Exact: `kb.store.vectors.selection.Selection`; nearly so: `kb.index.chroma.ChromaPool`.
    """

    def nearest(self, query: FloatVector, n: int) -> list[tuple[int, float]]:
        """Up to ``n`` (chunk, inner product) for a question of shape ``(d,)``, best first."""


class StoredIndex(Protocol):
    """The vectors of one language where they are kept and indexed, as one snapshot sees them; see `kb.store.postgresql.pgvector`."""

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""

    def nearest(self, query: FloatVector, n: int) -> list[int]:
        """About the ``n`` nearest chunks, best first but for the last digits; fewer where no more are found."""

    def nearest_of(self, chunks: NDArray[np.int32], query: FloatVector, n: int) -> list[int]:
        """The ``n`` nearest of these chunks, each of which is compared; what they are is exact but for the last digits."""

    def vectors(self, chunks: NDArray[np.int32]) -> NDArray[np.float16]:
        """The vectors of these chunks, shape ``(len(chunks), dimension)``, in their order."""


@dataclass(frozen=True)
class Rows:
    """The rows of one language in order of chunk id: ``rows`` of dtype `ROW`, ``vectors`` of shape ``(n, d)`` and type float16.

    ``d`` is 0 where the vectors are kept elsewhere.
    """

    rows: NDArray[np.void]
    vectors: NDArray[np.float16]

    @cached_property
    def chunk(self) -> NDArray[np.int32]:
        """Chunk ids, rising."""
        return np.ascontiguousarray(self.rows["chunk"])

    @cached_property
    def version(self) -> NDArray[np.int32]:
        """The version that each chunk belongs to."""
        return np.ascontiguousarray(self.rows["version"])

    def holding(self, allowed: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which rows belong to one of these versions."""
        if not len(self.version):
            return np.zeros(0, dtype=np.bool_)
        table = np.zeros(max(int(self.version.max()), int(allowed.max(initial=0))) + 1, dtype=np.bool_)
        table[allowed] = True
        return table[self.version]

    def products(self, at: NDArray[np.int64], query: FloatVector) -> FloatVector:
        """Inner products of the rows at these places with ``query``, as `products`."""
        return products(self.vectors[at], query)

    def nearest(self, query: FloatVector, mask: NDArray[np.bool_], n: int) -> list[tuple[int, float]]:
        """The ``n`` chunks of ``mask`` with the greatest inner product, best first; equal ones in order of chunk id."""
        count = int(np.count_nonzero(mask))
        if not count or n <= 0:
            return []
        if count <= SPARSE * len(mask):
            at = np.flatnonzero(mask)
            scores = scan(query, self.vectors[at])
        else:
            at = np.arange(len(mask))
            scores = np.where(mask, scan(query, self.vectors), -np.inf)
        take = min(n + _SLACK, count)
        if take < len(at):
            at = at[np.sort(np.argpartition(-scores, take - 1)[:take])]
        exact = self.products(at, query)
        order = np.argsort(-exact, kind="stable")[:n]
        return list(zip(self.chunk[at[order]].tolist(), exact[order].tolist(), strict=True))

    def table(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """``table[chunk]`` says whether the chunk's row is in the mask; chunks past its end are not."""
        made = np.zeros(int(self.chunk[-1]) + 1 if len(self.chunk) else 0, dtype=np.bool_)
        made[self.chunk[mask]] = True
        return made


def products(vectors: NDArray[np.float16], query: FloatVector) -> FloatVector:
    """Inner products of rows with ``query``, rounded to float32.

    Added up in float64: in float32 the last digits depend on how many rows are multiplied at once, and where they lie in memory.
    """
    found: FloatVector = (vectors.astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
    return found


def scan(query: FloatVector, vectors: NDArray[np.float16]) -> NDArray[np.float64]:
    """Inner products of ``query`` with every row, in half precision where the processor can."""
    products: NDArray[np.float64] = np.asarray(simsimd.cdist(query.astype(np.float16)[None], vectors, metric="dot")).reshape(-1)
    return products
