"""How many of the question's words a sentence holds, and how telling they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from kb.answer.scoring.candidates import Candidate
from kb.ports import FloatVector
from lang.codes import Language
from lang.lexical.content_words import content_words, script, word_parts

K1, B = 1.2, 0.5
PARTS = 0.3
"""What a shared part of a word counts for beside a shared stem."""
CARRIED = 0.4
"""The share of a sentence's words that counts for the next one, which often speaks of the same thing by a pronoun."""


def lexical_scores(question: str, candidates: Sequence[Candidate]) -> FloatVector:
    """Standardised BM25 of each candidate, shape ``(n,)``, with a share of the sentence before it.

    BM25 (Robertson and Zaragoza, 2009) takes the candidates themselves as the collection. A candidate in another script than the
    question has no say: it gets 0, the mean.
    """
    written = script(question)
    same = [i for i, c in enumerate(candidates) if script(c.text) == written]
    scores = np.zeros(len(candidates), dtype=np.float32)
    scores[same] = standardise(
        np.array(words_shared(question, [(candidates[i].text, candidates[i].hit.language) for i in same]), dtype=np.float32)
    )
    carried = np.array([c.follows for c in candidates], dtype=np.float32)
    carried[1:] *= scores[:-1]
    return scores + CARRIED * carried


def standardise(values: FloatVector) -> FloatVector:
    """Mean 0, standard deviation 1; all 0 when the values do not differ."""
    spread = float(values.std()) if values.size else 0.0
    return np.asarray((values - values.mean()) / spread, dtype=np.float32) if spread > 1e-9 else np.zeros_like(values)


def words_shared(question: str, texts: Sequence[tuple[str, Language]]) -> list[float]:
    """BM25 of the question's words, and with less weight of their parts, in each text of its language; the texts are the collection."""
    whole = _bm25([(content_words(question, language), content_words(text, language)) for text, language in texts])
    parts = _bm25([(word_parts(question, language), word_parts(text, language)) for text, language in texts])
    return [w + PARTS * p for w, p in zip(whole, parts, strict=True)]


def _bm25(pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[float]:
    counts = [Counter(text) for _, text in pairs]
    mean = sum(c.total() for c in counts) / max(len(counts), 1) or 1.0
    frequency = Counter(word for count in counts for word in count)
    scores = []
    for (asked, _), count in zip(pairs, counts, strict=True):
        norm = K1 * (1 - B + B * count.total() / mean)
        scores.append(
            sum(
                math.log(1 + (len(counts) - frequency[w] + 0.5) / (frequency[w] + 0.5)) * count[w] * (K1 + 1) / (count[w] + norm)
                for w in set(asked)
                if w in count
            )
        )
    return scores
