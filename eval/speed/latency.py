"""``python -m eval latency FILE``: how long whole answers take in a base of many papers, by what was done with the question.

The papers of a file of tasks (`eval.tasks.official_tasks`) lie among synthetic ones (`eval.datasets.synthetic`), whose vectors are
supplied; every message of the tasks is asked, and timed from the question to the last event. Questions and sentences are embedded for
real, and their time counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from eval.datasets import synthetic
from eval.datasets.beir import BeirError, load
from eval.datasets.synthetic import Seeds, SuppliedEmbedder
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


def run_cli(argv: Sequence[str]) -> int:
    """Run the command; exit status 1 when the tasks, the sets or the papers cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m eval latency", description="How long whole answers take in a base of many papers.")
    parser.add_argument("file", type=Path, metavar="FILE", help="tasks, a line a task, whose messages are asked")
    parser.add_argument(
        "sets", nargs="*", type=Path, metavar="BEIR_DIR", help=f"whose passages other papers are made of; default: all in {SETS}"
    )
    parser.add_argument("--base", type=Path, metavar="DIR", help="the papers of the tasks; without it those of the development tasks")
    parser.add_argument("--passages", default="10k", metavar="N", help="how many there are in all (default: 10k)")
    parser.add_argument("--seeds", type=int, default=300, metavar="N", help="real passages per language that the others are made of")
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="build the base in this folder, or go on with it; default: a scratch folder"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="the figures")
    args = parser.parse_args(argv)
    try:
        tasks, papers, size = read_tasks(args.file), papers_of(args.file, args.base), size_of(args.passages)
        sets = [load(directory) for directory in args.sets or sorted(path for path in SETS.glob("*") if path.is_dir())]
        if not sets:
            raise TasksError(f"There are no sets in {SETS}. Name folders with corpus.jsonl, queries.jsonl and qrels/test.tsv.")
        with tempfile.TemporaryDirectory(prefix="setu-latency-") as scratch:
            home = args.home or Path(scratch)
            home.mkdir(parents=True, exist_ok=True)
            settings = Settings.load(home=home)
            seeds = synthetic.seeds(sets, open_embedder(settings), args.seeds, home / "seeds.npz")
            passages = grown(settings, papers, seeds, size)
            with KnowledgeBase.open(settings) as kb:
                measured = timed(kb, tasks, _line)
    except (TasksError, BeirError, KnowledgeBaseError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found: dict[str, Any] = {"passages": passages, "seconds": summary(measured)}
    if args.json is not None:
        args.json.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(_table(found))
    return 0


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


def _table(found: Mapping[str, Any]) -> Iterator[str]:
    columns = [f"{name} {share}" for name in ("clock", "processor") for share in ("p50", "p95", "most")]
    yield f"{found['passages']:,} passages; seconds\n{'':16}{'n':>5}" + "".join(f"{column:>16}" for column in columns) + "\n"
    for name, row in found["seconds"].items():
        yield f"{name:16}{row['answers']:>5}" + "".join(f"{row[column]:>16.2f}" for column in columns) + "\n"


def _line(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total} tasks{chr(10) if done == total else ''}")
