"""Does search find it? BEIR sets through the real write path and the real read path, each in a scratch store of its own."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from eval import options
from eval.datasets import splits
from eval.datasets.beir import BeirError, BeirSet, Passage, load
from eval.datasets.splits import digests
from eval.metrics import baselines, comparison, ranking
from eval.report.tables import markdown
from ingest.document.build import build_document
from ingest.records import Document, Hints, RawBlock, RawDocument, RawPage, Source
from kb import KnowledgeBase, Settings
from kb.records import Hit

SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "fused": ("dense", "lexical", "names"),
    "dense": ("dense",),
    "lexical": ("lexical",),
    "names": ("names",),
}

DEPTH = 300
"""Passages asked for: recall@100 counts documents, and a long document has several passages."""
TIMED_K = 10
TIMED_QUERIES = 200
"""Queries whose time is taken, with the ten hits that a person asks for; the deep searches for the metrics are not timed."""

_SCHEME = "beir:"


@dataclass(frozen=True, slots=True)
class SetReport:
    """What one set scored; ``systems[channel][metric]``; milliseconds of a fused search for ten hits; passages per second of indexing.

    ``details`` are the further fields of the saved report, which ``eval.metrics.comparison`` and ``eval.gate`` read: ``data`` (digests),
    ``query_text[query]``, ``per_query[system][query]`` (nDCG@10), ``halves[system][half]`` (its mean over each half of the questions) and
    ``first[system][query]`` (the document at rank 1).
    """

    name: str
    documents: int
    queries: int
    systems: Mapping[str, Mapping[str, float]]
    p50: float
    p95: float
    passages_per_s: float
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The shape that DESIGN.md fixes."""
        return {
            "name": self.name,
            "documents": self.documents,
            "queries": self.queries,
            "systems": {system: dict(scores) for system, scores in self.systems.items()},
            "ms_per_query": {"p50": self.p50, "p95": self.p95},
            "passages_per_s": self.passages_per_s,
            **self.details,
        }


def document(passage: Passage) -> Document:
    """A passage of a set as the document that a reader would have made of a text file with that title."""
    body = [RawBlock(line) for line in passage.text.split("\n") if line.strip()]
    data = f"{passage.title}\n{passage.text}".encode()
    source = Source(f"{_SCHEME}{passage.id}", hashlib.sha256(passage.id.encode() + b"\0" + data).hexdigest(), "text", len(data))
    return build_document(RawDocument(source, (RawPage(1, "1", tuple(body), "markup"),), Hints(title=passage.title or None)))


def run_set(data: BeirSet, home: Path, with_baselines: bool = False) -> SetReport:
    """Index a set under ``home`` and search it with every system, and with what `eval.metrics.baselines` knows."""
    with KnowledgeBase.open(Settings.load(home=home)) as base, _bar() as bar:
        started = time.perf_counter()
        base.ingest_documents(_documents(data, bar))
        seconds = time.perf_counter() - started
        indexed = sum(info.chunks for info in base.documents())
        runs = {system: _search(base, data, system, bar) for system in SYSTEMS}
        times = sorted(_time(base, list(data.queries.values())[:TIMED_QUERIES]))
        if with_baselines:
            whole = [_every(base, data, channel, indexed, bar) for channel in ("dense", "lexical")]
            runs |= baselines.runs(data, *whole)
    systems = {system: ranking.evaluate(data.qrels, run) for system, run in runs.items()}
    p50, p95 = _percentile(times, 0.5), _percentile(times, 0.95)
    return SetReport(data.name, len(data.corpus), len(data.queries), systems, p50, p95, indexed / seconds, _details(data, runs))


def best_per_document(hits: Sequence[Hit]) -> dict[str, float]:
    """Corpus ids with the score of their best passage. Ranks count, so the score is made from the rank: equal scores keep their order."""
    ranked: dict[str, float] = {}
    for hit in hits:
        ranked.setdefault(hit.source.removeprefix(_SCHEME), 1.0 / hit.rank)
    return ranked


