"""The sentence of the evidence whose own words a statement uses: with that one it is compared fact by fact, not with all the quotes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import regex

from lang.codes import Language
from lang.lexical.content_words import content_words
from lang.normalise import search_form

OWN_WORDS = 0.66
"""Share of the statement's words that the sentence must hold."""
SAME_EXTENT = 0.75
"""Share of the sentence's words that the statement must hold for the two to say the same and nothing else."""
_UNIT = regex.compile(r"[\p{Latin}\p{Devanagari}\p{M}]+|\p{N}+|[\p{Han}\p{Katakana}ー]|\p{Hiragana}")


def closest(statement: str, sentences: Sequence[str]) -> str | None:
    """The sentence that holds most of the statement's words; None where the best holds less than `OWN_WORDS` of them."""
    said = _units(statement)
    if not said:
        return None
    best = max(sentences, key=lambda sentence: (_held(said, _units(sentence)), _held(_units(sentence), said)), default=None)
    return best if best is not None and _held(said, _units(best)) >= OWN_WORDS else None


def exchanged_words(statement: str, sentence: str, evidence: Sequence[str], language: Language) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Content words (stems) of a statement that no quote has, and those that it left out of the sentence it follows.

    A word put in or exchanged makes another claim of the same words: *the secretariat of the committee meets twice a year*.
    """
    said, shown = content_words(statement, language), content_words(sentence, language)
    anywhere = {word for text in evidence for word in content_words(text, language)}
    return tuple(w for w in said if w not in anywhere), tuple(w for w in shown if w not in set(said))


def says_the_same(statement: str, sentence: str) -> bool:
    """Whether two sentences share most words of each."""
    said, shown = _units(statement), _units(sentence)
    return _held(said, shown) >= OWN_WORDS and _held(shown, said) >= SAME_EXTENT


def _held(part: Counter[str], whole: Counter[str]) -> float:
    return (part & whole).total() / max(1, part.total())


@lru_cache(maxsize=4096)
def _units(text: str) -> Counter[str]:
    """Words, and of Japanese the pairs of neighbouring characters, which tell more than single ones."""
    units: list[str] = _UNIT.findall(search_form(text).text)
    japanese = [unit for unit in units if regex.fullmatch(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]", unit)]
    return Counter([u for u in units if u not in set(japanese)] + [a + b for a, b in itertools.pairwise(japanese)])
