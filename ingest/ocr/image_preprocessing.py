"""The picture of a page made ready to be read: the sheet cut out of a photo, even light, text that runs level.

Every view knows the way back to the picture it was made from, so that a word found on it has its place there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""Shape (height, width), 0 black."""
Matrix = NDArray[np.float64]
"""A projective map of the plane, shape (3, 3), of (x, y, 1) in pixels."""

_LOOKED_AT = 800
"""Pixels of the longer side at which light, edges and slope are judged."""
_STEEPEST = 12.0
_LEVEL = 0.8
"""Degrees up to which a page is left as it is: Tesseract reads it, and turning blurs small letters."""
_UNEVEN = 0.12
"""Share by which the paper's brightness varies over a page in the shade."""
_SHEET = 0.3
"""Share of a photo that a sheet of paper fills at least."""
_LEVELS = range(50, 230, 12)
"""Steps of grey at which a sheet is looked for."""
_STEP = 8
"""Pixels from the edge of a sheet at which it is compared with what it lies on."""
_DARKER = 0.85
_INK = 200
_ENOUGH_INK = 100
_LIGHTER = 1.3
"""How far beyond the parting of dark ink from light the lighter becomes white, so that thin strokes stay."""
_COLOURED = 60
"""Steps of 255 by which the lightest and the darkest of the three colours of coloured ink differ; of yellowed paper it is 20 to 40."""
_ENOUGH_COLOUR = 0.0005
"""Share of a page in coloured ink from which it is looked at without: a small round stamp is a thousandth of A4."""
_DIRT = 2
_AIR = 0.15
"""Share of a word's height around its box that is still the word's."""
_RULE = 0.25
"""Share of a page's height or width from which a figure is a rule or a drawing."""


