"""Where each word stands on a page that OCR read, and where the ink of a line stands, so that a quote can be boxed tightly.

The boxes are kept with the page, so that a quote can be boxed later without reading it again. What a file says of its letters is not
always where they are drawn: fonts reach from ascent to descent, marks of replaced text have no box of their own, a hidden layer over a
scan has boxes of another font, and OCR gives a letter that it lost the box of its line.
"""

from __future__ import annotations

import json
import statistics
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.pdf.glyphs import Glyph

DPI = 150
_MARK_GAP = 0.14
"""A vowel sign or dot stands within this share of the size of the letters from them; the next line is further away."""
_REACH = 0.45
"""How far from where the line is said to end its ink is looked for, in shares of its size."""
_SPECKS = 0.002
"""Share of the pixels in a row or column of a scan that may be dirt, beside one."""
_CONTRAST = 40
"""Steps of grey, of 256, between paper and ink below which there is no ink."""

Mask = NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in points on the page made straight."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A page in grey, ``scale`` pixels a point; a scan has specks of dirt.

    A point (x, y) of the straight page stands at (x - slope * y, y + slope * x), as in `ingest.ocr.word_boxes.word_glyphs`.
    """

    page: Image.Image
    scale: float
    slope: float = 0.0
    scan: bool = False

    def fit(self, box: Box, size: float, down: bool) -> Box:
        """The box of the ink of a line that is said to stand in ``box``; ``box`` itself where the page is blank.

        Args:
            box: Of the glyphs of the line.
            size: Of its letters, in points.
            down: The line runs down the page.
        """
        if down:
            left, top, right, bottom = box
            found = self._fit((top, left, bottom, right), size, turned=True)
            return found[1], found[0], found[3], found[2]
        return self._fit(box, size, turned=False)

    def _fit(self, box: Box, size: float, *, turned: bool) -> Box:
        """`fit` along and across the line: of a vertical line the first two and the last two of ``box`` are exchanged."""
        reach = _REACH * size
        first, top = max(0.0, box[0] - reach), max(0.0, box[1] - reach)
        dark = self._dark((first, top, box[2] + reach, box[3] + reach), turned=turned)
        start, end = round((box[0] - first) * self.scale), round((box[2] - first) * self.scale)
        said = dark[:, max(0, start) : max(start + 1, end)]
        across = _line(
            self._inked(said, 1) * said.sum(axis=1),
            (box[1] - top) * self.scale,
            (box[3] - top) * self.scale,
            size * self.scale,
        )
        if across is None:
            return box
        along = self._inked(dark[across[0] : across[1]], 0)
        start, end = _edge(along, start, reach * self.scale), len(along) - _edge(along[::-1], len(along) - end, reach * self.scale)
        if start >= end:
            return box
        return first + start / self.scale, top + across[0] / self.scale, first + end / self.scale, top + across[1] / self.scale

    def _inked(self, dark: Mask, axis: int) -> Mask:
        """Which rows (axis 1) or columns (axis 0) have ink."""
        specks = 1 + int(_SPECKS * dark.shape[axis]) if self.scan else 0
        return np.asarray(dark.sum(axis=axis) > specks, dtype=np.bool_)

    def _dark(self, box: Box, *, turned: bool) -> Mask:
        """The ink in a part of the straight page, lines running along the rows."""
        left, top, right, bottom = (box[1], box[0], box[3], box[2]) if turned else box
        size = max(1, round((right - left) * self.scale)), max(1, round((bottom - top) * self.scale))
        x, y = (left - self.slope * top) * self.scale, (top + self.slope * left) * self.scale
        matrix = (1.0, -self.slope, x, self.slope, 1.0, y)
        part = self.page.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=255)
        grey = np.asarray(part, dtype=np.int16)
        low, paper = (float(share) for share in np.percentile(grey, (1, 90)))
        dark = grey < (low + paper) / 2 if paper - low > _CONTRAST else np.zeros(grey.shape, dtype=np.bool_)
        return dark.T if turned else dark


def _line(ink: NDArray[np.int_], top: float, bottom: float, size: float) -> tuple[int, int] | None:
    """The rows of the line, by the ink in each row: those around the middle, with what stands close to them; None without ink."""
    rows = np.flatnonzero(ink)
    if not rows.size:
        return None
    gap = _MARK_GAP * size
    groups = [(int(group[0]), int(group[-1]) + 1) for group in np.split(rows, np.flatnonzero(np.diff(rows) > max(1.0, gap)) + 1)]
    middle = (top + bottom) / 2
    inside = [group for group in groups if group[0] < bottom and group[1] > top] or groups
    heaviest = max(int(ink[slice(*group)].sum()) for group in inside)
    lines = [group for group in inside if int(ink[slice(*group)].sum()) > heaviest / 2]  # the others are dirt, or part of another line
    best = max(lines, key=lambda group: (group[0] <= middle < group[1], group[1] - group[0]))
    if best[1] - best[0] < min(size, bottom - top) / 2:
        # Letters of parts that lie apart, such as 二: all that stands inside the box.
        parts = [group for group in inside if group[0] >= top - gap and group[1] <= bottom + gap]
        return min([best[0], *(p[0] for p in parts)]), max([best[1], *(p[1] for p in parts)])
    return best


def _edge(inked: Mask, at: int, reach: float) -> int:
    """Where the ink begins at or near ``at``: the letter there is taken whole, and white in front of it left out."""
    at = min(max(at, 0), len(inked) - 1)
    furthest = int(reach)
    if inked[at]:
        back = np.flatnonzero(~inked[max(0, at - furthest) : at])
        return max(0, at - furthest) + int(back[-1]) + 1 if back.size else at
    ahead = np.flatnonzero(inked[at : at + furthest])
    return at + int(ahead[0]) if ahead.size else at


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
