"""What changed between two versions of a text, paragraph by paragraph and in a changed paragraph word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

import regex

Mark: TypeAlias = Literal["same", "added", "removed"]

_PIECE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{M}\p{N}]+|\s+|.", regex.S)
"""Words where words are parted by spaces, single characters where they are not."""
_ALIKE: Final = 0.5
"""Paragraphs that share less than this are shown as one taken out and one put in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stands in both versions, or in one of them."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph that was ``added``, ``removed`` or ``changed``; or ``same``: ``skipped`` paragraphs that both versions have."""

    kind: Literal["added", "removed", "changed", "same"]
    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """How the paragraphs of ``old`` became those of ``new``, in the order of the new text."""
    found: list[Change] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Change("same", skipped=b - a))
        else:
            found += _replaced(old[a:b], new[c:d])
    return found


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Paragraphs between two that stayed: those of the same place that are alike are one that changed."""
    for one, other in zip(old, new, strict=False):
        before, after = _PIECE.findall(one), _PIECE.findall(other)
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            yield Change("changed", tuple(_pieces(matcher, before, after)))
        else:
            yield Change("removed", (Piece("removed", one),))
            yield Change("added", (Piece("added", other),))
    for one in old[len(new) :]:
        yield Change("removed", (Piece("removed", one),))
    for other in new[len(old) :]:
        yield Change("added", (Piece("added", other),))


def _pieces(matcher: SequenceMatcher[str], before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(before[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(before[a:b]))
        if d > c:
            yield Piece("added", "".join(after[c:d]))
