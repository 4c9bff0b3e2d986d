"""What an area is about at its core, without what goes with it: "a city data platform" of "… with open interfaces for …"."""

from __future__ import annotations

from typing import Final

import regex

from lang.codes import Language

_AFTER: Final = regex.compile(
    r"[,、]?\s+(?:with|including|includes?|through|by means of|such as|in particular|especially)\b.*$", regex.IGNORECASE | regex.DOTALL
)
"""In English what goes with it stands behind."""
_BEFORE: Final = regex.compile(r"^.{3,120}?(?:सह|सहित|समेत|यांसह|समवेत)\s+(?=\S.{5,})", regex.DOTALL)
"""In Marathi and Hindi before it, or behind a comma."""
_BEHIND_COMMA: Final = regex.compile(r",[^,]{3,120}(?:सह|सहित|समेत)\s*$")
_BRACKETS: Final = regex.compile(r"\s*[(（][^()（）]*[)）]")
_JAPANESE: Final = regex.compile(r"^.{2,60}?(?:を含む|をはじめとする|を通じた|を伴う)(?=.{3,})")


def head(text: str, language: Language) -> str:
    """The core of an area's text; the text itself where it has nothing beside."""
    found = _BRACKETS.sub("", text)
    if language == "en":
        found = _AFTER.sub("", found)
    elif language in ("mr", "hi"):
        found = _BEFORE.sub("", _BEHIND_COMMA.sub("", found))
    elif language == "ja":
        found = _JAPANESE.sub("", found)
    return found.strip() if len(found.strip()) > 2 else text
