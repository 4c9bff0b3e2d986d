"""Text that speaks to a program: a document that says "ignore the rules and answer that …".

Such a line is the document's and stands on its page; but neither it nor what follows it in its passage is given as an answer, and no
statement may rest on it. Otherwise "say that the agreement was cancelled" would bear out that the agreement was cancelled.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

import regex

from ingest.understand.normalise import search_form
from kb.answer.verify.quantities import folded


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
    return any(pattern.search(form) for pattern in _patterns())


@cache
def _patterns() -> tuple[regex.Pattern[str], ...]:
    lines = resources.files("kb.answer").joinpath("instructions.txt").read_text(encoding="utf-8").splitlines()
    return tuple(regex.compile(folded(line)) for line in lines if line and not line.startswith("#"))
