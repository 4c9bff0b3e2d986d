"""``python -m eval scale --beside URL``: how the nearest passages are found, by the files of a machine and by pgvector, at growing sizes.

Both bases get the same synthetic passages of one language, rows and vectors alone, without texts and without the write path; so a million
is filled in minutes. What is timed is what a search does about vectors: choosing by filter, the hundred nearest, and their scores. The
questions are real; embedding them is not timed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from eval.datasets import synthetic
from eval.datasets.synthetic import CHUNKS_PER_DOCUMENT, DAYS, FIRST_DAY, KINDS, Seeds
from eval.report.tables import markdown
from kb import Settings
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector
from kb.index.chroma import ChromaIndex
from kb.records import Filters
from kb.store.catalogue import Catalogue
from kb.store.document_rows import note_model
from kb.store.passages import Moments, pack, read_moments, write_moments
from kb.store.postgresql.pgvector import StoredVectors, sizes
from kb.store.schema import chunks, documents, embeddings, versions
from kb.store.vectors.chroma_projection import VectorProjection
from kb.store.vectors.exact_search import ScanFiles
from lang.languages import Language

DEPTH: Final = 100
"""As many nearest as a search asks for (`kb.search.retrieval.DEPTH`)."""
FEW: Final = 10
WARM: Final = 5
_STEP: Final = 10_000
_LAST: Final = FIRST_DAY + timedelta(days=DAYS)
FILTERS: Final = {
    "none": Filters(),
    "dates 1 %": Filters(date_from=_LAST - timedelta(days=DAYS // 100), date_to=_LAST),
    "kind 5 %": Filters(kinds=("agreement",)),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way at one size: ``ms`` are p50 and p95 by filter and the mean of the processor's time, that of the server among it.

    ``recall``: shares of the 10 and the 100 nearest that are found, without a filter.
    ``build_s``: until it can be asked, of all passages; ``disk_mb`` on the machine, ``server_mb`` in the database, beside what both keep;
    ``memory_mb``: of this process, without and with pages of files.
    """

    passages: int
    name: str
    ms: dict[str, tuple[float, float, float]]
    recall: tuple[float, float]
    build_s: float
    disk_mb: float
    server_mb: float
    memory_mb: tuple[float, float]


