"""Dates and lengths of time as the reader's language writes them, and the periods of a text."""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import regex

from ingest.found import When
from ingest.records import Language
from ingest.understand.calendars import MONTH_NAMES
from ingest.understand.dates import ReadDate, dates_in
from kb.card.records import MonthDay, Recurrence, TimeUnit
from prompts.phrases import spoken

_MONTHS = "|".join(sorted((name for names in MONTH_NAMES for name in names), key=len, reverse=True))
_JOIN = regex.compile(
    rf"(?<=[\p{{L}}\p{{M}}\p{{Nd}}.,])(?:\s*(?:to|till|until|ते|से|から|にかけて)\s*|\s*[–—〜～]\s*|\s-\s)(?=(?:the\s)?(?:\p{{Nd}}|{_MONTHS}|令和|平成))"
    rf"|(?<=(?<![\p{{Nd}}./-])\p{{Nd}}{{1,2}})[-–](?=\p{{Nd}}{{1,2}}\s(?:{_MONTHS}))"
    rf"|(?<=[\p{{L}}\p{{M}}\p{{Nd}}.,])\s(?P<pair>and|आणि|व|और)\s(?=(?:\p{{Nd}}|{_MONTHS}))",
    regex.I,
)
_BETWEEN = regex.compile(r"\bbetween\b|दरम्यान|बीच", regex.I)
_TO = regex.compile(r"^[\s¦]*(?:度)?[\s¦]*$")
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


def said_day(day: date, language: Language) -> str:
    """A whole date."""
    return said_when(When(day.year, day.month, day.day), language)


def said_when(when: When, language: Language) -> str:
    """A date as exactly as it is written; "" for one of an Indian calendar."""
    words = _words(language)
    if when.calendar in ("saka", "vikram"):
        return ""
    named = words["months"][when.month - 1] if when.month else ""
    if when.fiscal and when.year is not None:
        return str(words["fiscal"]).format(year=when.year, next=f"{(when.year + 1) % 100:02}")
    if when.precision == "month_day":
        return str(words["month_day"]).format(day=when.day, month=named) if when.day else str(named)
    return str(words[when.precision]).format(year=when.year, month=named, day=when.day)


def said_period(period: Period, language: Language) -> str:
    """A date or period."""
    first = said_when(period.first, language)
    if period.last is None:
        return first
    return str(_words(language)["range"]).format(first=first, last=said_when(period.last, language))


def said_days_of_year(on: Sequence[MonthDay], language: Language) -> str:
    """Days of no year: "31 March", "April, October"."""
    return str(_words(language)["and"]).join(said_when(When(None, month, day or None), language) for month, day in on)


def said_by(said: str, language: Language) -> str:
    """By a date."""
    return str(_words(language)["by"]).format(date=said)


def said_length(count: int, unit: TimeUnit, language: Language) -> str:
    """A length of time: "60 days"."""
    words = _words(language)
    forms = words[f"{unit}_unit"] if unit in ("day", "month", "year") else words[unit]
    return str(forms[0 if count == 1 else 1]).format(n=count)


def said_within(count: int, unit: TimeUnit, language: Language) -> str:
    """Within a length of time."""
    return str(_words(language)["within"]).format(time=said_length(count, unit, language))


def said_every(every: Recurrence, language: Language) -> str:
    """How often."""
    return str(_words(language)["every"][every])


def joined(parts: Sequence[str], language: Language) -> str:
    """What is not empty, with the language's comma."""
    return str(_words(language)["and"]).join(part for part in parts if part)


@cache
def _words(language: Language) -> Mapping[str, Any]:
    stored = tomllib.loads(resources.files("kb.answer.skills.owed").joinpath("when.toml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = stored[spoken(language)]
    return found
