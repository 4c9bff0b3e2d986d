"""How well each candidate sentence answers the question.

``score = z(dense) + 0.5 * z(bm25) + w * passage + cue``: the sentence's own cosine to the question, its words where the two share a
script, the standing of its passage among the hits, and whether it holds the kind of thing that was asked for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.records import AUTHORITY
from kb.answer.candidates import Candidate
from kb.answer.cues import asked_for, holds
from kb.answer.ports import FloatMatrix, FloatVector
from kb.answer.words import content_words, script, word_parts


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for, in standard deviations of the dense signal. ``docs/answers.md`` says how they were chosen."""

    lexical: float = 0.5
    passage: float = 0.5
    cue: float = 0.4
    fragment: float = 1.0
    authority: float = 0.1


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its signals: ``dense`` is its cosine to the question, ``lexical`` its BM25 (0 across scripts)."""

    candidate: Candidate
    score: float
    dense: float
    lexical: float
    fits: bool


def lexical_scores(question: str, candidates: Sequence[Candidate], k1: float = 1.2, b: float = 0.5, parts: float = 0.3) -> list[float]:
    """BM25 (Robertson and Zaragoza, 2009) of each candidate for the question, with the candidates themselves as the collection.

    Stems count fully, parts of words by the share ``parts``.
    """
    whole = _bm25([(content_words(question, c.hit.language), content_words(c.text, c.hit.language)) for c in candidates], k1, b)
    partial = _bm25([(word_parts(question, c.hit.language), word_parts(c.text, c.hit.language)) for c in candidates], k1, b)
    return [w + parts * p for w, p in zip(whole, partial, strict=True)]


def _bm25(pairs: Sequence[tuple[Sequence[str], Sequence[str]]], k1: float, b: float) -> list[float]:
    counts = [Counter(text) for _, text in pairs]
    mean = sum(c.total() for c in counts) / max(len(counts), 1) or 1.0
    frequency = Counter(word for count in counts for word in count)
    scores = []
    for (asked, _), count in zip(pairs, counts, strict=True):
        norm = k1 * (1 - b + b * count.total() / mean)
        scores.append(
            sum(
                math.log(1 + (len(counts) - frequency[w] + 0.5) / (frequency[w] + 0.5)) * count[w] * (k1 + 1) / (count[w] + norm)
                for w in set(asked)
                if w in count
            )
        )
    return scores


def score(
    question: str, query: FloatVector, candidates: Sequence[Candidate], vectors: FloatMatrix, weights: Weights = Weights()
) -> list[Scored]:
    """Score the candidates, best first.

    Args:
        question: as it was asked.
        query: its vector, shape ``(dimension,)``.
        candidates: sentences, n of them.
        vectors: row i is the vector of candidate i, shape ``(n, dimension)``.
        weights: of the signals.
    """
    if not candidates:
        return []
    dense = vectors @ query
    same = np.array([script(c.text) == script(question) for c in candidates])
    lexical = np.array(lexical_scores(question, candidates)) * same
    kind = asked_for(question)
    fits = [kind is not None and holds(c.text, kind) for c in candidates]
    total = (
        _standardise(dense)
        + weights.lexical * _standardise(lexical) * same
        + weights.passage * np.array([c.passage for c in candidates])
        + weights.cue * np.array(fits)
        - weights.fragment * np.array([c.fragment for c in candidates])
        + weights.authority * np.array([AUTHORITY[c.hit.kind] - 1 for c in candidates])
    )
    scored = [Scored(c, float(t), float(d), float(x), f) for c, t, d, x, f in zip(candidates, total, dense, lexical, fits, strict=True)]
    return sorted(scored, key=lambda s: (-s.score, s.candidate.hit.rank, s.candidate.start))


def _standardise(values: np.ndarray) -> np.ndarray:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
