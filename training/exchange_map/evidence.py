"""Whether a passage tells an exchange anything, whether it belongs to an area for what it tells, and in which column.

Licences, forms, greetings, definitions and lists of contents tell nothing. One logistic rule tells it of a passage by what it means, its
vector, and by its shape; another, by the same, whether it tells what somebody practises or reports of here. A third weighs the first with
how near passage and area are: what is called sure has to earn it there. ``evidence.json`` holds what ``python -m eval cells --write``
fitted on papers of people who had not seen the code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Final, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray

from kb import KnowledgeBase
from kb.embed.embedder import FloatMatrix, bundled_passages
from lang.words.search_tokens import script
from training.exchange_map.kept_vectors import KeptVectors
from training.exchange_map.map_records import SIGNALS, Column
from training.exchange_map.passages import Piece
from training.exchange_map.relevance import Weighed

Floats: TypeAlias = NDArray[np.float64]
SPOKEN: Final = (*SIGNALS, "chance", "length", "across", "across_japanese")
"""What speaking of an area is weighed by: the signals, the log-odds of the passage being about it, the logarithm of its length, and whether
it is in another language. A heading is near to an area and says nothing of it."""
WEIGHED: Final = (*SPOKEN, "evidence", "telling")
"""What belonging is weighed by: also the log-odds of the passage telling anything, and these as far as it is near."""
SPEAKS: Final = 0.35
"""Probability of speaking of an area from which a passage is shown: of sets left out, as many right ones are shown as by nearness alone."""
_TOLD: Final[tuple[Column, ...]] = ("practised", "reported")
SURELY: Final = 1.0
"""Log-odds from which a passage stands in the column of what it tells, whatever its paper is."""
LONG: Final = 200
"""Characters from which a passage is long enough to say something."""
_LEAST: Final = 1e-6
_MOST: Final = 50.0
_KINDS: Final = (("agreement",), ("news",), ("report", "best_practice"))
_ENDED: Final = regex.compile(r"[.。।!]\s*$")
_ASKED: Final = regex.compile(r"[?？]\s*$")
_LEADING: Final = regex.compile(r"[:：]\s*$")
_FIGURE: Final = regex.compile(r"\p{N}")
_SHORT: Final = (60, 120)
"""Characters, a Japanese one counting for two, below which a paragraph is short."""


def evidence(weighed: Floats) -> Floats:
    """The log-odds that each passage tells anything, shape ``(passages,)``, of the rows of `seen_of`."""
    return _odds("evidence", weighed)


def in_columns(found: Sequence[Piece], weighed: Floats) -> list[Piece]:
    """The passages, each in the column of what it surely tells, else of its paper's kind: a news item may tell what the partner does.

    A sentence stands where its paragraph does. ``weighed`` holds the rows of `seen_of`.
    """
    odds = _odds("practice", weighed)
    placed = []
    for at, piece in enumerate(found):
        sure = odds[piece.within if piece.within >= 0 else at]
        if abs(sure) < SURELY:
            placed.append(piece)
            continue
        told: Column = "practised" if sure > 0 else "reported"
        placed.append(replace(piece, columns=tuple(told if one in _TOLD else one for one in piece.columns)))
    return placed


def _odds(rule: str, weighed: Floats) -> Floats:
    weights = np.array(_model()[rule], dtype=np.float64)
    odds: Floats = weighed @ weights[:-1] + weights[-1]
    return odds


def seen_of(kb: KnowledgeBase, found: Sequence[Piece], vectors: KeptVectors) -> Floats:
    """What is weighed of each passage, row by row: its vector, and its shape."""
    means: FloatMatrix
    if kb.settings.embedder == "bundled":
        means = vectors.vectors([piece.compared for piece in found])
    else:
        means = bundled_passages(kb.settings, ["\n".join(piece.compared).strip() for piece in found])
    return np.hstack([np.asarray(means, dtype=np.float64), np.array([_shape(piece) for piece in found], dtype=np.float64)])


def speaking(compared: Weighed, chances: FloatMatrix, lengths: Floats) -> FloatMatrix:
    """The probability that each passage speaks of each area at some length, shape ``(areas, passages)``."""
    return _probability("speaking", spoken(compared, chances, lengths))


def belonging(compared: Weighed, chances: FloatMatrix, lengths: Floats, told: Floats) -> FloatMatrix:
    """The probability that each passage belongs to each area, shape ``(areas, passages)``: it is about it, and tells something."""
    return _probability("belonging", weighing(compared, chances, lengths, told))


def _probability(rule: str, values: Mapping[str, Floats]) -> FloatMatrix:
    weights: Mapping[str, float] = _model()[rule]
    total = weights["constant"] + sum(weights[name] * value for name, value in values.items())
    return np.asarray(1 / (1 + np.exp(-np.clip(total, -_MOST, _MOST))), dtype=np.float32)


def lengths_of(found: Sequence[Piece]) -> Floats:
    """The logarithm of the length of each passage: characters, a Japanese one counting for two, `LONG` at most; ``(passages,)``."""
    return np.log1p(np.minimum([_size(piece) for piece in found], LONG))


def spoken(compared: Weighed, chances: FloatMatrix, lengths: Floats) -> dict[str, Floats]:
    """The values of `SPOKEN`, each of shape ``(areas, passages)``."""
    sure = np.clip(np.asarray(chances, dtype=np.float64), _LEAST, 1 - _LEAST)
    reach = np.array(compared.reach, dtype=object).reshape(sure.shape)
    values = [*(np.asarray(compared.signals[name], dtype=np.float64) for name in SIGNALS), np.log(sure / (1 - sure))]
    values += [np.broadcast_to(lengths, sure.shape), *((reach == far).astype(np.float64) for far in SPOKEN[-2:])]
    return dict(zip(SPOKEN, values, strict=True))


def weighing(compared: Weighed, chances: FloatMatrix, lengths: Floats, told: Floats) -> dict[str, Floats]:
    """The values of `WEIGHED`, likewise."""
    values = spoken(compared, chances, lengths)
    near = values["near"]
    return values | {"evidence": np.broadcast_to(told, near.shape), "telling": told * np.maximum(near, 0)}


def evidence_weight() -> float:
    """By how much a unit of evidence moves the log-odds of belonging, nearness left aside."""
    return float(_model()["belonging"]["evidence"])


def _shape(piece: Piece) -> list[float]:
    text, kind, size = piece.text, piece.citation.kind, _size(piece)
    told = (
        np.log1p(size), *(size < short for short in _SHORT), piece.rows, "|" in text, _ASKED.search(text) is not None,
        _ENDED.search(text) is not None, _LEADING.search(text) is not None, _FIGURE.search(text) is not None,
        *(kind in kinds for kinds in _KINDS), piece.citation.language == "ja",
    )  # fmt: skip
    return [float(one) for one in told]


def _size(piece: Piece) -> int:
    return len(piece.text) * (2 if script(piece.text) == "japanese" else 1)


@cache
def _model() -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(resources.files("training.exchange_map").joinpath("evidence.json").read_text(encoding="utf-8"))
    return stored
