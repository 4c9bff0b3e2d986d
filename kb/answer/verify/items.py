"""Items of a list that the evidence does not have: *… flood warning, city data and a zoo*.

An item counts as missing when none of its words finds a near token in the quotes. The whole sentence can align well while one item of it
stands nowhere, so the support of the sentence does not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import regex

from ingest.records import Language
from kb.answer.verify.support import TokenEncoder, reach
from kb.answer.words import content_words, is_function_word, script
from kb.records import Finding
from kb.represent.embed import TokenStates

MISSING = {"same": 0.9, "across": 0.81, "across_devanagari": 0.835, "across_japanese": 0.78}
"""The cosine of an item's nearest word below which the evidence has no such item.

On translated sentences of SIB-200, with and without an item put in, the half for measuring: noticed across scripts .78, between Marathi
and Hindi .73, with Japanese .70; false alarms .02, .05 and .04. In the same language .9 of those put in are noticed; of WiCE's 40
supported claims that are called verified 2 are then called partial.
"""
MOST_WORDS = 6
"""Words of an item; what is longer is a clause, which says more than that something is there as well."""
LEAST_WORDS = 4
"""Content words of a statement that is looked at."""

_BETWEEN: dict[str, regex.Pattern[str]] = {
    "en": regex.compile(r",? (?:and|or|as well as) |, "),
    "hi": regex.compile(r" (?:और|तथा|एवं|या|व) |, "),
    "mr": regex.compile(r" (?:आणि|व|तसेच|किंवा) |, "),
    "ja": regex.compile(r"、|及び|および|並びに|ならびに|または|又は|や(?=[\p{Han}\p{Katakana}])|と(?=[\p{Han}\p{Katakana}])"),
}
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]{2,}")
_JAPANESE_WORD = regex.compile(r"[\p{Katakana}ー]+|\p{Han}+|[\p{Latin}\p{N}]+")


class ItemChecker:
    """Looks the items of a list up. ``tokens`` are the states of ``model``; with one that no threshold was fitted for, it says nothing."""

    def __init__(self, tokens: TokenEncoder, model: str) -> None:
        self._tokens = tokens
        self._fitted = model.startswith("multilingual-e5-small")

    def check(self, statement: str, language: Language, quotes: Sequence[str]) -> tuple[Finding, ...]:
        """A finding for each item, in order, of which no word stands in the quotes."""
        spans = tuple(items(statement, language)) if self._fitted else ()
        if not spans or not quotes:
            return ()
        said, *shown = self._tokens([statement, *quotes])
        nearest = np.max([(said.states @ quote.states.T).max(axis=1) for quote in shown if len(quote.states)], axis=0)
        least = MISSING[reach(statement, quotes)]
        own = script(statement)
        there = {word for quote in quotes if script(quote) == own for word in content_words(quote, language)}
        return tuple(
            Finding("word", statement[start:end].strip())
            for start, end in spans
            if not there & set(content_words(statement[start:end], language))
            and _best(statement, start, end, language, said, nearest) < least
        )


def items(statement: str, language: Language) -> Iterator[tuple[int, int]]:
    """The spans of the items that are joined by commas and *and*; without the first, which goes on what the sentence began with.

    Of the last the first word, where the verb of the sentence follows it.
    """
    between = _BETWEEN.get(language)
    cuts = [m.span() for m in between.finditer(statement)] if between is not None else []
    if not cuts or len(list(_words(statement, 0, len(statement), language))) < LEAST_WORDS:
        return
    for (_, start), (end, _) in zip(cuts, [*cuts[1:], (len(statement), 0)], strict=True):
        words = list(_words(statement, start, end, language))
        if 0 < len(words) <= MOST_WORDS:
            last = end == len(statement) and language != "en"
            yield start, words[0][1] if last else end


def _words(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    for match in (_JAPANESE_WORD if language == "ja" else _WORD).finditer(text, start, end):
        if language == "ja" or not is_function_word(match[0].casefold(), language):
            yield match.span()


def _best(
    text: str, start: int, end: int, language: Language, said: TokenStates, nearest: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> float:
    """The cosine of the item's word that fits the quotes best; 1 where the model tells of none where it stands."""
    found = []
    for first, last in _words(text, start, end, language):
        rows = [at for at, (a, b) in enumerate(said.spans) if a < last and b > first and at < len(nearest)]
        if rows:
            found.append(float(nearest[rows].mean()))
    return max(found, default=1.0)


__all__ = ["ItemChecker", "items"]
