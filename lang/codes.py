"""The languages that papers and questions are in."""

from __future__ import annotations

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["mr", "hi", "en", "ja", "und"]
"""ISO 639-1 code of one of our languages, or ``und`` where a text has too few letters to tell."""

LANGUAGES: tuple[Language, ...] = ("mr", "hi", "en", "ja")
