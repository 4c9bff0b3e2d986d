"""Where each word stands on a page that OCR read: kept with the page, so that a quote can be boxed later without reading it again."""

from __future__ import annotations

import json
import statistics
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.read.pdf_text import Glyph

DOUBTFUL: Final = 0.5
"""The chance to be wrong from which a word is doubtful."""
_STEPS = 20_000
"""Places are kept to a twenty-thousandth of the page: 0.015 mm on A4."""
_UPRIGHT = 1.2
_SAME_LINE = 0.5
_LONG = 100.0
_STEEPEST = 0.1
_TOO_HIGH = 1.4
_ORDINARY = 0.6


@dataclass(frozen=True, slots=True)
class WordBox:
    """A word and its box in shares of the page's width and height, from its top left corner.

    ``doubt`` is the chance that it was misread, from 0 to 1; 0 where that was not asked.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    doubt: float = 0.0


def pack(words: Iterable[WordBox]) -> bytes:
    """Words in reading order as a compact record, about nine bytes a word; b"" for none."""
    rows = [
        [
            word.text,
            *(round(_STEPS * share) for share in (word.left, word.top, word.right - word.left, word.bottom - word.top)),
            *([percent] if (percent := round(100 * word.doubt)) else ()),
        ]
        for word in words
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9) if rows else b""


def unpack(record: bytes) -> tuple[WordBox, ...]:
    """What `pack` was given, to the nearest step.

    Raises:
        ValueError: the record is none that `pack` made.
    """
    if not record:
        return ()
    try:
        rows = json.loads(zlib.decompress(record))
        return tuple(
            WordBox(text, left / _STEPS, top / _STEPS, (left + width) / _STEPS, (top + height) / _STEPS, sum(doubt) / 100)
            for text, left, top, width, height, *doubt in rows
        )
    except (zlib.error, TypeError, ValueError) as error:
        raise ValueError("The record of word boxes is damaged.") from error


def word_glyphs(words: Sequence[WordBox], width: float, height: float) -> tuple[float, list[Glyph]]:
    """The slope of the text of a page, and each of its characters in points, as wide as its share of the word, on a page made straight.

    A point (x, y) of the straight page stands at (x - slope * y, y + slope * x) on the page. A word that is higher than wide may run down
    the page.

    Args:
        words: In reading order.
        width: Of the page, in points.
        height: Of the page, in points.
    """
    boxes = [(word.left * width, word.top * height, word.right * width, word.bottom * height) for word in words]
    slope = _slope(words, boxes)
    glyphs: list[Glyph] = []
    for word, box in zip(words, boxes, strict=True):
        x0, y0, x1, y1 = _straight(box, slope)
        count = len(word.text)
        down = _runs_down(word, box)
        size = x1 - x0 if down else y1 - y0
        for at, char in enumerate(word.text):
            left, right = (x0, x1) if down else (x0 + (x1 - x0) * at / count, x0 + (x1 - x0) * (at + 1) / count)
            top, bottom = (y0 + (y1 - y0) * at / count, y0 + (y1 - y0) * (at + 1) / count) if down else (y0, y1)
            glyphs.append(Glyph(char, left, top, right, bottom, y1, size, False, False, ""))
    return slope, glyphs


def even(run: Sequence[Glyph]) -> Sequence[Glyph]:
    """A line without the characters whose boxes are far higher than most: where Tesseract lost a letter, it gives the box of the line."""
    heights = sorted(glyph.y1 - glyph.y0 for glyph in run)
    ordinary = heights[int(_ORDINARY * (len(heights) - 1))] if heights else 0.0
    first, last = min(run, key=lambda glyph: glyph.x0), max(run, key=lambda glyph: glyph.x1)
    if last.x1 - first.x0 < 2 * ordinary:
        return run
    # The ends stay, for they say how far the line reaches; only their height is that of their neighbours.
    kept = [glyph for glyph in run if glyph.y1 - glyph.y0 <= _TOO_HIGH * ordinary]
    top, bottom = min(glyph.y0 for glyph in kept), max(glyph.y1 for glyph in kept)
    size = max(glyph.size for glyph in kept)
    ends = (replace(glyph, y0=top, y1=bottom, size=min(glyph.size, size)) for glyph in (first, last))
    return [*kept, *ends]


_Box = tuple[float, float, float, float]


def _runs_down(word: WordBox, box: _Box) -> bool:
    return len(word.text) > 1 and box[3] - box[1] > _UPRIGHT * (box[2] - box[0])


def _straight(box: _Box, slope: float) -> _Box:
    """The box on the straight page, less what being askew added to its sides."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    wide, high = box[2] - box[0], box[3] - box[1]
    half = max(0.7 * wide, wide - abs(slope) * high) / 2, max(0.7 * high, high - abs(slope) * wide) / 2
    x, y = (x + slope * y) / (1 + slope * slope), (y - slope * x) / (1 + slope * slope)
    return x - half[0], y - half[1], x + half[0], y + half[1]


def _slope(words: Sequence[WordBox], boxes: Sequence[_Box]) -> float:
    """How much the text falls to the right, as rise over run: the median of the lines that are long enough to tell; 0 without any.

    Vertical lines lean to the left where others fall to the right.
    """
    slopes = []
    for axis in (0, 1):
        line: list[_Box] = []
        for word, box in [*zip(words, boxes, strict=True), (None, None)]:
            if box is not None and line and _follows(line[-1], box, axis):
                line.append(box)
                continue
            if line:
                run = line[-1][axis] - line[0][axis]
                rise = _middle(line[-1], 1 - axis) - _middle(line[0], 1 - axis)
                if run > _LONG:
                    slopes.append(rise / run if axis == 0 else -rise / run)
            line = [box] if box is not None and word is not None and _runs_down(word, box) == bool(axis) else []
    slope = statistics.median(slopes) if slopes else 0.0
    return slope if abs(slope) < _STEEPEST else 0.0


def _follows(previous: _Box, box: _Box, axis: int) -> bool:
    """Whether a box goes on along the axis (0: to the right, 1: down) after another."""
    other = 1 - axis
    across = max(previous[other + 2] - previous[other], box[other + 2] - box[other])
    return abs(_middle(box, other) - _middle(previous, other)) < _SAME_LINE * across and box[axis] > previous[axis]


def _middle(box: _Box, axis: int) -> float:
    return (box[axis] + box[axis + 2]) / 2
