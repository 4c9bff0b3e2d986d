"""A page as a picture, where on it a quote stands, and the picture with the quote boxed."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

import pypdfium2.raw as pdfium
import regex
from PIL import Image, ImageChops, ImageDraw
from rapidfuzz import fuzz

from ingest.errors import DamagedFileError
from ingest.ocr.word_boxes import DPI, Ink, even, unpack, word_glyphs
from ingest.pdf.glyphs import Glyph, page_glyphs
from ingest.pdf.image_files import as_pdf
from ingest.pdf.pdfium import OpenPage, largest_picture, open_page, open_pdf, page_count
from ingest.processes.messages import MAX_PIXELS, MAX_WIDTH
from lang.normalise import comparison_key

MAX_RENDER_PIXELS = 40_000_000
"""A page that would be larger is drawn smaller; a damaged page box must not take all memory."""
_MIN_PART = 12
_MIN_LIKENESS = 90.0
_CONTEXT = 24
_AIR = 0.03
_SCAN = 0.5
"""Share of the page above which a picture is the page itself, with the dirt of the scanner."""
_CELL_GAP = 2.5
_COLUMN = 3.0
"""So much higher than wide is no line, even where OCR read its letters out of order."""


@dataclass(frozen=True, slots=True)
class Rect:
    """An area in shares of the page's width and height, from its top left corner: 0 ≤ left < right ≤ 1, 0 ≤ top < bottom ≤ 1.

    On a scan that lies askew it is turned inside these bounds: its right side stands lower than its left one by ``fall``, and its lower
    side further to the right than its upper one by ``lean`` (shares of height and width; negative: higher, further to the left).
    """

    left: float
    top: float
    right: float
    bottom: float
    fall: float = 0.0
    lean: float = 0.0

    @property
    def corners(self) -> tuple[float, ...]:
        """The corners, x and y of each: top left, top right, bottom right, bottom left."""
        wide, high = self.right - self.left - abs(self.lean), self.bottom - self.top - abs(self.fall)
        x, y = self.left + max(0.0, -self.lean), self.top + max(0.0, -self.fall)
        lower = x + self.lean, y + high
        return (x, y, x + wide, y + self.fall, lower[0] + wide, lower[1] + self.fall, *lower)


def render_page(
    pdf: bytes | Path, number: int, scale: float = 2.0, *, max_width: float = inf, max_pixels: int = MAX_RENDER_PIXELS
) -> bytes:
    """Draw a page as a PNG, smaller than asked for where it would be wider or have more pixels than it may.

    Args:
        pdf: The file or its bytes.
        number: The page, from 1.
        scale: Pixels per point; 1 is 72 dpi.
        max_width: In pixels.
        max_pixels: Of the whole picture.

    Raises:
        DamagedFileError: the file or page cannot be loaded, or has no such page.
        EncryptedFileError: the file needs a password.
    """
    data, file = _bytes(pdf)
    with open_pdf(data, file) as document:
        _check_number(document, number, file)
        with open_page(document, number, file) as page:
            image = _drawn(page, file, min(scale, max_width / max(1.0, page.width)), max_pixels)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _drawn(page: OpenPage, file: str, scale: float, max_pixels: int = MAX_RENDER_PIXELS) -> Image.Image:
    largest = (max_pixels / max(1.0, page.width * page.height)) ** 0.5
    used = min(scale, largest)
    width = max(1, round(page.width * used))
    height = max(1, min(round(page.height * used), max_pixels // width))
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGRx, None, 0)
    if not bitmap:
        raise DamagedFileError(file, f"Page {page.number} cannot be drawn ({width} x {height} pixels).", "Try a smaller scale.")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", stride, 1)


def quote_rectangles(pdf: bytes | Path, number: int, quote: str, *, before: str = "", boxes: bytes = b"") -> tuple[Rect, ...]:
    """Where a quote stands on a page: one rectangle per line, in reading order; none when the page does not show it.

    White space, hyphens at line ends, cell borders and dictionary radicals may differ. Of a quote that runs over a page break, the part
    on this page is found.

    Args:
        pdf: The file or its bytes.
        number: The page, from 1.
        quote: Text as the reader gave it.
        before: The text of the page in front of the quote, which tells words apart that stand on the page more than once.
        boxes: The word boxes of a page that OCR read (see `ingest.ocr.word_boxes`); its text layer, if any, is not looked at then.

    Raises:
        DamagedFileError: the file or page cannot be loaded, or has no such page.
        EncryptedFileError: the file needs a password.
        ValueError: ``boxes`` is no such record.
    """
    data, file = _bytes(pdf)
    with open_pdf(data, file) as document:
        _check_number(document, number, file)
        with open_page(document, number, file) as page:
            width, height = page.width, page.height
            slope, glyphs = word_glyphs(unpack(boxes), width, height) if boxes else (0.0, page_glyphs(page, file).glyphs)
            said = _said(glyphs, quote, before)
            if not said:
                return ()
            grey = _drawn(page, file, DPI / 72).convert("L")
            ink = Ink(grey, grey.width / width, slope, scan=largest_picture(page).share > _SCAN)
    return tuple(_rectangle(even(run) if boxes else run, ink, width, height) for run in _runs(said))


def _said(glyphs: Sequence[Glyph], quote: str, before: str) -> list[Glyph]:
    """The glyphs of a page that say the quote."""
    keys = [comparison_key(glyph.text) for glyph in glyphs]
    owners = [at for at, letters in enumerate(keys) for _ in letters]
    found = _locate("".join(keys), comparison_key(quote), comparison_key(before))
    return [glyphs[at] for at in sorted(set(owners[found[0] : found[1]]))] if found else []


def span_rectangles(pdf: bytes | Path, number: int, text: str, start: int, end: int, boxes: bytes = b"") -> tuple[Rect, ...]:
    """Where the span ``[start, end)`` of a page's text stands on the page; see `quote_rectangles`."""
    first, last = max(0, start), min(len(text), end)
    return quote_rectangles(pdf, number, text[first:last], before=text[:first], boxes=boxes)


