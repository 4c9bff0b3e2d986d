"""Days and lengths of time as records, and what dates are made of: months, eras and number words of our languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from lang.data_files import ordered
from lang.languages import entries

Calendar: TypeAlias = Literal["gregorian", "japanese", "saka", "vikram"]
Precision: TypeAlias = Literal["day", "month", "year", "fiscal_year", "month_day"]
Unit: TypeAlias = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class When:
    """A date as exactly as it is written: a part that is not written is None and is never filled in.

    Years are Gregorian for the calendars ``gregorian`` and ``japanese`` (era years are converted); of a ``saka`` or ``vikram`` date
    ``year`` is that calendar's own and `day_value` is None. A fiscal year has the year in which it begins.
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    calendar: Calendar = "gregorian"
    fiscal: bool = False

    @property
    def precision(self) -> Precision:
        """The smallest part that is written."""
        if self.fiscal:
            return "fiscal_year"
        if self.year is None:
            return "month_day"
        return "day" if self.day is not None else "month" if self.month is not None else "year"

    @property
    def day_value(self) -> date | None:
        """The day, where all of it is written and in our calendar."""
        if self.calendar in ("saka", "vikram") or self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def __str__(self) -> str:
        """ISO 8601 as far as it goes: 2025-03-12, 2025-03, 2025, --03-12; a fiscal year as 2025/26."""
        if self.fiscal and self.year is not None:
            return f"{self.year}/{(self.year + 1) % 100:02}"
        year = "-" if self.year is None else f"{self.year:04}"
        parts = "".join(f"-{part:02}" for part in (self.month, self.day) if part is not None)
        return f"{year}{parts}" if self.calendar in ("gregorian", "japanese") else f"{self.calendar} {year}{parts}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as written: 18 months stay 18 months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


MONTH_NAMES: tuple[tuple[str, ...], ...] = tuple(
    tuple(dict.fromkeys(name for names in one for name in names.split())) for one in zip(*entries("dates", "months"), strict=True)
)
"""The names of each month, January first."""
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, start=1) for name in names}

INDIAN_MONTHS: tuple[tuple[str, ...], ...] = (
    ("चैत्र", "chaitra"),
    ("वैशाख", "vaisakha", "vaishakha"),
    ("ज्येष्ठ", "जेष्ठ", "jyaistha", "jyeshtha"),
    ("आषाढ", "आषाढ़", "asadha", "ashadha"),
    ("श्रावण", "sravana", "shravana"),
    ("भाद्रपद", "भाद्र", "bhadra", "bhadrapada"),
    ("आश्विन", "अश्विन", "asvina", "ashvina"),
    ("कार्तिक", "kartika"),
    ("मार्गशीर्ष", "अग्रहायण", "agrahayana", "margashirsha"),
    ("पौष", "pausa", "pausha"),
    ("माघ", "magha"),
    ("फाल्गुन", "phalguna"),
)
"""Months of the Indian calendars, Chaitra first. They are recognised so that their years are not taken for ours."""
INDIAN_MONTH = {name: number for number, names in enumerate(INDIAN_MONTHS, start=1) for name in names}

ERAS: dict[str, tuple[int, date]] = {
    name: (before, began)
    for names, before, began in (
        (("明治", "㍾", "M"), 1867, date(1868, 1, 25)),
        (("大正", "㍽", "T"), 1911, date(1912, 7, 30)),
        (("昭和", "㍼", "S"), 1925, date(1926, 12, 25)),
        (("平成", "㍻", "H"), 1988, date(1989, 1, 8)),
        (("令和", "㋿", "R"), 2018, date(2019, 5, 1)),
    )
    for name in names
}
"""Era → the Gregorian year before its first, and the day it began. Years past an era's end ("平成32年") are still unmistakable."""

_UNITS = ordered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = {name: 10 * at for at, name in enumerate(ordered("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)}
CARDINALS = {name: at for at, name in enumerate(_UNITS)} | _TENS
_ORDINALS = ordered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
ORDINAL_DAYS = {
    **{name: at for at, name in enumerate(_ORDINALS, start=1)},
    **{f"twenty-{name}": 20 + at for at, name in enumerate(_ORDINALS[:9], start=1)},
    "thirtieth": 30,
    "thirty-first": 31,
}

_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "元": 1}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}


def japanese_number(text: str) -> int:
    """Value of digits or kanji, in place (二〇二五) or unit notation (二千二十五); 元 is 1.

    Raises:
        ValueError: it is neither.
    """
    if all(c.isdecimal() for c in text):
        return int(text)
    try:
        if not any(c in _KANJI_UNITS for c in text):
            return int("".join(str(_KANJI[c]) for c in text))
        total, pending = 0, 0
        for c in text:
            if c in _KANJI_UNITS:
                total += (pending or 1) * _KANJI_UNITS[c]
                pending = 0
            else:
                pending = _KANJI[c]
    except KeyError as error:
        raise ValueError(f"not a Japanese number: {text}") from error
    return total + pending


def year_in_words(text: str) -> int:
    """Value of "two thousand and twenty-five", "nineteen hundred and ninety" or "twenty twenty-five".

    Raises:
        ValueError: the words are not a year.
    """
    names = [word for word in text.lower().replace("-", " ").split() if word != "and"]
    total = part = 0
    try:
        for name in names:
            if name == "thousand":
                total, part = part * 1000, 0
            elif name == "hundred":
                total, part = total + part * 100, 0
            elif part >= 10 and CARDINALS[name] >= 10:  # "twenty twenty-five", "nineteen ninety"
                total, part = part * 100, CARDINALS[name]
            else:
                part += CARDINALS[name]
    except KeyError as error:
        raise ValueError(f"not a year: {text}") from error
    return total + part
