"""Dates and durations as they are written: `dates_in`, `durations_in`.

Numeric dates are read day first, as in India, unless the year leads. A date is as exact as it is written: "March 2025" stays a
month, 令和6年度 a fiscal year, "18 February" a day of no stated year. What cannot be read in one way only (12/03/25, 12/25/2025,
31 April, a range's first half) yields nothing, and neither do "yesterday" and "next May". Saka and Vikram dates are recognised,
so that their years are not taken for Gregorian ones, and are not converted.
Lengths of time are those that agreements write: three years, 18 months, thirty (30) days, तीन वर्षे, नब्बे दिन, 6か月.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import regex

from lang.languages import entries, known_of, words_of
from lang.values.calendars import CARDINALS, ERAS, INDIAN_MONTH, MONTHS, ORDINAL_DAYS, Duration, Unit, When, japanese_number, year_in_words
from lang.values.numerals import in_words, spelled

_EARLIEST, _LATEST = 1600, 2199


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date and where it stands: ``text`` equals the read text at ``[start, end)``."""

    when: When
    text: str
    start: int
    end: int


_D = r"\p{Nd}"
_FREE = rf"(?<![{_D}\p{{L}}\p{{M}}])"
_WORD_END = r"(?:(?=पर्यंत|पासून|पूर्वी|नंतर|च्या|मध्ये|अखेर|रोजी)|(?![\p{L}\p{M}]))"
"""Marathi writes its postpositions with the month: १० जुलैपर्यंत."""
# "12-14 March 2025" begins before its last day: the second half alone would be a guess.
_DAY_END = "|".join(words_of("dates", "day_endings"))
"""What stands behind the number of a day: 12th."""
_OF = "|".join(words_of("dates", "of"))
_NOT_RANGE = rf"(?<!{_D}(?:{_DAY_END})?\s?(?:[-–—~〜～/.]|to|and|व|आणि|और|से|ते)\s?)"
_NAMED = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_NAMED}){_WORD_END}"
# "May" and "March" are also verbs, "मे." is "Messrs.": without a day beside it a month needs its capital and no full stop.
_CAPITALS = frozenset(name for one in known_of("en")["dates"]["months"] for name in one.split())
_LONE_MONTH = rf"(?P<month>(?-i:{'|'.join(n.title() if n in _CAPITALS else n for n in _NAMED.split('|'))})){_WORD_END}"
_YEAR = rf"(?P<year>{_D}{{4}})(?!{_D})"
_DAY = rf"(?P<day>{_D}{{1,2}})"
_TEN_WORDS = "|".join(sorted(CARDINALS, key=len, reverse=True))
_YEAR_WORDS = rf"(?P<year_words>(?:(?:{_TEN_WORDS}|hundred|thousand)(?:[\s-]+(?:and\s+)?)?){{2,8}}(?<=[a-z]))(?![a-z])"
_DAY_WORD = rf"(?P<day_word>{'|'.join(sorted((w.replace('-', '[ -]') for w in ORDINAL_DAYS), key=len, reverse=True))})"
_SPELLED = "|".join(word for word in spelled() if not word.isascii())
_DEV_WORDS = rf"(?:(?:{_SPELLED})(?![\p{{L}}\p{{M}}])\s?){{1,2}}"
_DEV_YEAR = rf"(?P<dev_year>(?:(?:{_SPELLED})\s){{1,3}}(?:{_SPELLED}))(?![\p{{L}}\p{{M}}])"
_SAN = r"(?:सन्?|इ\.?\s?स\.?)\s?"
_YEAR_BEFORE = rf"(?:in\s+the\s+year\s+|of\s+the\s+year\s+|{_SAN})?"

_JA = rf"[{_D}〇○零元一二三四五六七八九十百千]"
_ERA = "|".join(name for name in ERAS if not name.isascii())
_ERA_LETTER = rf"(?<![\p{{Latin}}{_D}.])(?-i:[MTSHR])"
_JA_YEAR = (
    rf"(?:(?P<era>{_ERA}|{_ERA_LETTER})\s?(?P<era_year>{_JA}{{1,3}})|(?:西暦\s?)?(?<!{_D}|[〇○一二三四五六七八九])"
    rf"(?P<year>{_D}{{4}}|[〇○一二三四五六七八九]{{4}}|[一二]千{_JA}{{0,6}}))\s?年"
)
_JA_ALSO = rf"(?:\s?[(（](?:西暦\s?)?(?:(?P<also_era>{_ERA})\s?(?P<also_era_year>{_JA}{{1,3}})|(?P<also>{_D}{{4}}))\s?年?[)）])?"
_JA_MONTH, _JA_DAY = rf"\s?(?P<ja_month>{_JA}{{1,3}})\s?月", rf"\s?(?P<ja_day>{_JA}{{1,3}})\s?日(?!間|以内|程度)"

