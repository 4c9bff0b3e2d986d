"""A passage whose document title or heading says what is asked for scores better.

What counts is how much of the *heading* the question covers, not how much of the question the heading covers: a question is
longer than any heading, and a heading of which every word is asked for is what the asker means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from ingest.records import Language
from kb.represent.analyse import analyse

WEIGHT = 3.0
"""Standard deviations of the dense score that a heading counts of which every word is asked for."""
_OPENING = 60
"""A title that is only the beginning of the passage was taken from it and says nothing more."""


def headings(title: str, path: Sequence[str], text: str) -> tuple[str, ...]:
    """The document's title and the headings above a passage, without those that are merely its own first words."""
    return tuple(heading for heading in (title, *path) if heading and not text.startswith(heading[:_OPENING]))


def words(heading: str, language: Language) -> frozenset[str]:
    """The search words of a heading."""
    return _words(heading, language)


def match(asked: frozenset[str], lines: Sequence[frozenset[str]], idf: Callable[[str], float] | Mapping[str, float]) -> float:
    """From 0 to 1: the idf of the asked words of a heading as a share of the idf of all its words, of the best heading."""
    weigh = idf if callable(idf) else idf.__getitem__
    best = 0.0
    for line in lines:
        common = line & asked
        if common:
            best = max(best, sum(map(weigh, common)) / max(sum(map(weigh, line)), 1e-9))
    return best


@lru_cache(maxsize=20_000)
def _words(heading: str, language: Language) -> frozenset[str]:
    return frozenset(analyse(heading, language).words)
