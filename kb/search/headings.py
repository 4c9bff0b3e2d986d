"""A passage whose document title or heading says what is asked for scores better.

What counts is how much of the *heading* the question covers: a question is longer than any heading, and a heading of which every
word is asked for is what the asker means. A heading of which that is true by chance ("Japan") says little of what is asked for, so
it counts in full only if it holds `TELLING` of that. A title counts alike for every
passage of its document, also for the one that opens with it: were that one left out, the passage that says what the thing is
would fall behind all others about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import regex

from lang.codes import Language
from lang.lexical.analyse import analyse

WEIGHT = 3.0
"""Standard deviations of the dense score that a heading counts of which every word is asked for."""
TELLING = 0.4
"""Share of the question's idf from which a heading counts in full. Without it jsquad-ja loses 0.003 nDCG@10 to headings."""
_SENTENCE = regex.compile(r"[.।。！？!?…][\"'”’」』)）]*$")


def headings(title: str, path: Sequence[str]) -> tuple[str, ...]:
    """The headings above a passage and its document's title, unless that is a sentence: a paper without a title is called by its first."""
    return tuple(heading for heading in (() if _SENTENCE.search(title) else (title,)) + tuple(path) if heading)


def words(heading: str, language: Language) -> frozenset[str]:
    """The search words of a heading."""
    return _words(heading, language)


def match(asked: frozenset[str], lines: Sequence[frozenset[str]], idf: Callable[[str], float] | Mapping[str, float]) -> float:
    """From 0 to 1, of the best heading: the idf of its asked words as a share of that of all its words, times their say in the question."""
    weigh = idf if callable(idf) else idf.__getitem__
    enough = max(TELLING * sum(map(weigh, asked)), 1e-9)
    best = 0.0
    for line in lines:
        common = sum(map(weigh, line & asked))
        if common:
            best = max(best, common / max(sum(map(weigh, line)), 1e-9) * min(common / enough, 1.0))
    return best


@lru_cache(maxsize=20_000)
def _words(heading: str, language: Language) -> frozenset[str]:
    return frozenset(analyse(heading, language).words)