_INDIAN = rf"(?P<indian>{'|'.join(sorted(INDIAN_MONTH, key=len, reverse=True))}){_WORD_END}"
_SAKA = r"(?:शालिवाहन\s+शके|शके|शक\s+सं[वंब]त्?त?|शक(?=\s)|saka(?:\s+(?:samvat|era))?|shaka(?:\s+samvat)?)"
_VIKRAM = r"(?:विक्रम\s+सं[वं]त्?|वि\.?\s?सं\.?|सं[वं]त्?|vikram(?:a)?\s+samvat|v\.?\s?s\.)"
_OTHER_ERA = rf"(?:(?P<saka>{_SAKA})|(?P<vikram>{_VIKRAM}))"

_FULL = (
    # 12 March 2025, 12th day of March, 2025, १२ मार्च, सन २०२५, 12-Mar-2025
    rf"{_NOT_RANGE}{_FREE}{_DAY}(?:\s?(?:{_DAY_END})\b)?(?:\s+day)?[\s-]*(?:(?:{_OF})\s+)?{_MONTH}\.?[\s,-]*(?:(?:{_OF})\s+)?{_YEAR_BEFORE}{_YEAR}",
    # March 12, 2025; Sept. 5th 2025
    rf"{_FREE}{_MONTH}\.?\s+{_DAY}(?:{_DAY_END})?\s?,?\s+{_YEAR}",
    # 12.03.2025, १२/०३/२०२५, 12 - 3 - 2025
    rf"{_NOT_RANGE}{_FREE}{_DAY}\s?(?P<sep>[./．／-])\s?(?P<month_number>{_D}{{1,2}})\s?(?P=sep)\s?{_YEAR}(?![./-]{_D})",
    # 2025-03-12, 2025.3.12
    rf"(?<![{_D}./-])(?P<year>{_D}{{4}})(?P<sep>[./-])(?P<month_number>{_D}{{1,2}})(?P=sep)(?P<day>{_D}{{1,2}})(?![{_D}./-]*{_D})",
    # twelfth day of March, two thousand and twenty-five; 28th day of October, two thousand and twenty-five; the third of May 2025
    rf"{_NOT_RANGE}{_FREE}(?:{_DAY_WORD}|{_DAY}\s?(?:{_DAY_END})?)(?:\s+day)?,?\s+(?:of\s+)?{_MONTH},?\s+(?:of\s+|in\s+)?(?:the\s+year\s+)?"
    rf"(?:{_YEAR_WORDS}|{_YEAR})",
    # सोळा मे दोन हजार पंचवीस; 4 मार्च दो हज़ार पच्चीस; सोळा मे २०२५
    rf"{_FREE}(?P<dev_day>{_DEV_WORDS})\s?{_MONTH},?\s+(?:{_SAN}|वर्ष\s)?(?:{_DEV_YEAR}|{_YEAR})",
    rf"{_FREE}{_DAY}\s?{_MONTH},?\s+(?:{_SAN}|वर्ष\s)?{_DEV_YEAR}",
    # 令和7年3月12日, 2025年（令和7年）3月12日, 二〇二五年三月十二日
    _JA_YEAR + _JA_ALSO + _JA_MONTH + _JA_DAY,
    # R7.3.12, 令和7.3.12
    rf"(?P<era>{_ERA}|{_ERA_LETTER})\s?(?P<era_year>{_D}{{1,2}})(?P<sep>[./])(?P<ja_month>{_D}{{1,2}})(?P=sep)(?P<ja_day>{_D}{{1,2}})(?![./-]?{_D})",
    # फाल्गुन २१, शके १९४६; 22 Chaitra 1947; मिती पौष २५ शके १९४६
    rf"{_FREE}(?:(?P<day>{_D}{{1,2}})\s+{_INDIAN}|{_INDIAN}\s+(?P<day>{_D}{{1,2}}))\s?,?\s+{_OTHER_ERA}?,?\s*{_YEAR}"
    rf"(?:\s?[(（]?{_OTHER_ERA}[)）]?)?",
)
_PARTIAL = (
    # March 2025, मार्च २०२५
    rf"{_FREE}{_LONE_MONTH}(?:(?<=[A-Z][a-z]{{2,3}})\.)?,?\s+(?:(?:{_OF})\s+)?{_YEAR_BEFORE}{_YEAR}",
    _JA_YEAR + _JA_ALSO + _JA_MONTH + rf"(?!\s?{_JA}{{1,3}}\s?日)",
    # 令和6年度, FY 2024-25, सन २०२५-२६
    rf"(?:(?P<era>{_ERA})\s?(?P<era_year>{_JA}{{1,3}})|(?<!{_D})(?P<year>{_D}{{4}}))\s?年(?P<fiscal>度)",
    rf"(?<![{_D}\p{{L}}\p{{M}}/.-])(?P<year>{_D}{{4}})\s?[-–—/]\s?(?P<next>{_D}{{4}}|{_D}{{2}})(?![{_D}/.-]*{_D})(?P<fiscal>)",
    # 18 February, February 18, १८ फेब्रुवारी, 3月21日
    rf"{_NOT_RANGE}{_FREE}{_DAY}(?:\s?(?:{_DAY_END})\b)?(?:\s+(?:{_OF}))?\s+{_LONE_MONTH}",
    rf"{_FREE}{_LONE_MONTH}\s+{_DAY}(?:{_DAY_END})?(?![\p{{L}}\p{{M}}{_D}:.,]*{_D})(?!\s?[%–-])",
    rf"(?<!{_JA}|(?<!毎)年)(?P<ja_month>{_JA}{{1,3}})\s?月{_JA_DAY}",
    # शके १९४७, विक्रम संवत २०८२
    rf"(?<![\p{{L}}\p{{M}}]){_OTHER_ERA}\s+{_YEAR}",
    # 2025年, 令和7年; सन २०१८, in 2018
    _JA_YEAR + rf"(?![間半前後度目]|\s?{_JA}{{1,3}}\s?(?:月|か月|ヶ月|カ月))",
    rf"(?<![\p{{L}}\p{{M}}])(?:{_SAN}|वर्ष\s+|साल\s+|(?<=\b(?:in|since|of|year|by|until|during|from|after|before)\s)){_YEAR}"
    rf"(?![\p{{L}}\p{{M}}/.-]*{_D})(?!\s?(?:%|per\b|percent|[mb]illion|crore|lakh|people|km|[\p{{L}}]{{4,}}s\b))",
    rf"(?<![{_D}\p{{L}}\p{{M}}/.-])(?P<year>{_D}{{4}})\s+(?:साली|मध्ये|पासून|पर्यंत|च्या|चे|ची|चा|में|से|तक|के|की|का){_WORD_END}",
)
_COMPILED = tuple(regex.compile(p, regex.IGNORECASE) for p in (*_FULL, *_PARTIAL))
_CANDIDATE = regex.compile(r"\p{Nd}|年|月|day of|(?:st|nd|rd|th)\b|हज़?ार|हज़ार", regex.IGNORECASE)
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_NEAR_JAPANESE = 60


