"""Questions that name the unit of the answer (*how many kilometres*, किती टक्के, 何%), and whether a sentence has it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import regex

from ingest.understand.normalise import search_form
from kb.answer.verify.quantities import quantities_in, unit_after

_ASKS = regex.compile(r"\bhow many|(?:कितन[ािीे]|किती)|何|(?P<percent>\bwhat percent)")
_UNITS = frozenset({"m", "m2", "acre", "l", "g", "w", "percent"})
"""Base units that are looked for. Days and years are told by dates as well, money is asked for in other words (`kb.answer.payments`)."""
SMALLEST = Fraction(1, 10)
"""Of the named unit, the least that answers: who asks for kilometres is not told 6.5 metres."""


def asked_unit(question: str) -> Callable[[str], bool] | None:
    """What tells whether a sentence has a quantity in the unit that a question names; None where it names none."""
    text = search_form(question).text
    for match in _ASKS.finditer(text):
        unit, factor = ("percent", Fraction(1)) if match["percent"] else unit_after(text, match.end())[:2]
        if unit in _UNITS:
            return partial(_tells, unit, factor * SMALLEST)
    return None


def _tells(unit: str, least: Fraction, text: str) -> bool:
    """Whether a sentence has as much of the unit."""
    return any(quantity.unit == unit and quantity.value >= (least if unit != "percent" else 0) for quantity in quantities_in(text))


__all__ = ["asked_unit"]
