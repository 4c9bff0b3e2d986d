"""The terms of the glossary that an area and a passage both name, in whatever language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np

from lang.lexical.content_words import content_words
from training.map.ports import FloatMatrix, Likeness, Passage, Said

GENERIC: Final = 0.3
"""What a word or term counts for that says who acts, or what is done with things of all sorts."""
_SAID: Final = (
    "municipal corporation city staff employee officer citizen resident public service system maintenance operation planning management "
    "inspection repair cost budget project programme agreement cooperation committee development use department ministry report water "
    "accelerate advance secure security promote promise unlock unleash strengthen support enhance enable joint international national "
    "global world country government initiative partnership innovation technology future new areas field foundation invest"
)


@cache
def generic() -> frozenset[str]:
    """The stems of such words in English."""
    return frozenset(word for name in _SAID.split() for word in content_words(name, "en"))


RELATED: Final = 0.5
"""What a term counts for that only shares words with the one that is wanted, at least `ALIKE` of the words of both."""
ALIKE: Final = 0.3


def compared_terms(areas: Sequence[Sequence[Said]], passages: Sequence[Passage], likeness: Likeness) -> tuple[FloatMatrix, FloatMatrix]:
    """How far the passages name the areas' terms, and the weight of the one they name best, each of shape ``(areas, passages)``.

    A term of an area weighs the more the fewer passages name it, and is shared among the areas that name it.
    """
    wanted = [_terms(texts, likeness) for texts in areas]
    standing = [_terms([Said(p.text, p.language)], likeness) for p in passages]
    in_passages = Counter(term for there in standing for term in there)
    in_areas = Counter(term for each in wanted for term in each)
    words_of = {term: words for each in wanted for term, words in each.items()}
    weight = {term: _weight(words_of[term], in_passages[term], len(standing)) / n for term, n in in_areas.items()}
    share, best = (np.zeros((len(areas), len(passages)), dtype=np.float32) for _ in range(2))
    for i, each in enumerate(wanted):
        total = sum(weight[term] for term in each)
        for j, there in enumerate(standing):
            if each and there and total > 0:
                fits = [weight[term] * _fit(term, words, there) for term, words in each.items()]
                share[i, j], best[i, j] = sum(fits) / total, max(fits)
    return share, best


def _weight(words: frozenset[str], named: int, of: int) -> float:
    """Of a term that ``named`` of so many passages name; its root, for what a whole collection is about is named in much of it."""
    rare = math.log((1 + of) / (0.5 + named)) / math.log(1 + of) if named else 1.0
    return math.sqrt(max(0.0, min(1.0, rare))) * (GENERIC if words <= generic() else 1.0)


def _terms(texts: Sequence[Said], likeness: Likeness) -> dict[str, frozenset[str]]:
    """The terms of texts, each by its usual English name with the words of that name."""
    names = dict.fromkeys(name for said in texts for name in likeness.names(said.text, said.language).get("en", ()))
    return {name: frozenset(content_words(name, "en")) for name in names}


def _fit(term: str, words: frozenset[str], there: Mapping[str, frozenset[str]]) -> float:
    if term in there:
        return 1.0
    return (
        RELATED
        if any((words & other) - generic() and len(words & other) >= ALIKE * len(words | other) for other in there.values())
        else 0.0
    )
