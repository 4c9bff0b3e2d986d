"""Where the white space is: between which characters of a line a space was meant."""

from __future__ import annotations

import ctypes
import itertools
from collections import defaultdict
from collections.abc import Sequence

import pypdfium2.raw as pdfium

from ingest.read.pdf_chars import Char

MIN_GAP = 0.06
"""Share of a line's height from which a gap in the ink is a space. Measured: 0.06 parts words and joins clusters in mr and hi."""
MIN_GAP_AFTER_TAIL = 0.025
"""The same after a sign that hangs below its letter and reaches under the space (लागू होगी: 0.03)."""
_TAILS = frozenset((*range(0x0941, 0x0945), 0x094D))
_MIN_WIDE_GAP = 0.15
_IDEOGRAPHIC_SPACE = (0.75, 1.3)
_AUTOSPACED = 0.7


class Ink:
    """Where the glyphs of each baseline really stand: intervals (start, end, line height) by rounded baseline."""

    def __init__(self) -> None:
        """No ink at all, as for a page without ActualText, whose own boxes are right."""
        self.rows: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)

    @classmethod
    def of(cls, text: object) -> Ink:
        """The ink of loaded text."""
        ink = cls()
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        loose = pdfium.FS_RECTF()
        for index in range(pdfium.FPDFText_CountChars(text)):
            if pdfium.FPDFText_IsGenerated(text, index) == 1:
                continue
            pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
            if top.value <= bottom.value:
                # A space has no ink. Its code says nothing here: without ActualText glyph 9 of a font may come out as a tab.
                continue
            pdfium.FPDFText_GetCharOrigin(text, index, x, y)
            pdfium.FPDFText_GetLooseCharBox(text, index, loose)
            start, end = min(left.value, loose.left, x.value), max(right.value, loose.right)
            ink.rows[round(y.value)].append((start, end, loose.top - loose.bottom))
        for row in ink.rows.values():
            row.sort()
        return ink

    def gap(self, start: float, end: float, baseline: float) -> float:
        """The widest stretch without ink between two places of a line, in line heights."""
        around = round(baseline)
        intervals = sorted(part for row in (around - 1, around, around + 1) for part in self.rows.get(row, ()))
        reached, widest, height = start, 0.0, 12.0
        for left, right, line_height in intervals:
            if right <= start:
                continue
            if left >= end - 0.01:
                break
            widest = max(widest, left - reached)
            reached = max(reached, right)
            height = line_height
        return max(widest, end - reached) / max(height, 1.0)


def is_autospaced(chars: Sequence[Char]) -> bool:
    """Whether the page sets every letter or digit a little off the kanji beside it, as LibreOffice does; such gaps are no spaces."""
    gaps = [
        advance_gap(previous, char) >= _MIN_WIDE_GAP
        for previous, char in itertools.pairwise(chars)
        if _is_wide(previous.code) != _is_wide(char.code) and chr(min(previous.code, char.code)).isalnum() and not _ends_line(char)
    ]
    return bool(gaps) and sum(gaps) >= _AUTOSPACED * len(gaps)


def _ends_line(char: Char) -> bool:
    return "\n" in char.before or "\r" in char.before


def space(previous: Char, char: Char, ink: Ink, autospaced: bool) -> str:
    """The white space between two characters that follow each other."""
    if _ends_line(char):
        return "\n"
    if not char.typed_space and (_is_wide(previous.code) or _is_wide(char.code)):
        gap = advance_gap(previous, char)
        if _IDEOGRAPHIC_SPACE[0] <= gap <= _IDEOGRAPHIC_SPACE[1]:
            return "\u3000"
        both = _is_wide(previous.code) and _is_wide(char.code)
        return " " if gap > _IDEOGRAPHIC_SPACE[1] or (gap >= _MIN_WIDE_GAP and not both and not autospaced) else ""
    if char.typed_space or not ink.rows:
        return "\u3000" if "\u3000" in char.before else " " if char.before else ""
    if previous.style.mark and previous.style.mark == char.style.mark:
        return ""
    if abs(previous.y - char.y) > 1.5 or char.x < previous.x:
        return " " if char.before else ""
    least = MIN_GAP_AFTER_TAIL if previous.code in _TAILS else MIN_GAP
    return " " if ink.gap(previous.x, char.x, previous.y) >= least else ""


def advance_gap(previous: Char, char: Char) -> float:
    """Room between two characters in ems. A full-width character takes one em whatever its ink, across or down the page."""
    size = max(previous.style.size, char.style.size, 1.0)
    if abs(previous.y - char.y) < 0.5 * size:
        end = previous.x + size if _is_wide(previous.code) else previous.right
        return (char.x - end) / size
    return abs(previous.y - char.y) / size - 1.0


def _is_wide(code: int) -> bool:
    return (
        0x2E80 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
        or 0x20000 <= code < 0x32000
    )
