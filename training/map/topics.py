"""What governments cooperate on at all: the background against which a passage is told to be about an area."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from lang.codes import LANGUAGES, Language
from lang.data_files import toml_of


@cache
def topics() -> Mapping[Language, tuple[str, ...]]:
    """The topics of ``topics.toml`` in each language, in one order."""
    stored = toml_of("training.map", "topics.toml")["topic"]
    return {language: tuple(topic[language] for topic in stored) for language in LANGUAGES}
