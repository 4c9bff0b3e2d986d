"""Exact vector search: every published passage of a language compared, from one flat file, with and without filters.

A filter is a set of versions. Each row of the file (`kb.store.vectors.vector_file`) knows its version, so a filter becomes a mask over
the rows by one look-up in memory, and the inner products of the question with 100,000 float16 rows take some 6 ms (simsimd). Compared
with Chroma's index the result is exact, a filter costs nothing, and asked for k passages there are k whenever k exist. The mask is made
from the versions that the catalogue calls published *in the snapshot of the search*; rows that are published no longer are left out by it.

A language whose vectors are indexed on the server of the base (`kb.store.vectors.hnsw_projection`) has a file without them, from which the
mask is made; the vectors stay there.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kb.auth.roles import Confined, Sight
from kb.embed.embedder import Embedder, text_key
from kb.files import private_folder, private_lock
from kb.index import inverted_index
from kb.index.exact import Rows, StoredIndex
from kb.records import Filters
from kb.store.access_control import revision, unseen_versions
from kb.store.passages import allowed_versions
from kb.store.schema import pools
from kb.store.shards.shard_view import Homes, ShardView
from kb.store.vectors.selection import IndexedSelection, SeenPool, Selection
from kb.store.vectors.vector_file import RowFile
from lang.languages import Language

HEADS = "heads"
"""The folder of the files without vectors."""
REMEMBERED = 64
"""Masks of one language for one set of access groups; each takes a byte for every passage, twice, and 1.2 MB at 384 dimensions."""


_NO_VERSIONS = np.empty(0, dtype=np.int32)


@dataclass(frozen=True)
class _Current:
    """The rows of a language at a revision, which are published, what the keyword index shows of them, and where their postings are."""

    rows: Rows
    published: NDArray[np.bool_]
    shown: inverted_index.Shown | None
    homes: Homes | None


@dataclass(frozen=True)
class _Hidden:
    """The published versions that a sight does not see, and by language the pool without them, beside the rows it was made from."""

    versions: NDArray[np.int32]
    pools: dict[Language, tuple[Rows, SeenPool | None]] = field(default_factory=dict)


Indexes = Callable[[Connection, str], Mapping[Language, StoredIndex]]
"""The indexes that a snapshot sees of the vectors of a model, by language."""


class ScanFiles:
    """The files of one knowledge base and one model. Safe to share between threads and to use from several processes."""

    def __init__(self, folder: Path, embedder: Embedder, indexes: Indexes = lambda _conn, _model: {}) -> None:
        self._root = folder
        self._embedder = embedder
        self._indexes = indexes
        self._lock = threading.Lock()
        self._open: dict[Language, tuple[tuple[int, bool, bool], _Current]] = {}
        self._unseen: dict[tuple[Sight, frozenset[int]], tuple[object, _Hidden | None]] = {}

    def select(self, conn: Connection, filters: Filters, sight: Sight = None, shards: ShardView | None = None) -> dict[Language, Selection]:
        """What ``filters`` allow of what is seen in this snapshot, for every language that has passages which are published and seen.

        What a shard holds that does not answer is as little there as what is not seen.
        """
        allowed = allowed_versions(conn, filters) if filters.active else None
        hidden = self._hidden(conn, sight, shards)
        indexes = self._indexes(conn, self._embedder.name)
        found: dict[Language, Selection] = {}
        held = select(pools.c.language, pools.c.revision, pools.c.size).where(pools.c.size > 0).order_by(pools.c.language)
        for pool in conn.execute(held):
            if filters.languages and pool.language not in filters.languages:
                continue
            index = indexes.get(pool.language)
            now = self._current(conn, pool.language, pool.revision, pool.size, index is None, shards)
            rows, published = now.rows, now.published
            if shards is not None and now.homes is not None:
                shards.homes[pool.language] = now.homes
            seen = self._seen(conn, pool.language, rows, published, hidden, index) if hidden is not None else None
            mask = published if allowed is None else rows.holding(allowed)
            if seen is not None:
                if not seen.size:
                    continue
                mask = mask & seen.mask
            chosen = Selection if index is None else partial(IndexedSelection, index=index)
            shown = seen.shown if seen is not None else now.shown
            found[pool.language] = chosen(rows, mask, seen, shards.of(shown) if shards is not None else shown)
        return found

    def _hidden(self, conn: Connection, sight: Sight, shards: ShardView | None) -> _Hidden | None:
        """What a sight does not see, and what no shard that answers holds; None where that is nothing."""
        dead = shards.dead if shards is not None else frozenset()
        if sight is None and not dead:
            return None
        # What is in a collection changes without a new revision: the versions themselves are compared.
        confined = unseen_versions(conn, sight) if isinstance(sight, Confined) else None
        told = confined.tobytes() if confined is not None else revision(conn)
        key, at = (sight, dead), (told, tuple(sorted(map(tuple, conn.execute(select(pools.c.language, pools.c.revision))))))
        with self._lock:
            if self._unseen.get(key, (None,))[0] == at:
                return self._unseen[key][1]
        versions = confined if confined is not None else unseen_versions(conn, sight) if sight is not None else _NO_VERSIONS
        if shards is not None and dead:
            versions = np.union1d(versions, shards.hidden(conn)).astype(np.int32)
        made = _Hidden(versions) if len(versions) else None
        with self._lock:
            self._unseen[key] = (at, made)
            while len(self._unseen) > REMEMBERED:
                self._unseen.pop(next(iter(self._unseen)))
        return made

    def _seen(
        self,
        conn: Connection,
        language: Language,
        rows: Rows,
        published: NDArray[np.bool_],
        hidden: _Hidden,
        index: StoredIndex | None,
    ) -> SeenPool | None:
        """The pool without what is hidden; None where nothing of it is."""
        with self._lock:
            if language in hidden.pools and hidden.pools[language][0] is rows:
                return hidden.pools[language][1]
        mask = published & ~rows.holding(hidden.versions)
        made = None
        if np.count_nonzero(mask) < np.count_nonzero(published):
            vectors = (lambda at: rows.vectors[at]) if index is None else (lambda at: index.vectors(rows.chunk[at]))
            made = SeenPool(conn, language, rows, mask, published, vectors)
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
        self, conn: Connection, language: Language, revision: int, size: int, with_vectors: bool, shards: ShardView | None
    ) -> _Current:
        sharded = shards is not None and bool(shards.known)
        with self._lock:
            known = self._open.get(language)
            if known is None or known[0] != (revision, with_vectors, sharded):
                rows = self._updated(conn, language, revision, size, with_vectors)
                published = rows.holding(allowed_versions(conn, Filters()))
                # What was removed may have been hidden, and its words are counted until the index is written anew; shards may have more.
                apart = sharded or inverted_index.holds_removed(conn, language)
                shown = inverted_index.Shown(rows.table(published), inverted_index.statistics(conn, language)) if apart else None
                homes = shards.homes_of(conn, rows) if shards is not None and sharded else None
                known = self._open[language] = ((revision, with_vectors, sharded), _Current(rows, published, shown, homes))
            return known[1]

    def _updated(self, conn: Connection, language: Language, revision: int, size: int, with_vectors: bool) -> Rows:
        """The rows of the language's file, brought up to date; the other file of it, with or without vectors, is given up."""
        model = self._embedder.name
        full = self._root / text_key(model)[:12]
        folder, other = (full, full / HEADS) if with_vectors else (full / HEADS, full)
        for one in (self._root, full, folder):
            private_folder(one)
        with private_lock(folder / f"{language}.lock"):
            file = RowFile(folder, language, self._embedder.dimension if with_vectors else 0)
            first = not file.exists()
            rows = file.update(conn, model, revision, size)
        if first and (left := RowFile(other, language, 0)).exists():
            with private_lock(other / f"{language}.lock"):
                left.remove()
        return rows