@click.command()
@click.argument("sets", nargs=-1, required=True, type=options.PATH)
@options.save_json()
@click.option("--limit-queries", type=int, metavar="N", help="ask only the first N queries of each set")
@click.option("--sample", type=int, metavar="N", help="ask N queries of each set, chosen by a hash of their ids")
@click.option("--limit-corpus", type=int, metavar="N", help="index N passages: those judged for what is asked, and the first others")
@click.option("--baselines", is_flag=True, help="measure beside it what a user would put together instead (eval/metrics/baselines.py)")
@click.option("--against", type=options.PATH, metavar="SAVED", help="compare with this report of an earlier run")
@comparison.diff
@comparison.diff_system
@options.failing(2, BeirError, comparison.CompareError)
def command(
    sets: tuple[Path, ...], out: Path | None, limit_queries: int | None, sample: int | None, limit_corpus: int | None,
    baselines: bool, against: Path | None, diff: int, diff_system: str,
) -> None:  # fmt: skip
    """Measure search on SETS in the format of BEIR: folders with corpus.jsonl, queries.jsonl and qrels/test.tsv.

    Exit status 2: a file is unusable.
    """
    chosen = [_limited(_sampled(load(directory), sample), limit_queries, limit_corpus) for directory in sets]
    saved = comparison.read(against) if against is not None else None
    reports = []
    for data in chosen:
        with tempfile.TemporaryDirectory(prefix="setu-eval-") as home:
            reports.append(run_set(data, Path(home), baselines))
        options.save(out, {"sets": [done.as_json() for done in reports]}, indent=1)
    click.echo(table(reports))
    if saved is not None:
        measured = {done.name: done.as_json() for done in reports}
        comparison.show(measured, {name: saved[name] for name in saved if name in measured}, diff, diff_system)


def table(reports: Sequence[SetReport]) -> str:
    """The reports, one row per set and system."""
    rows = []
    for report in reports:
        for system, scores in report.systems.items():
            speed = (f"{report.p50:.1f}/{report.p95:.1f}", f"{report.passages_per_s:.1f}") if system == "fused" else ("", "")
            parts = "/".join(f"{mean:.4f}" for mean in report.details.get("halves", {}).get(system, {}).values())
            name = report.name if system == "fused" else ""
            rows.append([name, system, *(f"{scores[name]:.4f}" for name in ranking.NAMES), parts, *speed])
    return markdown(["set", "system", *ranking.NAMES, "ndcg@10 development/held-out", "p50/p95 ms", "passages/s"], rows)


def _limited(data: BeirSet, queries: int | None, passages: int | None) -> BeirSet:
    asked = dict(list(data.queries.items())[:queries])
    qrels = {query: data.qrels[query] for query in asked}
    if passages is None:
        return BeirSet(data.name, data.corpus, asked, qrels)
    judged = {passage for grades in qrels.values() for passage in grades}
    others = [passage.id for passage in data.corpus if passage.id not in judged]
    kept = judged | set(others[: max(passages - len(judged), 0)])
    return BeirSet(data.name, tuple(passage for passage in data.corpus if passage.id in kept), asked, qrels)


def _sampled(data: BeirSet, n: int | None) -> BeirSet:
    if n is None:
        return data
    asked = splits.sample(data.queries, n)
    return BeirSet(data.name, data.corpus, {q: data.queries[q] for q in asked}, {q: data.qrels[q] for q in asked})


def _details(data: BeirSet, runs: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    scores = {system: ranking.per_query(data.qrels, run) for system, run in runs.items()}
    return {
        "data": digests(data),
        "query_text": dict(data.queries),
        "per_query": scores,
        "halves": {system: splits.half_means(scored) for system, scored in scores.items()},
        "first": {system: {query: next(iter(ranked)) for query, ranked in run.items() if ranked} for system, run in runs.items()},
    }


def _documents(data: BeirSet, bar: Progress) -> Iterator[Document]:
    for passage in bar.track(data.corpus, description=f"{data.name}: index"):
        if passage.text.strip():
            yield document(passage)


def _search(base: KnowledgeBase, data: BeirSet, system: str, bar: Progress) -> dict[str, dict[str, float]]:
    return {
        query: best_per_document(base.search(text, k=DEPTH, channels=SYSTEMS[system]).hits)
        for query, text in bar.track(data.queries.items(), description=f"{data.name}: {system}", total=len(data.queries))
    }


def _every(base: KnowledgeBase, data: BeirSet, channel: str, passages: int, bar: Progress) -> dict[str, dict[str, float]]:
    """The channel's own score of every document's best passage."""
    found: dict[str, dict[str, float]] = {}
    for query, text in bar.track(data.queries.items(), description=f"{data.name}: all {channel}", total=len(data.queries)):
        scores = found[query] = {}
        for hit in base.search(text, k=passages, channels=(channel,)).hits:
            scores.setdefault(hit.source.removeprefix(_SCHEME), hit.score)
    return found


def _time(base: KnowledgeBase, queries: Sequence[str]) -> Iterator[float]:
    for text in queries:
        started = time.perf_counter()
        base.search(text, k=TIMED_K)
        yield 1000 * (time.perf_counter() - started)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
