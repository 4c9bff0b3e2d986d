"""``python -m eval salience``: fit what a sentence is worth to a summary, and say how much summaries hold of papers not seen.

``eval/data/salience.jsonl`` holds what the models see of the sentences of papers of others, and which marked facts each holds: those that a
summary must have (weight 3), should have (2), may have (1), and those of a matter. ``--add NAME DIR MARKS`` puts the papers of a folder in;
``MARKS`` has a line for each with ``paper``, ``facts`` (``quote``, ``weight``) and ``matters`` (``asked``, ``language``, ``points``,
``quotes``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import base_of, lines_of, put_set
from eval.fit.estimators import Floats, fit_rows
from eval.report.tables import markdown
from kb import KnowledgeBase
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.lookup import looked_up
from kb.answer.skills.summaries.packing import pack
from kb.answer.skills.summaries.salience import LEAST, ON_MATTER, POWER, SHAPE, Model, Seen, columns, features, on_matter, seen, with_worth
from kb.answer.skills.summaries.summary import clauses_of, room_of
from kb.ports import Ports
from kb.records import DocumentInfo
from lang.languages import Language

WEIGHTY = 2
"""Weight of a fact from which a sentence that holds it is one to be told."""
RIDGE = {"paper": 200.0, "matter": 20.0}
"""Penalty of the squares of the weights, of columns in standard deviations."""
POINTS = 5
DECIMALS = 4
INSIDE = 0.8
"""Share of a quote that a sentence must have to hold it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is seen of the sentences beside a request, without their worth; ``held`` are the marked quotes of each by their number."""

    language: str
    points: int
    quotes: int
    held: tuple[tuple[int, ...], ...]
    rows: Floats


@dataclass(frozen=True, slots=True)
class Paper:
    """What is seen of the sentences of a paper; ``held`` are the facts of each by their number, ``weights`` those of the facts."""

    group: str
    name: str
    language: Language
    sizes: tuple[int, ...]
    clauses: tuple[int, ...]
    weights: tuple[int, ...]
    held: tuple[tuple[int, ...], ...]
    rows: Floats
    matters: tuple[Matter, ...]

    def told(self, worth: Floats, most: int) -> list[int]:
        """The sentences that a summary of so many points tells."""
        points = pack(worth.astype(np.float32), self.sizes, self.clauses, most, room_of(self.language))
        return [at for point in points for at in point]


def kept() -> list[Paper]:
    """The papers of `eval/data/salience.jsonl`."""
    return [
        Paper(
            row["set"], row["paper"], row["language"], tuple(row["sizes"]), tuple(row["clauses"]), tuple(row["weights"]),
            tuple(map(tuple, row["held"])), np.array(row["rows"], dtype=np.float64).reshape(-1, len(features())),
            tuple(
                Matter(
                    one["language"], one["points"], one["quotes"], tuple(map(tuple, one["held"])),
                    np.array(one["rows"], dtype=np.float64).reshape(-1, len(ON_MATTER) - 2),
                )
                for one in row["matters"]
            ),
        )
        for row in read("salience")
    ]  # fmt: skip


def fit(papers: Sequence[Paper]) -> dict[str, Model]:
    """The models of what is told of a paper, and of what is told on a matter."""
    labels = [np.array([any(paper.weights[one] >= WEIGHTY for one in held) for held in paper.held], dtype=np.float64) for paper in papers]
    paper_model = _fitted(np.vstack([paper.rows for paper in papers]), np.concatenate(labels), RIDGE["paper"])
    beside = [(with_worth(one.rows, paper_model.likely(paper.rows)), one) for paper in papers for one in paper.matters]
    belongs = np.concatenate([np.array([bool(held) for held in one.held], dtype=np.float64) for _, one in beside])
    return {"paper": paper_model, "matter": _fitted(np.vstack([rows for rows, _ in beside]), belongs, RIDGE["matter"])}


def _fitted(rows: Floats, labels: Floats, ridge: float) -> Model:
    """A model of columns as they are, fitted on columns in standard deviations."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread < 1e-6, 1.0, spread)
    found = fit_rows((rows - middle) / spread, labels, ridge)
    weights = found[:-1] / spread
    return Model(weights, float(found[-1] - middle @ weights))


