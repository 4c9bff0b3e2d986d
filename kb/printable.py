"""Text as it may leave Setu, for a page, a file or a terminal: every character of it is one that is seen, or a space."""

from __future__ import annotations

from typing import Final

import regex

_HIDDEN: Final = regex.compile(r"[[\p{Cc}--[\n\t]]\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]", regex.V1)


def visible(text: str) -> str:
    """Text of the same length with U+FFFD for what no file can hold or what makes a quote read otherwise than it is.

    That is control characters but line feed and tab, halves of surrogate pairs, code points that are no characters, and those that turn the
    direction of what follows.
    """
    return _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
