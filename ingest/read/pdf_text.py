"""The characters of a page as PDFium reads them, repaired.

Chromium and LibreOffice attach ``/ActualText`` to Devanagari clusters and ligatures. PDFium (5.15) then says some clusters twice
and puts spaces into words, because it spreads the replacement text over boxes that do not match the ink. Repair: a span of
ActualText is taken once; then the marks are taken off in memory and the page loaded again, which gives the boxes of the real
glyphs; a space that PDFium made up is kept only where those leave a gap.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from ingest.read.pdf_chars import ACTUAL_TEXT, Char, paired, read_chars, read_styles
from ingest.read.pdf_open import OpenPage, open_text
from ingest.read.pdf_space import Ink, advance_gap, is_autospaced, space
from ingest.read.pdf_weave import woven
from lang.radicals import fold

_HYPHENS_AT_LINE_END = frozenset((0x02, 0xFFFE))
_SCALE = 1000


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character with its box in points from the top left corner of the page, and the white space in front of it.

    ``before`` is "", " ", an ideographic space or a line feed; ``gap`` is the room to the character before it on the line, in ems.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float
    bold: bool
    artifact: bool
    before: str
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class PageText:
    """The glyphs of a page in reading order; ``unmapped`` counts those without a usable Unicode value, of ``visible`` ones.

    ``fonts`` has the text of each font by its name in lower case, in the order of the file.
    """

    glyphs: tuple[Glyph, ...]
    visible: int
    unmapped: int
    fonts: tuple[tuple[str, str], ...] = ()


def page_glyphs(page: OpenPage, file: str) -> PageText:
    """Read and repair the text layer of a page. Takes the ActualText marks off the loaded page (not off the file).

    Raises:
        DamagedFileError: the page's content cannot be parsed.
    """
    styles, marked = read_styles(page)
    with open_text(page, file) as text:
        chars = read_chars(text, styles)
    ink = Ink()
    if marked:
        for item, mark in marked:
            pdfium.FPDFPageObjMark_RemoveParam(item, mark, ACTUAL_TEXT)
        with open_text(page, file) as text:
            ink = Ink.of(text)
    place = _placement(page)
    glyphs = []
    fonts: defaultdict[str, list[str]] = defaultdict(list)
    shown = [char for char in paired(chars) if _shown(char.code)]
    autospaced = is_autospaced(shown)
    for at, char in enumerate(shown):
        previous = shown[at - 1] if at else None
        before = space(previous, char, ink, autospaced) if previous else ""
        gap = advance_gap(previous, char) if previous and before != "\n" else 0.0
        glyphs.append(_glyph(char, before, gap, place))
        fonts[char.style.font].append(before + glyphs[-1].text)
    said = tuple((font, "".join(parts)) for font, parts in fonts.items())
    return PageText(tuple(woven(glyphs)), len(chars), sum(char.unmapped for char in chars), said)


def _shown(code: int) -> str:
    """What is shown for a character; "" for control characters and halves of pairs."""
    if code in _HYPHENS_AT_LINE_END:
        return "\u00ad"
    if code < 0x20 or 0xD800 <= code < 0xE000 or code >= 0x110000 or code == 0xFFFF or 0x7F <= code < 0xA0:
        return ""
    return fold(chr(code))


def _placement(page: OpenPage) -> tuple[float, float, float, float, float, float]:
    """The affine map (a, b, c, d, e, f) from page space to points from the page's top left corner, crop box and /Rotate included."""
    across, down = ctypes.c_int(), ctypes.c_int()

    def device(x: float, y: float) -> tuple[float, float]:
        width, height = round(page.width * _SCALE), round(page.height * _SCALE)
        pdfium.FPDF_PageToDevice(page.handle, 0, 0, width, height, 0, x, y, across, down)
        return across.value / _SCALE, down.value / _SCALE

    e, f = device(0, 0)
    right, up = device(100, 0), device(0, 100)
    return (right[0] - e) / 100, (right[1] - f) / 100, (up[0] - e) / 100, (up[1] - f) / 100, e, f


def _glyph(char: Char, before: str, gap: float, place: tuple[float, float, float, float, float, float]) -> Glyph:
    a, b, c, d, e, f = place
    xs = sorted((a * char.left + c * char.bottom + e, a * char.right + c * char.top + e))
    ys = sorted((b * char.left + d * char.bottom + f, b * char.right + d * char.top + f))
    baseline = b * char.x + d * char.y + f
    size = char.style.size or ys[1] - ys[0]
    style = char.style
    return Glyph(_shown(char.code), xs[0], ys[0], xs[1], ys[1], baseline, size, style.bold, style.artifact, before, gap)