@dataclass(frozen=True, slots=True)
class View:
    """A picture, its resolution in dots an inch, and the map of its points to those of the picture of the page.

    ``page`` is the size of the picture of the page, width and height in pixels.
    """

    picture: Grey
    dpi: int
    back: Matrix
    page: tuple[int, int]

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.picture.shape[0])

    def png(self) -> bytes:
        """The picture as a PNG, packed lightly: it is read once and thrown away."""
        return bytes(cv2.imencode(".png", self.picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])

    def moved(self, picture: Any, back: NDArray[Any], dpi: int | None = None) -> View:
        """Another picture of it, whose points ``back`` takes to this one's."""
        return View(np.ascontiguousarray(picture, dtype=np.uint8), dpi or self.dpi, self.back @ back, self.page)

    def place(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Where a box (left, top, right, bottom, in pixels) stands on the picture of the page."""
        left, top, right, bottom = box
        corners = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)], dtype=np.float64) @ self.back.T
        x, y = corners[:, 0] / corners[:, 2], corners[:, 1] / corners[:, 2]
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def view_of(image: bytes, dpi: int) -> View:
    """The picture of a page as it is.

    Raises:
        ValueError: the bytes are no picture.
    """
    read = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    if read is None:
        raise ValueError("The picture of the page cannot be read.")
    return View(np.asarray(read, dtype=np.uint8), dpi, np.eye(3), (read.shape[1], read.shape[0]))


def without_colour(image: bytes, dpi: int) -> View | None:
    """The picture of a page with what is printed in colour, as stamps are, gone pale; None where nothing in it has a colour.

    Black ink is dark in each of the three colours, coloured ink light in one of them: the lightest of the three is taken, made lighter by
    as much as it differs from the darkest. Both are darker where there is black under the colour: letters under a stamp keep their edges.

    Raises:
        ValueError: the bytes are no picture.
    """
    read = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_COLOR)
    if read is None:
        raise ValueError("The picture of the page cannot be read.")
    lightest = read.max(axis=2)
    colour = lightest - read.min(axis=2)
    if np.count_nonzero(colour > _COLOURED) < _ENOUGH_COLOUR * colour.size:
        return None
    return View(np.asarray(cv2.add(lightest, colour), dtype=np.uint8), dpi, np.eye(3), (read.shape[1], read.shape[0]))


def ready(view: View) -> View:
    """The sheet alone, evenly lit and level, where it was not."""
    return level(evenly_lit(sheet_of(view)))


def sheet_of(view: View) -> View:
    """The sheet of paper that lies on something darker, seen from above; the whole picture where none stands out."""
    small, scale = _small(view.picture)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), 2), dtype=np.uint8)
    found = [corners for brightness in _LEVELS if (corners := _sheet(soft, brightness)) is not None]
    if not found:
        return view
    corners = max(found, key=cv2.contourArea)
    upper_left, upper_right, lower_right, lower_left = corners / scale
    width = round(max(np.hypot(*(upper_right - upper_left)), np.hypot(*(lower_right - lower_left))))
    height = round(max(np.hypot(*(lower_left - upper_left)), np.hypot(*(lower_right - upper_right))))
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    there = cv2.getPerspectiveTransform((corners / scale).astype(np.float32), flat)
    picture = cv2.warpPerspective(view.picture, there, (width, height), flags=cv2.INTER_CUBIC, borderValue=255.0)
    return view.moved(picture, np.linalg.inv(there))


def evenly_lit(view: View) -> View:
    """The paper as bright everywhere, where it was not: each point as a share of the paper's brightness around it."""
    small, _ = _small(view.picture)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 31)
    brightness = np.percentile(paper, (2, 98)).astype(float)
    if brightness[1] - brightness[0] < _UNEVEN * brightness[1]:
        return view
    around = cv2.resize(paper, (view.width, view.height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return view.moved(np.clip(view.picture / np.maximum(around, 1) * 255, 0, 255), np.eye(3))


def level(view: View) -> View:
    """Turned so that its lines run level."""
    angle = slope_of(view)
    if abs(angle) < _LEVEL:
        return view
    there = np.vstack([cv2.getRotationMatrix2D((view.width / 2, view.height / 2), angle, 1.0), (0, 0, 1)])
    picture = cv2.warpAffine(view.picture, there[:2], (view.width, view.height), flags=cv2.INTER_CUBIC, borderValue=255.0)
    return view.moved(picture, np.linalg.inv(there))


def slope_of(view: View) -> float:
    """Degrees by which the lines of a page fall to the right: at that slope the ink of its rows, or columns, differs most."""
    small, _ = _small(view.picture)
    ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    height, width = ink.shape

    def contrast(degrees: float) -> float:
        turned = cv2.warpAffine(ink, cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), (width, height))
        return max(float(np.square(np.diff(turned.sum(axis=axis, dtype=np.float64))).sum()) for axis in (0, 1))

    rough = max(np.arange(-_STEEPEST, _STEEPEST + 0.5, 0.5), key=contrast)
    return float(max(np.arange(rough - 0.4, rough + 0.5, 0.1), key=contrast))


def turned(view: View, quarters: int) -> View:
    """Turned to the left by so many quarters."""
    picture = np.rot90(view.picture, quarters)
    width, height = view.width, view.height
    back = {
        0: np.eye(3),
        1: np.array([(0, -1, width), (1, 0, 0), (0, 0, 1)], dtype=np.float64),
        2: np.array([(-1, 0, width), (0, -1, height), (0, 0, 1)], dtype=np.float64),
        3: np.array([(0, 1, 0), (-1, 0, height), (0, 0, 1)], dtype=np.float64),
    }[quarters % 4]
    return view.moved(picture, back)


def without_specks(view: View) -> View:
    """Dirt of a pixel or two taken out."""
    return view.moved(cv2.medianBlur(view.picture, 3), np.eye(3))


def enlarged(view: View, times: float) -> View:
    """Enlarged."""
    size = round(view.width * times), round(view.height * times)
    picture = cv2.resize(view.picture, size, interpolation=cv2.INTER_CUBIC)
    return view.moved(picture, np.diag([1 / times, 1 / times, 1.0]), round(view.dpi * times))


def cut(view: View, box: tuple[int, int, int, int]) -> View:
    """A part of it: left, top, right, bottom in pixels."""
    left, top, right, bottom = box
    return view.moved(view.picture[top:bottom, left:right], np.array([(1, 0, left), (0, 1, top), (0, 0, 1)], dtype=np.float64))


def _small(picture: Grey) -> tuple[Grey, float]:
    scale = min(1.0, _LOOKED_AT / max(picture.shape))
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), scale


