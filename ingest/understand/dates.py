"""Dates as they are written in our four languages.

Only whole dates count: day, month and a four-digit or era year. Numeric dates are read day first, as in India, unless the year
leads. What cannot be one certain day (a range's first half, 25/25/2025, a month alone) yields nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import regex


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date and where it stands: ``text[start:end]``."""

    value: date
    start: int
    end: int


_MONTH_NAMES: tuple[tuple[str, ...], ...] = (
    ("january", "jan", "जानेवारी", "जनवरी"),
    ("february", "feb", "फेब्रुवारी", "फेब्रूवारी", "फरवरी", "फ़रवरी"),
    ("march", "mar", "मार्च"),
    ("april", "apr", "एप्रिल", "अप्रैल"),
    ("may", "मे", "मई"),
    ("june", "jun", "जून"),
    ("july", "jul", "जुलै", "जुलाई"),
    ("august", "aug", "ऑगस्ट", "आॅगस्ट", "अगस्त"),
    ("september", "sept", "sep", "सप्टेंबर", "सप्टेम्बर", "सितंबर", "सितम्बर"),
    ("october", "oct", "ऑक्टोबर", "आॅक्टोबर", "अक्टूबर", "अक्तूबर"),
    ("november", "nov", "नोव्हेंबर", "नोव्हेम्बर", "नवंबर", "नवम्बर"),
    ("december", "dec", "डिसेंबर", "डिसेम्बर", "दिसंबर", "दिसम्बर"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")(?![\p{L}\p{M}])"
_ERAS = {
    "明治": (1867, date(1868, 1, 25)),
    "大正": (1911, date(1912, 7, 30)),
    "昭和": (1925, date(1926, 12, 25)),
    "平成": (1988, date(1989, 1, 8)),
    "令和": (2018, date(2019, 5, 1)),
}
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1}
_JA_NUMBER = r"[\p{Nd}〇零元一二三四五六七八九十]"

_FREE = r"(?<![\p{Nd}\p{L}\p{M}])"
# "12-14 March 2025" begins before its last day: the second half alone would be a guess.
_NOT_RANGE = r"(?<!\p{Nd}\s?[-–—~/.]\s?)"
_YEAR = r"(?P<year>\p{Nd}{4})(?!\p{Nd})"
_PATTERNS = (
    rf"{_NOT_RANGE}{_FREE}(?P<day>\p{{Nd}}{{1,2}})(?:\s?(?:st|nd|rd|th)\b)?(?:\s+day\s+of)?[\s-]*(?:of\s+)?{_MONTH}\.?[\s,-]*{_YEAR}",
    rf"{_FREE}{_MONTH}\.?\s+(?P<day>\p{{Nd}}{{1,2}})(?:st|nd|rd|th)?\s?,?\s+{_YEAR}",
    rf"{_NOT_RANGE}{_FREE}(?P<day>\p{{Nd}}{{1,2}})(?P<sep>[./-])(?P<month_number>\p{{Nd}}{{1,2}})(?P=sep){_YEAR}(?![./-]\p{{Nd}})",
    r"(?<![\p{Nd}./-])(?P<year>\p{Nd}{4})(?P<sep>[./-])(?P<month_number>\p{Nd}{1,2})(?P=sep)(?P<day>\p{Nd}{1,2})(?![\p{Nd}./-]*\p{Nd})",
    rf"(?:(?P<era>{'|'.join(_ERAS)})\s?(?P<era_year>{_JA_NUMBER}{{1,3}})|(?<!\p{{Nd}})(?P<year>\p{{Nd}}{{4}}|[〇一二三四五六七八九]{{4}}))\s?年"
    rf"(?:\s?[(（][^)）]{{1,10}}[)）])?\s?(?P<ja_month>{_JA_NUMBER}{{1,3}})\s?月\s?(?P<ja_day>{_JA_NUMBER}{{1,3}})\s?日",
)
_COMPILED = tuple(regex.compile(p, regex.IGNORECASE) for p in _PATTERNS)
_CANDIDATE = regex.compile(r"\p{Nd}|[年]")


def _japanese_number(text: str) -> int:
    """Value of ASCII, full-width or kanji digits; 十 notation up to 99. Raises ValueError on anything else."""
    if all(c.isdecimal() for c in text):
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0)
    return int("".join(str(_KANJI_DIGITS[c]) for c in text))


def _value(group: Callable[[str], str | None]) -> date | None:
    """The day that the named groups of a match spell, None where there is no such day."""
    try:
        if ja_day := group("ja_day"):
            month, day = _japanese_number(group("ja_month") or ""), _japanese_number(ja_day)
            if era := group("era"):
                base, began = _ERAS[era]
                found = date(base + _japanese_number(group("era_year") or ""), month, day)
                return found if found >= began else None
            return date(_japanese_number(group("year") or ""), month, day)
        name = group("month")
        month = _MONTHS[name.lower()] if name else int(group("month_number") or "")
        found = date(int(group("year") or ""), month, int(group("day") or ""))
    except (ValueError, KeyError):
        return None
    return found if 1600 <= found.year <= 2199 else None


def find_dates(text: str) -> list[FoundDate]:
    """Every whole date in ``text``, in order of position; overlapping readings keep the first."""
    if not _CANDIDATE.search(text):
        return []
    found: list[FoundDate] = []
    for pattern in _COMPILED:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            value = _value(groups.get)
            if value is not None:
                found.append(FoundDate(value, match.start(), match.end()))
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[FoundDate] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept
