"""``python -m eval topicality``: fit which passages are about a topic, and say how well that is told beside two plain ways.

``eval/data/topics.jsonl`` holds topics as trainers type them, by people who had read the papers of a set and not the code: which papers, or
which headings of them, belong into a module on it (``papers``), where trainers could disagree (``near``, which count neither way), and
topics that the papers do not hold. The papers are in ``topic_papers.jsonl``. Each tenth of the topics is left out in turn, or the sets
that ``--leave`` names. Beside the model stand ``search``, the passages with at least half of the best score, and ``reading``, those that
the reader takes to answer rather than not. The figures are of passages in the language of the topic, as in a module; learnt is also from
passages in all languages, as where a model translates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.claims import fit_support, probability
from eval.datasets.labelled_papers import read
from eval.datasets.splits import bases, fold
from eval.fit.estimators import Floats
from eval.report.tables import markdown
from kb import KnowledgeBase
from kb.records import Filters, Hit
from training.cited_lines import flat
from training.material.topicality import FEATURES, candidates

TARGET: Final = Path(__file__).parents[2] / "training" / "material" / "topicality.json"
FOLDS: Final = 10
DECIMALS: Final = 4
LIMITS: Final = tuple(step / 20 for step in range(4, 17))
WRONG_WEIGHS: Final = 0.5
"""F of this beta chooses the chance from which a passage counts: one off the topic is worse than one that is missed."""
HALF: Final = 0.5
_BELOW: Final = FEATURES.index("below")
_FIRST: Final = FEATURES.index("first")
_OWN: Final = FEATURES.index("own")


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic: what is seen of each passage, and whether that is about it: 1, 0, or -1 where people could disagree."""

    group: str
    topic: str
    held: bool
    own: bool
    """Whether only passages in the language of the topic were looked at, as for a module without a model that translates."""
    rows: Floats
    labels: NDArray[np.int8]
    missed: int = 0
    """Passages about it that were not among those that are read."""


def asked() -> Iterator[Asked]:
    """The topics of all sets, with what is seen of their passages."""
    with bases({}, "topic_papers") as held:
        for group, base in held:
            yield from _topics(group, base)


def _topics(group: str, base: KnowledgeBase) -> Iterator[Asked]:
    names = {info.id: Path(info.source).name for info in base.documents()}
    rows = [row for row in read("topics") if row["set"] == group]
    for done, row in enumerate(rows, start=1):
        for where in (Filters(languages=(row["language"],)), Filters()):
            hits, seen = candidates(base, row["topic"], where)
            labels = [_label(names[hit.document_id], hit, row) for hit in hits]
            there = {hit.chunk for hit in hits}
            rest = [hit for hit in base.search(row["topic"], k=1000, filters=where).hits if hit.chunk not in there]
            missed = sum(_label(names[hit.document_id], hit, row) == 1 for hit in rest)
            yield Asked(group, row["topic"], row["held"], where.active, seen, np.array(labels, dtype=np.int8), missed)
        options.progress(done, len(rows), f"topics of {group}")


def _label(paper: str, hit: Hit, row: dict[str, Any]) -> int:
    if _inside(hit, row["papers"].get(paper)):
        return 1
    return -1 if _inside(hit, row["near"].get(paper)) else 0


def _inside(hit: Hit, headings: str | list[str] | None) -> bool:
    if not headings:
        return False
    text, above = flat(hit.text), {flat(entry) for entry in hit.path}
    return headings == "all" or any(flat(heading) in text or flat(heading) in above for heading in headings)


def fitted(found: Sequence[Asked]) -> tuple[Floats, float]:
    """Weights with the constant last, and the chance from which a passage counts as about a topic."""
    rows, labels = np.vstack([one.rows for one in found]), np.concatenate([one.labels for one in found])
    sure = labels >= 0
    weights = fit_support(rows[sure], labels[sure].astype(np.float64))
    own = [one for one in found if one.own]
    return weights, max(LIMITS, key=lambda least: _scored(_told(own, weights, least), own)["F"])


