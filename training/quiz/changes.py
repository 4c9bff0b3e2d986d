"""One fact of a true sentence is changed on its surface: a number, unit, date, clause, denial or obligation.

The changes are made without the readers that look for them, so that they can also be used to try these (`eval.mutations`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TypeAlias

import regex

from lang.codes import Language

Edit: TypeAlias = Callable[[str, random.Random], str | None]
"""The text with one change; None where there is nothing to change."""

NUMBER = regex.compile(r"(?<![\p{Latin}\p{Devanagari}\p{N}.,:/-])\p{Nd}+(?:[.,]\p{Nd}+)*(?![\p{Nd}/:-])")
_SPELLED: Mapping[Language, tuple[str, ...]] = {
    "en": ("three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty", "thirty", "forty", "sixty", "ninety"),
    "mr": ("तीन", "चार", "पाच", "सहा", "सात", "आठ", "नऊ", "दहा", "बारा", "वीस", "तीस", "चाळीस", "साठ", "नव्वद"),
    "hi": ("तीन", "चार", "पाँच", "छह", "सात", "आठ", "नौ", "दस", "बारह", "बीस", "तीस", "चालीस", "साठ", "नब्बे"),
    "ja": ("三つ", "四つ", "五つ", "六つ", "七つ", "八つ", "九つ"),
}
_UNITS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (("million", "billion"), ("billion", "million"), ("lakh", "crore"), ("crore", "lakh"), ("years", "months"), ("months", "years"),
           ("days", "weeks"), ("km", "m"), ("per cent", "times"), ("hours", "minutes"), ("minutes", "hours")),
    "mr": (("लाख", "कोटी"), ("कोटी", "लाख"), ("वर्षे", "महिने"), ("महिने", "वर्षे"), ("दिवस", "आठवडे"), ("हजार", "लाख"), ("दशलक्ष", "अब्ज")),
    "hi": (("लाख", "करोड़"), ("करोड़", "लाख"), ("वर्ष", "माह"), ("दिन", "सप्ताह"), ("हजार", "लाख"), ("मिलियन", "बिलियन"), ("घंटे", "मिनट")),
    "ja": (("万", "億"), ("億", "万"), ("年間", "か月間"), ("日以内", "か月以内"), ("時間", "分間"), ("キロ", "メートル"), ("人", "社")),
}  # fmt: skip
_MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"),
    "mr": ("जानेवारी", "फेब्रुवारी", "मार्च", "एप्रिल", "जून", "जुलै", "ऑगस्ट", "सप्टेंबर", "ऑक्टोबर", "नोव्हेंबर", "डिसेंबर"),
    "hi": ("जनवरी", "फरवरी", "मार्च", "अप्रैल", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
    "ja": (),
}
_CLAUSE = regex.compile(r"(?:Articles?|Section|Clause|Paragraph|Annex|कलम|अनुच्छेद|परिच्छेद|धारा)\s*(\p{Nd}+)|第\s*(\p{Nd}+)\s*[条項]", regex.I)
_YEAR = regex.compile(r"(?<!\p{N})(?:1[89]|20|१[८९]|२०|１[８９]|２０)\p{Nd}{2}(?!\p{N})")
_JAPANESE_DAY = regex.compile(r"(\p{Nd}{1,2})(?=[月日])")
_DENIALS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "shall not "), (r"\bwill (?!not)", "will not "), (r"\bis (?!not)", "is not "),
           (r"\bwas (?!not)", "was not "),
           (r"\bare (?!not)", "are not "), (r"\bcan (?!not)", "cannot ")),
    "mr": ((r"आहेत(?!\p{M})", "नाहीत"), (r"आहे(?!\p{L}|\p{M})", "नाही"), (r"करील(?!\p{L})", "करणार नाही"), (r"येईल(?!\p{L})", "येणार नाही")),
    "hi": ((r"(?<!नहीं )हैं(?!\p{L}|\p{M})", "नहीं हैं"), (r"(?<!नहीं )है(?!\p{L}|\p{M})", "नहीं है"), (r"(?<!नहीं )था(?!\p{L}|\p{M})", "नहीं था")),
    "ja": ((r"します", "しません"), (r"である(?!\p{L})", "ではない"), (r"しました", "しませんでした"), (r"できる(?!\p{L})", "できない"),
           (r"(?<!ま)した(?=。)", "しなかった"),
           (r"する(?=。)", "しない"), (r"いる(?=。)", "いない")),
}  # fmt: skip
_DUTIES: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": ((r"\bshall (?!not)", "may "), (r"\bmay (?!not)", "must "), (r"\bmust (?!not)", "may ")),
    "mr": ((r"करावे(?!\p{L}|\p{M})", "करता येईल"), (r"केलीच पाहिजे", "करता येईल"), (r"पाहिजे", "तरी चालेल")),
    "hi": ((r"करेंगे(?!\p{L})", "कर सकते हैं"), (r"करेगा(?!\p{L})", "कर सकता है"), (r"चाहिए", "सकता है")),
    "ja": ((r"しなければならない", "することができる"), (r"ものとする", "ことができる"), (r"ことができる", "ものとする")),
}


def _number(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        places = [m for m in NUMBER.finditer(text) if not _CLAUSE.search(text[max(0, m.start() - 14) : m.end() + 1])]
        if places and (len(places) > 1 or chance.random() < 0.8):
            match = chance.choice(places)
            digits = [at for at in range(match.start(), match.end()) if text[at].isdecimal()]
            return _other_digit(text, chance.choice(digits), chance)
        words = [w for w in _SPELLED[language] if regex.search(rf"(?<![\p{{L}}\p{{M}}]){w}(?!\p{{L}}|\p{{M}})", text)]
        if not words:
            return None
        word = chance.choice(words)
        other = chance.choice([w for w in _SPELLED[language] if w != word])
        return str(regex.sub(rf"(?<![\p{{L}}\p{{M}}]){word}(?!\p{{L}}|\p{{M}})", other, text, count=1))

    return edit


def _other_digit(text: str, at: int, chance: random.Random) -> str:
    zero = ord(text[at]) - int(text[at])
    first = not text[at - 1 : at].isdecimal()
    other = chance.choice([d for d in range(1 if first else 0, 10) if d != int(text[at])])
    return f"{text[:at]}{chr(zero + other)}{text[at + 1 :]}"


def _unit(language: Language) -> Edit:
    ends = "" if language == "ja" else r"(?!\p{L}|\p{M})"
    after = r"(?<=\p{N}[\s千百十万]?)"

    def edit(text: str, chance: random.Random) -> str | None:
        there = [(old, new) for old, new in _UNITS[language] if regex.search(f"{after}{old}{ends}", text)]
        if not there:
            return None
        old, new = chance.choice(there)
        return str(regex.sub(f"{after}{old}{ends}", new, text, count=1))

    return edit


def _date(language: Language) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        ways: list[str] = []
        for match in _YEAR.finditer(text):
            ways.append(_other_digit(text, match.end() - chance.choice((1, 2)), chance))
        there = [m for m in _MONTHS[language] if regex.search(rf"(?<![\p{{L}}\p{{M}}]){m}(?!\p{{L}}|\p{{M}})", text)]
        if there:
            old = chance.choice(there)
            new = chance.choice([m for m in _MONTHS[language] if m != old])
            ways.append(str(regex.sub(rf"(?<![\p{{L}}\p{{M}}]){old}(?!\p{{L}}|\p{{M}})", new, text, count=1)))
        if language == "ja":
            ways += [_other_digit(text, m.end() - 1, chance) for m in _JAPANESE_DAY.finditer(text)]
        return chance.choice(ways) if ways else None

    return edit


def _clause(language: Language) -> Edit:
    del language

    def edit(text: str, chance: random.Random) -> str | None:
        match = _CLAUSE.search(text)
        if match is None:
            return None
        return _other_digit(text, (match.end(1) if match.group(1) else match.end(2)) - 1, chance)

    return edit


def _swap(table: Mapping[Language, tuple[tuple[str, str], ...]]) -> Callable[[Language], Edit]:
    def of(language: Language) -> Edit:
        def edit(text: str, chance: random.Random) -> str | None:
            there = [(a, b) for a, b in table[language] if regex.search(a, text)]
            if not there:
                return None
            pattern, new = chance.choice(there)
            last = list(regex.finditer(pattern, text))[-1]
            return f"{text[: last.start()]}{new}{text[last.end() :]}"

        return edit

    return of


EDITS: Mapping[str, Callable[[Language], Edit]] = {
    "number": _number, "unit": _unit, "date": _date, "clause": _clause, "negation": _swap(_DENIALS), "modality": _swap(_DUTIES),
}  # fmt: skip
"""Kind of change → the edit that makes it, in a language."""
