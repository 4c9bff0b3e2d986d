"""Words that a program wrote after the words around them.

LibreOffice writes "( )" in the Devanagari font and then, going back, "MLIT" in the Latin one. PDFium keeps the order of the file, which
reads "()MLIT". A run that goes back into a gap of its own line is put into that gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.read.pdf_text import Glyph

_WORD_GAP = 0.18
_SLACK = 0.15


def woven(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs with every run that goes back moved into the gap of its line where it stands; all others keep their order."""
    result: list[Glyph] = []
    line_start = at = 0
    while at < len(glyphs):
        glyph = glyphs[at]
        if glyph.before == "\n":
            line_start = len(result)
        place = _gap_for(result, line_start, glyph) if len(result) > line_start and _goes_back(result[-1], glyph) else None
        if place is None:
            result.append(glyph)
            at += 1
            continue
        end = at + 1
        while end < len(glyphs) and _fits(glyphs[end], glyphs[end - 1], result[place]):
            end += 1
        result[place:place] = glyphs[at:end]
        for seam in (place, place + end - at):
            result[seam] = _after(result[seam - 1], result[seam])
        at = end
    return result


def _goes_back(previous: Glyph, glyph: Glyph) -> bool:
    return glyph.x0 < previous.x0 - 0.5 * previous.size and _same_line(previous, glyph)


def _same_line(one: Glyph, other: Glyph) -> bool:
    return abs(one.baseline - other.baseline) < 0.3 * max(one.size, other.size)


def _gap_for(result: Sequence[Glyph], start: int, glyph: Glyph) -> int | None:
    """Index of the glyph of the line that ``glyph`` stands directly before; None where there is no gap for it."""
    slack = _SLACK * glyph.size
    for place in range(start + 1, len(result)):
        left, right = result[place - 1], result[place]
        if left.x1 <= glyph.x0 + slack and glyph.x1 <= right.x0 + slack and left.x0 < right.x0 and _same_line(left, glyph):
            return place
    return None


def _fits(glyph: Glyph, previous: Glyph, right: Glyph) -> bool:
    """Whether ``glyph`` goes on in the run after ``previous`` and still stands before ``right``."""
    is_next = glyph.before != "\n" and _same_line(previous, glyph) and glyph.x0 >= previous.x0 - _SLACK * glyph.size
    return is_next and glyph.x1 <= right.x0 + _SLACK * glyph.size


def _after(left: Glyph, glyph: Glyph) -> Glyph:
    gap = (glyph.x0 - left.x1) / max(left.size, glyph.size, 1.0)
    return replace(glyph, before=" " if gap >= _WORD_GAP else "", gap=gap)
