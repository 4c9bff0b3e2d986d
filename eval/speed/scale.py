"""How does search grow? Corpora of rising size through the real write path, each searched with and without filters.

The vectors of the passages are supplied (see `eval.datasets.synthetic`), so that the time of embedding them is not in the build time;
every question is embedded for real and its time counts. Sizes are taken in turn in one store, which grows.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import cast

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from eval import PROJECT, options
from eval.datasets import synthetic
from eval.datasets.beir import BeirError, BeirSet, load
from eval.datasets.synthetic import DAYS, FIRST_DAY, Seeds, SuppliedEmbedder
from eval.report.tables import markdown
from eval.speed import nearest
from ingest.records import Document
from kb import KnowledgeBase, Settings
from kb.auth.roles import ANYONE, Reader
from kb.embed.embedder import Embedder, FloatVector, open_embedder
from kb.errors import KnowledgeBaseError
from kb.index.chroma import ChromaIndex, find_owner
from kb.records import Filters
from kb.search.query_vector import question_vector
from kb.store.document_rows import header_of, passage_text
from lang.languages import detect

SETS = PROJECT.parent / "shared" / "benchmarks" / "beir"
K = 10
WARM = 5
"""Searches of each kind that are made before time is taken."""
CLOSED = "closed"
"""The access group of about half of the documents."""
OUTSIDER = Reader("outsider", "viewer", frozenset())
"""Who does not see them."""
OVERFETCH = (10, 100, 400, 1000)
_SUFFIX = {"k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of whole searches, the embedding of the question included, and the fewest hits that any of them returned.

    ``cpu`` and ``cpu95`` are median and 95th percentile of the processor's time of all threads: on a machine that is busy with
    other work, they say more than the clock.
    """

    p50: float
    p95: float
    cpu: float
    cpu95: float
    fewest: int


@dataclass(frozen=True, slots=True)
class SizeReport:
    """What was measured at one size. Megabytes are resident sets and files; ``rows_per_s`` is of the rows added for it, or 0.

    ``recall`` is of the dense channel as a user meets it; ``approximate`` maps the number of entries asked from Chroma to
    its recall@10 in the pool of the question's language and the milliseconds of one call.
    """

    chunks: int
    rows_per_s: float
    memory_mb: Mapping[str, float]
    disk_mb: Mapping[str, float]
    search: Mapping[str, Latency]
    recall: float
    approximate: Mapping[str, Mapping[str, float]]


