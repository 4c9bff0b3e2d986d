"""Text to search tokens: words as stems, and parts of words for what a stem misses.

The same function serves passages and questions. Which Devanagari stemmer is used depends on the language of the pool that
is searched, so a Hindi question is stemmed as Marathi when it looks for Marathi passages; everything else goes by script.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from lang.codes import Language
from lang.lexical import japanese, stemming
from lang.normalise import search_form
from lang.references import arabic_labels

_CJK = r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆ヶ]"
_WORD = regex.compile(
    rf"(?P<cjk>{_CJK}+)"
    rf"|(?P<number>\p{{Nd}}++(?:[.,]\p{{Nd}}++)*+(?!(?!{_CJK})[\p{{L}}\p{{M}}]))"
    r"|(?P<initials>(?<![\p{L}\p{N}])(?:\p{Script=Latin}\.){2,})"
    rf"|(?P<word>(?:(?!{_CJK})[\p{{L}}\p{{M}}\p{{N}}])+)"
)
_POSSESSIVE = regex.compile(r"['’]s\b")
_DEVANAGARI = regex.compile(r"\p{Script=Devanagari}")
_JAPANESE_WORD = regex.compile(r"[\p{L}\p{N}]")
_NOT_TOKEN = regex.compile(r"[^\p{L}\p{M}\p{N}]+")

_DECIMAL_POINT = "٫"  # not ASCII, so that the index keeps 3.5 in one piece

_LONGEST_WORD = 64
"""Longer runs are no words (hashes, base64); they are cut so that one of them cannot swell the index."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a text is searched by, in the order of the text and with repetitions. No token holds an ASCII separator."""

    words: tuple[str, ...]
    parts: tuple[str, ...]


def analyse(text: str, language: Language) -> Tokens:
    """Split ``text`` into tokens; ``language`` chooses the stemmer of Devanagari words."""
    words: list[str] = []
    parts: list[str] = []
    devanagari = "hi" if language == "hi" else "mr"
    for kind, surface in _surfaces(_POSSESSIVE.sub("", arabic_labels(search_form(text).text))):
        if kind == "cjk":
            words.extend(_clean(form) for form in japanese.normal_forms(surface) if _JAPANESE_WORD.search(form))
            parts.extend(_bigrams(surface))
        elif kind == "number":
            words.append(_number(surface)[:_LONGEST_WORD])
        elif kind == "initials":
            words.append(surface.replace(".", "")[:_LONGEST_WORD])
        else:
            stemmed, pieces = _word(surface[:_LONGEST_WORD], devanagari)
            if stemmed:  # nothing is left of marks without a letter
                words.append(stemmed)
            parts.extend(pieces)
    return Tokens(tuple(words), tuple(parts))


def _surfaces(text: str) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text):
        yield match.lastgroup or "word", match.group()


@lru_cache(maxsize=100_000)
def _word(surface: str, devanagari: str) -> tuple[str, tuple[str, ...]]:
    is_devanagari = _DEVANAGARI.search(surface) is not None
    stemmed = stemming.STEMMERS[devanagari if is_devanagari else "en"](surface)
    folded = stemming.fold(surface) if is_devanagari else surface
    return stemmed, _prefixes(folded)


def _prefixes(word: str) -> tuple[str, ...]:
    return tuple(word[:length] for length in (4, 5) if len(word) >= length)


def _bigrams(text: str) -> Iterator[str]:
    if len(text) == 1:
        yield text
    for left, right in itertools.pairwise(text):
        yield left + right


def _number(surface: str) -> str:
    """One key for 12,00,000 and 1200000; a single point or comma before one, two or many digits is a decimal sign."""
    pieces: list[str] = regex.split("[.,]", surface)
    if len(pieces) > 1 and all(len(piece) in (2, 3) for piece in pieces[1:]) and len(pieces[-1]) == 3 and "." not in surface:
        return "".join(pieces)
    return _DECIMAL_POINT.join(pieces)


def _clean(form: str) -> str:
    return _NOT_TOKEN.sub("", form.casefold())[:_LONGEST_WORD]
