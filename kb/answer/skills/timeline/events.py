"""What happened when, as papers tell it: every date of a paper with the sentence that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import regex

from ingest.records import Block
from kb.agreements.card_records import Card, Recurrence
from kb.agreements.extraction.deadlines import Period, first_day, last_day, lasting, periods_in, recurrence
from kb.agreements.extraction.obligation_tables import TableCell, table_cells
from kb.records import DocumentInfo, FactView
from lang.labels import read_item
from lang.sentences import sentence_spans
from lang.values.calendars import When

LONGEST = 220
_ROLES = ("paragraph", "list_item", "table_row", "heading")
_EXACT = ("day", "month", "month_day")
_PART = regex.compile(r"[,;、，:：]\s*|\s[–—-]\s")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_LETTERS = regex.compile(r"[\p{L}\p{M}]")
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LEAST = 18
"""Letters beside its date that a line must have to tell of anything; a Japanese one says as much as two."""
_LEAST_ROW = 4
"""Letters of a row of a table beside its dates, which its headings and its table explain."""


@dataclass(frozen=True, slots=True)
class Event:
    """A date and the words ``[start, end)`` of a paper that tell what happens then; ``block`` are the words around them.

    ``own`` marks what a paper says of itself: its day, where the words are no more than that day. ``row`` marks a row of a table, whose
    ``text`` are its cells without the date. ``every`` says how often it comes back; ``when`` is the first time then.
    """

    paper: DocumentInfo
    when: Period
    start: int
    end: int
    text: str
    block: str
    own: bool = False
    row: bool = False
    every: Recurrence | None = None

    @property
    def first(self) -> date | None:
        """The first day of it."""
        return first_day(self.when.first)

    @property
    def last(self) -> date | None:
        """The last day of it."""
        return last_day(self.when.last or self.when.first)


def events_of(paper: DocumentInfo, text: str, outline: Sequence[Block], facts: Sequence[FactView], card: Card | None) -> list[Event]:
    """The events of a paper in the order of the text.

    Args:
        paper: the paper.
        text: its stored text.
        outline: its blocks, without their text.
        facts: what it says of itself; the day of a report or circular is an event.
        card: its duties; a time limit that ends on a day that can be counted is an event.
    """
    speaks = paper.date or _first_day(text, outline)
    found = [event for block in outline if block.role in _ROLES for event in _in_block(paper, text, block, speaks)]
    dateline = next((fact.start for fact in facts if fact.field == "published" and fact.start is not None), None)
    found = [event for event in found if not _is_dateline(event, dateline)]
    found += list(_own_days(paper, text, facts, found))
    found += list(_due(paper, text, card, found))
    found += list(_end(paper, text, outline, facts, card, found))
    return sorted(found, key=lambda event: (event.start, event.when.start))


def _first_day(text: str, outline: Sequence[Block]) -> date | None:
    """The first whole day that a paper names: what it says of days without a year is near to that."""
    blocks = (text[block.start : block.end] for block in outline)
    return next((day for block in blocks for period in periods_in(block) if (day := period.first.day_value) is not None), None)


def _in_block(paper: DocumentInfo, text: str, block: Block, speaks: date | None) -> Iterator[Event]:
    whole = text[block.start : block.end]
    if block.role == "table_row":
        rows = list(_in_row(paper, replace(block, text=whole), speaks))
        yield from rows
        if rows:
            return
    spans = [(0, len(whole))] if block.role in ("table_row", "heading") else sentence_spans(whole, block.language)
    for start, end in spans:
        sentence = whole[start:end]
        periods = periods_in(sentence)
        often = recurrence(sentence)
        for period in periods:
            every = often if period.first.year is None else None
            if every is not None and every != "yearly":
                continue
            rest = sentence[: period.start] + sentence[period.end :]
            in_row = block.role == "table_row" and period.first.precision in _EXACT
            if _size(rest) < (_LEAST_ROW if in_row else _LEAST):
                continue
            when = _resolved(period, speaks) if every is None else _next(period, speaks)
            if when is None or (block.role == "heading" and when.first.precision != "day"):
                continue
            when = lasting(sentence, when)
            first, last = _telling(sentence, period, periods)
            at, said = block.start + start, " ".join(sentence[first:last].split())
            yield Event(paper, when, at + first, at + last, said, " ".join(whole.split()), row=in_row, every=every)


def _in_row(paper: DocumentInfo, block: Block, speaks: date | None) -> Iterator[Event]:
    """The days and months of a row of a table whose columns have headings, with what its other cells say."""
    dated: list[tuple[TableCell, list[Period]]] = []
    others: list[str] = []
    for cell in table_cells(block):
        periods = [period for period in periods_in(cell.text) if period.first.precision in _EXACT]
        if periods and _size(_without(cell.text, periods)) < _LEAST:
            dated.append((cell, periods))
        elif cell.kind != "number" and _WORD.search(cell.text):
            others.append(cell.text if cell.kind in ("what", "who") or not cell.heading else f"{cell.heading}: {cell.text}")
    said = " · ".join(" ".join(other.split()) for other in others)
    if _size(said) < _LEAST_ROW or len(said) > LONGEST:
        return
    around = " ".join(f"{' '.join(block.path)} {block.text}".split())
    for cell, periods in dated:
        told = f"{said} · {cell.heading}" if len(dated) > 1 else said
        for period in periods:
            if (when := _resolved(period, speaks)) is not None:
                moved = replace(when, start=cell.start + period.start, end=cell.start + period.end)
                yield Event(paper, moved, block.start, cell.end if len(dated) > 1 else block.end, told, around, row=True)


def _without(text: str, periods: Sequence[Period]) -> str:
    for period in reversed(periods):
        text = text[: period.start] + text[period.end :]
    return text


def _size(text: str) -> int:
    return len(_LETTERS.findall(text)) + len(_DENSE.findall(text))


def _next(period: Period, speaks: date | None) -> Period | None:
    """The first time after the paper's day that a day of each year comes; None where that day is not known."""
    if speaks is None:
        return None
    years = (replace(period.first, year=year) for year in (speaks.year, speaks.year + 1))
    first = next((when for when in years if (last_day(when) or speaks) >= speaks), None)
    return replace(period, first=first, last=None) if first is not None else None


