"""Glyphs become lines: runs of text on one baseline without a wide gap, which may be a column or a cell border."""

from __future__ import annotations

import itertools
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ingest.read.pdf_ruby import without_ruby
from ingest.read.pdf_text import Glyph

Direction: TypeAlias = Literal["across", "down", "up", "back"]

SUPERSCRIPTS = str.maketrans("0123456789०१२३४५६७८९", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_RAISED_SIZE, _RAISED_BY = 0.85, 0.15
SPLIT_GAP = 0.9
"""Ems of white from which a line is split. Justified text has such gaps too; ``ingest.read.pdf_rows`` joins what is no table."""


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text with its box in points, y downwards; on a page set vertically, turned so that text runs to the right.

    ``follows`` says that the run stands on one line of text with the run before it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False
    artifact: bool = False
    follows: bool = False
    baseline: float | None = None

    @property
    def foot(self) -> float:
        """The baseline; the bottom of the box where it is not known. Boxes end where the ink does, with or without descenders."""
        return self.y1 if self.baseline is None else self.baseline

    @property
    def middle(self) -> float:
        """Vertical middle of the box."""
        return (self.y0 + self.y1) / 2


def direction(glyphs: Sequence[Glyph]) -> Direction:
    """Which way most characters follow each other.

    ``down`` is Japanese set vertically or a page on its side, ``up`` a page on its other side, ``back`` a page on its head.
    """
    ways: Counter[Direction] = Counter()
    for previous, glyph in itertools.pairwise(glyphs):
        if glyph.before != "\n":
            across, down = glyph.x0 - previous.x0, glyph.y0 - previous.y0
            upright = abs(across) < previous.size and abs(down) > max(0.5 * previous.size, abs(across))
            ways[("down" if down > 0 else "up") if upright else ("across" if across >= 0 else "back")] += 1
    return ways.most_common(1)[0][0] if ways else "across"


def turn(glyphs: Sequence[Glyph], way: Direction, width: float, height: float) -> list[Glyph]:
    """The glyphs of a page of that width and height as if its text ran across; of vertical text the right edge becomes the top."""
    if way == "down":
        return [replace(g, x0=g.y0, y0=width - g.x1, x1=g.y1, y1=width - g.x0, baseline=width - g.x0) for g in glyphs]
    if way == "up":
        return [replace(g, x0=height - g.y1, y0=g.x0, x1=height - g.y0, y1=g.x1, baseline=g.x1) for g in glyphs]
    if way == "back":
        return [replace(g, x0=width - g.x1, y0=height - g.y1, x1=width - g.x0, y1=height - g.y0, baseline=height - g.y0) for g in glyphs]
    return list(glyphs)


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines in PDFium's order, which is the order in which the page was written, but for text on its side, where it is the reverse.

    Ruby is left out: it says again how the words are read.
    """
    glyphs = without_ruby(glyphs)
    found: list[Line] = []
    start = 0
    for at in range(1, len(glyphs) + 1):
        ends = at == len(glyphs) or glyphs[at].before == "\n" or _jumps(glyphs[at - 1], glyphs[at])
        if ends or _is_gap(glyphs[at]):
            follows = start > 0 and not (glyphs[start].before == "\n" or _jumps(glyphs[start - 1], glyphs[start]))
            found.append(_line(glyphs[start:at], follows))
            start = at
    return _downwards([line for line in found if line.text])


def _downwards(found: list[Line]) -> list[Line]:
    """Lines from top to bottom when most of them go from bottom to top; runs on one line keep their order."""
    rows: list[list[Line]] = []
    for line in found:
        if line.follows and rows:
            rows[-1].append(line)
        else:
            rows.append([line])
    steps = [below[0].y0 - above[0].y0 for above, below in itertools.pairwise(rows)]
    if sum(step < 0 for step in steps) <= sum(step > 0 for step in steps):
        return found
    return [line for row in reversed(rows) for line in row]


def _jumps(previous: Glyph, glyph: Glyph) -> bool:
    """Whether the text goes back to the left or on to another line although PDFium saw no line end."""
    size = max(previous.size, glyph.size)
    return glyph.x1 < previous.x0 - size or abs(glyph.baseline - previous.baseline) > 1.2 * size


def _is_gap(glyph: Glyph) -> bool:
    return glyph.before != "\u3000" and glyph.gap > SPLIT_GAP


def _line(glyphs: Sequence[Glyph], follows: bool) -> Line:
    size = statistics.median(g.size for g in glyphs)
    baseline = statistics.median(g.baseline for g in glyphs)
    text = "".join((g.before if at and g.before != "\n" else "") + _shown(g, size, baseline) for at, g in enumerate(glyphs))
    letters = [g for g in glyphs if g.text.isalnum()] or glyphs
    return Line(
        unicodedata.normalize("NFC", text).strip(),
        min(g.x0 for g in glyphs),
        min(g.y0 for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.y1 for g in glyphs),
        size,
        all(g.bold for g in letters),
        all(g.artifact for g in glyphs),
        follows,
        baseline,
    )


def _shown(glyph: Glyph, size: float, baseline: float) -> str:
    """The character, a raised number as what it is: "metres³" is not "metres3"."""
    raised = glyph.size <= _RAISED_SIZE * size and glyph.baseline < baseline - _RAISED_BY * size
    return glyph.text.translate(SUPERSCRIPTS) if raised else glyph.text
