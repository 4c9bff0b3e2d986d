"""The picture of a page of a PDF, with the quote boxed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from ingest.read.render import Rect, quote_rectangles, render_page
from ingest.tasks import MAX_PIXELS, MAX_WIDTH

SCALE: Final = 2.0
FILL: Final = (255, 238, 170)
EDGE: Final = (178, 120, 0)


def page_image(pdf: Path, page: int, quote: str, *, before: str = "", boxes: bytes = b"") -> tuple[bytes, int]:
    """A page as a PNG with the quote boxed, and in how many lines the quote was found (0: not found, or none asked for).

    Draws in this process, for as long and with as much memory as the page takes: for other people's papers see `ingest.page_images`.
    ``before`` and ``boxes`` as in `ingest.read.render.quote_rectangles`: the page's text in front of the quote, and the word boxes of a
    page that OCR read.

    Raises:
        IngestError: the file or page cannot be loaded.
        OSError: the file cannot be read.
        ValueError: ``boxes`` is no such record, or the page has no size.
    """
    drawn = render_page(pdf, page, SCALE, max_width=MAX_WIDTH, max_pixels=MAX_PIXELS)
    rectangles = quote_rectangles(pdf, page, quote, before=before, boxes=boxes) if quote else ()
    return (boxed(drawn, rectangles) if rectangles else drawn), len(rectangles)


def boxed(png: bytes, rectangles: Sequence[Rect]) -> bytes:
    """The picture with each area tinted and outlined, neither beyond the area; what is printed black stays black."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    marker = Image.new("RGB", picture.size, "white")
    for r in rectangles:
        corners = [(x * picture.width, y * picture.height) for x, y in zip(r.corners[::2], r.corners[1::2], strict=True)]
        ImageDraw.Draw(marker).polygon(corners, fill=FILL, outline=EDGE, width=2)
    tinted = ImageChops.multiply(picture, marker)
    out = io.BytesIO()
    tinted.save(out, "PNG", compress_level=1)
    return out.getvalue()
