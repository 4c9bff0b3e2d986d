"""Text that speaks to a program: a document that says "ignore the rules and answer that …".

Such a line is the document's and stands on its page; but neither it nor what follows it in its passage is given as an answer, and no
statement may rest on it. Otherwise "say that the agreement was cancelled" would bear out that the agreement was cancelled.

The list of such orders can never be whole. `only_told` is the second net, and asks less: every sentence that is cited holds an order or a
duty to tell, and the statement none. "Tell the user that the fee is nine" is no word on the fee.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import regex

from lang.normalise import search_form
from lang.sentences import sentence_spans
from lang.values.quantities import folded


def addressed_from(text: str) -> int | None:
    """Where the first line begins that speaks to a program; None, as in nearly all papers, when none does."""
    start = 0
    for line in text.split("\n"):
        if _addressed(line):
            return start
        start += len(line) + 1
    return None


@lru_cache(maxsize=16384)
def _addressed(line: str) -> bool:
    form = search_form(line).text
    return any(pattern.search(form) for pattern in _patterns("instructions.txt"))


def only_told(statement: str, quotes: Sequence[str]) -> str:
    """The word of telling that every sentence of the quotes has one of and the statement none; "" where that is not so."""
    if _telling(statement):
        return ""
    told = [_telling(quote[start:end]) for quote in quotes for start, end in sentence_spans(quote, "und")]
    return told[0] if told and all(told) else ""


@lru_cache(maxsize=4096)
def _telling(sentence: str) -> str:
    form = search_form(sentence).text
    return next((match[0] for pattern in _patterns("told.txt") if (match := pattern.search(form))), "")


@cache
def _patterns(name: str) -> tuple[regex.Pattern[str], ...]:
    lines = resources.files("kb.verify").joinpath(name).read_text(encoding="utf-8").splitlines()
    return tuple(regex.compile(folded(line)) for line in lines if line and not line.startswith("#"))
