"""A list is quoted whole: from the words that lead it in to its last item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import regex

from kb.errors import UnknownDocumentError
from kb.records import Place, Statement

MOST_CHARS = 1800
"""A list that is longer is quoted as far as whole items go."""
_LEADS_IN = regex.compile(r"[:：]\s*$|:[-–—]\s*$")
ITEM = regex.compile(
    r"(?:[(（]\s?(?:\p{Nd}{1,2}|[a-zA-Z]|[ivx]{1,4}|\p{Devanagari}\p{M}?|[\p{Katakana}一二三四五六七八九十])\s?[)）]|[-•*・‣▪–]|\p{Nd}{1,2}[.)]|[①-⑳])\s*"
)
"""What an item of a list begins with: (a), १., •."""


def whole_lists(
    statements: Sequence[Statement], text_of: Callable[[int, int], str], place_of: Callable[[int, int, int], Place] | None = None
) -> list[Statement]:
    """The statements with each that leads in a list widened to the whole list, and without those of its side that then stand in it.

    ``text_of(document_id, version)`` is the stored text; a quote stays what stands at its place. With ``place_of``, which names the page
    and clause of an offset, an item is widened to its list as well: for a question that asks for the list.
    """
    widened = [_whole(statement, text_of, place_of) for statement in statements]
    found: list[tuple[int, int, int, str]] = []
    kept: dict[int, Statement] = {}
    for at, (statement, old) in enumerate(zip(widened, statements, strict=True)):
        if statement is not old and not any(_inside(statement, span) for span in found):
            found += [(c.document_id, c.start, c.end, statement.side) for c in statement.citations[:1]]
            kept[at] = statement
    return [
        kept.get(at, statement)
        for at, statement in enumerate(statements)
        if at in kept or (widened[at] is statement and not any(_inside(statement, span) for span in found))
    ]


def _whole(statement: Statement, text_of: Callable[[int, int], str], place_of: Callable[[int, int, int], Place] | None) -> Statement:
    leads = _LEADS_IN.search(statement.text) is not None
    item = place_of is not None and ITEM.match(statement.text) is not None
    if statement.verdict is not None or not statement.citations or not (leads or item):
        return statement
    first = statement.citations[0]
    try:
        text = text_of(first.document_id, first.version)
        start, lead_end = (first.start, first.end) if leads else _lead_of(text, first.start)
        end = _end_of_list(text, lead_end, lead_end + MOST_CHARS)
        if end < first.end or end == lead_end:
            return statement
        whole = replace(first, start=start, end=end, quote=text[start:end], context=None)
        if place_of is not None and start != first.start:
            place = place_of(first.document_id, first.version, start)
            whole = replace(whole, page=place.page, page_label=place.page_label, path=place.path)
    except UnknownDocumentError:
        return statement
    return replace(statement, text=whole.quote, citations=(whole, *statement.citations[1:]))


def _lead_of(text: str, start: int) -> tuple[int, int]:
    """The line ``[start, end)`` that leads in the list of the item at ``start``; an empty span at the item where there is none."""
    shape, at = _shape(text[start:]), start
    while at > 0 and start - at < MOST_CHARS:
        before = text.rfind("\n", 0, at - 1) + 1 if at > 1 else 0
        line = text[before:at].strip()
        if line and _LEADS_IN.search(line):
            return before + text[before:at].index(line), before + len(text[before:at].rstrip())
        if line and _shape(line) != shape:
            break
        at = before
    return start, start


def _shape(item: str) -> str:
    """How the mark of an item looks: "(x)" of (a) and (b); "" of what is no item."""
    mark = ITEM.match(item)
    return regex.sub(r"[\p{L}\p{M}\p{N}]+", "x", mark[0].strip()) if mark else ""


def _end_of_list(text: str, start: int, limit: int) -> int:
    """Where the run of items ends that begins on the line after ``start``; lines that go on an item belong to it."""
    end, kind = start, ""
    at = start
    while at < len(text) and at < limit:
        line_end = text.find("\n", at + 1)
        line_end = len(text) if line_end < 0 else line_end
        line = text[at:line_end].strip()
        if line:
            shape = _shape(line)
            if not shape or (kind and shape != kind):
                break
            kind, end = shape, line_end
        at = line_end
    return end if end <= limit else start


def _inside(statement: Statement, span: tuple[int, int, int, str]) -> bool:
    """Whether all that a statement cites stands in a list that is quoted for its side."""
    document, start, end, side = span
    return (
        statement.side == side
        and all(c.document_id == document and start <= c.start and c.end <= end for c in statement.citations)
        and bool(statement.citations)
    )
