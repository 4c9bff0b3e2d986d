"""The office's logo on every layout that is used, in a corner where nothing else stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, Final

from PIL import Image
from pptx.oxml.shapes.picture import CT_Picture
from pptx.util import Inches

from ui.export.formats import ExportError
from ui.export.training_modules.deck.look import Look, Page, SlideLayout
from ui.export.training_modules.deck.text_room import Box

MOST_MB: Final = 5
MOST_PIXELS: Final = 40_000_000
KINDS: Final = {"PNG": ".png", "JPEG": ".jpg"}
"""Kinds of pictures that every PowerPoint and LibreOffice shows → ending of the file."""
HIGH, WIDE, EDGE = 0.55, 2.4, 0.3
"""Height and width at most, and distance to the edges, in inches on a slide that is 7.5 inches high."""
BACKGROUND: Final = 0.4
"""A shape of the template that takes a larger share of the slide is its background."""


def checked_logo(data: bytes, name: str) -> tuple[str, float]:
    """The ending that fits the kind of a picture, and its width as a share of its height.

    Raises:
        ExportError: it is no PNG or JPEG, damaged or too large. It names the file.
    """
    if len(data) > MOST_MB * 2**20:
        raise ExportError(f"{name}: the logo has {len(data) / 2**20:.0f} MB, over the limit of {MOST_MB} MB. Save it smaller.")
    if b"<svg" in data[:4096].lower():
        raise ExportError(f"{name}: the logo is an SVG drawing, which PowerPoint files cannot hold alone. Save it as PNG.")
    try:
        with Image.open(BytesIO(data)) as picture:
            kind, size = str(picture.format), picture.size
            if kind in KINDS and size[0] * size[1] <= MOST_PIXELS:
                picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ExportError(f"{name}: the logo cannot be read as a picture. Save it as PNG or JPEG.") from error
    if kind not in KINDS:
        raise ExportError(f"{name}: the logo is a picture of the kind {kind}. Save it as PNG or JPEG.")
    if size[0] * size[1] > MOST_PIXELS:
        raise ExportError(f"{name}: the logo has {size[0]} × {size[1]} points, more than a slide can show. Save it smaller.")
    return KINDS[kind], size[0] / size[1]


def with_logo(look: Look, data: bytes, name: str) -> Look:
    """The look with the logo on its layouts; where no corner is free, the text of the slide ends above the logo.

    Raises:
        ExportError: see `checked_logo`.
    """
    _, ratio = checked_logo(data, name)
    scale = look.high / 7.5
    high = min(HIGH, WIDE / ratio) * scale
    size = (high * ratio, high)
    pages: dict[SlideLayout, Page] = {}
    drawn: dict[int, Box] = {}
    for kind, page in look.pages.items():
        here = drawn.get(id(page.layout.part))
        place = here or next((box for box in _corners(look, size, EDGE * scale) if _is_free(look, page, box)), None)
        if place is None:
            place = next(iter(_corners(look, size, EDGE * scale)))
        if here is None:
            _draw(page.layout, data, place)
            drawn[id(page.layout.part)] = place
        pages[kind] = page if not _meet(page.body.box, place) else _shortened(page, place[1])
    return replace(look, pages=pages)


def _corners(look: Look, size: tuple[float, float], edge: float) -> Iterator[Box]:
    right, low = look.wide - size[0] - edge, look.high - size[1] - edge / 2
    for left, top in ((edge, low), (right, edge / 2), (right, low), (edge, edge / 2)):
        yield (left, top, *size)


def _is_free(look: Look, page: Page, box: Box) -> bool:
    taken = [page.title.box, page.body.box]
    for shape in (*page.layout.shapes, *page.layout.slide_master.shapes):
        held = shape.is_placeholder
        wanted = not held or shape.element.ph.get("type") == "sldNum" or (shape.element.ph.get("type") == "ftr" and shape.text_frame.text)
        if not wanted or None in (shape.left, shape.top, shape.width, shape.height):
            continue
        there = shape.left.inches, shape.top.inches, shape.width.inches, shape.height.inches
        if held or there[2] * there[3] < BACKGROUND * look.wide * look.high:
            taken.append(there)
    return not any(_meet(one, box) for one in taken)


def _meet(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2] and other[0] < one[0] + one[2] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
    )  # fmt: skip


def _shortened(page: Page, floor: float) -> Page:
    left, top, wide, _ = page.body.box
    return replace(page, body=replace(page.body, box=(left, top, wide, max(floor - top - 0.05, 0.5)), moved=page.body.place is not None))


def _draw(layout: Any, data: bytes, box: Box) -> None:
    _, key = layout.part.get_or_add_image_part(BytesIO(data))
    number = max((shape.shape_id for shape in layout.shapes), default=1) + 1
    made: Any = CT_Picture
    layout.shapes._spTree.append(made.new_pic(number, "Logo", "", key, *map(Inches, box)))
