"""Where the tokens of a question stand in the sentences: late interaction, without a model of its own.

Each token of the question looks for its nearest token in a sentence, in the states of the embedding model (MaxSim: Khattab and
Zaharia 2020, *ColBERT*). Averaged with the weight of what each token says, that is the recall of BERTScore (Zhang et al. 2020). It
works within a language and across.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex

from kb.answer.scoring.candidates import Candidate
from kb.ports import FloatMatrix, FloatVector
from kb.represent.embed import TokenStates
from lang.identify import detect
from lang.lexical.content_words import is_function_word, script

CARRIED = 0.6
"""How much of what the sentence before says better counts for a sentence, which often speaks of the same thing by a pronoun."""
BRIDGED = 0.93
"""The cosine of a question's token with a term of the glossary that names the same thing in another script."""
LIKE_LAST = (0.45, 0.6)
"""What brings cosines of middle states to the mean and spread of those of last states, across scripts (150 sentences of SIB-200)."""
LOOSEST = 5
"""One in so many of the question's telling tokens is looked at by `Aligned.loosest` and `Aligned.nowhere`: those that fit worst."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_TELLS = regex.compile(r"[\p{L}\p{N}]")
_JAPANESE_FUNCTION = regex.compile(r"\p{Hiragana}{1,5}|(?:何|誰)\p{Hiragana}*")
_JAPANESE = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


@dataclass(frozen=True, slots=True)
class Aligned:
    """How a question fits one sentence; cosines from about 0.7 (unrelated) to 1.

    ``recall`` is the weighted mean of its tokens' nearest cosines, ``passage`` that in all looked-at sentences of the passage together,
    ``nowhere`` the mean of the tokens that fit worst in all that were looked at: by the model's last states, which tell whether two texts
    speak of the same. ``carried`` is the recall with a share of the sentence before, ``loosest`` the mean of the tokens that fit worst,
    ``around`` the recall in the passage: for a sentence in another script by the middle states, which tell where a word stands.
    """

    recall: float = 0.0
    carried: float = 0.0
    loosest: float = 0.0
    passage: float = 0.0
    around: float = 0.0
    nowhere: float = 0.0


UNALIGNED = Aligned()
"""Of a sentence whose tokens were not looked at."""


def align(
    question: str,
    asked: TokenStates,
    candidates: Sequence[Candidate],
    states: Sequence[TokenStates],
    bridges: Sequence[Sequence[tuple[int, int]]] = (),
) -> list[Aligned]:
    """How the question fits each candidate, in their order.

    Args:
        question: as it was asked.
        asked: its tokens.
        candidates: n sentences in the order of their passages.
        states: the tokens of each.
        bridges: the spans of the question whose term each candidate names in its own script (see `glossary_overlap`): they stand
            there, whatever the states say.
    """
    weights = weights_of(question, asked)
    if not len(weights) or not candidates:
        return [UNALIGNED for _ in candidates]
    last = np.array([_nearest(asked.states, each.states) for each in states], dtype=np.float32)
    nearest = last.copy()
    for i, (candidate, each) in enumerate(zip(candidates, states, strict=True)):
        if asked.middle is not None and each.middle is not None and script(candidate.text) != script(question):
            nearest[i] = LIKE_LAST[0] + LIKE_LAST[1] * _nearest(asked.middle, each.middle)
    for i, spans in enumerate(bridges):
        for start, end in spans:
            there = asked.rows(start, end)
            last[i, there] = np.maximum(last[i, there], BRIDGED)
            nearest[i, there] = np.maximum(nearest[i, there], BRIDGED)
    carried = nearest.copy()
    for i in range(1, len(candidates)):
        if _follows(candidates[i - 1], candidates[i]):
            carried[i] = np.maximum(nearest[i], nearest[i] + CARRIED * (nearest[i - 1] - nearest[i]))
    telling = np.flatnonzero(weights > 0)
    few = max(1, len(telling) // LOOSEST)
    loosest = np.sort(carried[:, telling], axis=1)[:, :few].mean(axis=1)
    passage, around = (_in_passages(candidates, cosines, weights) for cosines in (last, nearest))
    nowhere = float(np.sort(last.max(axis=0)[telling])[:few].mean())
    return [
        Aligned(
            recall=float(last[i] @ weights),
            carried=float(carried[i] @ weights),
            loosest=float(loosest[i]),
            passage=passage[candidate.hit.chunk],
            around=around[candidate.hit.chunk],
            nowhere=nowhere,
        )
        for i, candidate in enumerate(candidates)
    ]


def _in_passages(candidates: Sequence[Candidate], cosines: FloatMatrix, weights: FloatVector) -> dict[int, float]:
    """The recall in each passage, by the number of its chunk."""
    rows: dict[int, list[int]] = {}
    for i, candidate in enumerate(candidates):
        rows.setdefault(candidate.hit.chunk, []).append(i)
    return {chunk: float(cosines[of_chunk].max(axis=0) @ weights) for chunk, of_chunk in rows.items()}


def weights_of(question: str, asked: TokenStates) -> FloatVector:
    """What each token of the question counts for, summing to 1: its rarity; nothing for function words and punctuation."""
    telling = np.asarray(asked.telling, dtype=np.float32)
    kept = telling.copy()
    silent = _silent(question)
    for i, (start, end) in enumerate(asked.spans):
        piece = question[start:end].strip()
        japanese = _JAPANESE.search(question) is not None and _JAPANESE_FUNCTION.fullmatch(piece) is not None
        if japanese or not _TELLS.search(piece) or any(start < last and first < end for first, last in silent):
            kept[i] = 0.0
    weights = kept if float(kept.sum()) > 0 else telling
    return np.asarray(weights / max(float(weights.sum()), 1e-9), dtype=np.float32)


def _silent(question: str) -> list[tuple[int, int]]:
    """The spans of the function words of a question that separates its words by spaces."""
    language = detect(question[:2000])
    return [] if language == "ja" else [m.span() for m in _WORD.finditer(question) if is_function_word(m[0].casefold(), language)]


def _nearest(asked: FloatMatrix, said: FloatMatrix) -> FloatVector:
    return np.asarray((asked @ said.T).max(axis=1), dtype=np.float32) if len(said) else np.zeros(len(asked), dtype=np.float32)


def _follows(first: Candidate, second: Candidate) -> bool:
    """Whether the second is the next sentence of the same passage; what lies between is white space."""
    return second.follows and first.hit.chunk == second.hit.chunk and first.end <= second.start <= first.end + 4


__all__ = ["UNALIGNED", "Aligned", "align", "weights_of"]