def filters(documents: Sequence[int]) -> dict[str, Filters]:
    """The filters that are measured, by name; ``documents`` are ids to choose from."""
    last = FIRST_DAY + timedelta(days=DAYS)
    return {
        "none": Filters(),
        "dates 1 %": Filters(date_from=last - timedelta(days=DAYS // 100), date_to=last),
        "dates 10 %": Filters(date_from=last - timedelta(days=DAYS // 10), date_to=last),
        "dates 100 %": Filters(date_from=FIRST_DAY),
        "kind 5 %": Filters(kinds=("agreement",)),
        "kind 50 %": Filters(kinds=("news",)),
        "language": Filters(languages=("mr",)),
        "document": Filters(documents=tuple(documents[:1])),
    }


class Growth:
    """One store that grows from size to size."""

    def __init__(self, home: Path, seeds: Sequence[Seeds], questions: Sequence[str], each: int, bar: Progress) -> None:
        settings = Settings.load(home=home)
        self._embedder = SuppliedEmbedder(open_embedder(settings))
        self._base = KnowledgeBase(settings, cast(Embedder, self._embedder))
        self._settings, self._seeds, self._questions, self._each, self._bar = settings, seeds, questions, each, bar
        self._turn = cycle(questions)  # a question that was asked before would be remembered, and not embedded
        self._vectors: list[NDArray[np.float16]] = []
        for _, rows in synthetic.corpus(seeds, sum(info.chunks for info in self._base.documents())):  # a store that was built before
            self._vectors.append(rows.astype(np.float16))
        self._busy = 0.0

    def grow(self, size: int) -> SizeReport:
        """Add documents until there are ``size`` passages, then measure."""
        have = sum(map(len, self._vectors))
        self._busy, started = 0.0, time.perf_counter()
        if size > have:
            half = (size - have) // 2
            self._base.ingest_documents(self._documents(size - have - half))
            if half:
                self._base.ingest_documents(self._documents(half), groups=(CLOSED,))
        seconds = time.perf_counter() - started - self._busy
        ids = [info.id for info in self._base.documents()[:1]]
        search = {name: self._latency(chosen) for name, chosen in filters(ids).items()}
        search["group"] = self._latency(Filters(), OUTSIDER)
        rate, store = max(size - have, 0) / seconds, self._settings
        return SizeReport(
            max(size, have), rate, memory(store.vectors_dir), disk(store.home), search, self._recall(), self._approximate()
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the store."""
        self._base.close()

    def _documents(self, chunks: int) -> Iterator[Document]:
        task = self._bar.add_task(f"{chunks} more passages", total=chunks)
        made = synthetic.corpus(self._seeds, chunks, len(self._vectors))
        while True:
            started = time.perf_counter()
            document, rows = next(made, (None, None))
            if document is None or rows is None:
                self._bar.remove_task(task)
                return
            self._vectors.append(rows.astype(np.float16))
            for chunk, row in zip(document.chunks, rows, strict=True):
                self._embedder.supplied[passage_text(header_of(document.facts.title, document.text), chunk.text)] = row
            self._busy += time.perf_counter() - started
            self._bar.advance(task, len(rows))
            yield document

    def _latency(self, chosen: Filters, reader: Reader = ANYONE) -> Latency:
        base = self._base.seen_by(reader)
        times, busy, fewest = [], [], K
        for i in range(WARM + self._each):
            question = next(self._turn)
            started, worked = time.perf_counter(), time.process_time()
            found = base.search(question, k=K, filters=chosen)
            if i >= WARM:
                times.append(1000 * (time.perf_counter() - started))
                busy.append(1000 * (time.process_time() - worked))
            fewest = min(fewest, len(found.hits))
        p50, p95, cpu, cpu95 = (float(np.percentile(values, share)) for values in (times, busy) for share in (50, 95))
        return Latency(p50, p95, cpu, cpu95, fewest)

    def _recall(self) -> float:
        found = []
        for question in self._questions[-self._each :]:
            worst = _kth(self._vectors, question_vector(self._embedder.name, self._embedder.query(question)))
            hits = self._base.search(question, k=K, channels=("dense",)).hits
            found.append(sum((hit.channels["dense"] or 0.0) >= worst - 1e-5 for hit in hits) / K)
        return float(np.mean(found))

    def _approximate(self) -> dict[str, dict[str, float]]:
        index = ChromaIndex(self._settings.model_copy(update={"home": self._settings.home / "approximate"}))  # none of the base's own
        mine = [rows for i, rows in enumerate(self._vectors) if self._seeds[i % len(self._seeds)].language == "en"]
        queries = [self._embedder.query(question) for question in self._questions[-self._each :]]
        exact = [_kth(mine, query) for query in queries]
        report = {}
        try:
            held = len(index.ids("en"))
            rows = np.vstack(mine)[held:].astype(np.float32)
            index.add("en", range(held, held + len(rows)), rows)
            for n in OVERFETCH:
                index.nearest("en", queries[0], n)
                started = time.perf_counter()
                found = [index.nearest("en", query, n) for query in queries]
                ms = 1000 * (time.perf_counter() - started) / len(queries)
                hits = [sum(score >= worst - 1e-3 for _, score in near[:K]) / K for near, worst in zip(found, exact, strict=True)]
                report[str(n)] = {"recall@10": float(np.mean(hits)), "ms": ms}
        finally:
            index.close()
        return report


def _kth(vectors: Sequence[NDArray[np.float16]], query: FloatVector) -> float:
    """The K-th best inner product, exactly."""
    best = np.empty(0, dtype=np.float32)
    for start in range(0, len(vectors), 1000):
        rows = np.vstack(vectors[start : start + 1000]).astype(np.float32)
        best = np.sort(np.concatenate([best, rows @ query]))[-K:]
    return float(best[0])


def memory(vectors_dir: Path) -> dict[str, float]:
    """Resident megabytes of this process and of the vector store's, where the system tells (Linux); ``shared`` are file pages of ours."""
    found = {"setu": _status(os.getpid(), "RssAnon"), "shared": _status(os.getpid(), "RssFile")}
    owner = find_owner(vectors_dir)
    if owner is None:
        return found
    with owner.line:
        try:
            children = Path(f"/proc/{owner.pid}/task/{owner.pid}/children").read_text(encoding="ascii").split()
        except OSError:
            return found
    return found | {"chroma": sum(_status(int(child), "VmRSS") for child in children)}


def _status(pid: int, field: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), float("nan"))


def disk(home: Path) -> dict[str, float]:
    """Megabytes of the parts of a home folder."""
    sizes = {"catalogue": 0, "chroma": 0, "scan": 0}
    for file in home.rglob("*"):
        if file.is_file():
            for part in sizes:
                if any(name.startswith(part) for name in file.relative_to(home).parts):
                    sizes[part] += file.stat().st_size
    return {name: size / 1e6 for name, size in sizes.items()}


def questions(sets: Sequence[BeirSet]) -> list[str]:
    """Every question once, the sets taking turns."""
    columns = [list(data.queries.values()) for data in sets]
    rows = [column[i] for i in range(max(map(len, columns))) for column in columns if i < len(column)]
    return list(dict.fromkeys(rows))


def table(reports: Sequence[SizeReport]) -> str:
    """The reports, for docs/measurements/scale.md."""
    names = list(reports[0].search)
    searched = [f"{name}: p50 / p95 (processor p50 / p95) ms" for name in names]
    head = ["chunks", "rows/s", *searched, "recall@10", "memory MB (setu, Chroma)", "disk MB"]
    rows = []
    for r in reports:
        cells = [f"{r.chunks:,}", f"{r.rows_per_s:.0f}"]
        cells += [f"{s.p50:.0f} / {s.p95:.0f} ({s.cpu:.0f} / {s.cpu95:.0f})" for s in (r.search[name] for name in names)]
        cells += [f"{r.recall:.3f}", f"{r.memory_mb['setu']:.0f}, {r.memory_mb.get('chroma', 0):.0f}", f"{sum(r.disk_mb.values()):.0f}"]
        rows.append(cells)
    return markdown(head, rows)


def size_of(text: str) -> int:
    """``10k`` and ``1m`` as numbers.

    Raises:
        ValueError: it is no size.
    """
    text = text.strip().lower()
    size = int(float(text[:-1]) * _SUFFIX[text[-1]]) if text[-1:] in _SUFFIX else int(text)
    if size < K:
        raise ValueError(f"{text!r} is no size of a corpus; say 10k, 1m or at least {K}.")
    return size


@click.command(cls=options.ListCommand)
@click.argument("sets", nargs=-1, type=options.PATH)
@click.option("--sizes", cls=options.ListOption, default=["1k,10k,100k"], metavar="N…", help="passages: 1k 10k 100k 1m")
@options.save_json()
@click.option("--each", type=int, default=100, metavar="N", help="searches that are timed per filter")
@click.option("--seeds", type=int, default=1000, metavar="N", help="real passages per language that neighbours are made of")
@options.file("--seeds-from", cls=options.ListOption, metavar="HOME…", help="take passages and vectors of these homes as seeds")
@options.home(help="build the store in this folder, or go on with it, and leave it there; default: a scratch folder")
@click.option("--beside", metavar="URL", help="measure the search of vectors alone, in files and by pgvector in this empty database")
def command(
    sets: tuple[Path, ...],
    sizes: tuple[str, ...],
    out: Path | None,
    each: int,
    seeds: int,
    seeds_from: tuple[Path, ...],
    home: Path | None,
    beside: str | None,
) -> None:
    """Measure a store that grows: rows a second, searches by filter, memory and disk.

    With --beside only the search of vectors is measured: passages of one language without texts, in files and by pgvector.
    SETS: BEIR folders whose passages and questions are the seeds; default: all that lie in the reference corpora. Exit status 2: a set or a
    size is unusable.
    """
    with options.failing(2, BeirError, ValueError):
        wanted = sorted(size_of(size) for some in sizes for size in some.split(","))
        sets = sets or tuple(sorted(directory for directory in SETS.glob("*") if directory.is_dir()))
        if not sets:
            raise ValueError(f"There are no sets in {SETS}. Name folders with corpus.jsonl, queries.jsonl and qrels/test.tsv.")
        data = [load(directory) for directory in sets]
    reports: list[SizeReport] = []
    with tempfile.TemporaryDirectory(prefix="setu-scale-") as scratch, _bar(Console(stderr=True)) as bar:
        folder = home or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if beside is not None:
            with options.failing(2, KnowledgeBaseError, ValueError):
                click.echo(_beside(folder, beside, data, wanted, out, each, _seeds(folder, data, seeds, seeds_from, bar)))
            return
        growth = Growth(folder, _seeds(folder, data, seeds, seeds_from, bar), questions(data), each, bar)
        try:
            for size in wanted:
                reports.append(growth.grow(size))
                names = [directory.resolve().name for directory in sets]
                about = {"embedding_of_passages": "supplied, not timed", "searches": each, "sets": names}
                options.save(out, {**about, "sizes": [asdict(report) for report in reports]}, indent=1)
        finally:
            growth.close()
    click.echo(table(reports))


def _beside(
    folder: Path, url: str, data: Sequence[BeirSet], wanted: Sequence[int], out: Path | None, each: int, found: Sequence[Seeds]
) -> str:
    """Measure both ways to find the nearest, in the language of most seeds, and return the table."""
    embedder = open_embedder(Settings.load(home=folder))
    seed = max(found, key=lambda one: len(one.vectors))
    asked = [text for text in questions(data) if detect(text) == seed.language][:each]
    if not asked:
        raise ValueError(f"The sets hold no question in {seed.language}, the language of most of their passages.")
    queries = [question_vector(embedder.name, embedder.query(text)) for text in asked]
    ways = []
    for way in nearest.compare(folder, url, seed, embedder, queries, wanted):
        ways.append(way)
        about = {"language": seed.language, "seeds": len(seed.vectors), "searches": len(asked)}
        options.save(out, {**about, "ways": [asdict(one) for one in ways]}, indent=1)
    return nearest.table(ways)


def _seeds(home: Path, sets: Sequence[BeirSet], most: int, homes: Sequence[Path], bar: Progress) -> tuple[synthetic.Seeds, ...]:
    embedder = open_embedder(Settings.load(home=home))
    if homes:
        return synthetic.seeds_of_homes(homes, embedder.name, most)
    task = bar.add_task("embed the seeds", total=None)
    found = synthetic.seeds(sets, embedder, most, home / "seeds.npz", lambda done: bar.update(task, completed=done))
    bar.remove_task(task)
    return found


def _bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)
