"""Characters as PDFium gives them, each ActualText span once, and between which of them a space was meant."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

from ingest.pdf.pdfium import OpenPage, address, page_objects

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


MIN_GAP = 0.06
"""Share of a line's height from which a gap in the ink is a space. Measured: 0.06 parts words and joins clusters in mr and hi."""
MIN_GAP_AFTER_TAIL = 0.025
"""The same after a sign that hangs below its letter and reaches under the space (लागू होगी: 0.03)."""
_TAILS = frozenset((*range(0x0941, 0x0945), 0x094D))
_MIN_WIDE_GAP = 0.15
_IDEOGRAPHIC_SPACE = (0.75, 1.3)
_AUTOSPACED = 0.7


class Ink:
    """Where the glyphs of each baseline really stand: intervals (start, end, line height) by rounded baseline."""

    def __init__(self) -> None:
        """No ink at all, as for a page without ActualText, whose own boxes are right."""
        self.rows: defaultdict[int, list[tuple[float, float, float]]] = defaultdict(list)

    @classmethod
    def of(cls, text: object) -> Ink:
        """The ink of loaded text."""
        ink = cls()
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        loose = pdfium.FS_RECTF()
        for index in range(pdfium.FPDFText_CountChars(text)):
            if pdfium.FPDFText_IsGenerated(text, index) == 1:
                continue
            pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
            if top.value <= bottom.value:
                # A space has no ink. Its code says nothing here: without ActualText glyph 9 of a font may come out as a tab.
                continue
            pdfium.FPDFText_GetCharOrigin(text, index, x, y)
            pdfium.FPDFText_GetLooseCharBox(text, index, loose)
            start, end = min(left.value, loose.left, x.value), max(right.value, loose.right)
            ink.rows[round(y.value)].append((start, end, loose.top - loose.bottom))
        for row in ink.rows.values():
            row.sort()
        return ink

    def gap(self, start: float, end: float, baseline: float) -> float:
        """The widest stretch without ink between two places of a line, in line heights."""
        around = round(baseline)
        intervals = sorted(part for row in (around - 1, around, around + 1) for part in self.rows.get(row, ()))
        reached, widest, height = start, 0.0, 12.0
        for left, right, line_height in intervals:
            if right <= start:
                continue
            if left >= end - 0.01:
                break
            widest = max(widest, left - reached)
            reached = max(reached, right)
            height = line_height
        return max(widest, end - reached) / max(height, 1.0)


def is_autospaced(chars: Sequence[Char]) -> bool:
    """Whether the page sets every letter or digit a little off the kanji beside it, as LibreOffice does; such gaps are no spaces."""
    gaps = [
        advance_gap(previous, char) >= _MIN_WIDE_GAP
        for previous, char in itertools.pairwise(chars)
        if _is_wide(previous.code) != _is_wide(char.code) and chr(min(previous.code, char.code)).isalnum() and not _ends_line(char)
    ]
    return bool(gaps) and sum(gaps) >= _AUTOSPACED * len(gaps)


def _ends_line(char: Char) -> bool:
    return "\n" in char.before or "\r" in char.before


def space(previous: Char, char: Char, ink: Ink, autospaced: bool) -> str:
    """The white space between two characters that follow each other."""
    if _ends_line(char):
        return "\n"
    if not char.typed_space and (_is_wide(previous.code) or _is_wide(char.code)):
        gap = advance_gap(previous, char)
        if _IDEOGRAPHIC_SPACE[0] <= gap <= _IDEOGRAPHIC_SPACE[1]:
            return "\u3000"
        both = _is_wide(previous.code) and _is_wide(char.code)
        return " " if gap > _IDEOGRAPHIC_SPACE[1] or (gap >= _MIN_WIDE_GAP and not both and not autospaced) else ""
    if char.typed_space or not ink.rows:
        return "\u3000" if "\u3000" in char.before else " " if char.before else ""
    if previous.style.mark and previous.style.mark == char.style.mark:
        return ""
    if abs(previous.y - char.y) > 1.5 or char.x < previous.x:
        return " " if char.before else ""
    least = MIN_GAP_AFTER_TAIL if previous.code in _TAILS else MIN_GAP
    return " " if ink.gap(previous.x, char.x, previous.y) >= least else ""


def advance_gap(previous: Char, char: Char) -> float:
    """Room between two characters in ems. A full-width character takes one em whatever its ink, across or down the page."""
    size = max(previous.style.size, char.style.size, 1.0)
    if abs(previous.y - char.y) < 0.5 * size:
        end = previous.x + size if _is_wide(previous.code) else previous.right
        return (char.x - end) / size
    return abs(previous.y - char.y) / size - 1.0


def _is_wide(code: int) -> bool:
    return (
        0x2E80 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
        or 0x20000 <= code < 0x32000
    )
