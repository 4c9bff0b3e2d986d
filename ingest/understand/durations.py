"""Lengths of time as agreements write them: three years, 18 months, thirty (30) days, तीन वर्षे, नब्बे दिन, 6か月."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from ingest.found import Duration, Unit
from ingest.understand.calendars import CARDINALS, ORDINAL_DAYS, japanese_number
from ingest.understand.dates import dates_in

_INDIAN_NUMBERS: dict[int, str] = {
    1: "एक", 2: "दोन दो", 3: "तीन", 4: "चार", 5: "पाच पाँच पांच", 6: "सहा छह छः छ: छे", 7: "सात", 8: "आठ", 9: "नऊ नौ", 10: "दहा दस",
    11: "अकरा ग्यारह", 12: "बारा बारह", 15: "पंधरा पंद्रह पन्द्रह", 18: "अठरा अठारह", 20: "वीस बीस", 21: "एकवीस इक्कीस",
    24: "चोवीस चौबीस", 25: "पंचवीस पच्चीस", 30: "तीस", 36: "छत्तीस", 40: "चाळीस चालीस", 45: "पंचेचाळीस पैंतालीस",
    50: "पन्नास पचास", 60: "साठ", 90: "नव्वद नब्बे", 99: "नव्याण्णव निन्यानवे", 100: "शंभर सौ",
}  # fmt: skip
_WORDS = {word: number for number, words in _INDIAN_NUMBERS.items() for word in words.split()}
_UNITS: tuple[tuple[Unit, str], ...] = (
    ("day", r"(?:calendar\s|working\s|clear\s)?days?\b|दिवस\p{M}*(?:ांच[ीेा]|ांनी|ांत|ां)?|दिनों?|दिन|日間?(?!本|付)"),
    ("week", r"weeks?\b|आठवड[\p{L}\p{M}]*|सप्ताह|हफ़?्त[\p{L}\p{M}]*|週間"),
    ("month", r"(?:calendar\s)?months?\b|महिन[\p{L}\p{M}]*|महीन[\p{L}\p{M}]*|माह|मास\b|[かカヶケヵ箇ヵ]月間?|月間"),
    ("year", r"years?\b|वर्ष[\p{L}\p{M}]*|साल|年間?(?![度月生])"),
)
_UNIT = "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS)
_EN = "|".join(sorted(CARDINALS, key=len, reverse=True))
_ORDINAL = "|".join(sorted((word.replace("-", "[ -]") for word in ORDINAL_DAYS), key=len, reverse=True))
_NUMBER = (
    rf"(?P<digits>\p{{Nd}}{{1,3}})|(?P<words>(?:(?:a|{_EN})\s+hundred(?:\s+(?:and\s+)?(?:{_EN})(?:[\s-](?:{_EN}))?)?|(?:{_EN})(?:[\s-](?:{_EN}))?))(?![a-z])"
    rf"|(?P<ordinal>\p{{Nd}}{{1,3}}(?:st|nd|rd|th)|{_ORDINAL})"
    rf"|(?P<indian>{'|'.join(sorted(_WORDS, key=len, reverse=True))})(?![\p{{L}}\p{{M}}])|(?P<kanji>[一二三四五六七八九十百]{{1,4}})"
    r"|[(（](?=\p{Nd}{1,3}\s?[)）])"
)
"""The last is the number that a gloss repeats in digits, where its words are not known: "एक सौ अस्सी (180) दिन"."""
_GLOSS = r"(?:(?:\s?[(（])?(?:(?<=[(（])(?P<glossed>\p{Nd}{1,3})|(?<=[(（])[\p{L}\p{M}\p{Nd} -]{1,20})\s?[)）])?"
_DURATION = regex.compile(rf"(?<![\p{{Nd}}\p{{L}}\p{{M}}.,年月])(?:{_NUMBER}){_GLOSS}['’]?[\s-]*(?:{_UNIT})['’]?", regex.I)
_DURATION_JA = regex.compile(rf"(?<![\p{{Nd}}.,年月日一-十])(?:{_NUMBER}){_GLOSS}\s?(?:{_UNIT})", regex.I)


@dataclass(frozen=True, slots=True)
class ReadDuration:
    """A duration and where it stands."""

    value: Duration
    start: int
    end: int


def durations_in(text: str) -> Iterator[ReadDuration]:
    """Every duration of ``text`` in order of position. An ordinal counts ("on the thirtieth day after")."""
    japanese = regex.search(r"[\p{Hiragana}\p{Katakana}]", text) is not None
    dated = [(d.start, d.end) for d in dates_in(text)] if japanese else []  # the 8年 of 令和8年4月1日 is no length of time
    for match in (_DURATION_JA if japanese else _DURATION).finditer(text):
        count = _count(match)
        unit = next(unit for unit, _ in _UNITS if match.group(unit))
        if count and not any(start < match.end() and match.start() < end for start, end in dated):
            yield ReadDuration(Duration(count, unit), match.start(), match.end())


def _count(match: regex.Match[str]) -> int:
    if found := match.group("digits") or match.group("glossed"):
        return int(found)
    if found := match.group("words"):
        hundreds, hundred, rest = found.lower().rpartition("hundred")
        units = sum(CARDINALS.get(word, 0) for word in regex.split(r"[\s-]+", rest))
        return (CARDINALS.get(hundreds.strip(), 1) * 100 if hundred else 0) + units
    if found := match.group("ordinal"):
        lowered = regex.sub(r"\s", "-", found.lower())
        return ORDINAL_DAYS[lowered] if lowered in ORDINAL_DAYS else int(regex.sub(r"\P{Nd}", "", found))
    if found := match.group("indian"):
        return _WORDS[found]
    return japanese_number(match.group("kanji") or "")
