"""Signs that the documents answer a question, or do not: what the refusal rule weighs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.records import Language
from kb.answer.cues import asked_for, holds
from kb.answer.ports import FloatVector
from kb.answer.score import Scored
from kb.answer.words import content_words, script
from kb.records import Hit

LOOKED_AT = 12
"""Hits after these are taken for the background: what the documents hold that has little to do with the question."""
ENOUGH = 24

# Japanese beside another language: multilingual-e5-small gives parallel sentences a cosine lower by 0.06, unrelated ones by 0.04 and
# less than English, Hindi and Marathi among each other, and a rise over the mean lower by 0.035 and 0.003 (SIB-200, 1,004 sentences).
_JAPANESE_COSINE = 0.04
_JAPANESE_RISE = 0.018


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one question and the sentences on one side: those in its own script, or those in another.

    Cosines are centred on 0.83 and counted in twentieths. ``best`` and ``top`` are those of the nearest and of the first sentence,
    ``lead`` the nearest's distance from the median, ``passage_rise`` and ``sentence_rise`` the distance of the nearest passage and
    sentence from the mean of the language, ``passage_stands_out`` and ``sentence_stands_out`` from that of the background hits.
    ``covered_*`` is the share of the question's content words in the first sentence, its passage, the fullest sentence, all hits.
    """

    best: float
    top: float
    lead: float
    covered_top: float
    covered_passage: float
    covered_best: float
    covered_hits: float
    fits: float
    misfits: float
    brief: float
    passage_rise: float
    sentence_rise: float
    passage_stands_out: float
    sentence_stands_out: float


def signals_of(
    question: str,
    query: FloatVector,
    ranked: Sequence[Scored],
    hits: Sequence[Hit],
    background: Mapping[Language, FloatVector],
) -> tuple[Signals, bool]:
    """The signals of one side, and whether there were enough background hits for the two ``stands_out``, which are 0 otherwise.

    Args:
        question: as it was asked.
        query: its vector.
        ranked: sentences of one side, best first, at least one.
        hits: all hits of that side, best first.
        background: the mean vector of sentences in general, by language.
    """
    language = ranked[0].candidate.hit.language
    asked = set(content_words(question, language))
    near = hits[: max(1, LOOKED_AT)]
    far = [d for d in (h.channels.get("dense") for h in hits[LOOKED_AT:]) if d is not None]
    shift = _JAPANESE_COSINE if _with_japanese(question, ranked[0].candidate.text) else 0.0
    rise_shift = _JAPANESE_RISE if shift else 0.0

    dense = np.array([s.dense for s in ranked])
    best = float(dense.max())
    passage = max((d for d in (h.channels.get("dense") for h in near) if d is not None), default=best)
    mean = float(query @ background[language]) if language in background else 0.77
    kind = asked_for(question)
    fits = kind is not None and holds(ranked[0].candidate.text, kind)

    def covered(texts: Sequence[str]) -> float:
        return len(asked & {w for text in texts for w in content_words(text, language)}) / len(asked) if asked else 0.0

    enough = len(far) >= ENOUGH
    ground = float(np.mean(far)) if enough else 0.0
    return (
        Signals(
            best=20 * (best + shift - 0.83),
            top=20 * (ranked[0].dense + shift - 0.83),
            lead=20 * (best - float(np.median(dense))),
            covered_top=covered([ranked[0].candidate.text]),
            covered_passage=covered([ranked[0].candidate.hit.text]),
            covered_best=max(covered([s.candidate.text]) for s in ranked),
            covered_hits=covered([h.text for h in near[:8]]),
            fits=float(fits),
            misfits=float(kind is not None and not fits),
            brief=1 / max(1, len(asked)),
            passage_rise=20 * (passage - mean + rise_shift),
            sentence_rise=20 * (best - mean + rise_shift),
            passage_stands_out=20 * (passage - ground) if enough else 0.0,
            sentence_stands_out=20 * (best - ground) if enough else 0.0,
        ),
        enough,
    )


def _with_japanese(question: str, sentence: str) -> bool:
    return (script(question) == "japanese") != (script(sentence) == "japanese")
