"""Signs that the documents answer a question, or do not: what the refusal rule weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.answer.scoring.score import Scored
from kb.ports import FloatVector
from kb.records import Hit
from lang.codes import Language
from lang.lexical.content_words import content_words, script

LOOKED_AT = 12
"""Hits after these are taken for the background: what the documents hold that has little to do with the question."""
ENOUGH = 24
COVERED_IN = 8
"""The hits in which `covered` looks for the question's words."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one question and the sentences on one side: those in its own language, or those in others.

    Cosines are counted in twentieths from where the two kinds of questions part, so that weights are near 1. ``passage`` and
    ``sentence`` are the best recall of the question's tokens in a passage and in a sentence (see `token_alignment`), ``nowhere`` how
    well its loosest tokens stand anywhere in what was read, ``names`` the share of its names in the best sentence (0 in its own
    script), ``brief`` 1 / its content words. ``rise`` is how far the nearest passage's cosine lies above the mean of its language,
    ``stands_out`` above that of the background hits; ``few`` says that there are too few of these; both are 0 then.
    ``japanese`` says that one of question and best sentence is Japanese and the other is not: all such cosines are lower.
    """

    passage: float
    sentence: float
    nowhere: float
    names: float
    brief: float
    rise: float
    stands_out: float
    few: float
    japanese: float


def signals_of(
    question: str,
    query: FloatVector,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    background: Mapping[Language, FloatVector],
) -> Signals:
    """The signals of one side.

    Args:
        question: as it was asked.
        query: its vector.
        ranked: sentences of one side, best first, at least one.
        hits: all hits of that side, best first.
        background: the mean vector of sentences in general, by language.
    """
    first = ranked[0].candidate
    language = first.hit.language
    far = [d for d in (h.channels.get("dense") for h in hits[LOOKED_AT:]) if d is not None]
    near = [d for d in (h.channels.get("dense") for h in hits[:LOOKED_AT]) if d is not None]
    nearest = max(near, default=max(s.dense for s in ranked))
    mean = float(query @ background[language]) if language in background else 0.77
    enough = len(far) >= ENOUGH
    return Signals(
        passage=20 * (max(s.aligned.passage for s in ranked) - 0.85),
        sentence=20 * (max(s.aligned.recall for s in ranked) - 0.85),
        nowhere=20 * (ranked[0].aligned.nowhere - 0.8),
        names=ranked[0].names,
        brief=1 / max(1, len(set(content_words(question, language)))),
        rise=20 * (nearest - mean) if enough else 0.0,
        stands_out=20 * (nearest - float(np.mean(far))) if enough else 0.0,
        few=float(not enough),
        japanese=float((script(question) == "japanese") != (script(first.text) == "japanese")),
    )


def covered(question: str, language: Language, hits: Sequence[Hit]) -> float:
    """The share of the question's content words that stand in the first hits, analysed in ``language``."""
    asked = set(content_words(question, language))
    there = {w for hit in hits[:COVERED_IN] for w in content_words(hit.text, language)}
    return len(asked & there) / len(asked) if asked else 0.0
