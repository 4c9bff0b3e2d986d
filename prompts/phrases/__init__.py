"""The phrases that Setu says to people, in the four languages, kept as data beside this module.

``en.toml`` … hold those of one language each, ``refusal.toml`` and ``skills/summary.toml`` … those of one matter in all four.

PhraseError    a phrase, a language or a variable is missing, or a variable is not one of the phrase's own
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any

from lang.languages import LANGUAGES, Language, names_of_unspoken


class PhraseError(Exception):
    """A phrase, a language or a variable is missing; the message names it and the file to correct."""


def spoken(language: Language) -> Language:
    """The language to answer in: the given one, English where Setu does not speak it."""
    return language if language in LANGUAGES else "en"


def phrase(key: str, language: Language, **values: object) -> str:
    """A phrase in a language, its variables filled in.

    Args:
        key: the dotted name in the phrase files, e.g. ``standing.agreed``.
        language: one that Setu speaks; any other is spoken to in English.
        values: exactly the variables that the phrase names.

    Raises:
        PhraseError: no such phrase, or the values are not those it names.
    """
    template = phrases(language).get(key)
    if template is None:
        raise PhraseError(
            f"There is no phrase {key!r} in prompts/phrases/{spoken(language)}.toml. Add it there and in the other languages."
        )
    named = variables(template)
    if named != set(values):
        raise PhraseError(f"The phrase {key!r} names the variables {sorted(named)}, but was given {sorted(values)}.")
    return template.format(**values)


def phrases(language: Language) -> Mapping[str, str]:
    """All phrases of a language by dotted key."""
    return _load(spoken(language))


def variables(template: str) -> set[str]:
    """The names that a phrase leaves open, e.g. ``{"limit"}``."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@cache
def _load(language: Language) -> Mapping[str, str]:
    """The phrases of ``<language>.toml``, and of each other file the table of the language, under the name of the file."""
    here = resources.files(__name__)
    found = _flat(tomllib.loads(here.joinpath(f"{language}.toml").read_text(encoding="utf-8")), "", language)
    beside = [file for file in here.iterdir() if file.name.removesuffix(".toml") not in LANGUAGES]
    for file in (*beside, *here.joinpath("skills").iterdir()):
        if file.name.endswith(".toml"):
            stored = tomllib.loads(file.read_text(encoding="utf-8"))
            found += _flat(stored.get(language, {}), f"{file.name.removesuffix('.toml')}.", language)
    return MappingProxyType({**names_of_unspoken(), **dict(found)})


def _flat(table: Mapping[str, Any], prefix: str, language: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, str):
            found.append((prefix + key, value))
        elif isinstance(value, dict):
            found.extend(_flat(value, f"{prefix}{key}.", language))
        else:
            raise PhraseError(f"{prefix}{key} in prompts/phrases/{language}.toml is not text. Put it in quotation marks.")
    return found
