"""The words of the interface, in four languages: ``ui/strings/{en,mr,hi,ja}.toml``.

Those of a page are in ``ui/strings/PAGE/{en,mr,hi,ja}.toml``; their keys begin with the name of the page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from lang.languages import LANGUAGES, Language, names_of_unspoken
from lang.values.written_dates import written_date

NAMES: Final[Mapping[Language, str]] = {"mr": "मराठी", "hi": "हिन्दी", "en": "English", "ja": "日本語"}
"""Each language under its own name, as in the language switch."""

FALLBACK: Final[Language] = "en"

LANGUAGE_COOKIE: Final = "setu_language"
"""Holds the language that was chosen with the switch, in the browser in which it was chosen."""


class Strings:
    """The interface strings of one language; call it with a key to get the sentence."""

    def __init__(self, language: Language, table: Mapping[str, str | tuple[str, ...]]) -> None:
        self.language = language
        self._table = table

    def __call__(self, key: str, **values: object) -> str:
        """The string under ``key`` with its ``{names}`` filled in.

        Raises:
            KeyError: no such string, or a value that it names was not given.
        """
        template = self._table[key]
        if not isinstance(template, str):
            raise KeyError(f"{key} is a list of strings; use many()")
        return template.format_map(values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The string for ``n`` things: ``key.one`` or ``key.many``, with ``{n}`` filled in."""
        return self(f"{key}.{'one' if n == 1 else 'many'}", n=n, **values)

    def many(self, key: str) -> tuple[str, ...]:
        """The list of strings under ``key``."""
        found = self._table[key]
        return (found,) if isinstance(found, str) else found

    def date(self, value: date | None) -> str:
        """A date as people of that language write it; empty for None."""
        if value is None:
            return ""
        return written_date(value, self.language)


@cache
def strings(language: Language) -> Strings:
    """The strings of ``language``; English where we have none (``und``)."""
    chosen = language if language in LANGUAGES else FALLBACK
    return Strings(chosen, _table(chosen))


def first_of(codes: Iterable[str | None]) -> Language | None:
    """The first of these codes that is a language of the interface."""
    return next((language for code in codes for language in LANGUAGES if language == code), None)


def from_locale(locale: str | None) -> Language:
    """The interface language for a browser's locale such as ``hi-IN``."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return first_of([code]) or FALLBACK


def _table(language: Language) -> dict[str, str | tuple[str, ...]]:
    folder = files("ui").joinpath("strings")
    table = {**names_of_unspoken(), **dict(_flat(_read(folder, language), ""))}
    for page in folder.iterdir():
        if page.is_dir() and page.joinpath(f"{language}.toml").is_file():
            table |= _flat(_read(page, language), f"{page.name}.")
    return table


def _read(folder: Traversable, language: Language) -> dict[str, Any]:
    return tomllib.loads(folder.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def _flat(node: Mapping[str, Any], prefix: str) -> list[tuple[str, str | tuple[str, ...]]]:
    found: list[tuple[str, str | tuple[str, ...]]] = []
    for key, value in node.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value if isinstance(value, str) else tuple(value)))
    return found
