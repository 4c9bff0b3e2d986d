"""The fitted models by which facts are found: a sequence tagger (CRF), boosted trees, and the tagger of who owes a duty.

The tagger is a linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) over the words of a stretch: which belong to
a name. Its weights lie in JSON files that ``python -m eval tags --write`` fitted; a label is ``B-x`` for the first word of an ``x``,
``I-x`` for its others, ``O`` for all else. Boosted trees over named features: Friedman, *Greedy function approximation: a gradient
boosting machine*, 2001.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lang.token_features import Token, features, tokens

Tree: TypeAlias = Sequence[Sequence[float]]
"""Nodes as ``(feature, threshold, left, right)``, or ``(-1, value)`` of a leaf."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees over named features; ``start`` is the score without any, and each tree adds ``rate`` times its leaf."""

    names: tuple[str, ...]
    start: float
    rate: float
    trees: Sequence[Tree]

    def chance(self, seen: Mapping[str, float]) -> float:
        """How likely it is, by what is seen."""
        row = [seen[name] for name in self.names]
        return 1 / (1 + math.exp(-(self.start + self.rate * sum(_leaf(tree, row) for tree in self.trees))))


def _leaf(tree: Tree, row: Sequence[float]) -> float:
    node = tree[0]
    while node[0] >= 0:
        node = tree[int(node[2] if row[int(node[0])] <= node[1] else node[3])]
    return node[1]


@cache
def stored_trees(name: str) -> Trees | None:
    """The trees of this package that are called so; None where none were fitted."""
    file = resources.files("ingest.extract") / f"{name}.json"
    if not file.is_file():
        return None
    read = json.loads(file.read_text(encoding="utf-8"))
    return Trees(tuple(read["features"]), read["start"], read["rate"], read["trees"])


Floats = NDArray[np.float64]
SCALE: Final = 100
_KEPT = 16
"""Stretches whose scores are kept: the same ones are asked for titles, parties and who signed, each with a leaning of its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """A name of a ``label``, ``[start, end)`` of the stretch; ``chance`` that all of it is one; the cell it begins in."""

    label: str
    start: int
    end: int
    chance: float
    cell: int


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """Fitted ``weights``, shape ``(rows, labels)``, with the row of each feature; ``after``: one label after another."""

    labels: tuple[str, ...]
    rows: dict[str, int]
    weights: Floats
    after: Floats

    def spans(self, text: str, lean: float = 0.0) -> list[Span]:
        """The likeliest names in a stretch, in order; ``lean`` is taken off the score of a word that is in none, to find more of them."""
        words, scores = _scored(self, text)
        if not words:
            return []
        scores = scores.copy()
        scores[:, self.labels.index("O")] -= lean
        path = _best(scores, self.after)
        chances = _marginals(scores, self.after)
        found: list[Span] = []
        at = 0
        while at < len(words):
            label = self.labels[path[at]]
            if label == "O":
                at += 1
                continue
            stop = at + 1
            while stop < len(words) and self.labels[path[stop]] == f"I-{label[2:]}":
                stop += 1
            chance = float(min(chances[i, path[i]] for i in range(at, stop)))
            found.append(Span(label[2:], words[at].start, words[stop - 1].end, chance, words[at].cell))
            at = stop
        return found


@lru_cache(maxsize=_KEPT)
def _scored(tagger: Tagger, text: str) -> tuple[list[Token], Floats]:
    """The words of a stretch, and the score of each label at each of them, which nobody changes."""
    words = tokens(text)
    if not words:
        return [], np.empty((0, len(tagger.labels)))
    known = [[tagger.rows[one] for one in found if one in tagger.rows] for found in features(text, words)]
    return words, np.stack([tagger.weights[found].sum(axis=0) for found in known])


@cache
def stored_tagger(name: str) -> Tagger | None:
    """The tagger of this package that is called so; None where none was fitted."""
    file = resources.files("ingest.extract") / f"{name}.json"
    if not file.is_file():
        return None
    read = json.loads(file.read_text(encoding="utf-8"))
    labels = tuple(read["labels"])
    weights = np.zeros((len(read["weights"]), len(labels)))
    for row, pairs in enumerate(read["weights"].values()):
        for label, weight in pairs:
            weights[row, label] = weight / SCALE
    rows = {feature: row for row, feature in enumerate(read["weights"])}
    return Tagger(labels, rows, weights, np.asarray(read["after"], dtype=np.float64) / SCALE)


def _best(scores: Floats, after: Floats) -> list[int]:
    """The label of each word on the best path (Viterbi)."""
    total = scores[0]
    came = []
    for row in scores[1:]:
        through = total[:, None] + after
        came.append(np.argmax(through, axis=0))
        total = through.max(axis=0) + row
    path = [int(np.argmax(total))]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return path[::-1]


def _marginals(scores: Floats, after: Floats) -> Floats:
    """The chance of each label at each word, shape ``(words, labels)`` (forward and backward sums in logarithms)."""
    forward = np.empty_like(scores)
    backward = np.zeros_like(scores)
    forward[0] = scores[0]
    for at in range(1, len(scores)):
        forward[at] = scores[at] + _log_sum(forward[at - 1][:, None] + after, 0)
    for at in range(len(scores) - 2, -1, -1):
        backward[at] = _log_sum(after + (scores[at + 1] + backward[at + 1])[None, :], 1)
    total = _log_sum(forward[-1], 0)
    chances: Floats = np.exp(forward + backward - total)
    return chances


def _log_sum(values: Floats, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    summed: Floats = np.log(np.exp(values - top).sum(axis=axis)) + np.squeeze(top, axis=axis)
    return summed


def bio(text: str, spans: Sequence[tuple[str, int, int]]) -> list[str]:
    """The labels of the words of a stretch in which ``spans`` of ``(label, start, end)`` are known."""
    out = []
    for word in tokens(text):
        label = next(((name, start) for name, start, end in spans if word.start < end and word.end > start), None)
        out.append("O" if label is None else f"{'B' if word.start <= label[1] else 'I'}-{label[0]}")
    return out


LEAST: Final = 0.7
_EDGES = " ,;:：、。()（）"


def actor_of(line: str) -> str:
    """The words of the line that name who must act, as they stand in it; "" where it names nobody, or nothing was fitted."""
    tagger = stored_tagger("actors")
    spans = tagger.spans(line) if tagger is not None else []
    best = max((span for span in spans if span.chance >= LEAST), key=lambda span: span.chance, default=None)
    return " ".join(line[best.start : best.end].split()).strip(_EDGES) if best is not None else ""
