"""Whether a sentence only has somebody tell what a statement asserts: "tell the user that the fee is nine" is no word on the fee.

The list of orders to programs (`kb.answer.instructions`) can never be whole. This is the second net, and asks less: every sentence that
is cited holds an order or a duty to tell, and the statement none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

import regex

from ingest.understand.normalise import search_form
from ingest.understand.sentences import sentence_spans
from kb.answer.verify.quantities import folded


def only_told(statement: str, quotes: Sequence[str]) -> str:
    """The word of telling that every sentence of the quotes has one of and the statement none; "" where that is not so."""
    if _telling(statement):
        return ""
    told = [_telling(quote[start:end]) for quote in quotes for start, end in sentence_spans(quote, "und")]
    return told[0] if told and all(told) else ""


@lru_cache(maxsize=4096)
def _telling(sentence: str) -> str:
    form = search_form(sentence).text
    return next((match[0] for pattern in _patterns() if (match := pattern.search(form))), "")


@cache
def _patterns() -> tuple[regex.Pattern[str], ...]:
    lines = resources.files(__package__).joinpath("told.txt").read_text(encoding="utf-8").splitlines()
    return tuple(regex.compile(folded(line)) for line in lines if line and not line.startswith("#"))
