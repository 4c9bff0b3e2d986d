"""What governments cooperate on at all: the background against which a passage is told to be about an area."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from ingest.records import LANGUAGES, Language


@cache
def topics() -> Mapping[Language, tuple[str, ...]]:
    """The topics of ``topics.toml`` in each language, in one order."""
    stored = tomllib.loads(resources.files("training.map").joinpath("topics.toml").read_text(encoding="utf-8"))["topic"]
    return {language: tuple(topic[language] for topic in stored) for language in LANGUAGES}
