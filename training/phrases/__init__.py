"""The fixed phrases of training material, in four languages: ours, around words of the papers.

PhraseError    there is no such phrase, or its variables are not those it names
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from lang.data_files import toml_of
from lang.languages import LANGUAGES, Language

__all__ = ["PhraseError", "phrase", "phrases"]


class PhraseError(Exception):
    """A phrase or one of its variables is missing; the message names it and the file to correct."""


def phrase(key: str, language: Language, **values: str) -> str:
    """A phrase with its variables filled in; of ``und`` the English one.

    Raises:
        PhraseError: there is no such phrase, or the values are not those it names.
    """
    spoken = language if language in LANGUAGES else "en"
    found = phrases(spoken).get(key)
    if found is None:
        raise PhraseError(f"training/phrases/{spoken}.toml has no phrase {key!r}. Add it in all four languages.")
    named = set(Template(found).get_identifiers())
    if not named <= set(values):
        raise PhraseError(f"The phrase {key!r} of training/phrases/{spoken}.toml names {sorted(named)}, but was given {sorted(values)}.")
    return Template(found).substitute(values)


def phrases(language: Language) -> Mapping[str, str]:
    """Every phrase of a language, by key."""
    return toml_of("training.phrases", f"{language}.toml")
