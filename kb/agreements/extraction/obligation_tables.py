"""Duties in tables: rows whose columns say what is to be done, by whom and by when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ingest.records import Block
from kb.agreements.card_records import Deadline, Duty
from kb.agreements.extraction.deadlines import deadlines_in, last_day_of
from lang.values.dates import dates_in

_BETWEEN = " · "
_COLUMNS: dict[str, regex.Pattern[str]] = {
    "by": regex.compile(
        r"\b(?:deadline|due|by when|target date|time limit|complete by)\b|\b(?:be|is|are)\s\w+\s(?:by|before)$"
        r"|मुदत|अंतिम|कधीपर्यंत|समय[- ]?सीमा|कब तक"
        r"|期限|期日|締切|納期",
        regex.I,
    ),
    "who": regex.compile(
        r"\b(?:responsib\w+|owner|who|action by|by whom|assigned|lead|officer|department)\b|जबाबदार|कोणी|कार्यालय|विभाग|अधिकारी|जिम्मेदार"
        r"|उत्तरदायी|उत्तरदायित्व|किसे|担当|責任|主体|実施者|所管",
        regex.I,
    ),
    "what": regex.compile(
        r"\b(?:actions?|tasks?|work|activit\w+|items?|duty|duties|what|step|milestones?|deliverables?)\b|काम|कृती|कार्य|बाब|विषय|टप्प|गतिविधि|चरण"
        r"|事項|作業|内容|業務|行動|項目|工程|取組",
        regex.I,
    ),
    "date": regex.compile(
        r"\b(?:dates?|when|month|period|schedule)\b|दिनांक|तारीख|तारख|तिथि|कधी|कब|अवधि|कालावधी|日付|月日|年月|時期|日程|いつ", regex.I
    ),
    "number": regex.compile(
        r"^(?:no\.?|s\.?\s?no\.?|sr\.?\s?no\.?|sl\.?\s?no\.?|#|अ\.?\s?क्र\.?|क्र\.?(?:\s?सं\.?)?|क्रमांक|番号|no|№)$", regex.I
    ),
}
"""What the heading of a column says; a heading is of the first kind that it fits."""


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a row: what its column is headed, its text, where that begins in the document, and the ``kind`` of the column."""

    heading: str
    text: str
    start: int
    kind: str = ""

    @property
    def end(self) -> int:
        """Where its text ends."""
        return self.start + len(self.text)


def table_duties(blocks: Sequence[Block]) -> Iterator[Duty]:
    """The duties of the rows of tables that have a column for what is to be done, and one for who does it or by when.

    A column of dates beside one of those who are responsible says by when; a column beside these two that is headed otherwise, what.
    """
    for block in blocks:
        if block.role != "table_row":
            continue
        cells: dict[str, TableCell] = {}
        for cell in table_cells(block):
            if cell.text and cell.text != cell.heading.strip():
                cells.setdefault(cell.kind, cell)
        when = cells.get("by") or (cells.get("date") if "who" in cells else None)
        what = cells.get("what") or (cells.get("") if when is not None and "who" in cells else None)
        if what is None or (when is None and "who" not in cells):
            continue
        who = cells["who"].text if "who" in cells else ""
        yield Duty(who, what.text, "shall", block.start, block.end, _deadline(when) if when is not None else None)


def table_cells(block: Block) -> list[TableCell]:
    """The cells of a row with what their columns are headed: of a row that repeats its headings, and of one that has them in its path."""
    return [
        TableCell(heading.strip(), text.strip(), start + len(text) - len(text.lstrip()), _kind(heading))
        for heading, text, start in _cells(block.text, block.path, block.start)
    ]


def _kind(heading: str) -> str:
    return next((kind for kind, pattern in _COLUMNS.items() if pattern.search(heading.strip())), "")


def _cells(row: str, path: Sequence[str], at: int) -> Iterator[tuple[str, str, int]]:
    headings = path[-1].split(_BETWEEN) if path and _BETWEEN in path[-1] else []
    parts = row.split("\t" if "\t" in row else _BETWEEN)
    for number, part in enumerate(parts):
        if "\t" in row:
            if len(headings) == len(parts):
                yield headings[number], part, at
            at += len(part) + 1
        else:
            heading, colon, text = part.partition(": ")
            if colon:
                yield heading, text, at + len(heading) + len(colon)
            at += len(part) + len(_BETWEEN)


def _deadline(cell: TableCell) -> Deadline | None:
    """The date or time limit of a cell, which needs no "by"."""
    text, start = cell.text, cell.start
    for read in dates_in(text):
        day = last_day_of(read.when)
        on = ((read.when.month, read.when.day or 0),) if read.when.year is None and read.when.month else ()
        if day is not None or on:
            return Deadline(text[read.start : read.end], start + read.start, start + read.end, day=day, on=() if day else on)
    return next(deadlines_in(text, start), None) or next(_within(text, start), None)


def _within(text: str, start: int) -> Iterator[Deadline]:
    lead = "within "
    yield from deadlines_in(lead + text, start - len(lead))
