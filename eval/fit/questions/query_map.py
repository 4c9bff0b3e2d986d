"""``python -m eval questions``: fit the map that moves a question among passages, and how much better it then finds them.

`eval/data/asked.jsonl` holds passages as they are embedded (``passage, paper, text``) and questions (``question, language, passages``:
the ids of those that answer), both by writers who had not seen the code. A question is looked for among the passages of all papers; with
a map, by one that was fitted on the questions of other papers. Fitted by SciPy's L-BFGS: cross-entropy of the passages that answer among
all, by their cosines over `TEMPERATURE` (the loss of InfoNCE, van den Oord et al. 2018), and a penalty on the map.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import fold
from kb import Settings
from kb.embed.embedder import Embedder, FloatMatrix, open_embedder
from kb.search.query_vector import SCALE, moved

Floats = NDArray[np.float64]

TEMPERATURE: Final = 0.02
PENALTY: Final = 0.1
"""On the sum of the squares of the map. Between 0.05 and 0.2 it matters little."""
RANK: Final = 64
"""Of the map that is kept, by its singular values."""
STEPS: Final = 200
FOLDS: Final = 6


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions and passages: unit rows, which passages answer, and the paper and language of each question."""

    questions: FloatMatrix
    passages: FloatMatrix
    answers: NDArray[np.bool_]
    papers: tuple[str, ...]
    languages: tuple[str, ...]

    def of(self, rows: NDArray[np.intp]) -> Pairs:
        """Some of the questions among all passages."""
        named = [int(row) for row in rows]
        return Pairs(
            self.questions[rows], self.passages, self.answers[rows],
            tuple(self.papers[row] for row in named), tuple(self.languages[row] for row in named),
        )  # fmt: skip


def pairs(embedder: Embedder) -> Pairs:
    """The questions and passages of the data."""
    rows = read("asked")
    held = [row for row in rows if "passage" in row]
    put = [row for row in rows if "question" in row]
    at = {row["passage"]: i for i, row in enumerate(held)}
    answers = np.zeros((len(put), len(held)), dtype=bool)
    for i, row in enumerate(put):
        answers[i, [at[one] for one in row["passages"]]] = True
    return Pairs(
        np.stack([embedder.query(row["question"]) for row in put]),
        embedder.passages([row["text"] for row in held]),
        answers,
        tuple(held[at[row["passages"][0]]]["paper"] for row in put),
        tuple(row["language"] for row in put),
    )


def fit(found: Pairs) -> tuple[FloatMatrix, FloatMatrix]:
    """The map of these questions in two factors, as `kb.search.query_vector.moved` takes them."""
    from scipy.optimize import minimize

    questions, passages = found.questions.astype(np.float64), found.passages.astype(np.float64)
    size = questions.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(size, size)
        there = questions + questions @ weights.T
        length = np.linalg.norm(there, axis=1, keepdims=True)
        unit = there / length
        totals = unit @ passages.T / TEMPERATURE
        totals -= totals.max(axis=1, keepdims=True)
        chances = np.exp(totals)
        right = np.where(found.answers, chances, 0.0)
        of_all, of_right = chances.sum(axis=1, keepdims=True), right.sum(axis=1, keepdims=True)
        slope = (chances / of_all - right / of_right) @ passages / (TEMPERATURE * len(questions))
        slope = (slope - unit * (slope * unit).sum(axis=1, keepdims=True)) / length
        value = float(np.mean(np.log(of_all) - np.log(of_right))) + PENALTY * float((weights**2).sum())
        return value, (slope.T @ questions + 2 * PENALTY * weights).ravel()

    best = minimize(loss, np.zeros(size * size), jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    left, values, right = np.linalg.svd(best.x.reshape(size, size))
    root = np.sqrt(values[:RANK])
    return (left[:, :RANK] * root).astype(np.float32), (root[:, None] * right[:RANK]).astype(np.float32)


def ranks(found: Pairs, questions: FloatMatrix) -> NDArray[np.intp]:
    """The place of the best passage that answers, 0 for the first, for each question."""
    scores = questions @ found.passages.T
    best = np.where(found.answers, scores, -np.inf).max(axis=1, keepdims=True)
    places: NDArray[np.intp] = (scores > best).sum(axis=1)
    return places


def held_out(found: Pairs) -> FloatMatrix:
    """Each question moved by a map that was fitted on questions of other papers."""
    folds = np.array([fold(paper, FOLDS) for paper in found.papers])
    there = np.zeros_like(found.questions)
    for part in range(FOLDS):
        left, right = fit(found.of(np.flatnonzero(folds != part)))
        for row in np.flatnonzero(folds == part):
            there[row] = moved(found.questions[row], left, right)
    return there


def _told(name: str, places: Sequence[int]) -> str:
    at = np.asarray(places)
    shares = " ".join(f"{(at < k).mean():.3f}" for k in (1, 2, 5))
    return f"  {name:<12} n {len(at):<5} first, two, five {shares}  MRR {(1 / (1 + at)).mean():.3f}\n"


@click.command()
@options.write("kb/search/question_map.json")
def command(write: bool) -> None:
    """Say how well questions find the passages that answer."""
    embedder = open_embedder(Settings())
    found = pairs(embedder)
    for name, questions in (("as embedded", found.questions), ("moved, by a map of other papers' questions", held_out(found))):
        click.echo(name)
        places = ranks(found, questions)
        click.echo(_told("all", places.tolist()), nl=False)
        by_language: dict[str, list[int]] = defaultdict(list)
        for language, place in zip(found.languages, places.tolist(), strict=True):
            by_language[language].append(place)
        for language in sorted(by_language):
            click.echo(_told(language, by_language[language]), nl=False)
    if write:
        left, right = (np.rint(side * SCALE).astype(int).tolist() for side in fit(found))
        file = Path(str(resources.files("kb.search"))) / "question_map.json"
        file.write_text(json.dumps({"embedder": embedder.name, "left": left, "right": right}) + "\n", encoding="utf-8")
        click.echo(f"{file.name} written")