def _sheet(picture: Grey, brightness: int) -> NDArray[np.float32] | None:
    """The corners of what is brighter than that and has four sides, where it is darker beyond each of them."""
    _, bright = cv2.threshold(picture, float(brightness), 255, cv2.THRESH_BINARY)
    outlines, _ = cv2.findContours(np.asarray(bright), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    corners = _four(cv2.convexHull(max(outlines, key=cv2.contourArea)))
    if corners is None or cv2.contourArea(corners) < _SHEET * picture.size:
        return None
    middle = corners.mean(axis=0)
    for first, second in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = first + np.linspace(0.1, 0.9, 40)[:, None] * (second - first)
        outward = (along - middle) / np.linalg.norm(along - middle, axis=1, keepdims=True) * _STEP
        inside, outside = (_median(picture, along + way * outward) for way in (-1, 1))
        if outside is None or inside is None or outside > _DARKER * inside:
            return None
    return corners


def _median(picture: Grey, points: NDArray[np.float64]) -> float | None:
    """The brightness at points; None where most of them lie beyond the picture."""
    x, y = points.round().astype(int).T
    there = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    return float(np.median(picture[y[there], x[there]])) if there.mean() > 0.5 else None


def _four(hull: Any) -> NDArray[np.float32] | None:
    """The corners of an outline that is nearly a quadrilateral, from the upper left clockwise."""
    around = cv2.arcLength(hull, True)
    for looseness in (0.01, 0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, looseness * around, True).reshape(-1, 2)
        if len(corners) == 4:
            total, difference = corners.sum(axis=1), np.diff(corners, axis=1).ravel()
            order = (total.argmin(), difference.argmin(), total.argmax(), difference.argmax())
            return corners[list(order)].astype(np.float32) if len(set(order)) == 4 else None
    return None


def only_darkest(view: View) -> View:
    """What is printed in full black alone: a stamp over it, or what shines through from the other side, is lighter."""
    ink = view.picture[view.picture < _INK]
    if ink.size < _ENOUGH_INK:
        return view
    parted, _ = cv2.threshold(ink.reshape(1, -1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    black = float(np.percentile(ink, 5))
    white = black + (parted - black) * _LIGHTER
    return view.moved(np.clip((view.picture.astype(np.float32) - black) / (white - black + 1) * 255, 0, 255), np.eye(3))


def uncovered(view: View, boxes: Sequence[tuple[float, float, float, float]]) -> float:
    """Share of the ink of a page, without dirt and long rules, that stands in none of the boxes (in pixels)."""
    small, scale = _small(view.picture)
    ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    count, labels, figures, _ = cv2.connectedComponentsWithStats(ink)
    letters = np.zeros(count, bool)
    high, wide, size = (figures[:, at] for at in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    letters[1:] = ((size > _DIRT) & (high < _RULE * small.shape[0]) & (wide < _RULE * small.shape[1]))[1:]
    ours = letters[labels]
    total = int(ours.sum())
    for left, top, right, bottom in boxes:
        air = _AIR * min(right - left, bottom - top)
        rows = slice(max(0, int((top - air) * scale)), int((bottom + air) * scale) + 1)
        ours[rows, max(0, int((left - air) * scale)) : int((right + air) * scale) + 1] = False
    return int(ours.sum()) / total if total else 0.0
