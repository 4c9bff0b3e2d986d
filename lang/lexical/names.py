"""The name-like words of a text and the keys under which another script finds them.

The same person, place or loan word is spelled anew in every script, so keyword search cannot follow it from one to the other;
its sound can. See `lang.lexical.phonetics` for how a word becomes keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from lang.codes import Language
from lang.lexical import common_words, japanese, stemming
from lang.lexical.phonetics import keys
from lang.normalise import search_form

_WORD = regex.compile(
    r"(?P<latin>(?:\p{Script=Latin}\p{M}*)++(?:['’]s\b)?)"
    r"|(?P<devanagari>(?:\p{Script=Devanagari}|[\u200c\u200d])++)"
    r"|(?P<japanese>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆ヶ]++)"
)
_DANDA = regex.compile("[।॥०-९\u200c\u200d]")
_VOWELS = regex.compile(r"[\u0900-\u0903\u093e-\u094c]+")
_LONGEST = 32


@dataclass(frozen=True, slots=True)
class Name:
    """A name-like word as it stands in the text, and its keys, any of which finds it."""

    surface: str
    keys: tuple[str, ...]


def names(text: str, language: Language) -> tuple[Name, ...]:
    """The name-like words of a passage or question, in order, each once."""
    found: dict[str, Name] = {}
    for surface, word_keys in _found(text, language):
        if word_keys and surface not in found:
            found[surface] = Name(surface, word_keys)
    return tuple(found.values())


def name_keys(text: str, language: Language) -> tuple[str, ...]:
    """All keys of the name-like words of a text, each once."""
    return tuple(dict.fromkeys(key for name in names(text, language) for key in name.keys))


def _found(text: str, language: Language) -> Iterator[tuple[str, tuple[str, ...]]]:
    for match in _WORD.finditer(text):
        surface = match.group()[:_LONGEST]
        if match.lastgroup == "latin":
            yield surface, _latin(surface)
        elif match.lastgroup == "devanagari":
            yield surface, _devanagari(surface, "hi" if language == "hi" else "mr")
        else:
            for reading in japanese.name_readings(match.group()):
                yield reading, keys(reading)


@lru_cache(maxsize=100_000)
def _latin(surface: str) -> tuple[str, ...]:
    word = regex.sub("['’]s$", "", surface)
    if len(word) < 2 or word.lower() in common_words.LATIN:
        return ()
    found = dict.fromkeys(keys(word))
    if word.lower().endswith("s") and not word.lower().endswith("ss") and len(word) > 4:
        found |= dict.fromkeys(keys(word[:-1]))
    if word.isupper():
        found[f"={word.lower()}"] = None
    return tuple(found)


@lru_cache(maxsize=100_000)
def _devanagari(surface: str, language: str) -> tuple[str, ...]:
    word = _DANDA.sub("", search_form(surface).text)
    stemmed = stemming.STEMMERS[language](word)
    common = common_words.devanagari(language)
    if word in common or stemmed in common:
        return ()
    return tuple(dict.fromkeys(keys(word) + keys(_nominative(stemming.fold(word), stemmed))))


def _nominative(folded: str, stemmed: str) -> str:
    """A word without its case endings, but with the last vowel, which a stem lacks."""
    if not folded.startswith(stemmed):
        return stemmed
    vowels = _VOWELS.match(folded, len(stemmed))
    return stemmed + vowels.group() if vowels is not None else stemmed