def _year(group: Callable[[str], str | None]) -> tuple[int | None, date | None]:
    """The Gregorian year that the groups spell, and the first day of its era where it is an era year."""
    if era := group("era"):
        before, began = ERAS[era]
        return before + japanese_number(group("era_year") or ""), began
    if words := group("year_words"):
        return year_in_words(words.strip()), None
    if words := group("dev_year"):
        return _number(words), None
    written = group("year")
    return (japanese_number(written) if written else None), None


def _agrees(group: Callable[[str], str | None], year: int | None) -> bool:
    """Whether a year that is repeated in parentheses in the other calendar is the same year."""
    if era := group("also_era"):
        return ERAS[era][0] + japanese_number(group("also_era_year") or "") == year
    also = group("also")
    return also is None or int(also) == year


def _day(group: Callable[[str], str | None]) -> int | None:
    if word := group("day_word"):
        return ORDINAL_DAYS[regex.sub(r"\s", "-", word.lower())]
    if words := group("dev_day"):
        return _number(words)
    if ja_day := group("ja_day"):
        return japanese_number(ja_day)
    written = group("day")
    return int(written) if written else None


def _number(words: str) -> int:
    """The value of a number in Hindi or Marathi words; 0, which is no day and no year, where they make none."""
    return int(in_words(words.strip()) or 0)