def _told(found: Sequence[Asked], weights: Floats, least: float) -> list[NDArray[np.bool_]]:
    return [probability(weights, one.rows) >= least for one in found]


def _scored(told: Sequence[NDArray[np.bool_]], found: Sequence[Asked]) -> dict[str, float]:
    """Precision, recall and F of the passages that are told to be about a topic; topics refused that are not there, and that are."""
    right = sum(int((said & (one.labels == 1)).sum()) for said, one in zip(told, found, strict=True))
    wrong = sum(int((said & (one.labels == 0)).sum()) for said, one in zip(told, found, strict=True))
    there = sum(int((one.labels == 1).sum()) + one.missed for one in found)
    precision, recall = right / max(1, right + wrong), right / max(1, there)
    beta = WRONG_WEIGHS**2
    absent = [not said.any() for said, one in zip(told, found, strict=True) if not one.held]
    lost = [not said.any() for said, one in zip(told, found, strict=True) if one.held]
    return {
        "precision": precision,
        "recall": recall,
        "F": (1 + beta) * precision * recall / max(beta * precision + recall, 1e-9),
        "absent topics refused": float(np.mean(absent)) if absent else float("nan"),
        "held topics refused": float(np.mean(lost)) if lost else float("nan"),
    }


def _left_out(found: Sequence[Asked], leave: Sequence[str]) -> tuple[list[Asked], list[NDArray[np.bool_]]]:
    """Topics, and what is told of their passages by weights that were fitted without them."""
    parts = [leave] if leave else [[one.topic for one in found if fold(one.topic, FOLDS) == at] for at in range(FOLDS)]
    tried: list[Asked] = []
    told: list[NDArray[np.bool_]] = []
    for part in parts:
        out = [one for one in found if (one.group if leave else one.topic) in part]
        weights, least = fitted([one for one in found if (one.group if leave else one.topic) not in part])
        tried += out
        told += _told(out, weights, least)
    return tried, told


def report(found: Sequence[Asked], leave: Sequence[str] = ()) -> str:
    """The figures of topics that were left out of the fit, beside the plain ways."""
    every, said = _left_out(found, leave)
    tried = [one for one in every if one.own]
    told = [flags for one, flags in zip(every, said, strict=True) if one.own]
    ways = {
        "read, searched and compared": told,
        "search": [one.rows[:, _BELOW] + one.rows[:, _FIRST] >= HALF * one.rows[:, _FIRST] for one in tried],
        "reading": [one.rows[:, _OWN] >= 0 for one in tried],
    }
    rows: list[list[object]] = []
    for way, said in ways.items():
        figures = _scored(said, tried)
        rows.append([way, *(f"{figures[name]:.2f}" for name in figures)])
    return markdown([f"{len(tried)} topics", *_scored(told, tried)], rows)


@click.command()
@click.option("--leave", multiple=True, metavar="SET", help="a set that is left out and judged on")
@options.write("training/material/topicality.json")
@options.failing(1, ValueError, OSError)
def command(leave: tuple[str, ...], write: bool) -> None:
    """Fit which passages are about a topic, and say how well that is told beside two plain ways."""
    found = list(asked())
    click.echo(report(found, leave))
    if write:
        weights, least = fitted([one for one in found if one.group not in leave])
        stored: dict[str, object] = {
            "command": " ".join(["python -m eval topicality --write", *(f"--leave {one}" for one in leave)]),
            "topics": len([one for one in found if one.own and one.group not in leave]),
            "passages": int(sum((one.labels >= 0).sum() for one in found if one.group not in leave)),
        }
        stored |= dict(zip((*FEATURES, "constant"), (round(float(weight), DECIMALS) for weight in weights), strict=True))
        TARGET.write_text(json.dumps(stored | {"least": least}, indent=1) + "\n", encoding="utf-8")
