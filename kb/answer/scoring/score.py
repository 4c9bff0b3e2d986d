"""How well each candidate sentence answers the question.

``score = z(dense) + lexical + names + aligned + passage + cue``: the sentence's own cosine to the question, its words where
the two share a script and its names where they do not, how the question's tokens fit it and its passage, the standing of its passage
among the hits, and whether it holds the kind of thing that was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.records import AUTHORITY
from kb.answer.scoring.candidates import Candidate
from kb.answer.scoring.lexical import standardise
from kb.answer.scoring.token_alignment import UNALIGNED, Aligned
from kb.answer.spans.answer_types import asked_for, holds
from kb.ports import FloatMatrix, FloatVector
from lang.lexical.content_words import script

ACROSS = 0.048
"""How much lower multilingual-e5-small sets the cosine of a question and its answer in another language (0.873 and 0.825, XQuAD en/hi)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for. ``docs/answers.md`` says how they were fitted."""

    dense: float = 0.9
    lexical: float = 1.5
    names: float = 0.3
    passage: float = 1.2
    cue: float = 1.8
    carried: float = 0.0
    loosest: float = 0.9
    aligned_passage: float = 0.8
    fragment: float = 1.0
    authority: float = 0.1


SAME_SCRIPT = Weights()
"""The weights of sentences in the question's script."""
ACROSS_LANGUAGES = Weights(
    dense=1.2, lexical=0.0, names=0.3, passage=1.4, cue=1.2, carried=1.7, loosest=0.6, aligned_passage=2.0, fragment=0.9
)
"""The weights of sentences in another script than the question's."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its signals.

    ``dense`` is its cosine to the question, ``lexical`` its standardised BM25 (0 across scripts), ``names`` its share of the question's
    names (0 in the question's script), ``aligned`` how the question's tokens fit it.
    """

    candidate: Candidate
    score: float
    dense: float
    lexical: float
    names: float = 0.0
    aligned: Aligned = UNALIGNED


def score(
    question: str,
    query: FloatVector,
    candidates: Sequence[Candidate],
    lexical: FloatVector,
    names: FloatVector,
    vectors: FloatMatrix,
    aligned: Sequence[Aligned],
) -> list[Scored]:
    """Score the candidates, in their order.

    Args:
        question: as it was asked.
        query: its vector, shape ``(dimension,)``.
        candidates: n sentences.
        lexical: their standardised BM25, shape ``(n,)``.
        names: their share of the question's names, shape ``(n,)``, see `kb.answer.scoring.name_overlap`.
        vectors: row i is the vector of candidate i, shape ``(n, dimension)``.
        aligned: how the question's tokens fit each.
    """
    dense = vectors @ query
    across = np.array([script(c.text) != script(question) for c in candidates])
    kind = asked_for(question)
    columns = {
        "dense": standardise(np.asarray(dense + ACROSS * across, dtype=np.float32)),
        "lexical": standardise(lexical),
        "names": names,
        "passage": np.array([c.passage for c in candidates]),
        "cue": np.array([kind is not None and holds(c.text, kind) for c in candidates]),
        "carried": standardise(np.array([a.carried for a in aligned], dtype=np.float32)),
        "loosest": standardise(np.array([a.loosest for a in aligned], dtype=np.float32)),
        "aligned_passage": standardise(np.array([a.around for a in aligned], dtype=np.float32)),
        "fragment": -np.array([c.fragment for c in candidates], dtype=np.float32),
        "authority": np.array([AUTHORITY[c.hit.kind] - 1 for c in candidates]),
    }
    total = sum(np.where(across, getattr(ACROSS_LANGUAGES, n), getattr(SAME_SCRIPT, n)) * column for n, column in columns.items())
    rows = zip(candidates, total, dense, lexical, names, aligned, strict=True)
    return [Scored(c, float(t), float(d), float(x), float(n), a) for c, t, d, x, n, a in rows]