class Base:
    """A base that holds passages of one language, without texts."""

    def __init__(self, home: Path, embedder: Embedder, language: Language, database_url: str | None = None) -> None:
        home.mkdir(parents=True, exist_ok=True)
        chosen = "auto" if database_url is None else "hnsw"
        self.settings = Settings.load(home=home, database_url=database_url, vector_search=chosen)
        self.catalogue = Catalogue(self.settings)
        self.vectors = VectorProjection(self.catalogue, ChromaIndex(self.settings), self.settings)
        self._embedder, self._language = embedder, language
        self.scan = ScanFiles(home / "scan", embedder, self.vectors.indexes)
        with self.catalogue.write() as conn:
            note_model(conn, embedder.name)

    @property
    def held(self) -> int:
        """Passages that are there."""
        with self.catalogue.read() as conn:
            found = read_moments(conn)
        return found[self._language].size if self._language in found else 0

    def fill(self, made: Iterator[tuple[int, FloatMatrix]]) -> None:
        """Put documents in, given as their numbers and the vectors of their passages."""
        for number, rows in made:
            rng = np.random.default_rng([number, 11])
            first = number * _STEP
            count = -(-len(rows) // CHUNKS_PER_DOCUMENT)
            kinds, days = rng.choice(len(KINDS), count, p=list(KINDS.values())), rng.integers(0, DAYS, count)
            ids = range(number * (_STEP // CHUNKS_PER_DOCUMENT) + 1, number * (_STEP // CHUNKS_PER_DOCUMENT) + count + 1)
            with self.catalogue.write() as conn:
                conn.execute(documents.insert(), [{"id": i, "source": f"nearest:{i}"} for i in ids])
                conn.execute(versions.insert(), [self._version(i, int(k), int(d)) for i, k, d in zip(ids, kinds, days, strict=True)])
                of = (self._chunk(first + i + 1, ids[i // CHUNKS_PER_DOCUMENT]) for i in range(len(rows)))
                conn.execute(chunks.insert(), list(of))
                held = ({"key": f"{first + i + 1:032x}", "model": self._embedder.name, "vector": pack(row)} for i, row in enumerate(rows))
                conn.execute(embeddings.insert(), list(held))
                known, more = read_moments(conn).get(self._language), Moments.of(rows.astype(np.float16).astype(np.float32))
                write_moments(conn, {self._language: known.plus(more) if known is not None else more})

    def build(self) -> float:
        """Seconds that it takes until the first search can be made, of a base that has nothing yet."""
        started = time.perf_counter()
        self.scan.clear()
        if self.vectors.hnsw is not None:
            self.vectors.hnsw.rebuild(self._embedder.name)
        with self.catalogue.read() as conn:
            self.scan.select(conn, Filters())
        return time.perf_counter() - started

    def nearest(self, query: FloatVector, filters: Filters) -> dict[int, float]:
        """What a search does about vectors: the nearest, and the scores of so many again."""
        with self.catalogue.read() as conn:
            chosen = self.scan.select(conn, filters)[self._language]
            near = dict(chosen.nearest(query, DEPTH))
            chosen.scores(near, query)
        return near

    def processor_s(self) -> float:
        """Seconds of a processor that this process has had, and those who serve it in the database, where the system tells (Linux)."""
        total = time.process_time()
        if self.catalogue.is_sqlite:
            return total
        with self.catalogue.read() as conn:
            serving = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            pids = [int(row[0]) for row in conn.exec_driver_sql(serving)]
        for pid in pids:
            try:
                said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            except OSError:
                continue
            total += (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")
        return total

    def in_database_mb(self) -> float:
        """Megabytes of the tables of vectors with their indexes."""
        with self.catalogue.read() as conn:
            found = self.vectors.indexes(conn, self._embedder.name).values()
            return sum(sum(sizes(conn, one.table)) for one in found if isinstance(one, StoredVectors)) / 1e6

    def close(self) -> None:
        """Let go of it."""
        self.vectors.chroma.close()
        self.catalogue.close()

    def _version(self, number: int, kind: int, day: int) -> dict[str, Any]:
        return {
            "id": number, "document_id": number, "number": 1, "state": "published", "sha256": f"{number:064x}", "media": "text",
            "kind": tuple(KINDS)[kind], "title": str(number), "language": self._language, "date": FIRST_DAY + timedelta(days=day),
            "facts": "{}", "text": "", "created": datetime.now(UTC).replace(tzinfo=None),
        }  # fmt: skip

    def _chunk(self, number: int, version: int) -> dict[str, Any]:
        return {
            "id": number, "version_id": version, "key": f"{number:064x}", "ordinal": number % CHUNKS_PER_DOCUMENT, "start": 0, "end": 0,
            "page_first": 1, "page_last": 1, "path": "[]", "language": self._language, "embedding_key": f"{number:032x}",
        }  # fmt: skip


def compare(home: Path, url: str, seed: Seeds, embedder: Embedder, queries: Sequence[FloatVector], wanted: Sequence[int]) -> Iterator[Way]:
    """Fill both bases up to each size in turn, and measure both ways there; ``url`` names a database with pgvector for this alone.

    Raises:
        SettingsError: it has no pgvector.
    """
    # Loaded here: `scale` offers this as an option of its own.
    from eval.speed.scale import disk, memory

    with (
        closing(Base(home / "files", embedder, seed.language)) as files,
        closing(Base(home / "server", embedder, seed.language, url)) as server,
    ):
        for size in wanted:
            for base in (files, server):
                base.fill(synthetic.rows(seed, size, _STEP, base.held))
            exact: list[dict[int, float]] = []
            for name, base in (("files", files), ("pgvector", server)):
                seconds = base.build()
                taken = {kind: _timed(base, queries, chosen) for kind, chosen in FILTERS.items()}
                found = [base.nearest(query, Filters()) for query in queries]
                exact = exact or found
                held = memory(base.settings.vectors_dir)
                scan = disk(base.settings.home)["scan"]
                yield Way(
                    base.held, name, taken, (_recall(exact, found, FEW), _recall(exact, found, DEPTH)), seconds, scan,
                    base.in_database_mb() if base is server else 0.0, (held["setu"], held["shared"]),
                )  # fmt: skip
                base.scan.reopen()


def table(ways: Sequence[Way]) -> str:
    """The figures, for docs/measurements/scale.md."""
    head = ["passages", "", *(f"{name}: p50 / p95 (processor) ms" for name in FILTERS), "recall@10, @100", "build s"]
    rows = []
    for one in ways:
        times = [f"{p50:.1f} / {p95:.1f} ({busy:.1f})" for p50, p95, busy in (one.ms[name] for name in FILTERS)]
        kept = [f"{one.disk_mb:.0f}", f"{one.server_mb:.0f}", f"{one.memory_mb[0]:.0f} + {one.memory_mb[1]:.0f}"]
        rows.append([f"{one.passages:,}", one.name, *times, f"{one.recall[0]:.3f}, {one.recall[1]:.3f}", f"{one.build_s:.0f}", *kept])
    return markdown([*head, "machine MB", "server MB", "memory MB (own + files)"], rows)


def _timed(base: Base, queries: Sequence[FloatVector], filters: Filters) -> tuple[float, float, float]:
    for query in queries[:WARM]:
        base.nearest(query, filters)
    times, worked = [], base.processor_s()
    for query in queries:
        started = time.perf_counter()
        base.nearest(query, filters)
        times.append(1000 * (time.perf_counter() - started))
    busy = 1000 * (base.processor_s() - worked) / len(queries)
    return float(np.percentile(times, 50)), float(np.percentile(times, 95)), busy


def _recall(exact: Sequence[dict[int, float]], found: Sequence[dict[int, float]], k: int) -> float:
    """The mean share of the ``k`` nearest that are found; others that are as near count as well."""
    shares = []
    for right, got in zip(exact, found, strict=True):
        best = sorted(right.values(), reverse=True)[:k]
        shares.append(sum(score >= best[-1] for score in got.values()) / len(best))
    return float(np.mean([min(share, 1.0) for share in shares]))