@click.command()
@options.add("papers", "MARKS")
@options.home()
@options.write("kb/answer/skills/summaries/salience.json")
def command(add: tuple[str, Path, Path] | None, home: Path | None, write: bool) -> None:
    """Fit what a sentence is worth to a summary, and say how much summaries hold of papers not seen."""
    if add:
        _add(*add, home)
    found = kept()
    _report(found)
    if write:
        _write(fit(found), found)


Worth = Callable[[Paper, Model], Floats]
_BASELINES: Mapping[str, Worth] = {
    "model": lambda paper, model: np.where(model.likely(paper.rows) >= LEAST, model.likely(paper.rows) ** POWER, 0.0),
    "figures": lambda paper, _: paper.rows[:, SHAPE.index("figures")] + 0.1,
    "first sentences": lambda paper, _: np.array(paper.sizes) * np.exp(-np.arange(len(paper.sizes)) / 8.0) / 100,
    "longest": lambda paper, _: np.array(paper.sizes) / 100.0,
}


def held_out(papers: Sequence[Paper]) -> Iterator[tuple[Paper, dict[str, Model]]]:
    """Each paper with the models that were fitted without its set."""
    for group in sorted({paper.group for paper in papers}):
        models = fit([paper for paper in papers if paper.group != group])
        yield from ((paper, models) for paper in papers if paper.group == group)


def _report(papers: Sequence[Paper]) -> None:
    apart = list(held_out(papers))
    rows = []
    for name, worth in _BASELINES.items():
        told = [(paper, paper.told(worth(paper, models["paper"]), POINTS)) for paper, models in apart]
        shares = [_share(told, weight) for weight in (3, 2, 1)]
        by_language = [_share([one for one in told if one[0].language == language], 3) for language in ("en", "hi", "mr", "ja")]
        size = np.mean([sum(paper.sizes[at] for at in chosen) for paper, chosen in told])
        rows.append([name, *(f"{share:.3f}" for share in shares), f"{size:.0f}", *(f"{share:.2f}" for share in by_language)])
    head = ["five points, set left out", "must (3)", "should (2)", "may (1)", "characters", "must: en", "hi", "mr", "ja"]
    click.echo(markdown(head, rows) + "\n")
    rows = []
    for name in ("model", "nearest"):
        told_on = [(paper, one, _told_on(paper, one, models, name)) for paper, models in apart for one in paper.matters]
        cells = [_share_on(told_on), _share_on(o for o in told_on if o[0].language == o[1].language)]
        cells.append(_share_on(o for o in told_on if o[0].language != o[1].language))
        size = np.mean([sum(paper.sizes[at] for at in chosen) for paper, _, chosen in told_on])
        rows.append([name, str(len(told_on)), *(f"{cell:.3f}" for cell in cells), f"{size:.0f}"])
    click.echo(markdown(["on a matter, set left out", "requests", "quotes held", "same language", "across", "characters"], rows))


def _told_on(paper: Paper, one: Matter, models: Mapping[str, Model], name: str) -> list[int]:
    near = one.rows[:, ON_MATTER.index("near")]
    model = models["matter"].likely(with_worth(one.rows, models["paper"].likely(paper.rows))) ** POWER
    return paper.told(model if name == "model" else np.exp(2 * near), one.points)


def _share(told: Sequence[tuple[Paper, Sequence[int]]], weight: int) -> float:
    """The share of the facts of a weight that are told."""
    marked = told_of = 0
    for paper, chosen in told:
        facts = {at for at, of in enumerate(paper.weights) if of == weight}
        marked += len(facts)
        told_of += len(facts & {fact for at in chosen for fact in paper.held[at]})
    return told_of / max(marked, 1)


