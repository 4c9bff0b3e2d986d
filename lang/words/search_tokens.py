"""Text to search tokens: words as stems, parts of words for what a stem misses, and which words carry content.

The same function serves passages and questions. The language of the pool that is searched chooses the stemmer of its
script, so a Hindi question is stemmed as Marathi when it looks for Marathi passages; everything else goes by script.
Content words are what a question and a sentence can share: the stems without function words (stop words) and particles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import regex
from spellchecker import SpellChecker

from lang.languages import Language, Script, known_of, script_of
from lang.normalise import search_form
from lang.references import arabic_labels
from lang.words import japanese, stemming

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
    """Split ``text`` into tokens; ``language`` chooses the stemmer of the words in its script."""
    words: list[str] = []
    parts: list[str] = []
    devanagari: Language = "hi" if language == "hi" else "mr"
    latin: Language = language if script_of(language) == "latin" else "en"
    for kind, surface in _surfaces(_POSSESSIVE.sub("", arabic_labels(search_form(text).text))):
        if kind == "cjk":
            words.extend(_clean(form) for form in japanese.normal_forms(surface) if _JAPANESE_WORD.search(form))
            parts.extend(_bigrams(surface))
        elif kind == "number":
            words.append(_number(surface)[:_LONGEST_WORD])
        elif kind == "initials":
            words.append(surface.replace(".", "")[:_LONGEST_WORD])
        else:
            stemmed, pieces = _word(surface[:_LONGEST_WORD], devanagari, latin)
            if stemmed:  # nothing is left of marks without a letter
                words.append(stemmed)
            parts.extend(pieces)
    return Tokens(tuple(words), tuple(parts))


def _surfaces(text: str) -> Iterator[tuple[str, str]]:
    for match in _WORD.finditer(text):
        yield match.lastgroup or "word", match.group()


@lru_cache(maxsize=100_000)
def _word(surface: str, devanagari: Language, latin: Language) -> tuple[str, tuple[str, ...]]:
    is_devanagari = _DEVANAGARI.search(surface) is not None
    stemmed = stemming.stem(surface, devanagari if is_devanagari else latin)
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


_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
_DEVANAGARI_LETTER = regex.compile(r"\p{Devanagari}")
_LATIN = regex.compile(r"\p{Latin}")
DEVANAGARI_WORD = regex.compile(r"\p{Devanagari}+")
_JOINED_IN_JAPANESE = regex.compile(
    r"\p{Latin} ?(?:[のはがをにでとへもや]|から|まで)(?!\p{Hiragana})|(?:ます|です|した|とは)か?[。？?]?\s*$"
)
JOINING = 2
"""Words that ask or join in Devanagari, from which a sentence is in it."""
_PARTICLE = regex.compile(r"\p{Hiragana}{1,2}")


def script(text: str) -> Script:
    """The script that most of a text is in; a Japanese or Devanagari character counts twice, for it carries more than a Latin letter."""
    counts: dict[Script, int] = {
        "latin": len(_LATIN.findall(text)),
        "devanagari": 2 * len(_DEVANAGARI_LETTER.findall(text)),
        "japanese": 2 * len(_JAPANESE.findall(text)),
    }
    best = max(counts, key=lambda s: counts[s])
    return best if counts[best] else "none"


def joined_in(text: str) -> Script:
    """The script of what joins the words of a text, however many of these are in another; "none" where neither of ours joins them."""
    if _JOINED_IN_JAPANESE.search(text):
        return "japanese"
    joining = sum(is_function_word(word, "mr") or is_function_word(word, "hi") for word in DEVANAGARI_WORD.findall(text))
    return "devanagari" if joining >= JOINING else "none"


@lru_cache(maxsize=4096)
def content_words(text: str, language: Language) -> tuple[str, ...]:
    """The stems of a text without function words and Japanese particles, in order, with repetitions.

    ``language`` is that of the pool in which texts are compared: question and sentence are analysed alike.
    """
    skip = _function_words(language)
    return tuple(w for w in analyse(text, language).words if w not in skip and not _PARTICLE.fullmatch(w))


@lru_cache(maxsize=4096)
def word_parts(text: str, language: Language) -> tuple[str, ...]:
    """Parts of the words of a text (prefixes, Japanese bigrams), which still match where a stem does not."""
    return analyse(text, language).parts


def is_function_word(word: str, language: Language) -> bool:
    """Whether a word (case-folded) asks or joins more than it says: *which*, है, *of*."""
    return word in _function_words(language)


@lru_cache(maxsize=8)
def _function_words(language: Language) -> frozenset[str]:
    own, english = known_of(language).get("function_words", ""), known_of("en")["function_words"]
    return frozenset([*own.split(), *english.split(), *analyse(own, language).words, *analyse(english, "en").words])


def is_english_word(word: str) -> bool:
    """Whether ``word`` is one of some 160,000 words of English, in any form and in American spelling (*stalls*, *resolved*)."""
    return word.casefold() in _english_words()


@cache
def _english_words() -> frozenset[str]:
    return frozenset(SpellChecker(language="en").word_frequency.dictionary)
