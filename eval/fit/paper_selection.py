"""``python -m eval speaking``: fit which papers speak of a matter, and say how well that is told beside two plain ways.

The matters are those of ``eval/data/matters.jsonl``, written by people who saw only the papers: those of ``invented_papers.jsonl``, and of
sets for which ``--home NAME=DIR`` says which knowledge base holds them. Each set is left out in turn. Beside the model stand ``words``: the
papers a passage of which holds the matter's words or terms; and ``search``: those whose best passage has at least a share of the best
score, the share that suits the other sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import bases
from eval.fit.estimators import Floats, fit_rows
from eval.report.tables import markdown
from kb import KnowledgeBase
from kb.answer.document_selection.topic_relevance import FEATURES, HALF, Matter, best_of_each, features, matter_of
from kb.records import Filters, Hit

FETCHED = 200
RIDGE = 1.0
DECIMALS = 4
SHARES = tuple(step / 20 for step in range(4, 20))


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter: what the model sees of each paper that was found, and which of them, and how many in all, speak of it."""

    group: str
    language: str
    rows: Floats
    speaks: tuple[bool, ...]
    all: int
    words: tuple[bool, ...]
    words_wrong: int
    shares: Floats


def asked_of(group: str, base: KnowledgeBase) -> Iterator[Asked]:
    """The matters of a set, with what is seen of its papers."""
    ports = base._ports().for_one_question()
    by_name = {Path(paper.source).name: paper.id for paper in ports.papers()}
    for row in read("matters"):
        if row["set"] != group:
            continue
        meant = {by_name[name] for name in row["papers"] if name in by_name}
        result = ports.search(row["matter"], FETCHED, Filters())
        asked = matter_of(row["matter"], row["language"], result.terms)
        best = best_of_each(result.hits)
        by_words = holding(result.hits, asked)
        scores = np.array([hit.score for hit in best])
        yield Asked(
            group,
            row["language"],
            features(asked, best, ports),
            tuple(hit.document_id in meant for hit in best),
            len(meant),
            tuple(hit.document_id in by_words for hit in best),
            sum(at not in {hit.document_id for hit in best} and at not in meant for at in by_words),
            scores / scores.max(),
        )


def holding(hits: Sequence[Hit], matter: Matter) -> set[int]:
    """The papers, by id, that hold all of a matter's words or terms in one passage; of a longer one, where none does, more than half."""
    shares = [matter.held(f"{hit.document} {hit.text}", hit.language) or 0.0 for hit in hits]
    for least in (1.0, HALF) if len(matter.terms) + len(matter.words) > 2 else (1.0,):
        if found := {hit.document_id for hit, share in zip(hits, shares, strict=True) if share >= least and share > HALF}:
            return found
    return set()


def fit(found: Sequence[Asked]) -> tuple[Floats, float]:
    """Weights with the bias last, and the log-odds from which the F1 of the papers that speak is best."""
    rows = np.vstack([one.rows for one in found])
    labels = np.array([told for one in found for told in one.speaks], dtype=np.float64)
    weights = fit_rows(rows, labels, RIDGE)
    odds = [one.rows @ weights[:-1] + weights[-1] for one in found]
    limits = np.quantile(np.concatenate(odds), np.linspace(0.3, 0.99, 70))
    return weights, float(max(limits, key=lambda least: f1([told >= least for told in odds], found)[2]))


def f1(
    told: Sequence[NDArray[np.bool_] | Sequence[bool]], found: Sequence[Asked], more_wrong: Sequence[int] = ()
) -> tuple[float, float, float]:
    """Precision, recall and F1 over all papers that are told to speak of a matter."""
    right = sum(int(np.sum(np.array(those, dtype=bool) & np.array(one.speaks))) for those, one in zip(told, found, strict=True))
    said = sum(int(np.sum(those)) for those in told) + sum(more_wrong)
    there = sum(one.all for one in found)
    precision, recall = right / max(said, 1), right / max(there, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


@click.command()
@options.homes()
@options.write("kb/answer/document_selection/topic_relevance.json")
def command(homes: tuple[str, ...], write: bool) -> None:
    """Fit which papers speak of a matter, and say how well that is told beside two plain ways."""
    with bases(options.named(homes)) as held:
        found = [one for name, base in held for one in asked_of(name, base)]
    _report(found)
    if write:
        weights, least = fit(found)
        stored = {
            "command": "python -m eval speaking --write",
            "sets": sorted({one.group for one in found}),
            "matters": len(found),
            "weights": dict(zip(FEATURES, (round(float(weight), DECIMALS) for weight in weights), strict=False)),
            "bias": round(float(weights[-1]), DECIMALS),
            "least": round(least, DECIMALS),
        }
        options.save(Path(str(resources.files("kb.answer.document_selection") / "topic_relevance.json")), stored, indent=1)


def _report(found: Sequence[Asked]) -> None:
    groups = sorted({one.group for one in found})
    every: list[tuple[Asked, Floats, Floats]] = []
    rows = []
    for group in groups:
        out = [one for one in found if one.group == group]
        rest = [one for one in found if one.group != group] or out
        weights, least = fit(rest)
        share = max(SHARES, key=lambda least: f1([one.shares >= least for one in rest], rest)[2])
        every += [(one, one.rows @ weights[:-1] + weights[-1] - least, one.shares - share) for one in out]
        rows.append(_row(group, [one for one in every if one[0].group == group]))
    rows.append(_row("all", every))
    rows += [_row(language, [one for one in every if one[0].language == language]) for language in ("en", "hi", "mr", "ja")]
    head = ["left out", "matters", "model P", "R", "F1", "words P", "R", "F1", "search P", "R", "F1", "none told: model", "words"]
    click.echo(markdown(head, rows))


def _row(name: str, judged: Sequence[tuple[Asked, Floats, Floats]]) -> list[object]:
    asked = [one for one, _, _ in judged]
    ways: list[Callable[[], tuple[float, float, float]]] = [
        lambda: f1([odds >= 0 for _, odds, _ in judged], asked),
        lambda: f1([one.words for one in asked], asked, [one.words_wrong for one in asked]),
        lambda: f1([shares >= 0 for _, _, shares in judged], asked),
    ]
    silent = [(not np.any(odds >= 0), not any(one.words)) for one, odds, _ in judged if not one.all]
    none = [f"{np.mean(those):.2f}" for those in zip(*silent, strict=True)] if silent else ["-", "-"]
    return [name, len(asked), *(f"{value:.2f}" for way in ways for value in way()), *none]
