"""Linear models over vectors of lines, and what they see. The weights lie in JSON files that ``python -m eval lines --write`` fitted.

A model belongs to the embedder whose vectors it was fitted on; with any other there is none. Vectors of the texts of a paper are computed
once each, with the mean of a model taken off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import regex
from numpy.typing import NDArray

from ingest.records import KINDS, Kind
from kb.classify.document_lines import Line
from kb.embed.embedder import Embedder
from lang.token_features import count_ngrams

Floats = NDArray[np.float64]

PIECES: Final = 1 << 13
TAIL: Final = 25
"""Letters at the end of a line that are seen apart: there the verb stands in three of our languages."""
SCALE: Final = 1000
_VECTOR, _LEAD = 3.0, 1.5
"""By what the vectors are multiplied, beside pieces whose sum of squares is 1."""
_NUMBERED = regex.compile(r"^\s*[(（]?(?:\p{Nd}|[a-z一二三四五六七八九十ivxअ-ह]){1,3}[)）.．、]", regex.I)
_ENDED = regex.compile(r"[.。।]\s*$")


@dataclass(frozen=True, slots=True)
class Model:
    """``weights`` has a row per class, shape ``(classes, columns)``; ``mean`` is the mean vector that is taken off each."""

    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    mean: Floats

    def chances(self, rows: Floats) -> Floats:
        """The chance of each class, shape ``(rows, classes)``; of two classes the model holds one row, that of the second."""
        totals = rows @ self.weights.T + self.bias
        if len(self.weights) == 1:
            second = 1 / (1 + np.exp(-totals[:, 0]))
            return np.stack([1 - second, second], axis=1)
        likely = np.exp(totals - totals.max(axis=1, keepdims=True))
        chances: Floats = likely / likely.sum(axis=1, keepdims=True)
        return chances


def line_features(line: Line, kind: Kind, vector: Floats, lead: Floats) -> Floats:
    """What the model of duties sees of a line; the vectors have the mean taken off, those of nothing are zero."""
    pieces = np.zeros(PIECES)
    count_ngrams(pieces, "l", line.text)
    count_ngrams(pieces, "e", line.text[-TAIL:])
    plain = np.array(
        [
            bool(line.lead),
            line.led,
            line.row,
            len(line.text) / 150,
            _NUMBERED.match(line.text) is not None,
            _ENDED.search(line.text) is not None,
            *(kind == one for one in KINDS),
        ],
        dtype=np.float64,
    )
    return np.concatenate([pieces, plain, _VECTOR * vector, _LEAD * lead])


def mention_features(
    text: str, start: int, end: int, amount: Sequence[float], vector: Floats, near: Floats, place: Sequence[float]
) -> Floats:
    """What a model of dates or lengths of time sees of one at ``[start, end)`` of a line.

    ``near`` is the vector of the words around it; ``place`` that of the line, as `kb.classify.document_lines.place_of` gives it.
    """
    pieces = np.zeros(PIECES)
    count_ngrams(pieces, "b", text[max(0, start - 40) : start])
    count_ngrams(pieces, "a", text[end : end + 40])
    plain = np.array([len(text) / 150, start / 100, start < 12, len(text) - end < 5, *amount, *place], dtype=np.float64)
    return np.concatenate([pieces, plain, _VECTOR * vector, _VECTOR * near])


@cache
def stored(name: str, embedder: str) -> Model | None:
    """The model of this package that is called so and was fitted on vectors of this embedder; None where there is none."""
    file = resources.files("kb.classify") / f"{name}.json"
    if not file.is_file():
        return None
    read = json.loads(file.read_text(encoding="utf-8"))
    if read["embedder"] != embedder:
        return None
    weights, bias, mean = (np.asarray(read[part], dtype=np.float64) / SCALE for part in ("weights", "bias", "mean"))
    return Model(tuple(read["classes"]), weights, bias, mean)


class Vectors:
    """Of the texts that it was made of."""

    def __init__(self, embedder: Embedder, texts: Iterable[str]) -> None:
        wanted = sorted({text for text in texts if text})
        rows = embedder.passages(wanted) if wanted else np.empty((0, embedder.dimension), dtype=np.float32)
        self._rows: Mapping[str, Floats] = {text: row.astype(np.float64) for text, row in zip(wanted, rows, strict=True)}
        self._none: Floats = np.zeros(embedder.dimension)

    def of(self, text: str, mean: Floats) -> Floats:
        """The vector of a text less the mean; zero for no text."""
        return self._rows[text] - mean if text else self._none
