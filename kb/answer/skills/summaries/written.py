"""Dates, amounts, counts and terms of a quote as another language writes them, without translating the quote.

What is read for certain is rendered: 840 million yen is 84 करोड़ येन, 2026年6月15日 is १५ जून २०२६, and a term of
the glossary is its name there. The rest of the sentence stays in the words of the paper.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

import regex

from ingest.found import When
from ingest.records import Language
from ingest.understand.dates import dates_in
from kb.answer.verify.numerals import scale_words
from kb.answer.verify.quantities import Quantity, quantities_in
from kb.represent.glossary import Found, Glossary, own_terms, parse
from prompts.phrases import spoken

MOST_TERMS = 3
MOST_VALUES = 5
_CALENDAR = frozenset({*calendar.month_name, *calendar.day_name})
_LARGER: Mapping[tuple[str, Fraction], str] = {
    ("day", Fraction(7)): "week", ("month", Fraction(12)): "year", ("minute", Fraction(60)): "hour", ("minute", Fraction(1, 60)): "second",
}  # fmt: skip
"""The unit in which a length of time is written, by its base unit and how many of it one is."""
_NUMERAL = 10_000
"""From here on a number is written with its scale: 12 लाख, 2億; below it is written out."""


def written_day(day: date, language: Language) -> str:
    """A day as a language writes it."""
    return written_when(When(day.year, day.month, day.day), language)


def written_when(when: When, language: Language) -> str:
    """A date as exactly as it is known; "" for one of a calendar that is not reckoned in ours."""
    if when.calendar in ("saka", "vikram"):
        return ""
    forms = _forms(language)
    digits = forms["digits"]
    year = "" if when.year is None else f"{when.year}-{(when.year + 1) % 100:02}" if when.precision == "fiscal_year" else str(when.year)
    if language == "ja" and when.precision == "fiscal_year":
        year = str(when.year)
    month = forms["months"][when.month - 1] if when.month else ""
    said = str(forms[when.precision]).format(day=when.day, month=month, year=year)
    return said.translate(str.maketrans("0123456789", digits))


def written_number(value: Fraction, language: Language) -> str:
    """A number with the scale and the grouping that are usual in a language."""
    forms = _forms(language)
    for scale, form in forms["scales"]:
        scaled = value / scale
        if value >= max(scale, _NUMERAL) and _plain(scaled) is not None:
            return str(form).format(n=_digits(_plain(scaled) or "", forms))
    whole = _plain(value)
    return _digits(whole, forms) if whole is not None else ""


def written_in(text: str, language: Language, reader: Language) -> tuple[str, ...]:
    """The dates, amounts with their units and terms of a text as the reader writes them, in the order in which they stand, each once.

    Args:
        text: a quote.
        language: of the quote.
        reader: the reader's language.
    """
    values: dict[str, None] = {}
    bare = ""
    for line in text.splitlines():
        dates = dates_in(line)
        amounts = quantities_in(line, [(d.start, d.end) for d in dates])
        found = [(d.start, written_when(d.when, reader)) for d in dates]
        for at, quantity in enumerate(amounts):
            goes_on = at + 1 < len(amounts) and amounts[at + 1].start - quantity.end <= 1 and not amounts[at + 1].unit
            found.append((quantity.start, "" if goes_on else _amount(quantity, reader)))
        values |= dict.fromkeys(said for _, said in sorted(found) if said)
        bare += "".join(" " if any(q.unit and q.start <= i < q.end for q in amounts) else c for i, c in enumerate(line)) + "\n"
    return (*terms_in(bare, language, reader), *tuple(values)[:MOST_VALUES])


def terms_in(text: str, language: Language, reader: Language, most: int = MOST_TERMS) -> tuple[str, ...]:
    """The terms and places of the glossary that a text names, the longest first, by their usual names in the reader's language."""
    found = sorted((one for one in _glossary().find(text, language) if _surely(one, text)), key=lambda one: -len(one.surface))
    named = [one.term.usual(spoken(reader)) for one in found]
    kept = [name for name in dict.fromkeys(named) if len(name) > 1]
    return tuple(name for name in kept if not any(name != other and name in other for other in kept))[:most]


def _surely(found: Found, text: str) -> bool:
    """Whether a term stands in a text as it is written, and says something by itself.

    Terms are found by their stems, which is right for a search: “its” would be ITS, “60 a minute” the minutes of a meeting. Months and
    numbers say nothing without their date or thing.
    """
    english = found.term.names.get("en", ())
    if any(name in _CALENDAR or name in scale_words() for name in english):
        return False
    if found.language == "ja":
        return True
    if found.language == "en":
        name = regex.escape(found.surface)
        return regex.search(rf"(?<!\w){name}(?:s|es)?(?!\w)", text, 0 if found.surface.isupper() else regex.I) is not None
    starts = (regex.escape(word[: max(3, len(word) - 2)]) for word in found.surface.split())
    return all(regex.search(rf"(?<![\p{{L}}\p{{M}}]){start}", text) for start in starts)


def _amount(quantity: Quantity, reader: Language) -> str:
    """An amount with its unit; "" for a bare number, which says nothing without the thing that it counts."""
    if quantity.role != "amount" or (quantity.spelled and quantity.number == 1):
        return ""
    unit, value = quantity.unit, quantity.value
    if quantity.number and (larger := _LARGER.get((unit, value / quantity.number))):
        unit, value = larger, quantity.number
    form = _forms(reader)["unit"].get(unit)
    number = written_number(value, reader)
    return str(form).format(n=number) if form and number else ""


def _plain(value: Fraction) -> str | None:
    """A number in digits without grouping, with at most three decimals; None where it needs more."""
    thousandths = value * 1000
    if thousandths.denominator != 1:
        return None
    whole, rest = divmod(thousandths.numerator, 1000)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") if rest else str(whole)


def _digits(number: str, forms: Mapping[str, Any]) -> str:
    whole, dot, rest = number.partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups: Sequence[str] = ()
    while head:
        head, group = head[: -forms["grouping"]], head[-forms["grouping"] :]
        groups = (group, *groups)
    grouped = ",".join((*groups, tail))
    return (grouped + dot + rest).translate(str.maketrans("0123456789", forms["digits"]))


@cache
def _glossary() -> Glossary:
    """The terms that come with Setu, and the countries and cities whose names do not sound alike.

    What follows the places there, parts of names such as *River*, is no term by itself.
    """
    places = resources.files("kb.answer.verify").joinpath("exonyms.tsv").read_text(encoding="utf-8").split("\n# ")[0]
    return Glossary((*own_terms(), *parse(places, "exonyms.tsv")))


def _forms(language: Language) -> Mapping[str, Any]:
    return _stored()[spoken(language)]  # type: ignore[no-any-return]


@cache
def _stored() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("kb.answer.skills.summaries").joinpath("written.toml").read_text(encoding="utf-8"))
