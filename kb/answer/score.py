"""How well each candidate sentence answers the question.

``score = z(dense) + lexical + names + passage + cue``: the sentence's own cosine to the question, its words where the two share a
script and its names where they do not, the standing of its passage among the hits, and whether it holds the kind of thing that
was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.records import AUTHORITY
from kb.answer.candidates import Candidate
from kb.answer.cues import asked_for, holds
from kb.answer.lexical import standardise
from kb.answer.ports import FloatMatrix, FloatVector
from kb.answer.words import script

ACROSS = 0.048
"""How much lower multilingual-e5-small sets the cosine of a question and its answer in another language (0.873 and 0.825, XQuAD en/hi)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for beside the dense one. ``docs/answers.md`` says how they were chosen."""

    lexical: float = 0.9
    names: float = 2.0
    passage: float = 1.2
    cue: float = 0.9
    passage_across: float = 0.8
    cue_across: float = 0.5
    fragment: float = 2.0
    authority: float = 0.1


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its signals: ``dense`` is its cosine to the question, ``lexical`` its standardised BM25 (0 across scripts)."""

    candidate: Candidate
    score: float
    dense: float
    lexical: float


def score(
    question: str,
    query: FloatVector,
    candidates: Sequence[Candidate],
    lexical: FloatVector,
    names: FloatVector,
    vectors: FloatMatrix,
    weights: Weights = Weights(),
) -> list[Scored]:
    """Score the candidates, in their order.

    Args:
        question: as it was asked.
        query: its vector, shape ``(dimension,)``.
        candidates: n sentences.
        lexical: their standardised BM25, shape ``(n,)``.
        names: their share of the question's names, shape ``(n,)``, see `kb.answer.names`.
        vectors: row i is the vector of candidate i, shape ``(n, dimension)``.
        weights: of the signals.
    """
    dense = vectors @ query
    across = np.array([script(c.text) != script(question) for c in candidates])
    kind = asked_for(question)
    fits = np.array([kind is not None and holds(c.text, kind) for c in candidates])
    total = (
        standardise(np.asarray(dense + ACROSS * across, dtype=np.float32))
        + weights.lexical * standardise(lexical)
        + weights.names * names
        + np.where(across, weights.passage_across, weights.passage) * np.array([c.passage for c in candidates])
        + np.where(across, weights.cue_across, weights.cue) * fits
        - weights.fragment * np.array([c.fragment for c in candidates])
        + weights.authority * np.array([AUTHORITY[c.hit.kind] - 1 for c in candidates])
    )
    return [Scored(c, float(t), float(d), float(x)) for c, t, d, x in zip(candidates, total, dense, lexical, strict=True)]
