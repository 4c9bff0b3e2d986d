"""Exact vector search: every published passage of a language compared, from one flat file, with and without filters.

A filter is a set of versions. Each row of the file (`kb.store.vectors.vector_file`) knows its version, so a filter becomes a mask over
the rows by one look-up in memory, and the inner products of the question with 100,000 float16 rows take some 6 ms (simsimd). Compared
with Chroma's index the result is exact, a filter costs nothing, and asked for k passages there are k whenever k exist. The mask is made
from the versions that the catalogue calls published *in the snapshot of the search*; rows that are published no longer are left out by it.

How rare a word is and how near passages are on average would tell of papers that are not seen, in scores and in the order of hits. So for
somebody who does not see all, these figures are taken from the passages that are seen, as if there were no others.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.auth.roles import Confined, Sight
from kb.embed.embedder import Embedder, FloatVector, text_key
from kb.files import private_folder, private_lock
from kb.index import inverted_index
from kb.index.exact import Rows
from kb.records import Filters
from kb.store.access_control import revision, unseen_versions
from kb.store.passages import Moments, allowed_versions, read_moments
from kb.store.schema import pools
from kb.store.vectors.vector_file import RowFile
from lang.languages import Language


class SeenPool:
    """The rows of a language of which ``mask`` says that they are published and seen. It stands for `kb.store.passages.Moments`."""

    def __init__(self, conn: Connection, language: Language, rows: Rows, mask: NDArray[np.bool_], published: NDArray[np.bool_]) -> None:
        self.mask = mask
        self.size = int(np.count_nonzero(mask))
        self.table = rows.table(mask)
        self.shown = inverted_index.Shown(self.table, _statistics(conn, language, self.table))
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


def _statistics(conn: Connection, language: Language, table: NDArray[np.bool_]) -> inverted_index.Statistics:
    columns = (inverted_index.passages.c.chunk, inverted_index.passages.c.words, inverted_index.passages.c.parts)
    live = select(*columns).where(inverted_index.passages.c.pool == language, inverted_index.passages.c.live)
    kept = np.array([tuple(row) for row in conn.execute(live)], dtype=np.int64).reshape(-1, 3)
    kept = kept[inverted_index.among(kept[:, 0], table)]
    means = kept[:, 1:].mean(axis=0) if len(kept) else np.zeros(2)
    return inverted_index.Statistics(len(kept), float(means[0]), float(means[1]))


REMEMBERED = 64
"""Masks of one language for one set of access groups; each takes a byte for every passage, twice, and 1.2 MB at 384 dimensions."""


class Selection:
    """The published passages of one language that a search may return; ``seen`` are those that the reader sees, None for all.

    ``shown`` are the passages that the figures of the keyword index are taken from, None for all that it holds.
    """

    def __init__(
        self, rows: Rows, mask: NDArray[np.bool_], seen: SeenPool | None = None, published: inverted_index.Shown | None = None
    ) -> None:
        self._rows = rows
        self._mask = mask
        self.seen = seen
        self.shown = seen.shown if seen is not None else published
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
        ids = np.array(sorted(wanted), dtype=np.int32)
        at = np.searchsorted(self._rows.chunk, ids)
        known = at < len(self._rows.chunk)
        known[known] = (self._rows.chunk[at[known]] == ids[known]) & self._mask[at[known]]
        if not known.any():
            return {}
        return dict(zip(ids[known].tolist(), self._rows.products(at[known], query).tolist(), strict=True))


@dataclass(frozen=True)
class _Hidden:
    """The published versions that a sight does not see, and by language the pool without them, beside the rows it was made from."""

    versions: NDArray[np.int32]
    pools: dict[Language, tuple[Rows, SeenPool | None]] = field(default_factory=dict)


class ScanFiles:
    """The files of one knowledge base and one model. Safe to share between threads and to use from several processes."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._root = folder
        self._embedder = embedder
        self._lock = threading.Lock()
        self._open: dict[Language, tuple[int, Rows, NDArray[np.bool_], inverted_index.Shown | None]] = {}
        self._unseen: dict[frozenset[str] | Confined, tuple[object, _Hidden | None]] = {}

    def select(self, conn: Connection, filters: Filters, sight: Sight = None) -> dict[Language, Selection]:
        """What ``filters`` allow of what is seen in this snapshot, for every language that has passages which are published and seen."""
        allowed = allowed_versions(conn, filters) if filters.active else None
        hidden = self._hidden(conn, sight)
        found = {}
        held = select(pools.c.language, pools.c.revision, pools.c.size).where(pools.c.size > 0).order_by(pools.c.language)
        for pool in conn.execute(held):
            if filters.languages and pool.language not in filters.languages:
                continue
            rows, published, shown = self._current(conn, pool.language, pool.revision, pool.size)
            seen = self._seen(conn, pool.language, rows, published, hidden) if hidden is not None else None
            mask = published if allowed is None else rows.holding(allowed)
            if seen is not None:
                if not seen.size:
                    continue
                mask = mask & seen.mask
            found[pool.language] = Selection(rows, mask, seen, shown)
        return found

    def _hidden(self, conn: Connection, sight: Sight) -> _Hidden | None:
        """What a sight does not see; None where that is nothing."""
        if sight is None:
            return None
        # What is in a collection changes without a new revision: the versions themselves are compared.
        confined = unseen_versions(conn, sight) if isinstance(sight, Confined) else None
        told = confined.tobytes() if confined is not None else revision(conn)
        at = (sight, told, tuple(sorted(map(tuple, conn.execute(select(pools.c.language, pools.c.revision))))))
        with self._lock:
            if self._unseen.get(sight, (None,))[0] == at:
                return self._unseen[sight][1]
        versions = unseen_versions(conn, sight) if confined is None else confined
        made = _Hidden(versions) if len(versions) else None
        with self._lock:
            self._unseen[sight] = (at, made)
            while len(self._unseen) > REMEMBERED:
                self._unseen.pop(next(iter(self._unseen)))
        return made

    def _seen(self, conn: Connection, language: Language, rows: Rows, published: NDArray[np.bool_], hidden: _Hidden) -> SeenPool | None:
        """The pool without what is hidden; None where nothing of it is."""
        with self._lock:
            if language in hidden.pools and hidden.pools[language][0] is rows:
                return hidden.pools[language][1]
        mask = published & ~rows.holding(hidden.versions)
        made = SeenPool(conn, language, rows, mask, published) if np.count_nonzero(mask) < np.count_nonzero(published) else None
        with self._lock:
            hidden.pools[language] = (rows, made)
        return made

    def reopen(self) -> None:
        """Let go of the files that are open; the next search reads them anew, and holds them against their checksums."""
        with self._lock:
            self._open.clear()
            self._unseen.clear()

    def clear(self) -> None:
        """Forget everything; the files are made again from the catalogue when they are needed."""
        self.reopen()
        with self._lock:
            shutil.rmtree(self._root, ignore_errors=True)

    def _current(
        self, conn: Connection, language: Language, revision: int, size: int
    ) -> tuple[Rows, NDArray[np.bool_], inverted_index.Shown | None]:
        with self._lock:
            known = self._open.get(language)
            if known is None or known[0] != revision:
                model = self._embedder.name
                folder = self._root / text_key(model)[:12]
                private_folder(self._root)
                private_folder(folder)
                with private_lock(folder / f"{language}.lock"):
                    rows = RowFile(folder, language, self._embedder.dimension).update(conn, model, revision, size)
                published = rows.holding(allowed_versions(conn, Filters()))
                # What was removed may have been hidden, and its words are counted until the index is written anew.
                dead = inverted_index.holds_removed(conn, language)
                shown = inverted_index.Shown(rows.table(published), inverted_index.statistics(conn, language)) if dead else None
                known = self._open[language] = (revision, rows, published, shown)
            return known[1:]
