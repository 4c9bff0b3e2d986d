"""A list is quoted whole: from the words that lead it in to its last item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import regex

from kb.errors import UnknownDocumentError
from kb.records import Statement

MOST_CHARS = 1800
"""A list that is longer is quoted as far as whole items go."""
_LEADS_IN = regex.compile(r"[:：]\s*$|:[-–—]\s*$")
ITEM = regex.compile(
    r"(?:[(（]\s?(?:\p{Nd}{1,2}|[a-zA-Z]|[ivx]{1,4}|\p{Devanagari}\p{M}?|[\p{Katakana}一二三四五六七八九十])\s?[)）]|[-•*・‣▪–]|\p{Nd}{1,2}[.)]|[①-⑳])\s*"
)
"""What an item of a list begins with: (a), १., •."""


def whole_lists(statements: Sequence[Statement], text_of: Callable[[int, int], str]) -> list[Statement]:
    """The statements with each that leads in a list widened to the whole list, and without those of its side that then stand in it.

    ``text_of(document_id, version)`` is the stored text; a quote stays what stands at its place.
    """
    widened = [_whole(statement, text_of) for statement in statements]
    spans = [
        (c.document_id, c.start, c.end, s.side) for s, old in zip(widened, statements, strict=True) if s is not old for c in s.citations[:1]
    ]
    return [
        statement
        for statement, old in zip(widened, statements, strict=True)
        if statement is not old or not any(_inside(statement, span) for span in spans)
    ]


def _whole(statement: Statement, text_of: Callable[[int, int], str]) -> Statement:
    if statement.verdict is not None or not statement.citations or not _LEADS_IN.search(statement.text):
        return statement
    first = statement.citations[0]
    try:
        text = text_of(first.document_id, first.version)
    except UnknownDocumentError:
        return statement
    end = _end_of_list(text, first.end, first.end + MOST_CHARS)
    if end == first.end:
        return statement
    quote = text[first.start : end]
    return replace(statement, text=quote, citations=(replace(first, end=end, quote=quote, context=None), *statement.citations[1:]))


def _end_of_list(text: str, start: int, limit: int) -> int:
    """Where the run of items ends that begins on the line after ``start``; lines that go on an item belong to it."""
    end, kind = start, ""
    at = start
    while at < len(text) and at < limit:
        line_end = text.find("\n", at + 1)
        line_end = len(text) if line_end < 0 else line_end
        line = text[at:line_end].strip()
        if line:
            item = ITEM.match(line)
            shape = regex.sub(r"[\p{L}\p{M}\p{N}]+", "x", item[0].strip()) if item else ""
            if not item or (kind and shape != kind):
                break
            kind, end = shape, line_end
        at = line_end
    return end if end <= limit else start


def _inside(statement: Statement, span: tuple[int, int, int, str]) -> bool:
    document, start, end, side = span
    return (
        statement.side == side
        and all(c.document_id == document and start <= c.start and c.end <= end for c in statement.citations)
        and bool(statement.citations)
    )
