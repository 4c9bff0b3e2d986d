"""``python -m eval standing``: fit which lines can stand on a slide of a topic, and say how well that is told beside plain ways.

``eval/data/slide_lines.jsonl`` holds lines of papers that people judged who had not seen the code: whether each can stand on a slide by
itself (``alone``, -1 where that was not asked), whether it is about the topic (``about``: 2, or 1 where people could disagree, or 0), and
the values of `training.material.worth.SEEN` when it was judged (``seen``). A slide of one line that was found usable counts as both; of a
slide that was not, the reason tells. Each set of papers is left out in turn. Beside the rule stand the chance of the passage alone, which
is what chose lines before, and the words that point alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.claims import fit_support, probability
from eval.datasets.labelled_papers import read
from eval.fit.estimators import Floats
from eval.report.tables import markdown
from training.material.standing import SIGNS, points, signs
from training.material.worth import SEEN

TARGET: Final = Path(__file__).parents[2] / "training" / "material" / "standing.json"
RIDGE_OF_SIGNS: Final = 10.0
RIDGE_OF_TOPIC: Final = 10.0
DECIMALS: Final = 4
BEST: Final = 0.3
"""The share of a set's lines that a module would take."""
LEAST: Final = 0.5
"""The chance from which a line is shown: usable rather than not."""
ABOUT: Final = 2
"""What a line is called that is about its topic."""
_CHANCE: Final = SEEN.index("chance")


def fitted(rows: Sequence[Mapping[str, Any]]) -> tuple[Floats, Floats]:
    """The weights of `SIGNS` and those of `SEEN`, each with its constant last."""
    told = [row for row in rows if row["alone"] >= 0]
    alone = fit_support(_signs(told), np.array([row["alone"] for row in told], dtype=np.float64), RIDGE_OF_SIGNS)
    sure = [row for row in rows if row["about"] != 1]
    about = fit_support(_seen(sure), np.array([row["about"] == ABOUT for row in sure], dtype=np.float64), RIDGE_OF_TOPIC)
    return alone, about


def worth(rows: Sequence[Mapping[str, Any]], weights: tuple[Floats, Floats]) -> Floats:
    """The chance that each line can stand on a slide of its topic."""
    alone, about = weights
    return probability(alone, _signs(rows)) * probability(about, _seen(rows))


def report(rows: Sequence[Mapping[str, Any]]) -> str:
    """How often the best lines of each set are usable, chosen by what was fitted on the others, and by the plain ways."""
    table: list[list[object]] = []
    for left in sorted({str(row["set"]) for row in rows}):
        tried = [row for row in rows if row["set"] == left and row["alone"] >= 0]
        good = np.array([row["alone"] == 1 and row["about"] == ABOUT for row in tried])
        told = worth(tried, fitted([row for row in rows if row["set"] != left]))
        chance = _seen(tried)[:, _CHANCE]
        pointing = np.array([points(row["text"], row["language"]) for row in tried])
        ways = (told, chance, chance - 1e3 * pointing)
        table.append([left, len(tried), f"{good.mean():.2f}", *(f"{_best(good, way):.2f}" for way in ways)])
    return markdown(["set left out", "lines", "usable", "best by the rule", "by the passage", "by the passage, none that points"], table)


def _best(good: NDArray[np.bool_], values: Floats) -> float:
    taken = np.argsort(-values, kind="stable")[: max(1, round(BEST * len(good)))]
    return float(good[taken].mean())


def _signs(rows: Sequence[Mapping[str, Any]]) -> Floats:
    return np.array([signs(row["text"], row["language"]) for row in rows], dtype=np.float64).reshape(-1, len(SIGNS))


def _seen(rows: Sequence[Mapping[str, Any]]) -> Floats:
    return np.array([row["seen"] for row in rows], dtype=np.float64).reshape(-1, len(SEEN))


@click.command()
@click.option("--leave", multiple=True, metavar="SET", help="a set that is not learnt from")
@options.write("training/material/standing.json")
@options.failing(1, ValueError, OSError)
def command(leave: tuple[str, ...], write: bool) -> None:
    """Fit which lines can stand on a slide of a topic, and say how well that is told beside plain ways."""
    rows = read("slide_lines")
    click.echo(report(rows))
    if write:
        learnt = [row for row in rows if row["set"] not in leave]
        alone, about = ([round(float(weight), DECIMALS) for weight in part] for part in fitted(learnt))
        named = _seen([row for row in learnt if row["about"] == ABOUT]).mean(axis=0)[SEEN.index("title") :]
        usual = [round(float(mean), DECIMALS) for mean in named]
        stored = {
            "command": " ".join(["python -m eval standing --write", *(f"--leave {one}" for one in leave)]),
            "lines": len(learnt), "signs": SIGNS, "alone": alone[:-1], "alone constant": alone[-1],
            "seen": SEEN, "usual": usual, "about": about[:-1], "about constant": about[-1], "least": LEAST,
        }  # fmt: skip
        TARGET.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
