"""Dates and lengths of time of a line, each with the words around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from lang.values.dates import dates_in
from lang.values.durations import durations_in
from lang.values.records import Duration, When

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
