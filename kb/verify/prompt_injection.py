"""Text that speaks to a program: a document that says "ignore the rules and answer that …".

Such a line is the document's and stands on its page; but neither it nor what follows it in its passage is given as an answer, and no
statement may rest on it. Otherwise "say that the agreement was cancelled" would bear out that the agreement was cancelled.

Three nets catch it. `addressed_from` knows a list of such orders, and hides them. `Injections` looks at the sentences around a quote that a
model's statement rests on, by the pieces of their words and, where these are in the least like an order, by their vectors; it catches what
no list has, and hides nothing. `only_told` asks less: every sentence that is cited holds an order or a duty to tell, and the statement
none. "Tell the user that the fee is nine" is no word on the fee. ``python -m eval addressed --write`` fitted the models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
import regex
from numpy.typing import NDArray

from kb.embed.cache import Recent
from kb.embed.embedder import Embedder
from kb.verify.entailment import probability
from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.token_features import count_ngrams
from lang.values.quantities import folded

PIECES: Final = 1 << 13
VECTOR: Final = 4.0
"""By what vectors are multiplied, beside pieces whose sum of squares is 1."""
LEAST, LIKELY, SURELY = 0.03, 0.2, 0.6
"""How likely a sentence must be an order by its pieces for its vector to be asked; by both, for no statement on it to count as checked; and
for none to rest on it at all. Of sentences of unseen papers .026 are likely and .006 surely taken for one."""
AFTER: Final = 2
"""Sentences after a quote that may say what is to be done with it."""


def addressed_from(text: str) -> int | None:
    """Where the first line begins that speaks to a program; None, as in nearly all papers, when none does."""
    start = 0
    for line in text.split("\n"):
        if _addressed(line):
            return start
        start += len(line) + 1
    return None


@lru_cache(maxsize=16384)
def _addressed(line: str) -> bool:
    form = search_form(line).text
    return any(pattern.search(form) for pattern in _patterns("instructions.txt"))


def pieces_of(line: str) -> NDArray[np.float64]:
    """The pieces of a line's words, shape ``(PIECES,)``."""
    found = np.zeros(PIECES)
    count_ngrams(found, "a", line)
    return found


def _likely(model: str, row: NDArray[np.float64]) -> float:
    weights, bias = _weights(model)
    return probability(float(row @ weights) + bias)


@cache
def _weights(model: str) -> tuple[NDArray[np.float64], float]:
    stored = _stored()[model]
    return np.array(stored["weights"]) / stored["scale"], float(stored["bias"])


@cache
def _stored() -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(resources.files("kb.verify").joinpath("addressed.json").read_text(encoding="utf-8"))
    return stored


class Injections:
    """Tells of the sentences around a quote whether one speaks to a program; with another embedder than the bundled one by pieces alone."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._seen: Recent[str, float] = Recent(4096)

    def around(self, text: str, end: int) -> float:
        """How likely a sentence of a passage speaks to a program: of those that begin before ``end``, a quote's, and the next `AFTER`."""
        spans, start = [], 0
        for line in text.split("\n"):
            spans += [(start + first, start + last) for first, last in sentence_spans(line, "und")]
            start += len(line) + 1
        before = sum(1 for first, _ in spans if first < end)
        return max((self.chance(text[first:last]) for first, last in spans[: before + AFTER]), default=0.0)

    def chance(self, sentence: str) -> float:
        """How likely a sentence speaks to a program."""
        return self._seen.through([sentence], lambda missing: [self._told(one) for one in missing])[0]

    def _told(self, sentence: str) -> float:
        pieces = pieces_of(sentence)
        if (likely := _likely("pieces", pieces)) < LEAST or self._embedder.name != _stored()["embedder"]:
            return likely
        vector = self._embedder.passages([sentence])[0].astype(np.float64) - np.array(_stored()["mean"])
        return _likely("both", np.concatenate([vector * VECTOR, pieces]))


def only_told(statement: str, quotes: Sequence[str]) -> str:
    """The word of telling that every sentence of the quotes has one of and the statement none; "" where that is not so."""
    if _telling(statement):
        return ""
    told = [_telling(quote[start:end]) for quote in quotes for start, end in sentence_spans(quote, "und")]
    return told[0] if told and all(told) else ""


@lru_cache(maxsize=4096)
def _telling(sentence: str) -> str:
    form = search_form(sentence).text
    return next((match[0] for pattern in _patterns("told.txt") if (match := pattern.search(form))), "")


@cache
def _patterns(name: str) -> tuple[regex.Pattern[str], ...]:
    lines = resources.files("kb.verify").joinpath(name).read_text(encoding="utf-8").splitlines()
    return tuple(regex.compile(folded(line)) for line in lines if line and not line.startswith("#"))
