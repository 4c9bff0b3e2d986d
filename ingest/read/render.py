"""A page as a picture, and where on it a quote stands."""

from __future__ import annotations

import ctypes
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2.raw as pdfium
import regex
from PIL import Image
from rapidfuzz import fuzz

from ingest.errors import DamagedFileError
from ingest.read.pdf_open import open_page, open_pdf, page_count
from ingest.read.pdf_text import Glyph, page_glyphs
from ingest.read.radicals import fold

MAX_PIXELS = 40_000_000
"""A page that would be larger is drawn smaller; a damaged page box must not take all memory."""
_IGNORED = regex.compile(r"[\s\p{Cf}\p{Pd}|·\u2022\t]+")
_MIN_PART = 12
_MIN_LIKENESS = 90.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in shares of the page's width and height, from its top left corner: 0 ≤ left < right ≤ 1, 0 ≤ top < bottom ≤ 1."""

    left: float
    top: float
    right: float
    bottom: float


def render_page(pdf: bytes | Path, number: int, scale: float = 2.0) -> bytes:
    """Draw a page as a PNG.

    Args:
        pdf: The file or its bytes.
        number: The page, from 1.
        scale: Pixels per point; 1 is 72 dpi.

    Raises:
        DamagedFileError: the file or page cannot be loaded, or has no such page.
        EncryptedFileError: the file needs a password.
    """
    data, file = _bytes(pdf)
    with open_pdf(data, file) as document:
        _check_number(document, number, file)
        with open_page(document, number, file) as page:
            largest = (MAX_PIXELS / max(1.0, page.width * page.height)) ** 0.5
            used = min(scale, largest)
            width, height = max(1, round(page.width * used)), max(1, round(page.height * used))
            bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGRx, None, 0)
            if not bitmap:
                raise DamagedFileError(file, f"Page {number} cannot be drawn ({width} x {height} pixels).", "Try a smaller scale.")
            try:
                pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
                pdfium.FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
                stride = pdfium.FPDFBitmap_GetStride(bitmap)
                pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
            finally:
                pdfium.FPDFBitmap_Destroy(bitmap)
    image = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", stride, 1)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def quote_rectangles(pdf: bytes | Path, number: int, quote: str) -> tuple[Rect, ...]:
    """Where a quote stands on a page: one rectangle per line, in reading order; none when the page's text layer does not show it.

    White space, hyphens at line ends, cell borders and dictionary radicals may differ. Of a quote that runs over a page break, the part
    on this page is found.

    Args:
        pdf: The file or its bytes.
        number: The page, from 1.
        quote: Text as the reader gave it.

    Raises:
        DamagedFileError: the file or page cannot be loaded, or has no such page.
        EncryptedFileError: the file needs a password.
    """
    data, file = _bytes(pdf)
    with open_pdf(data, file) as document:
        _check_number(document, number, file)
        with open_page(document, number, file) as page:
            glyphs = page_glyphs(page, file).glyphs
            width, height = page.width, page.height
    wanted = _key(quote)
    keys = [_key(glyph.text) for glyph in glyphs]
    owners = [at for at, key in enumerate(keys) for _ in key]
    found = _locate("".join(keys), wanted)
    if found is None:
        return ()
    first, last = found
    touched = sorted(set(owners[first:last]))
    return tuple(_rectangle(run, width, height) for run in _runs([glyphs[at] for at in touched]))


def _bytes(pdf: bytes | Path) -> tuple[bytes, str]:
    return (pdf, "PDF") if isinstance(pdf, bytes) else (pdf.read_bytes(), str(pdf))


def _check_number(document: object, number: int, file: str) -> None:
    count = page_count(document)
    if not 1 <= number <= count:
        raise DamagedFileError(file, f"It has no page {number}, only 1 to {count}.", "Ask for a page it has.")


def _key(text: str) -> str:
    """What has to agree: letters and marks in compatibility decomposition, without what layout adds or takes."""
    return str(_IGNORED.sub("", unicodedata.normalize("NFKD", fold(text)))).casefold()


def _locate(page: str, quote: str) -> tuple[int, int] | None:
    """The span of ``page`` that shows ``quote``: all of it, its beginning at the end of the page, its end at the top, or much alike."""
    if not quote:
        return None
    start = page.find(quote)
    if start >= 0:
        return start, start + len(quote)
    for size in range(min(len(page), len(quote) - 1), _MIN_PART - 1, -1):
        if page.endswith(quote[:size]):
            return len(page) - size, len(page)
        if page.startswith(quote[-size:]):
            return 0, size
    alike = fuzz.partial_ratio_alignment(quote, page, score_cutoff=_MIN_LIKENESS) if len(quote) <= len(page) else None
    return (alike.dest_start, alike.dest_end) if alike else None


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
    on_line = abs(glyph.baseline - previous.baseline) < 0.6 * size and -size < glyph.x0 - previous.x1 < 4 * size
    below = glyph.before != "\n" and abs(glyph.x0 - previous.x0) < 0.6 * size and 0 < glyph.y0 - previous.y0 < 2.5 * size
    return on_line or below


def _rectangle(run: Sequence[Glyph], width: float, height: float) -> Rect:
    # Ink alone looks cramped: the box gets a little air, more above, where Devanagari marks stand.
    pad = 0.12 * max(glyph.size for glyph in run)
    return Rect(
        max(0.0, (min(glyph.x0 for glyph in run) - pad) / width),
        max(0.0, (min(glyph.y0 for glyph in run) - 1.5 * pad) / height),
        min(1.0, (max(glyph.x1 for glyph in run) + pad) / width),
        min(1.0, (max(glyph.y1 for glyph in run) + 1.5 * pad) / height),
    )
