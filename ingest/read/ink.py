"""Where the ink of a line stands in the picture of its page, so that a box is as high and as long as the words and no more.

What a file says of its letters is not always where they are drawn: fonts reach from ascent to descent, marks of replaced text have no box
of their own, a hidden layer over a scan has boxes of another font, and OCR gives a letter that it lost the box of its line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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

    A point (x, y) of the straight page stands at (x - slope * y, y + slope * x), as in `ingest.read.ocr_boxes.word_glyphs`.
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
