"""Duties in tables: rows whose columns say what is to be done, by whom and by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ingest.records import Block
from ingest.understand.dates import dates_in
from kb.card.deadlines import deadlines_in, last_day_of
from kb.card.records import Deadline, Duty

_BETWEEN = " · "
_COLUMNS: dict[str, regex.Pattern[str]] = {
    "by": regex.compile(
        r"\b(?:deadline|due|by when|target date|time limit|complete by)\b|मुदत|अंतिम|कधीपर्यंत|समय[- ]?सीमा|कब तक|期限|期日|締切|納期", regex.I
    ),
    "who": regex.compile(
        r"\b(?:responsib\w+|owner|who|action by|by whom|assigned|lead|officer|department)\b|जबाबदार|कोणी|कार्यालय|विभाग|अधिकारी|जिम्मेदार"
        r"|उत्तरदायी|किसे|担当|責任|主体|実施者|所管",
        regex.I,
    ),
    "what": regex.compile(
        r"\b(?:actions?|tasks?|work|activit\w+|items?|duty|duties|what|step)\b|काम|कृती|कार्य|बाब|विषय|事項|作業|内容|業務|行動|項目", regex.I
    ),
}
"""What the heading of a column says; a heading is of the first kind that it fits."""


def table_duties(blocks: Sequence[Block]) -> Iterator[Duty]:
    """The duties of the rows of tables that have a column for what is to be done, and one for who does it or by when."""
    for block in blocks:
        if block.role != "table_row":
            continue
        cells: dict[str, tuple[str, int]] = {}
        for heading, text, start in _cells(block):
            kind = next((kind for kind, pattern in _COLUMNS.items() if pattern.search(heading)), None)
            if kind is not None and kind not in cells and text.strip() and text.strip() != heading.strip():
                cells[kind] = text.strip(), start
        if "what" not in cells or not ("by" in cells or "who" in cells):
            continue
        deadline = _deadline(*cells["by"]) if "by" in cells else None
        yield Duty(cells.get("who", ("", 0))[0], cells["what"][0], "shall", block.start, block.end, deadline)


def _cells(block: Block) -> Iterator[tuple[str, str, int]]:
    """Heading, text and offset of each cell: of a row that repeats its headings, and of one that has them in its path."""
    headings = block.path[-1].split(_BETWEEN) if block.path and _BETWEEN in block.path[-1] else []
    parts = block.text.split("\t" if "\t" in block.text else _BETWEEN)
    at = block.start
    for number, part in enumerate(parts):
        if "\t" in block.text:
            if len(headings) == len(parts):
                yield headings[number], part, at
            at += len(part) + 1
        else:
            heading, colon, text = part.partition(": ")
            if colon:
                yield heading, text, at + len(heading) + len(colon)
            at += len(part) + len(_BETWEEN)


def _deadline(text: str, start: int) -> Deadline | None:
    """The date or time limit of a cell, which needs no "by"."""
    for read in dates_in(text):
        day = last_day_of(read.when)
        on = ((read.when.month, read.when.day or 0),) if read.when.year is None and read.when.month else ()
        if day is not None or on:
            return Deadline(text[read.start : read.end], start + read.start, start + read.end, day=day, on=() if day else on)
    return next(deadlines_in(text, start), None) or next(_within(text, start), None)


def _within(text: str, start: int) -> Iterator[Deadline]:
    lead = "within "
    yield from deadlines_in(lead + text, start - len(lead))
