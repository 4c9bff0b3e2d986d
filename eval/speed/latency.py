"""``python -m eval latency FILE``: how long whole answers take in a base of many papers, by what was done with the question.

The papers of a file of tasks (`eval.tasks.official_tasks`) lie among synthetic ones (`eval.datasets.synthetic`), whose vectors are
supplied; every message of the tasks is asked, and timed from the question to the last event. Questions and sentences are embedded for
real, and their time counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import click
import numpy as np

from eval import options
from eval.datasets import synthetic
from eval.datasets.beir import BeirError, load
from eval.datasets.synthetic import Seeds, SuppliedEmbedder
from eval.report.tables import markdown
from eval.speed.scale import SETS, size_of
from eval.tasks.official_tasks import papers_of
from eval.tasks.task_checks import Task, TasksError, read_tasks
from ingest.records import Document
from kb import KnowledgeBase, Settings
from kb.embed.embedder import Embedder, open_embedder
from kb.errors import KnowledgeBaseError
from kb.records import Turn
from kb.store.document_rows import header_of, passage_text

WARM: Final = 4
"""Questions that are asked before time is taken."""
_SYNTHETIC: Final = "scale:"


@dataclass(frozen=True, slots=True)
class Timed:
    """A whole answer: what was done, and the seconds by the clock and by the processor (all threads of this process)."""

    skill: str
    clock: float
    processor: float


def grown(settings: Settings, papers: Sequence[Path], found: Sequence[Seeds], size: int) -> int:
    """Take the papers in, and synthetic ones until there are ``size`` passages; the number of passages then.

    Raises:
        TasksError: a paper could not be taken in.
    """
    with KnowledgeBase.open(settings) as kb:
        if kb.ingest(papers).rejected:
            raise TasksError("Not every paper could be taken in; `python -m eval tasks` says which, and why.")
        held = kb.documents()
    missing = size - sum(info.chunks for info in held)
    if missing <= 0:
        return size - missing
    embedder = SuppliedEmbedder(open_embedder(settings))
    start = sum(info.source.startswith(_SYNTHETIC) for info in held)
    with KnowledgeBase(settings, cast(Embedder, embedder)) as kb:
        kb.ingest_documents(_supplied(embedder, found, missing, start))
    return size


def timed(kb: KnowledgeBase, tasks: Sequence[Task], told: Callable[[int, int], None]) -> list[Timed]:
    """Every message of every task, each task in a conversation of its own."""
    for task in tasks[:WARM]:
        kb.answer(task.why or task.turns[0])
    measured = []
    for done, task in enumerate(tasks, start=1):
        history: list[Turn] = []
        for turn in task.turns:
            clock, processor = time.perf_counter(), time.process_time()
            answer = kb.answer(turn, history=history)
            measured.append(Timed(answer.skill, time.perf_counter() - clock, time.process_time() - processor))
            history.append(Turn(turn, answer))
        told(done, len(tasks))
    return measured


def summary(measured: Sequence[Timed]) -> dict[str, dict[str, float]]:
    """Median, 95th percentile and longest, of all and by skill."""
    groups = {"all": list(measured)}
    for one in sorted(measured, key=lambda one: one.skill):
        groups.setdefault(one.skill, []).append(one)
    return {name: _figures(group) for name, group in groups.items()}


@click.command()
@click.argument("file", type=options.PATH)
@click.argument("sets", nargs=-1, type=options.PATH)
@click.option("--base", type=options.PATH, metavar="DIR", help="the papers of the tasks; without it those of the development tasks")
@click.option("--passages", default="10k", metavar="N", help="how many there are in all (default: 10k)")
@click.option("--seeds", type=int, default=300, metavar="N", help="real passages per language that the others are made of")
@options.home(help="build the base in this folder, or go on with it; default: a scratch folder")
@options.save_json()
@options.failing(1, TasksError, BeirError, KnowledgeBaseError, ValueError, OSError)
def command(file: Path, sets: tuple[Path, ...], base: Path | None, passages: str, seeds: int, home: Path | None, out: Path | None) -> None:
    """Say how long whole answers take in a base of many papers.

    FILE: tasks, a line a task, whose messages are asked. SETS: BEIR folders whose passages other papers are made of; default: all that lie
    in the reference corpora.
    """
    tasks, papers, size = read_tasks(file), papers_of(file, base), size_of(passages)
    data = [load(directory) for directory in sets or sorted(path for path in SETS.glob("*") if path.is_dir())]
    if not data:
        raise TasksError(f"There are no sets in {SETS}. Name folders with corpus.jsonl, queries.jsonl and qrels/test.tsv.")
    with tempfile.TemporaryDirectory(prefix="setu-latency-") as scratch:
        folder = home or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        settings = Settings.load(home=folder)
        real = synthetic.seeds(data, open_embedder(settings), seeds, folder / "seeds.npz")
        count = grown(settings, papers, real, size)
        with KnowledgeBase.open(settings) as kb:
            measured = timed(kb, tasks, partial(options.progress, what="tasks"))
    found: dict[str, Any] = {"passages": count, "seconds": summary(measured)}
    options.save(out, found)
    columns = [f"{name} {share}" for name in ("clock", "processor") for share in ("p50", "p95", "most")]
    rows = ([name, row["answers"], *(f"{row[column]:.2f}" for column in columns)] for name, row in found["seconds"].items())
    click.echo(markdown(["", "n", *columns], rows, f"{count:,} passages; seconds"))


def _supplied(embedder: SuppliedEmbedder, found: Sequence[Seeds], passages: int, start: int) -> Iterator[Document]:
    for document, rows in synthetic.corpus(found, passages, start):
        for chunk, row in zip(document.chunks, rows, strict=True):
            embedder.supplied[passage_text(header_of(document.facts.title, document.text), chunk.text)] = row
        yield document


def _figures(group: Sequence[Timed]) -> dict[str, float]:
    found: dict[str, float] = {"answers": len(group)}
    for name, seconds in (("clock", [one.clock for one in group]), ("processor", [one.processor for one in group])):
        for title, share in (("p50", 50), ("p95", 95), ("most", 100)):
            found[f"{name} {title}"] = round(float(np.percentile(seconds, share)), 3)
    return found
