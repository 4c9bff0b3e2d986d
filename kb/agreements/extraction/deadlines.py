"""By when: dates, time limits, how often, and the periods of a text, as clauses and questions state them in the four languages."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import regex

from kb.agreements.card_records import Deadline, MonthDay, Recurrence, TimeUnit, added
from lang.values.calendars import MONTH_NAMES, MONTHS, Duration, When
from lang.values.dates import ReadDate, ReadDuration, dates_in, durations_in
from lang.values.quantities import Quantity, quantities_in

_BY = regex.compile(
    r"\b(?:by|before|until|till|not? later than|on or before|prior to|in|during|on)(?:\s+(?:the\s+)?(?:end\s+of\s+)?(?:FY\s*)?"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+(?:the\s+)?)?)?$",
    regex.I,
)
_BY_AFTER = regex.compile(
    r"\s*(?:[（(]\p{Han}{1,3}[)）]\s*)?(?:(?:महिन्या|महीने)\s*)?(?:(?:च्या\s+)?(?:अखेर)?\s*पर्यंत|(?:च्या\s+)?(?:आत|पूर्वी|आधी)|(?:के\s+अंत\s+)?तक|से\s+(?:पहले|पूर्व)|के\s+भीतर|(?:末日?|上旬|中旬|下旬)?までに?|以前に|前に)"
)
_WITHIN = regex.compile(
    r"\b(?:within|no(?:t)? (?:later|more) than|not exceeding|in|over)"
    r"(?:\s+(?:a\s+(?:further\s+)?(?:period|time)\s+of|the\s+(?:next|following|first)))?\s*$",
    regex.I,
)
_WITHIN_AFTER = regex.compile(r"[\p{L}\p{M}]{0,4}\s*(?:च्या\s+)?(?:आत|के\s+भीतर|भीतर|के\s+अंदर)|以内|内に")
_AT_LEAST = regex.compile(
    r"\b(?:at least|no(?:t)? (?:less|later|fewer) than|a minimum of|minimum)\s*$"
    r"|(?:किमान|कमीत\s+कमी|कम\s+से\s+कम)\s*$|(?:少なくとも|遅くとも)\s*$",
    regex.I,
)
_AHEAD = regex.compile(r"\s*(?:before|prior\s+to|ahead\s+of|in\s+advance(?:\s+of)?)\b", regex.I)
_AHEAD_AFTER = regex.compile(r"[\p{L}\p{M}]{0,4}\s*(?:आधी|अगोदर|पूर्वी|पहले|पूर्व)(?![\p{L}\p{M}])|(?:以上)?前(?P<until>まで)?に?")
_UP_TO_LEAD = regex.compile(r"\s*(?:च्या|ते|से|के|की|の|より)?\s*(?:किमान|कमीत\s+कमी|कम\s+से\s+कम|少なくとも|遅くとも)?\s*")
_SHORT: frozenset[TimeUnit] = frozenset({"minute", "hour", "day", "week"})
_OFTEN: tuple[tuple[Recurrence, str], ...] = (
    (
        "twice a year",
        r"\b(?:twice|two times)\s+(?:a|each|every|per)\s+year\b|\bsemi-?annually\b|\bevery\s+six\s+months\b"
        r"|(?:वर्षातून|वर्षाला|दरवर्षी)\s+(?:किमान\s+)?(?:दोन\s+(?:वेळा|वेळ)|दोनदा)|(?:वर्ष\s+में|प्रतिवर्ष|साल\s+में)\s+(?:कम\s+से\s+कम\s+)?दो\s+बार"
        r"|दर\s+सहा\s+महिन्यां|हर\s+छह\s+म(?:हीने|ाह)|(?:毎年|年に?)\s?[2２二]\s?回|半年(?:ごと|に[1１一]回)|[6６六]\s?[かヶカ]月(?:ごと|に[1１一]回)",
    ),
    (
        "quarterly",
        r"(?<!\b(?:during|at|in)\sthe\s)\bquarterly\b|\b(?:each|every|per)\s+quarter\b|\bevery\s+three\s+months\b|दर\s?तिमाही|तिमाही|त्रैमासिक|दर\s+तीन\s+महिन्यां|हर\s+तीन\s+म(?:हीने|ाह)"
        r"|四半期(?:ごと|毎|に[1１一]回)|[3３三]\s?[かヶカ]月(?:ごと|に[1１一]回)",
    ),
    (
        "monthly",
        r"\bmonthly\b|\b(?:each|every|per|once\s+a)\s+month\b|दरमहा|दर\s?महिन्याला|प्रत्येक\s+महिन्या|(?:हर|प्रत्येक)\s+म(?:हीने|ाह)|प्रति\s?माह|प्रतिमाह|毎月|月(?:に)?\s?[1１一]\s?回",
    ),
    (
        "weekly",
        r"\bweekly\b|\b(?:each|every|per|once\s+a)\s+week\b|दर\s?आठवड्याला|हर\s+(?:सप्ताह|हफ़?्ते)|प्रति\s?सप्ताह|毎週|週(?:に)?\s?[1１一]\s?回",
    ),
    ("daily", r"\bdaily\b|\b(?:each|every|per)\s+day\b|दररोज|प्रतिदिन|रोज़ाना|毎日"),
    (
        "yearly",
        r"\bannual(?:ly)?\b|\byearly\b|\b(?:each|every|per|once\s+a)\s+(?:fiscal\s+|financial\s+|calendar\s+)?year\b"
        r"|\b(?:each|every)\s+(?-i:January|February|March|April|May|June|July|August|September|October|November|December)\b"
        r"|दरवर्षी|दर\s?वर्षी|प्रतिवर्ष[ी]?|प्रत्येक\s+वर्षी|वर्षातून\s+(?:किमान\s+)?एक(?:दा|\s+वेळा?)|हर\s+(?:वर्ष|साल)|प्रति\s+वर्ष|प्रत्येक\s+वर्ष|वार्षिक"
        r"|毎年|毎年度|年(?:に)?\s?[1１一]\s?回",
    ),
)
_MONTH_WORDS = "|".join(
    sorted(
        (name.title() if name.isascii() else name for names in MONTH_NAMES for name in names if len(name) > 2 or not name.isascii()),
        key=len,
        reverse=True,
    )
)
_NAMED_DAYS: dict[Recurrence, int] = {"yearly": 1, "twice a year": 2, "quarterly": 4}
"""How many days of the year must be named for what returns so often."""
_LONE_MONTH = regex.compile(
    rf"(?:(?<![\p{{L}}\p{{M}}.])(?P<name>{_MONTH_WORDS})(?:ात|मध्ये)?(?![\p{{L}}\p{{M}}])|(?<!\p{{Nd}})(?P<number>1[0-2]|[1-9])月(?![間額次分]))"
)
"""A month that is named alone; "May" and "March" are verbs only where they are not written so."""
_EVERY: tuple[tuple[Recurrence, regex.Pattern[str]], ...] = tuple((name, regex.compile(pattern, regex.I)) for name, pattern in _OFTEN)


def deadlines_in(text: str, offset: int = 0) -> Iterator[Deadline]:
    """The deadlines of a clause in the order of their weight: a day, then a time limit, then how often. Places are moved by ``offset``.

    A day of no year comes back where the clause says how often; else it is the next such day after the paper.
    """
    dated = dates_in(text)
    often = _often(text)
    for read in dated:
        if (day := last_day_of(read.when)) is None:
            continue
        if (lead := _lead(text, read)) is not None:
            start, end = min(read.start, lead.start), max(read.end, lead.end)
            yield Deadline(text[start:end], offset + start, offset + end, day=added(day, Duration(-lead.value.count, lead.value.unit)))
        elif _is_limit(text, read.start, read.end):
            yield Deadline(text[read.start : read.end], offset + read.start, offset + read.end, day=day)
    yield from _limits(text, offset, dated)
    if often is not None:
        every, match = often
        yield Deadline(match[0], offset + match.start(), offset + match.end(), every=every, on=_days_of_year(text, dated, every))
        return
    for read in dated:
        if read.when.precision == "month_day" and _is_limit(text, read.start, read.end):
            yield Deadline(text[read.start : read.end], offset + read.start, offset + read.end, on=(_month_day(read.when),))
    for match in _LONE_MONTH.finditer(text):
        if not any(read.start <= match.start() < read.end for read in dated) and _is_limit(text, *match.span()):
            yield Deadline(match[0], offset + match.start(), offset + match.end(), on=(_month(match),))


def _lead(text: str, read: ReadDate) -> ReadDuration | None:
    """The length of time that must be left before a date: "at least 30 days before 31 March 2027"."""
    for one in durations_in(text):
        if one.end <= read.start and _AHEAD.match(text, one.end) and regex.fullmatch(r"[\p{L}\s]{0,24}", text[one.end : read.start]):
            return one if _is_ahead(text, one.start, one.end, one.value.unit) else None
        between = text[read.end : one.start] if read.end <= one.start else None
        if between is not None and _UP_TO_LEAD.fullmatch(between) and _is_ahead(text, one.start, one.end, one.value.unit):
            return one
    return None


def recurs(text: str) -> bool:
    """Whether a clause speaks of what comes back, each year or more often: a day of no year in it is no day."""
    return recurrence(text) is not None


def recurrence(text: str) -> Recurrence | None:
    """How often what a clause speaks of comes back; None where it says nothing of that."""
    often = _often(text)
    return often[0] if often is not None else None


def _often(text: str) -> tuple[Recurrence, regex.Match[str]] | None:
    return next(((every, match) for every, pattern in _EVERY if (match := pattern.search(text))), None)


def _month_day(when: When) -> MonthDay:
    return when.month or 12, when.day or 0


def _month(match: regex.Match[str]) -> MonthDay:
    return MONTHS[match["name"].lower()] if match["name"] else int(match["number"]), 0


def _days_of_year(text: str, dated: tuple[ReadDate, ...], every: Recurrence) -> tuple[MonthDay, ...]:
    """The days and months that a clause names for what returns once or twice a year: "31 March each year", "in April and in October"."""
    if every not in _NAMED_DAYS:
        return ()
    found = {read.start: _month_day(read.when) for read in dated if read.when.precision == "month_day"}
    inside = [(read.start, read.end) for read in dated]
    for match in _LONE_MONTH.finditer(text):
        if not any(start <= match.start() < end for start, end in inside):
            found[match.start()] = _month(match)
    days = tuple(dict.fromkeys(found[at] for at in sorted(found)))
    return days if len(days) >= _NAMED_DAYS[every] else ()


def _is_limit(text: str, start: int, end: int) -> bool:
    before = _BY.search(text[:start])
    if before is not None:
        # "on 28 October 2025" tells when something happened as often as when it is due; "in 2018" likewise.
        return not regex.match(r"(?:in|on(?!\s+or\s+before)|during)\b", before[0], regex.I)
    return _BY_AFTER.match(text, end) is not None


def last_day_of(when: When) -> date | None:
    """The last day of a date; None where its year is not written, or of another calendar."""
    if when.calendar in ("saka", "vikram") or when.year is None:
        return None
    if when.fiscal:
        return date(when.year + 1, 3, 31)
    month = when.month or 12
    return date(when.year, month, when.day or calendar.monthrange(when.year, month)[1])


def _limits(text: str, offset: int, dated: tuple[ReadDate, ...]) -> Iterator[Deadline]:
    for read in durations_in(text):
        ahead = _is_ahead(text, read.start, read.end, read.value.unit)
        if ahead or _limits_time(text, read.start, read.end):
            yield Deadline(
                text[read.start : read.end],
                offset + read.start,
                offset + read.end,
                count=read.value.count,
                unit=read.value.unit,
                ahead=ahead,
            )
    read_already = [(d.start, d.end) for d in durations_in(text)]
    for one in quantities_in(text, [(d.start, d.end) for d in dated]):
        # Hours and minutes, which no agreement's term is counted in, and numbers that are written in rarer words.
        unit = unit_of(one)
        if unit is None or any(a < one.end and one.start < b for a, b in read_already):
            continue
        ahead = _is_ahead(text, one.start, one.end, unit)
        if ahead or _limits_time(text, one.start, one.end):
            yield Deadline(one.text, offset + one.start, offset + one.end, count=int(one.number), unit=unit, ahead=ahead)


def unit_of(one: Quantity) -> TimeUnit | None:
    """The unit that a quantity is written in: the knowledge base counts weeks in days, years in months and hours in minutes."""
    written: dict[tuple[str, bool], TimeUnit] = {
        ("minute", True): "minute", ("minute", False): "hour", ("day", True): "day", ("day", False): "week", ("month", True): "month",
        ("month", False): "year",
    }  # fmt: skip
    counted = one.role == "amount" and one.value >= one.number  # "within 90 seconds" limits nobody's work
    return written.get((one.unit, one.value == one.number)) if counted else None


def _is_ahead(text: str, start: int, end: int, unit: TimeUnit) -> bool:
    """Whether a length of time must be left before something: "at least ten days before the meeting", and not "within ten days before".

    Months and years before something are mostly past ("two years before the flood"), unless the clause says *at least*.
    """
    if _AT_LEAST.search(text[:start]):
        return (_AHEAD_AFTER.match(text, end) or _AHEAD.match(text, end)) is not None
    if (match := _AHEAD_AFTER.match(text, end)) is not None:
        return match["until"] is not None if "前" in match[0] else unit in _SHORT
    return unit in _SHORT and _AHEAD.match(text, end) is not None and _WITHIN.search(text[:start]) is None


def _limits_time(text: str, start: int, end: int) -> bool:
    before = _WITHIN.search(text[:start])
    if before is None:
        return _WITHIN_AFTER.match(text, end) is not None
    if regex.match(r"in\b", before[0], regex.I):
        return False
    return not regex.match(r"over\b", before[0], regex.I) or "next" in before[0].lower() or "following" in before[0].lower()


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
