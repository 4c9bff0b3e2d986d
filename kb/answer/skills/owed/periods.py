"""The periods of a text, and the days from which to which a date lasts."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

import regex

from kb.card.records import added
from lang.values.calendars import MONTH_NAMES
from lang.values.dates import ReadDate, dates_in
from lang.values.durations import durations_in
from lang.values.records import When

_MONTHS = "|".join(sorted((name for names in MONTH_NAMES for name in names), key=len, reverse=True))
_JOIN = regex.compile(
    rf"(?<=[\p{{L}}\p{{M}}\p{{Nd}}.,])(?:\s*(?:to|till|until|ते|से|から|にかけて)\s*|\s*[–—〜～]\s*|\s-\s)(?=(?:the\s)?(?:\p{{Nd}}|{_MONTHS}|令和|平成))"
    rf"|(?<=(?<![\p{{Nd}}./-])\p{{Nd}}{{1,2}})[-–](?=\p{{Nd}}{{1,2}}\s(?:{_MONTHS}))"
    rf"|(?<=[\p{{L}}\p{{M}}\p{{Nd}}.,])\s(?P<pair>and|आणि|व|और)\s(?=(?:\p{{Nd}}|{_MONTHS}))",
    regex.I,
)
_BETWEEN = regex.compile(r"\bbetween\b|दरम्यान|बीच", regex.I)
_TO = regex.compile(r"^[\s¦]*(?:度)?[\s¦]*$")
_COUNTED = regex.compile(r"[\s,]*(?:with\seffect\s)?(?:from|(?:beginning|starting|commencing)(?:\s(?:on|from))?)\s+(?:the\s)?", regex.I)
"""What stands between a length of time and the day from which it is counted."""
_COUNTS = regex.compile(
    r"[\s,]*(?:and\s(?:lasts\s)?)?for\s(?:a\s(?:term|period)\sof\s)?"
    r"|\s?(?:पासून|से)\s(?:[\p{L}\p{M}]+\s){0,2}|から(?:[\p{Han}\p{Hiragana}]{0,6})?",
    regex.I,
)
"""What stands between the day and the length of time."""
_BARE_DAY = regex.compile(r"(?<!\p{Nd})(?P<day>\p{Nd}{1,2})(?:st|nd|rd|th)?$")


@dataclass(frozen=True, slots=True)
class Period:
    """A date, or the time from ``first`` to ``last``, and where it stands in the text."""

    first: When
    start: int
    end: int
    last: When | None = None


def periods_in(text: str) -> list[Period]:
    """The dates of a text in order; two that a text joins ("from March 2025 to June 2026") are one period."""
    masked = _JOIN.sub(lambda m: "¦" * len(m[0]) if m["pair"] is None or _BETWEEN.search(text) else m[0], text)
    found: list[Period] = []
    for read in dates_in(masked):
        before = found[-1] if found else None
        between = masked[before.end : read.start] if before is not None else ""
        if before is not None and before.last is None and "¦" in between and _TO.match(between):
            found[-1] = replace(before, first=_with_year(before.first, read.when), last=read.when, end=read.end)
            continue
        found.append(_ranged(masked, read) or Period(read.when, read.start, read.end))
    return found


def lasting(text: str, period: Period) -> Period:
    """A day from which a text counts months or years ("for nine years from 1 August 2025") as the time until their last day."""
    begins = period.first.day_value
    if begins is None or period.last is not None:
        return period
    for read in durations_in(text):
        counted = _COUNTED.fullmatch(text, read.end, period.start) or _COUNTS.fullmatch(text, period.end, read.start)
        if counted is not None and read.value.unit in ("month", "year"):
            try:
                ends = added(begins, read.value) - timedelta(days=1)
            except OverflowError:
                return period
            return replace(period, last=When(ends.year, ends.month, ends.day))
    return period


def _ranged(masked: str, read: ReadDate) -> Period | None:
    """The period of "1 to 5 June 2026", whose first day has no month of its own."""
    head = masked[: read.start]
    day = _BARE_DAY.search(head.rstrip("¦")) if head.endswith("¦") else None
    if day is None or read.when.day is None or int(day["day"]) >= read.when.day:
        return None
    return Period(replace(read.when, day=int(day["day"])), day.start(), read.end, read.when)


def _with_year(first: When, last: When) -> When:
    if first.year is not None or last.year is None or first.month is None or last.month is None:
        return first
    return replace(first, year=last.year - (first.month > last.month))


def first_day(when: When) -> date | None:
    """The first day of a date as exactly as it is written; None where no year is known."""
    if when.year is None or when.calendar in ("saka", "vikram"):
        return None
    return date(when.year, 4, 1) if when.fiscal else date(when.year, when.month or 1, when.day or 1)


def last_day(when: When) -> date | None:
    """The last day of a date as exactly as it is written."""
    if when.year is None or when.calendar in ("saka", "vikram"):
        return None
    if when.fiscal:
        return date(when.year + 1, 3, 31)
    month = when.month or 12
    return date(when.year, month, when.day or calendar.monthrange(when.year, month)[1])
