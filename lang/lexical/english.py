"""Which words of English there are."""

from __future__ import annotations

from functools import cache

from spellchecker import SpellChecker


def is_word(word: str) -> bool:
    """Whether ``word`` is one of some 160,000 words of English, in any form and in American spelling (*stalls*, *resolved*)."""
    return word.casefold() in _words()


@cache
def _words() -> frozenset[str]:
    return frozenset(SpellChecker(language="en").word_frequency.dictionary)


__all__ = ["is_word"]
