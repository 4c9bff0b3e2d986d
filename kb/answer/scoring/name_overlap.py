"""How many of the question's names a sentence in another script holds, and how telling they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.answer.scoring.candidates import Candidate
from kb.ports import FloatVector
from kb.store.namekeys import idf, worth
from lang.lexical.content_words import script
from lang.lexical.names import name_keys, names

BESIDE = 0.5
"""What a name counts that stands in the title or the headings of a sentence, or in the sentence before it."""


def name_scores(question: str, candidates: Sequence[Candidate]) -> FloatVector:
    """The share of the question's names in each candidate, from 0 to 1, shape ``(n,)``.

    A name weighs by its idf among the candidates of other scripts; one that none of them holds has no say. Candidates in the
    question's own script get 0: their words are compared as they are.
    """
    scores = np.zeros(len(candidates), dtype=np.float32)
    written = script(question)
    across = [i for i, c in enumerate(candidates) if script(c.text) != written]
    asked = names(question, candidates[across[0]].hit.language) if across else ()
    if not asked:
        return scores
    inside = {i: frozenset(name_keys(candidates[i].text, candidates[i].hit.language)) for i in across}
    beside = {i: _place(candidates[i]) | (inside.get(i - 1, frozenset()) if candidates[i].follows else frozenset()) for i in across}
    total = 0.0
    for name in asked:
        held = np.zeros(len(candidates), dtype=np.float32)
        for i in across:
            held[i] = max(_best(name.keys, inside[i]), BESIDE * _best(name.keys, beside[i]))
        weight = idf(len(across), int(np.count_nonzero(held)))
        total += weight * float(held.max())
        scores += np.float32(weight) * held
    return np.asarray(scores / total, dtype=np.float32) if total > 0 else scores


def _place(candidate: Candidate) -> frozenset[str]:
    """The names in the title of a sentence's document and in its headings."""
    return frozenset(name_keys(" ".join((candidate.hit.document, *candidate.hit.path)), candidate.hit.language))


def _best(keys: Sequence[str], there: frozenset[str]) -> float:
    return max((worth(key) for key in keys if key in there), default=0.0)
