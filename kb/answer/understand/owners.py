"""Whether a message speaks of somebody who sees to obligations, by the names that people set."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from lang.codes import Language
from lang.lexical.names import name_keys, names
from lang.normalise import search_form

_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LETTER = r"[\p{L}\p{M}]"


def owner_named(text: str, language: Language, owners: Iterable[str]) -> str:
    """The owner whom a text names, the one of the longest name; "" where it names none.

    A name is found with the endings of its language, and by its sound where it is written in another script.
    """
    form, keys = search_form(text).text, set(name_keys(text, language))
    for owner in sorted(set(owners), key=lambda name: (-len(name), name)):
        if owner and (_stands(search_form(owner).text, form) or _sounds(owner, language, keys)):
            return owner
    return ""


def without_owner(text: str, owner: str) -> str:
    """A text without the words of an owner's name, with their endings."""
    for word in owner.split():
        text = regex.sub(_pattern(regex.escape(word)), " ", text, flags=regex.I)
    return " ".join(text.split())


def _stands(owner: str, form: str) -> bool:
    return bool(owner) and regex.search(_pattern(regex.escape(owner)), form) is not None


def _pattern(word: str) -> str:
    if _JAPANESE.search(word):
        return word
    endings = rf"{_LETTER}{{0,6}}" if regex.search(r"\p{Devanagari}", word) else r"(?:['’]s?)?"
    return rf"(?<!{_LETTER}){word}{endings}(?!{_LETTER})"


def _sounds(owner: str, language: Language, keys: set[str]) -> bool:
    """Whether every word of a name is in the text by its sound."""
    words = names(owner, language)
    return bool(words) and len(words) == len(owner.split()) and all(keys & set(word.keys) for word in words)