def _resolved(period: Period, speaks: date | None) -> Period | None:
    """A date without a year in that in which it is nearest to the paper's day; None where that has none, or for an Indian calendar."""
    if period.first.calendar in ("saka", "vikram"):
        return None
    first = _near(period.first, speaks)
    if first is None:
        return None
    last = period.last
    if last is not None and last.year is None and first.year is not None:
        last = replace(last, year=first.year + ((last.month or 1) < (first.month or 1)))
    return replace(period, first=first, last=last)


def _near(when: When, day: date | None) -> When | None:
    if when.year is not None or when.month is None:
        return when if when.year is not None else None
    if day is None:
        return None
    years = (day.year - 1, day.year, day.year + 1)
    return min((replace(when, year=year) for year in years), key=lambda one: abs(((first_day(one) or day) - day).days))


def _telling(sentence: str, period: Period, periods: Sequence[Period]) -> tuple[int, int]:
    """The part of a sentence that tells of one of its dates: all of it, or the parts around the date that are short enough."""
    item = read_item(sentence)
    begin = len(item.printed) if item is not None and len(item.printed) < period.start else 0
    begin += len(sentence[begin:]) - len(sentence[begin:].lstrip())
    others = [p for p in periods if p is not period]
    if len(sentence) - begin <= LONGEST and not others:
        return begin, len(sentence)
    cuts = sorted({begin, len(sentence), *(m.end() for m in _PART.finditer(sentence) if m.end() > begin)})
    at = max(i for i, cut in enumerate(cuts[:-1]) if cut <= period.start)
    first, last = at, next(i for i in range(at + 1, len(cuts)) if cuts[i] >= period.end)

    def holds(a: int, b: int) -> bool:
        inside = any(cuts[a] <= p.start and p.end <= cuts[b] for p in others)
        return cuts[b] - cuts[a] <= LONGEST and (not inside or _size(sentence[cuts[first] : cuts[last]]) < 2 * _LEAST)

    while True:
        if last + 1 < len(cuts) and holds(first, last + 1):
            last += 1
        elif first > 0 and holds(first - 1, last):
            first -= 1
        else:
            break
    start, end = cuts[first], cuts[last]
    if end - start > LONGEST:
        start = max(start, period.start - LONGEST // 2)
        end = min(end, start + LONGEST)
    return start, max(end, period.end)


def _own_days(paper: DocumentInfo, text: str, facts: Sequence[FactView], found: Sequence[Event]) -> Iterator[Event]:
    """The day on which a paper is dated or was signed, where no sentence tells it."""
    for fact in facts:
        if fact.field not in ("signed", "published") or fact.start is None or fact.end is None or fact.origin not in ("text", "person"):
            continue
        if fact.field == "published" and paper.kind == "news":
            continue
        day = _day(fact.value)
        if day is None or any(event.start <= fact.start < event.end and event.first == day for event in found):
            continue
        when = When(day.year, day.month, day.day)
        yield Event(paper, Period(when, fact.start, fact.end), fact.start, fact.end, text[fact.start : fact.end], paper.title, own=True)


def _due(paper: DocumentInfo, text: str, card: Card | None, found: Sequence[Event]) -> Iterator[Event]:
    """The days on which time limits end that no sentence dates."""
    if card is None:
        return
    told: set[tuple[int, date]] = set()
    for one in card.obligations:
        start, end = one.citation.start, one.citation.end
        if (
            one.dropped
            or one.due is None
            or (start, one.due) in told
            or any(e.start < end and start < e.end and e.last == one.due for e in found)
        ):
            continue
        told.add((start, one.due))
        when = When(one.due.year, one.due.month, one.due.day)
        item = read_item(text[start:end])
        start += len(item.printed) if item is not None else 0
        start += len(text[start:end]) - len(text[start:end].lstrip())
        words = " ".join(text[start:end].split())
        if len(words) <= LONGEST:
            yield Event(paper, Period(when, start, start), start, end, words, words)


def _end(
    paper: DocumentInfo, text: str, outline: Sequence[Block], facts: Sequence[FactView], card: Card | None, found: Sequence[Event]
) -> Iterator[Event]:
    """The last day of an agreement, where its term is told as a length: the words that tell it."""
    ends = card.span.ends if card is not None else None
    told = next((fact for fact in facts if fact.field == "term" and fact.start is not None and fact.end is not None), None)
    if ends is None or told is None or told.start is None or any(event.last == ends for event in found):
        return
    block = next((block for block in outline if block.start <= told.start < block.end), None)
    if block is None:
        return
    whole = text[block.start : block.end]
    at = told.start - block.start
    start, end = next((span for span in sentence_spans(whole, block.language) if span[0] <= at < span[1]), (0, len(whole)))
    words = " ".join(whole[start:end].split())
    if len(words) <= LONGEST:
        begin = block.start + start
        yield Event(paper, Period(When(ends.year, ends.month, ends.day), begin, begin), begin, block.start + end, words, words)


def _is_dateline(event: Event, published: int | None) -> bool:
    """Whether an event is the line that dates a paper."""
    return published is not None and event.start <= published < event.end


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
