"""Values that need no translation, in the form of the reader's language: dates, lengths of time, amounts of money, shares."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, cast

import regex

from ingest.records import Language
from kb.answer.verify.quantities import CURRENCIES, Quantity
from prompts.phrases import spoken

_ISO = regex.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
SMALL = 10
"""Numbers up to which words count as often nothing (五つの支川, *the two sides*): they are left as they are."""
_YEARLY = regex.compile(r"--(\d{2})-(\d{2})")
_DURATION = regex.compile(r"(\d+) (minute|hour|day|week|month|year)s?")
_LARGER = {("minute", 60): "hour", ("day", 7): "week", ("month", 12): "year"}


def day_form(value: date | str, language: Language) -> str:
    """A day (also one without its year), month or year, given as a date or as ISO 8601 as far as it goes; anything else as it is."""
    shown = value.isoformat() if isinstance(value, date) else value
    if (yearly := _YEARLY.fullmatch(shown)) is not None:
        forms = _forms(language)
        return str(forms["yearly"].format(month=forms["months"][int(yearly[1]) - 1], day=int(yearly[2])))
    match = _ISO.fullmatch(shown)
    if match is None:
        return shown
    year, month, day = match.groups()
    if month is None:
        return year
    forms = _forms(language)
    pattern = forms["day"] if day else forms["month"]
    return str(pattern.format(year=year, month=forms["months"][int(month) - 1], day=int(day or 1)))


def duration_form(value: str, language: Language) -> str:
    """A length of time as facts have it ("6 months"); anything else as it is."""
    match = _DURATION.fullmatch(value)
    return _counted(int(match[1]), match[2], language) if match else value


def quantity_form(quantity: Quantity, language: Language) -> str:
    """A length of time, a share, an amount of money, or a bare number in words; "" for what is written alike everywhere or needs words."""
    if quantity.role != "amount":
        return ""
    if quantity.unit in CURRENCIES:
        return money_form(quantity.value, quantity.unit, language)
    if quantity.unit == "percent":
        return f"{_number(quantity.value)}{_forms(language)['percent']}"
    if quantity.unit in ("minute", "day", "month") and quantity.number:
        unit = _LARGER.get((quantity.unit, int(quantity.value / quantity.number)), quantity.unit)
        return _counted(quantity.number, unit, language)
    # forty-two, ४२ and 四十二 are 42; "one of the" and "both" count nothing.
    return "" if quantity.unit or quantity.number <= SMALL or not _written_otherwise(quantity.text) else _number(quantity.value)


def _written_otherwise(text: str) -> bool:
    """Whether a number is in words or in digits of another script."""
    return not any(letter.isascii() and letter.isdigit() for letter in text)


def value_form(unit: str, value: str, language: Language) -> str:
    """A value in the notation of `kb.answer.skills.tables.cells.typed_in`: a day, or a number of a base unit."""
    if unit == "date":
        return day_form(value, language)
    number = Fraction(value)
    if unit in CURRENCIES:
        return money_form(number, unit, language)
    if unit == "percent":
        return f"{_number(number)}{_forms(language)['percent']}"
    if unit in ("minute", "day", "month"):
        size, larger = {"minute": (60, "hour"), "day": (7, "week"), "month": (12, "year")}[unit]
        whole = number >= size and number % size == 0 and unit != "day"
        return _counted(number / size, larger, language) if whole else _counted(number, unit, language)
    return _number(number)


def money_form(value: Fraction, currency: str, language: Language) -> str:
    """An amount with the scales of the language: 12.4 crore, 12.4 करोड़, 1億2400万."""
    forms = _forms(language)
    scales = cast(Sequence[tuple[int, str]], forms["indian" if currency == "INR" else "scales"])
    return str(forms["money"][currency].format(n=_japanese(value, scales) if language == "ja" else _scaled(value, scales)))


def _scaled(value: Fraction, scales: Sequence[tuple[int, str]]) -> str:
    size, name = next(((size, name) for size, name in scales if value >= size), (1, ""))
    return f"{_number(value / size)}{name}"


def _japanese(value: Fraction, scales: Sequence[tuple[int, str]]) -> str:
    found, left = "", value
    for size, name in scales:
        if left >= size:
            found += f"{int(left // size)}{name}"
            left %= size
    return found + (_number(left) if left or not found else "")


def _counted(number: Fraction | int, unit: str, language: Language) -> str:
    forms = _forms(language)
    one, several = forms["units"][unit]
    return f"{_number(Fraction(number))}{forms['joint']}{one if number == 1 else several}"


def _number(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:,}" if value >= 10_000 else str(value.numerator)
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


@cache
def _forms(language: Language) -> Mapping[str, Any]:
    stored = tomllib.loads(resources.files("kb.answer.skills.tables").joinpath("forms.toml").read_text(encoding="utf-8"))
    return cast(Mapping[str, Any], stored[spoken(language)])
