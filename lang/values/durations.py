"""Lengths of time as agreements write them: three years, 18 months, thirty (30) days, तीन वर्षे, नब्बे दिन, 6か月."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import regex

from lang.values.calendars import ORDINAL_DAYS, japanese_number
from lang.values.dates import dates_in
from lang.values.numerals import in_words, spelled
from lang.values.records import Duration, Unit

_UNITS: tuple[tuple[Unit, str], ...] = (
    ("day", r"(?:calendar\s|working\s|clear\s)?days?\b|दिवस\p{M}*(?:ांच[ीेा]|ांनी|ांत|ां)?|दिनों?|दिन|日間?(?!本|付)"),
    ("week", r"weeks?\b|आठवड[\p{L}\p{M}]*|सप्ताह|हफ़?्त[\p{L}\p{M}]*|週間"),
    ("month", r"(?:calendar\s)?months?\b|महिन[\p{L}\p{M}]*|महीन[\p{L}\p{M}]*|माह|मास\b|[かカヶケヵ箇ヵ]月間?|月間"),
    ("year", r"years?\b|वर्ष[\p{L}\p{M}]*|साल|[かカヶケヵ箇]?年間?(?![度月生])"),
)
_UNIT = "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS)
_ORDINAL = "|".join(sorted((word.replace("-", "[ -]") for word in ORDINAL_DAYS), key=len, reverse=True))
_WORD = "|".join(spelled())
_WHOLE = rf"(?:{_WORD})(?![\p{{L}}\p{{M}}])"
_WORDS = rf"(?:(?:an?\s+(?=hundred|dozen))?{_WHOLE}(?:[\s-]+(?:and\s+(?:a\s+(?=half))?)?(?={_WHOLE}))?)+"
_NUMBER = (
    rf"(?P<digits>\p{{Nd}}{{1,3}})|(?P<words>{_WORDS})|(?P<ordinal>\p{{Nd}}{{1,3}}(?:st|nd|rd|th)|{_ORDINAL})"
    r"|(?P<kanji>[一二三四五六七八九十百]{1,4}|半(?=[年月]))|[(（](?=\p{Nd}{1,3}\s?[)）])"
)
"""The last is the number that a gloss repeats in digits, where its words are not known: "एक सौ अस्सी (180) दिन"."""
_GLOSS = r"(?:(?:\s?[(（])?(?:(?<=[(（])(?P<glossed>\p{Nd}{1,3})|(?<=[(（])[\p{L}\p{M}\p{Nd} -]{1,20})\s?[)）])?"
_DURATION = regex.compile(rf"(?<![\p{{Nd}}\p{{L}}\p{{M}}.,年月])(?:{_NUMBER}){_GLOSS}['’]?[\s-]*(?:{_UNIT})['’]?", regex.I)
_DURATION_JA = regex.compile(rf"(?<![\p{{Nd}}.,日一二三四五六七八九十百])(?:{_NUMBER}){_GLOSS}\s?(?:{_UNIT})", regex.I)

_AND = regex.compile(r"\s*(?:,?\s*and\s*|व\s*|आणि\s*|और\s*|एवं\s*|तथा\s*|と)?", regex.I)
_SMALLER: dict[Unit, tuple[Unit, int]] = {"year": ("month", 12), "month": ("day", 30), "week": ("day", 7)}
_PARTS: dict[tuple[Unit, Unit], int] = {("year", "month"): 12, ("month", "day"): 30}


@dataclass(frozen=True, slots=True)
class ReadDuration:
    """A duration and where it stands."""

    value: Duration
    start: int
    end: int


def durations_in(text: str) -> Iterator[ReadDuration]:
    """Every duration of ``text`` in order of position. An ordinal counts ("on the thirtieth day after").

    What is written in two units, or in halves, is given in the smaller one: two years and six months are 30 months, डेढ़ वर्ष 18.
    """
    waiting: ReadDuration | None = None
    for one in _single(text):
        if waiting is not None:
            if (whole := _joined(text, waiting, one)) is not None:
                waiting = whole
                continue
            yield waiting
        waiting = one
    if waiting is not None:
        yield waiting


def _single(text: str) -> Iterator[ReadDuration]:
    japanese = regex.search(r"[\p{Hiragana}\p{Katakana}\p{Han}]", text) is not None
    dated = [(d.start, d.end) for d in dates_in(text)] if japanese else []  # the 8年 of 令和8年4月1日 is no length of time
    for match in (_DURATION_JA if japanese else _DURATION).finditer(text):
        unit = next(unit for unit, _ in _UNITS if match.group(unit))
        value = _whole(_count(match), unit)
        if value and not any(start < match.end() and match.start() < end for start, end in dated):
            yield ReadDuration(value, match.start(), match.end())


def _joined(text: str, first: ReadDuration, second: ReadDuration) -> ReadDuration | None:
    """The length that two neighbours make together; None where the second is not a smaller part of the same."""
    part = _PARTS.get((first.value.unit, second.value.unit))
    if part is None or second.value.count >= part or not _AND.fullmatch(text, first.end, second.start):
        return None
    count = first.value.count * part + second.value.count
    return ReadDuration(Duration(count, second.value.unit), first.start, second.end)


def _whole(count: Fraction, unit: Unit) -> Duration | None:
    """So many of a unit, in a smaller unit where that is no whole number; None where there is no such length."""
    while count.denominator != 1:
        if unit not in _SMALLER:
            return None
        unit, parts = _SMALLER[unit]
        count *= parts
    return Duration(int(count), unit) if count > 0 else None


def _count(match: regex.Match[str]) -> Fraction:
    if found := match.group("digits") or match.group("glossed"):
        return Fraction(int(found))
    if found := match.group("words"):
        return in_words(found) or Fraction(0)
    if found := match.group("ordinal"):
        lowered = regex.sub(r"\s", "-", found.lower())
        return Fraction(ORDINAL_DAYS[lowered] if lowered in ORDINAL_DAYS else int(regex.sub(r"\P{Nd}", "", found)))
    if match.group("kanji") == "半":
        return Fraction(1, 2)
    return Fraction(japanese_number(match.group("kanji") or ""))
