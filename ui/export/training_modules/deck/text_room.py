"""How much room text takes on a slide, estimated without a font.

Widths are those of Noto Sans, Noto Sans Devanagari and Noto Sans CJK in em, rounded up, and the height of a line is the greatest of the
three (CJK, 1.448 em): another font in their place is rarely wider.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, TypeAlias

import regex

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in inches."""
INSET: Final = 0.1
"""Inches between the edge of a box and its text, on each side."""
INDENT: Final = 0.4
"""Inches that bullets take."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a text stands on a slide, and the sizes in points that it may have, the largest first.

    ``place`` is the number of the layout's placeholder, None where a box is made for the text; ``moved`` where the placeholder is not
    where the layout has it. ``spacing`` is the distance of lines as a share of the font's own, ``indent`` what bullets take, in inches.
    """

    box: Box
    sizes: tuple[int, ...]
    place: int | None = None
    moved: bool = False
    spacing: float = 1.0
    indent: float = INDENT

    @property
    def points(self) -> tuple[float, float]:
        """Width and height, in points, that text has."""
        return (self.box[2] - 2 * INSET - self.indent) * 72, (self.box[3] - INSET) * 72 / self.spacing

    def fitting(self, texts: Sequence[str]) -> int | None:
        """The first of the sizes at which paragraphs fit; None where they do at none."""
        return fitting(texts, self.sizes, *self.points)

    def shares(self, texts: Sequence[str]) -> list[tuple[int, range]]:
        """See `shares`."""
        return shares(texts, self.sizes, *self.points)


LINE: Final = 1.45
"""Height of a line in em."""
AFTER: Final = 0.4
"""Space after a paragraph in em."""

_WIDE: Final = 1.0
_DEVANAGARI: Final = 0.64
_MATRA: Final = 0.28
_CAPITAL: Final = 0.68
_OTHER: Final = 0.58
_NARROW: Final = {**dict.fromkeys(" .,:;'’‘|!ijl", 0.28), **dict.fromkeys("()[]-fJtrs“”", 0.45), **dict.fromkeys("mwMW@%—", 0.94)}
_SLACK: Final = 1.03
"""What breaking between words costs."""


def width(text: str) -> float:
    """Width of a text on one line, in em."""
    return sum(map(_width, text))


def lines(text: str, points: float, wide: float) -> int:
    """How many lines a paragraph takes at a size in points, in a column that is ``wide`` points wide."""
    return sum(max(1, ceil(width(part) * points * _SLACK / wide)) for part in text.split("\n"))


def height(texts: Sequence[str], points: float, wide: float) -> float:
    """Height of paragraphs in points."""
    return sum((lines(text, points, wide) * LINE + AFTER) * points for text in texts)


def fitting(texts: Sequence[str], sizes: Sequence[int], wide: float, high: float) -> int | None:
    """The first of the sizes, in points, at which paragraphs fit into a box; None where they do at none."""
    return next((size for size in sizes if height(texts, size, wide) <= high), None)


def shares(texts: Sequence[str], sizes: Sequence[int], wide: float, high: float) -> list[tuple[int, range]]:
    """Which paragraphs stand on which slide, with the size of each slide: as few slides as there can be, of about the same fill.

    A paragraph that fits nowhere has a slide of its own at the least size.
    """
    for parts in range(1, len(texts) + 1):
        cuts = _even(texts, parts, sizes[-1], wide)
        fit = [fitting(texts[cut.start : cut.stop], sizes, wide, high) for cut in cuts]
        if all(fit) or parts == len(texts):
            return [(size or sizes[-1], cut) for size, cut in zip(fit, cuts, strict=True)]
    return []


def _even(texts: Sequence[str], parts: int, size: int, wide: float) -> list[range]:
    """Cut into parts of about the same height, none of them empty."""
    total = height(texts, size, wide)
    cuts, start, done = [], 0, 0.0
    for part in range(1, parts + 1):
        end = start + 1
        done += height(texts[start:end], size, wide)
        while end < len(texts) - (parts - part) and (part == parts or done < total * part / parts):
            done += height(texts[end : end + 1], size, wide)
            end += 1
        cuts.append(range(start, end))
        start = end
    return cuts


def _width(letter: str) -> float:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return _WIDE
    if regex.match(r"\p{Devanagari}", letter):
        return _MATRA if category == "Mc" else _DEVANAGARI
    return _NARROW.get(letter, _CAPITAL if letter.isupper() else _OTHER)
