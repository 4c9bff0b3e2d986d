"""Numbered clauses that a document runs together in one paragraph: "3.1 … 3.2 …", "…。2　前項の…"."""

from __future__ import annotations

import regex

_DOTTED = regex.compile(r"(?P<major>\p{Nd}{1,2})\.(?P<minor>\p{Nd}{1,2})(?=\s)")
_DOTTED_NEXT = regex.compile(r"(?<=[.।;!?][\"'”’)]?)\s+(?P<major>\p{Nd}{1,2})\.(?P<minor>\p{Nd}{1,2})(?=\s)")
# A Japanese article leaves its first paragraph unnumbered; the second begins with 2.
_JAPANESE_NEXT = regex.compile(r"(?<=。)\s*(?P<minor>\p{Nd}{1,2})(?=\s\p{Han}|\s\p{Hiragana}|\s\p{Katakana}|\s「)")


def clause_starts(text: str) -> list[int]:
    """Offsets at which a clause begins in a paragraph that holds several; ``[0]`` for any other paragraph.

    The numbers must count up by one from clause to clause: a figure at the head of a sentence is no clause.
    """
    starts = [0]
    opening = _DOTTED.match(text)
    if opening is not None:
        major, minor = int(opening["major"]), int(opening["minor"])
        for match in _DOTTED_NEXT.finditer(text):
            if int(match["major"]) == major and int(match["minor"]) == minor + 1:
                starts.append(match.start("major"))
                minor += 1
        return starts
    expected = 2
    for match in _JAPANESE_NEXT.finditer(text):
        if int(match["minor"]) == expected:
            starts.append(match.start("minor"))
            expected += 1
    return starts