def _bytes(pdf: bytes | Path) -> tuple[bytes, str]:
    data, file = (pdf, "PDF") if isinstance(pdf, bytes) else (pdf.read_bytes(), str(pdf))
    return (data if b"%PDF-" in data[:1024] else as_pdf(data, file)), file


def _check_number(document: object, number: int, file: str) -> None:
    count = page_count(document)
    if not 1 <= number <= count:
        raise DamagedFileError(file, f"It has no page {number}, only 1 to {count}.", "Ask for a page it has.")


def _locate(page: str, quote: str, before: str = "") -> tuple[int, int] | None:
    """The span of ``page`` that shows ``quote``: all of it, its beginning at the end of the page, its end at the top, or much alike.

    Of several places that show all of it, the one is taken that lies as far into the page as ``before`` is long.
    """
    if not quote:
        return None
    starts = [found.start() for found in regex.finditer(regex.escape(quote), page, overlapped=True)]
    if starts:
        # Running headers are not in ``before``, so its length is a little short; the same words in front decide first.
        near = before[-_CONTEXT:]
        alike = [start for start in starts if near and page[:start].endswith(near)] or starts
        start = min(alike, key=lambda at: abs(at - len(before)))
        return start, start + len(quote)
    for size in range(min(len(page), len(quote) - 1), _MIN_PART - 1, -1):
        if page.endswith(quote[:size]):
            return len(page) - size, len(page)
        if page.startswith(quote[-size:]):
            return 0, size
    alignment = fuzz.partial_ratio_alignment(quote, page, score_cutoff=_MIN_LIKENESS) if len(quote) <= len(page) else None
    return (alignment.dest_start, alignment.dest_end) if alignment else None


def _runs(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Glyphs parted where one no longer stands on the line, or in the vertical line, of the one before."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _is_next(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _is_next(previous: Glyph, glyph: Glyph) -> bool:
    size = max(previous.size, glyph.size)
    # A mark that OCR boxed by itself ends far above the line; its middle still stands beside the letter before it.
    level = abs(glyph.baseline - previous.baseline) < 0.6 * size or previous.y0 < (glyph.y0 + glyph.y1) / 2 < previous.y1
    on_line = level and glyph.x0 - previous.x1 < _CELL_GAP * size and glyph.x0 > previous.x0 - size
    below = glyph.before != "\n" and abs(glyph.x0 - previous.x0) < 0.6 * size and 0 < glyph.y0 - previous.y0 < 2.5 * size
    return on_line or below


def _rectangle(run: Sequence[Glyph], ink: Ink, width: float, height: float) -> Rect:
    """The box of the ink and a little air, turned back by the slope that was taken out of the glyphs."""
    size, slope = median(glyph.size for glyph in run), ink.slope
    said = min(glyph.x0 for glyph in run), min(glyph.y0 for glyph in run), max(glyph.x1 for glyph in run), max(glyph.y1 for glyph in run)
    wide, high = said[2] - said[0], said[3] - said[1]
    down = len(run) > 1 and high > wide and (run[-1].y0 > run[0].y0 or high > _COLUMN * wide)
    if down:  # Letters that stand in a column are as high as wide, whatever OCR took for the width of the column.
        size = min(size, high / len(run))
    left, top, right, bottom = (side + _AIR * size * way for side, way in zip(ink.fit(said, size, down), (-1, -1, 1, 1), strict=True))
    fall, lean = slope * (right - left), -slope * (bottom - top)
    x, y = left - slope * top + min(0.0, lean), top + slope * left + min(0.0, fall)
    return Rect(
        max(0.0, x / width),
        max(0.0, y / height),
        min(1.0, (x + right - left + abs(lean)) / width),
        min(1.0, (y + bottom - top + abs(fall)) / height),
        fall / height,
        lean / width,
    )


SCALE: Final = 2.0
FILL: Final = (255, 238, 170)
EDGE: Final = (178, 120, 0)


def page_image(pdf: Path, page: int, quote: str, *, before: str = "", boxes: bytes = b"") -> tuple[bytes, int]:
    """A page as a PNG with the quote boxed, and in how many lines the quote was found (0: not found, or none asked for).

    Draws in this process, for as long and with as much memory as the page takes: for other people's papers see
    `ingest.processes.page_images`. ``before`` and ``boxes`` as in `ingest.pdf.render.quote_rectangles`: the page's text in front of the
    quote, and the word boxes of a page that OCR read.

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