def _month(group: Callable[[str], str | None]) -> int | None:
    if name := group("month"):
        return MONTHS[name.lower()]
    if ja_month := group("ja_month"):
        return japanese_number(ja_month)
    number = group("month_number")
    return int(number) if number else None


def _indian(group: Callable[[str], str | None]) -> When | None:
    """A date of an Indian calendar, told by its name or by its month; None for a date of another."""
    month = INDIAN_MONTH[name.lower()] if (name := group("indian")) else None
    if not (month or group("saka") or group("vikram")):
        return None
    year, day = int(group("year") or ""), _day(group)
    vikram = bool(group("vikram")) or (not group("saka") and year >= _EARLIEST + 400)
    if day is not None and not 1 <= day <= 32:
        raise ValueError(f"no such day: {day}")
    return When(year, month, day, "vikram" if vikram else "saka")


def _when(group: Callable[[str], str | None]) -> When | None:
    """The date that the named groups of a match spell; None where there is no such date."""
    try:
        if indian := _indian(group):
            return indian
        year, began = _year(group)
        month, day = _month(group), _day(group)
        if group("fiscal") is not None:
            following = group("next")
            if year is None or (following and int(following) not in (year + 1, (year + 1) % 100)):
                return None
            return When(year, calendar="japanese" if began else "gregorian", fiscal=True) if _EARLIEST <= year <= _LATEST else None
        value = date(2000 if year is None else year, month or 1, day or 1)  # 2000 is a leap year: 29 February exists
    except (ValueError, KeyError):
        return None
    if not _agrees(group, year) or not _EARLIEST <= value.year <= _LATEST:
        return None
    if began is not None and (value < began if day else year is not None and year < began.year):
        return None
    return When(year, month, day, "japanese" if began else "gregorian")


def _readings(text: str) -> Iterator[tuple[int, ReadDate | None, int, int]]:
    for rank, pattern in enumerate(_COMPILED):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if (era := groups.get("era")) and era.isascii():
                near = text[max(0, match.start() - _NEAR_JAPANESE) : match.end() + _NEAR_JAPANESE]
                if not _JAPANESE.search(near):  # "Section S3.2.1" is no day of 1928
                    continue
            when = _when(groups.get)
            read = ReadDate(when, match.group(), match.start(), match.end()) if when is not None else None
            yield rank, read, match.start(), match.end()


def dates_in(text: str) -> tuple[ReadDate, ...]:
    """Every date in ``text`` in order of position, none overlapping another: whole and partial ones, with calendar and precision.

    A full form that is no possible date (31.02.2025) yields nothing, and no part of it is read as something less exact.
    """
    if not _CANDIDATE.search(text):
        return ()
    taken: list[tuple[int, int]] = []  # disjoint, in order
    kept: list[ReadDate] = []
    # Whole dates first, the longest of those at one place; then what is less exact in what is left.
    readings = list(_readings(text))
    full = sorted((r for r in readings if r[0] < len(_FULL)), key=lambda r: (r[2], r[1] is None, -r[3]))
    partial = sorted((r for r in readings if r[0] >= len(_FULL)), key=lambda r: (r[0], r[2]))
    for group in (full, partial):
        for _, read, start, end in group:
            at = bisect(taken, (start, end))
            if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
                continue
            taken.insert(at, (start, end))
            if read is not None:
                kept.append(read)
    return tuple(sorted(kept, key=lambda r: r.start))


_UNITS: tuple[tuple[Unit, str], ...] = tuple((unit, "|".join(entries("durations", unit))) for unit in ("day", "week", "month", "year"))
_UNIT = "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS)
_ORDINAL = "|".join(sorted((word.replace("-", "[ -]") for word in ORDINAL_DAYS), key=len, reverse=True))
_WORD = "|".join(spelled())
_WHOLE = rf"(?:{_WORD})(?![\p{{L}}\p{{M}}])"
_WORDS = rf"(?:(?:an?\s+(?=hundred|dozen))?{_WHOLE}(?:[\s-]+(?:and\s+(?:a\s+(?=half))?)?(?={_WHOLE}))?)+"
_NUMBER = (
    rf"(?P<digits>\p{{Nd}}{{1,3}})|(?P<words>{_WORDS})|(?P<ordinal>\p{{Nd}}{{1,3}}(?:{_DAY_END})|{_ORDINAL})"
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
