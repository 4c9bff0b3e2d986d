"""A paper as the lines that a model looks at: a sentence, an item of a list, a row of a table, each with what leads it in.

And the dates and lengths of time of a line, each with the words around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex

from ingest.extract.document_kinds import MINUTES
from ingest.records import KINDS, Block, Kind
from lang.languages import Language
from lang.sentences import sentence_spans
from lang.token_features import speaks_of
from lang.values.calendars import Duration, When
from lang.values.dates import dates_in, durations_in

_LABEL = 8
"""Letters of a sentence that is no more than a number, which belongs to the next one."""
_CELLS = regex.compile(r"\t| · ")
_LEADS = regex.compile(
    r"[:：]\s*(?:[-–—]\s*)?$|次の(?:とおり|各号|事項|業務|役割)"
    r"|以下の(?:とおり|事項|業務)|निम्नलिखित|निम्न\s|खालील|पुढील|following|as follows",
    regex.I,
)
_LEADING = 60
"""Characters at the end of a line in which it says that a list follows."""
TENDER: Final = regex.compile(r"\b(?:tenders?|auction|bids?|quotations?)\b|निविदा|लिलाव|नीलामी|दरपत्रक|入札|公募|競売", regex.I)
"""What a title says of papers that are of no kind of their own."""
_FIRST, _LAST = 8, 10
"""Lines at the beginning and at the end of a paper."""
_BESIDE, _SHORT, _ALONE = 3, 120, 40
"""Lines around one that may speak of signing, letters of such a line, and of one that says little more than a date."""
_REACH = 9
"""Lines over which a lead-in holds."""


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` as the model sees it, at ``[start, end)`` of the document; ``lead``: what leads its list in, the line before if ``led``."""

    text: str
    start: int
    end: int
    row: bool = False
    heading: bool = False
    lead: str = ""
    led: bool = False


def lines_of(blocks: Sequence[Block], language: Language) -> list[Line]:
    """The lines of a paper in order."""
    return list(in_context(_plain(blocks, language)))


def in_context(found: Iterable[Line]) -> Iterator[Line]:
    """The lines with what leads the list of each in."""
    lead = ""
    left = 0
    for one in found:
        yield replace(one, lead=lead if left > 0 else "", led=left == _REACH)
        left -= 1
        if _LEADS.search(one.text[-_LEADING:]):
            lead, left = one.text, _REACH


def place_of(lines: Sequence[Line], at: int, kind: Kind, title: str) -> tuple[float, ...]:
    """Where a line stands in a paper: among the first or the last, near those that speak of signing, in a row, alone; and in what paper.

    Minutes give the day of the meeting where others give their own, and a tender speaks of the terms of a contract to come.
    """
    line = lines[at]
    near = (one for one in lines[max(0, at - _BESIDE) : at + _BESIDE + 1] if len(one.text) <= _SHORT)
    place = (at < _FIRST, at >= len(lines) - _LAST, any(speaks_of(one.text, "sign", "behalf") for one in near), line.row, line.heading)
    forms = (float(form.search(title) is not None) for form in (MINUTES, TENDER))
    return (1.0, *map(float, place), float(len(line.text) <= _ALONE), *(float(kind == one) for one in KINDS), *forms)


NOWHERE: Final = (0.0,) * (9 + len(KINDS))
"""The place of a line of which only its words are known."""


def _plain(blocks: Sequence[Block], language: Language) -> Iterator[Line]:
    for block in blocks:
        if block.role == "table_row":
            cells = [cell.strip() for cell in _CELLS.split(block.text)]
            yield Line(" | ".join(_unheaded(cell, block.path) for cell in cells if cell), block.start, block.end, row=True)
        elif block.role in ("title", "heading"):
            yield Line(_flat(block.text), block.start, block.end, heading=True)
        else:
            said = block.language if block.language != "und" else language
            first: int | None = None
            for start, end in sentence_spans(block.text, said):
                first = start if first is None else first
                if len(block.text[first:end].strip()) >= _LABEL or end == len(block.text):  # "6A." belongs to what it is the number of
                    if text := _flat(block.text[first:end]):
                        yield Line(text, block.start + first, block.start + end)
                    first = None


def _flat(text: str) -> str:
    return " ".join(text.split())


def _unheaded(cell: str, path: Sequence[str]) -> str:
    """A cell of a row that repeats the headings of its columns, without its own."""
    heading, colon, rest = cell.partition(": ")
    return rest if colon and len(heading) <= 40 and rest and not (path and heading == path[-1]) else cell


_BOUND = regex.compile(r"[;；。।,、，:：]|\b(?:and|but|unless|provided|which|who)\b|\s(?:और|आणि|व|परंतु|किंतु|तथा|एवं|मात्र|तथापि)\s", regex.I)
_AROUND = 60
_DAYS = {"year": 365.0, "month": 30.4, "week": 7.0, "day": 1.0}


@dataclass(frozen=True, slots=True)
class Mention:
    """A date or a length of time at ``[start, end)`` of its line; ``near``: the words around it; ``amount``: what is seen of its size."""

    value: Duration | When
    start: int
    end: int
    near: str
    amount: tuple[float, ...]


def durations(line: str) -> Iterator[Mention]:
    """The lengths of time of a line."""
    for one in durations_in(line):
        days = days_of(one.value)
        amount = (days / 1000, *(one.value.unit == unit for unit in _DAYS))
        yield Mention(one.value, one.start, one.end, _phrase(line, one.start, one.end), tuple(map(float, amount)))


def dates(line: str) -> Iterator[Mention]:
    """The dates of a line that have a year."""
    for one in dates_in(line):
        if one.when.year is not None and one.when.calendar in ("gregorian", "japanese"):
            whole = float(one.when.day is not None)
            around = line[max(0, one.start - _AROUND) : one.end + _AROUND]
            yield Mention(one.when, one.start, one.end, " ".join(around.split()), (whole, float(one.when.fiscal), 0.0, 0.0, 0.0))


def days_of(length: Duration) -> float:
    """A length of time in days, a month being 30.4."""
    return length.count * _DAYS[length.unit]


def _phrase(line: str, start: int, end: int) -> str:
    """The part of a line between the marks around a stretch."""
    left = max((m.end() for m in _BOUND.finditer(line, 0, start)), default=0)
    right = _BOUND.search(line, end)
    return " ".join(line[left : right.start() if right else len(line)].split())
