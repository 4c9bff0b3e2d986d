"""Values as another language writes them: days, months, lengths of time, money and measures of a text, and the numbers of its clauses.

What needs no translation is rendered here from what the text says; nothing else of it is put into other words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

import regex

from ingest.found import When
from ingest.records import Language
from ingest.understand.calendars import MONTH_NAMES
from ingest.understand.dates import dates_in
from ingest.understand.normalise import search_form
from kb.answer.verify.quantities import CURRENCIES, Quantity, quantities_in
from kb.represent.references import clause_number, references
from prompts.phrases import phrase, spoken

Form = Mapping[str, Any]

_UNITS: Mapping[tuple[str, Fraction], str] = {
    ("minute", Fraction(1, 60)): "second", ("minute", Fraction(1)): "minute", ("minute", Fraction(60)): "hour",
    ("day", Fraction(1)): "days", ("day", Fraction(7)): "week", ("month", Fraction(1)): "month", ("month", Fraction(12)): "years",
    ("percent", Fraction(1)): "percent", ("m", Fraction(1)): "m", ("m", Fraction(1000)): "km", ("m", Fraction(1, 100)): "cm",
    ("m", Fraction(1, 1000)): "mm", ("m2", Fraction(1)): "m2", ("m2", Fraction(1000000)): "km2", ("m2", Fraction(10000)): "hectare",
    ("acre", Fraction(1)): "acre", ("l", Fraction(1)): "l", ("g", Fraction(1000)): "kg", ("g", Fraction(1000000)): "tonne",
    ("w", Fraction(1000)): "kw", ("w", Fraction(1000000)): "mw",
}  # fmt: skip
"""The unit as it is written, by the base unit of `kb.answer.verify.quantities` and how many of it one is."""
_LONE_MONTH = regex.compile(
    r"(?:(?<![\p{L}\p{M}])(?P<name>"
    + "|".join(n.title() if n.isascii() else n for names in MONTH_NAMES for n in names if len(n) > 3 or not n.isascii())
    + r")(?![\p{L}])|(?<!\p{Nd})(?P<number>1[0-2]|[1-9])月(?![\p{Nd}間]))"
)
"""A month by itself; of the short English names none, for *May* and *mar* are words as well, and in Marathi मे is only said with a day."""


def values(text: str, language: Language) -> tuple[str, ...]:
    """The days, months, amounts and counts of a text in order, each once, as ``language`` writes them."""
    form = _forms()[spoken(language)]
    dates = dates_in(text)
    found = [(date.start, _date(date.when, form)) for date in dates]
    spans = [(date.start, date.end) for date in dates]
    for match in _LONE_MONTH.finditer(text):
        if match[0] not in ("मे", "मई") and not any(start < match.end() and match.start() < end for start, end in spans):
            spans.append(match.span())
            found.append((match.start(), form["months"][_month(match) - 1]))
    found += [(q.start, _quantity(q, form)) for q in quantities_in(text, spans) if q.role == "amount" and not _counts_nothing(q, text)]
    return tuple(dict.fromkeys(said for _, said in sorted(found) if said))


def day(when: When, language: Language) -> str:
    """A date as exactly as it is written; "" for one of another calendar."""
    return _date(when, _forms()[spoken(language)])


def numeral(number: int, language: Language) -> str:
    """A whole number in the digits of the language."""
    return _in_digits(str(number), _forms()[spoken(language)])


def quoted(text: str, language: Language) -> str:
    """Words between the quotation marks of a language."""
    return str(_forms()[spoken(language)]["quote"]).format(text=text)


def says(place: str, quote: str, language: Language) -> str:
    """A quote after where it stands."""
    return str(_forms()[spoken(language)]["says"]).format(place=place, quote=quote) if place else quote


def regarding(kind: str, matter: str, language: Language) -> str:
    """The subject of a letter: of what kind it is, and its matter."""
    return str(_forms()[spoken(language)]["regarding"]).format(kind=kind, matter=matter)


def addressed(name: str, language: Language) -> str:
    """Somebody as a letter is addressed to them."""
    return str(_forms()[spoken(language)]["addressed"]).format(name=name)


def joined(parts: Iterable[str], language: Language) -> str:
    """Parts one after the other, without those that are empty."""
    return str(_forms()[spoken(language)]["and"]).join(part for part in parts if part)


def page(label: str, language: Language) -> str:
    """The label of a page in the digits of the language."""
    return phrase("label.page", language, page=numeral(int(label), language) if label.isdecimal() else label)


def clause(path: Sequence[str], written_in: Language, language: Language) -> str:
    """The numbered place that a path names: ``Article 4(3)``, कलम ४(३), 第4条第3項; "" where it names none.

    Where the paper is in that language, its own word for the clause stays (*Section 4*).
    """
    form = _forms()[spoken(language)]
    said = ""
    inside: list[str] = []
    for entry in path:
        label = next((r for r in references(entry) if r.start == 0), None)
        if label is not None:
            own = search_form(entry).span(label.start, label.end)
            said = (
                entry[slice(*own)].strip(" .:") if written_in == language else form[label.family].format(n=_in_digits(label.number, form))
            )
            inside = []
        elif number := clause_number(entry):
            inside.append(form["inside" if number.isdecimal() else "lettered"].format(n=_in_digits(number, form)))
    return said + "".join(inside) if said else ""


def _month(match: regex.Match[str]) -> int:
    name = (match["name"] or "").lower()
    return int(match["number"]) if match["number"] else next(at for at, names in enumerate(MONTH_NAMES, 1) if name in names)


def _counts_nothing(quantity: Quantity, text: str) -> bool:
    """Whether it is the number of an item, or a word such as *one* or *both*, which mostly counts nothing."""
    line = text.rfind("\n", 0, quantity.start) + 1
    numbering = not text[line : quantity.start].strip(" (（") and regex.match(r"\s?[.)）]", text[quantity.end :]) is not None
    return not quantity.unit and (numbering or (quantity.spelled and quantity.value <= 2))


def _date(when: When, form: Form) -> str:
    if when.calendar in ("saka", "vikram"):
        return ""
    parts = {
        "year": when.year,
        "month": form["months"][when.month - 1] if when.month else "",
        "day": when.day,
        "next": f"{(when.year + 1) % 100:02}" if when.year is not None else "",
    }
    key = {"day": "day", "month_day": "month_day" if when.day else "", "month": "month_year", "year": "year", "fiscal_year": "fiscal"}
    pattern = key[when.precision]
    return _in_digits(form[pattern].format(**parts), form) if pattern else str(parts["month"])


def _quantity(quantity: Quantity, form: Form) -> str:
    if quantity.unit in CURRENCIES:
        return str(form[quantity.unit]).format(n=_scaled(quantity.value, form, "scales_INR" if quantity.unit == "INR" else "scales"))
    if not quantity.unit:
        return _scaled(quantity.value, form, "scales")
    factor = quantity.value / quantity.number if quantity.number else Fraction(1)
    unit, number = _UNITS.get((quantity.unit, factor)), quantity.number
    if unit is None:
        unit, number = _UNITS.get((quantity.unit, Fraction(1))), quantity.value
    return str(form[unit]).format(n=_plain(number, form)) if unit is not None else ""


def _scaled(value: Fraction, form: Form, scales: str) -> str:
    """A large number by the scale of the language where that leaves no more than two decimals."""
    if form["stacked"] and value.denominator == 1:  # 1億2,400万
        said, left = "", int(value)
        for size, unit in form[scales]:
            said, left = said + (str(unit).format(n=_plain(Fraction(left // size), form)) if left >= size else ""), left % size
        return said + (_plain(Fraction(left), form) if left or not said else "")
    for size, said in form[scales]:
        if value >= size and (value / size * 100).denominator == 1:
            return str(said).format(n=_plain(value / size, form))
    return _plain(value, form)


def _plain(value: Fraction, form: Form) -> str:
    written = f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.2f}".rstrip("0").rstrip(".")
    return _in_digits(written, form)


def _in_digits(text: str, form: Form) -> str:
    return text.translate(dict(zip(map(ord, "0123456789"), form["digits"], strict=True)))


@cache
def _forms() -> Mapping[str, Form]:
    stored = tomllib.loads(resources.files("kb.answer.skills.drafts").joinpath("rendered.toml").read_text(encoding="utf-8"))
    return stored
