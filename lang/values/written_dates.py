"""Dates as Setu writes them, in the order and with the months of a language: ``[written_dates]`` of ``lang/data/<code>.toml``."""

from __future__ import annotations

from datetime import date

from lang.languages import Language, known_of


def date_form(name: str, language: Language) -> str:
    """A form with its variables open: ``day``, ``month``, ``year``, ``period``, ``by`` … (see ``lang/data/en.toml``).

    Raises:
        KeyError: the language has no such form.
    """
    return str(known_of(language)["written_dates"][name])


def month_name(month: int, language: Language) -> str:
    """The name of a month, 1 to 12."""
    return str(known_of(language)["written_dates"]["months"][month - 1])


def written_date(day: date, language: Language) -> str:
    """A whole date."""
    return date_form("day", language).format(day=day.day, month=month_name(day.month, language), year=day.year)