def _share_on(told: Iterable[tuple[Paper, Matter, Sequence[int]]]) -> float:
    held = [(len({quote for at in chosen for quote in one.held[at]}), one.quotes) for _, one, chosen in told]
    return sum(many for many, _ in held) / max(sum(of for _, of in held), 1)


def _write(models: Mapping[str, Model], papers: Sequence[Paper]) -> None:
    digest = hashlib.sha256("\n".join(f"{paper.group}\t{paper.name}" for paper in papers).encode()).hexdigest()
    stored: dict[str, object] = {"command": "python -m eval salience --write", "papers": {"n": len(papers), "sha256": digest}}
    for name, model in models.items():
        weights = {feature: round(float(weight), DECIMALS) for feature, weight in zip(columns()[name], model.weights, strict=True)}
        stored[name] = {"bias": round(model.bias, DECIMALS), "weights": weights}
    target = Path(str(resources.files("kb.answer.skills.summaries") / "salience.json"))
    target.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _add(name: str, papers: Path, marks: Path, home: Path | None) -> None:
    """Replace the papers of a set in the file by what is seen of them now."""
    marked = {row["paper"]: row for row in lines_of(marks)}
    with base_of(papers, home) as base:
        rows = [
            row
            for paper in base.documents()
            if (mark := marked.get(Path(paper.source).name)) is not None and (row := _row(paper, mark, base)) is not None
        ]
    put_set("salience", name, rows)


def _row(paper: DocumentInfo, mark: Mapping[str, Any], base: KnowledgeBase) -> dict[str, object] | None:
    """What is seen of a paper, as it is stored; None of one that says nothing."""
    ports = base._ports().for_one_question()
    text, clauses = clauses_of(paper, Evidence(ports))
    if not clauses:
        return None
    found = seen(clauses, paper, ports.embedder)
    facts = [fact for fact in mark["facts"] if not fact.get("same")]
    matters = [
        {
            "language": one["language"], "points": one["points"], "quotes": len(one["quotes"]),
            "held": _held(found, text, one["quotes"]), "rows": _rounded(_on_matter(found, one, paper, ports)),
        }
        for one in mark["matters"]
    ]  # fmt: skip
    return {
        "paper": hashlib.sha256(text.encode()).hexdigest()[:12],
        "language": paper.language,
        "sizes": [len(sentence.shown or sentence.text) for sentence in found.sentences],
        "clauses": list(found.group),
        "weights": [fact["weight"] for fact in facts],
        "held": _held(found, text, [fact["quote"] for fact in facts]),
        "rows": _rounded(found.rows),
        "matters": matters,
    }


def _on_matter(found: Seen, one: Mapping[str, Any], paper: DocumentInfo, ports: Ports) -> Floats:
    """What is seen of the sentences of a paper beside a request."""
    question = Question(one["asked"], one["asked"], one["language"], skill="summary", papers=(paper,))
    said, _ = looked_up(one["asked"], question, (paper,), ports, Evidence(ports))
    return on_matter(found, one["asked"], [(of.start, of.end, of.answers) for of in said], ports.embedder)


def _held(found: Seen, text: str, quotes: Sequence[str]) -> list[list[int]]:
    """For each sentence which of the quotes it holds."""
    places = [[at for at in range(len(text)) if text.startswith(quote, at)] for quote in quotes]
    return [
        [
            number
            for number, quote in enumerate(quotes)
            if any(min(at + len(quote), one.end) - max(at, one.start) >= INSIDE * len(quote) for at in places[number])
        ]
        for one in found.sentences
    ]


def _rounded(rows: NDArray[np.float64]) -> list[list[float]]:
    return [[round(float(value), 2) for value in row] for row in rows]


__all__ = ["Matter", "Paper", "command", "fit", "held_out", "kept"]
