"""Characters as PDFium gives them, each ActualText span once."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

from ingest.read.pdf_open import OpenPage, address, page_objects

SPACES = frozenset((0x20, 0xA0, 0x3000, 0x09))
ACTUAL_TEXT = b"ActualText"
_BOLD = (b"bold", b"heavy", b"black", b"-w6", b"-w7", b"-w8")
_SYMBOL_BULLETS = range(0xF020, 0xF100)


@dataclass(frozen=True, slots=True)
class Style:
    """What a text object says of its characters; ``mark`` is the address of its ActualText mark, 0 without one."""

    size: float
    bold: bool
    artifact: bool
    mark: int
    glyphless: bool
    font: str = ""


@dataclass(slots=True)
class Char:
    """A character in page space (points, y upwards): ink box, origin on the baseline, and the white space PDFium has before it.

    ``typed_space``: that white space is in the file, not only between its boxes. ``unmapped``: its font maps it to no letter.
    """

    code: int
    left: float
    right: float
    bottom: float
    top: float
    x: float
    y: float
    style: Style
    before: str
    typed_space: bool
    unmapped: bool


_PLAIN = Style(0.0, False, False, 0, False)


def read_styles(page: OpenPage) -> tuple[dict[int, Style], list[tuple[object, object]]]:
    """Style of each text object by address, and the (object, mark) pairs that carry ActualText."""
    styles: dict[int, Style] = {}
    marked: list[tuple[object, object]] = []
    untagged: list[int] = []
    size = ctypes.c_float()
    matrix = pdfium.FS_MATRIX()
    for kind, item in page_objects(page):
        if kind != pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        pdfium.FPDFTextObj_GetFontSize(item, size)
        pdfium.FPDFPageObj_GetMatrix(item, matrix)
        scale = math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
        mark, artifact = _marks(item)
        if mark is not None:
            marked.append((item, mark))
        font = _font_name(item)
        bold = any(word in font for word in _BOLD)
        marked_as = address(mark) if mark is not None else 0
        # The invisible layer that OCR programs lay over a scan has a font without glyphs, and no mapping is missing there.
        styles[address(item)] = Style(size.value * scale, bold, artifact, marked_as, b"glyphless" in font, font.decode("latin-1"))
        if pdfium.FPDFPageObj_GetMarkedContentID(item) < 0:
            untagged.append(address(item))
    if len(untagged) < 0.5 * len(styles):
        # In a tagged PDF all real content is tagged: what is not, is an artifact (ISO 32000-1, 14.8.2.2).
        styles |= {at: replace(styles[at], artifact=True) for at in untagged}
    return styles, marked


def _marks(item: object) -> tuple[object | None, bool]:
    """The mark with ActualText, and whether the object is marked as an artifact (running header, footer, page number)."""
    found, artifact = None, False
    length = ctypes.c_ulong()
    name = (pdfium.FPDF_WCHAR * 16)()
    for index in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        if not mark:
            continue
        if pdfium.FPDFPageObjMark_GetParamStringValue(mark, ACTUAL_TEXT, None, 0, length):
            found = mark
        if pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length) and length.value <= ctypes.sizeof(name):
            artifact = artifact or bytes(name)[: max(0, length.value - 2)].decode("utf-16-le", "replace") == "Artifact"
    return found, artifact


def _font_name(item: object) -> bytes:
    """Lower-case base name of a text object's font."""
    font = pdfium.FPDFTextObj_GetFont(item)
    name = ctypes.create_string_buffer(128)
    if font:
        pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return name.value.lower()


def read_chars(text: object, styles: dict[int, Style]) -> list[Char]:
    """Real characters in PDFium's order, each ActualText span once, with the white space PDFium saw or made up before it."""
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    chars: list[Char] = []
    said: set[int] = set()
    before, typed_space, mark = "", False, 0
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if pdfium.FPDFText_IsGenerated(text, index) == 1:
            before += chr(code)
            continue
        style = styles.get(address(pdfium.FPDFText_GetTextObject(text, index)), _PLAIN)
        if style.mark and style.mark != mark and style.mark in said:
            mark = -1
            continue
        mark = style.mark
        said.add(mark)
        if code in SPACES or code in {0x0A, 0x0D}:
            before += "\n" if code in {0x0A, 0x0D} else chr(code)
            typed_space = True
            continue
        pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        unmapped = _is_unmapped(code) or (_has_no_mapping(text, index) and not style.mark and not style.glyphless)
        place = (left.value, right.value, bottom.value, top.value, x.value, y.value)
        chars.append(Char(code, *place, style, before, typed_space, unmapped))
        before, typed_space = "", False
    return chars


def paired(chars: Iterable[Char]) -> Iterable[Char]:
    """Characters beyond the basic plane, which PDFium may give as two surrogates, as one."""
    high: Char | None = None
    for char in chars:
        if high is not None and 0xDC00 <= char.code < 0xE000:
            high.code = 0x10000 + ((high.code - 0xD800) << 10) + (char.code - 0xDC00)
            yield high
            high = None
        elif 0xD800 <= char.code < 0xDC00:
            high = char
        else:
            high = None
            yield char


def _is_unmapped(code: int) -> bool:
    private = 0xE000 <= code < 0xF900 and code not in _SYMBOL_BULLETS
    return code in {0, 0xFFFD} or private or 0xF0000 <= code < 0x110000


def _has_no_mapping(text: object, index: int) -> bool:
    """Whether the font has no mapping to Unicode for this character, so that PDFium guessed."""
    return bool(pdfium.FPDFText_HasUnicodeMapError(text, index) == 1)
