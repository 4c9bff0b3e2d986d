"""The glyphs of a page: the characters as PDFium reads them, repaired, in order, and without ruby.

Chromium and LibreOffice attach ``/ActualText`` to Devanagari clusters and ligatures. PDFium (5.15) then says some clusters twice
and puts spaces into words, because it spreads the replacement text over boxes that do not match the ink. Repair: a span of
ActualText is taken once; then the marks are taken off in memory and the page loaded again, which gives the boxes of the real
glyphs; a space that PDFium made up is kept only where those leave a gap.
LibreOffice writes "( )" in the Devanagari font and then, going back, "MLIT" in the Latin one: a run that goes back into a gap of its
own line is put into that gap. Ruby are the small kana above kanji, or to their right in vertical text, that say how they are read.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium
import regex

from ingest.pdf.characters import ACTUAL_TEXT, Char, Ink, advance_gap, is_autospaced, paired, read_chars, read_styles, space
from ingest.pdf.pdfium import OpenPage, open_text
from lang.normalise import fold_radicals

_WORD_GAP = 0.18
_SLACK = 0.15


def woven(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs with every run that goes back moved into the gap of its line where it stands; all others keep their order."""
    result: list[Glyph] = []
    line_start = at = 0
    while at < len(glyphs):
        glyph = glyphs[at]
        if glyph.before == "\n":
            line_start = len(result)
        place = _gap_for(result, line_start, glyph) if len(result) > line_start and _goes_back(result[-1], glyph) else None
        if place is None:
            result.append(glyph)
            at += 1
            continue
        end = at + 1
        while end < len(glyphs) and _fits(glyphs[end], glyphs[end - 1], result[place]):
            end += 1
        result[place:place] = glyphs[at:end]
        for seam in (place, place + end - at):
            result[seam] = _after(result[seam - 1], result[seam])
        at = end
    return result


def _goes_back(previous: Glyph, glyph: Glyph) -> bool:
    return glyph.x0 < previous.x0 - 0.5 * previous.size and _same_line(previous, glyph)


def _same_line(one: Glyph, other: Glyph) -> bool:
    return abs(one.baseline - other.baseline) < 0.3 * max(one.size, other.size)


def _gap_for(result: Sequence[Glyph], start: int, glyph: Glyph) -> int | None:
    """Index of the glyph of the line that ``glyph`` stands directly before; None where there is no gap for it."""
    slack = _SLACK * glyph.size
    for place in range(start + 1, len(result)):
        left, right = result[place - 1], result[place]
        if left.x1 <= glyph.x0 + slack and glyph.x1 <= right.x0 + slack and left.x0 < right.x0 and _same_line(left, glyph):
            return place
    return None


def _fits(glyph: Glyph, previous: Glyph, right: Glyph) -> bool:
    """Whether ``glyph`` goes on in the run after ``previous`` and still stands before ``right``."""
    is_next = glyph.before != "\n" and _same_line(previous, glyph) and glyph.x0 >= previous.x0 - _SLACK * glyph.size
    return is_next and glyph.x1 <= right.x0 + _SLACK * glyph.size


def _after(left: Glyph, glyph: Glyph) -> Glyph:
    gap = (glyph.x0 - left.x1) / max(left.size, glyph.size, 1.0)
    return replace(glyph, before=" " if gap >= _WORD_GAP else "", gap=gap)


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
    return fold_radicals(chr(code))


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


_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}ー・]")
_KANJI = regex.compile(r"[\p{Han}々]")
_MOST = 0.62
"""Ruby is half the size of its kanji (JIS X 4051); the body above a heading of half as much again is 0.67 of it."""


def without_ruby(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The glyphs of a page, turned so that text runs across, without ruby; the running text closes up behind it."""
    kanji = [glyph for glyph in glyphs if _KANJI.match(glyph.text)]
    largest = max((glyph.size for glyph in kanji), default=0.0)
    suspects = [at for at, glyph in enumerate(glyphs) if glyph.size <= _MOST * largest and _KANA.match(glyph.text)]
    if not suspects:
        return list(glyphs)
    rows: dict[int, list[Glyph]] = {}
    for glyph in kanji:
        rows.setdefault(int(glyph.y0 // largest), []).append(glyph)
    dropped = {at for at in suspects if _stands_above(glyphs[at], rows, largest)}
    kept: list[Glyph] = []
    for at, glyph in enumerate(glyphs):
        if at in dropped:
            continue
        kept.append(_closed_up(kept[-1], glyph) if kept and at - 1 in dropped else glyph)
    return kept


def _stands_above(ruby: Glyph, rows: dict[int, list[Glyph]], height: float) -> bool:
    """Whether larger kanji stand right below ``ruby``, closer than another line of text could."""
    first = int(ruby.y0 // height)
    for row in range(first, first + 3):
        for base in rows.get(row, ()):
            over = min(ruby.x1, base.x1 + ruby.size) - max(ruby.x0, base.x0 - ruby.size)
            room = base.y0 - ruby.y1
            if ruby.size <= _MOST * base.size and over > 0 and -0.6 * base.size < room < 0.4 * base.size and base.y0 > ruby.y0:
                return True
    return False


def _closed_up(previous: Glyph, glyph: Glyph) -> Glyph:
    """``glyph`` as it follows ``previous`` on the line that the ruby interrupted."""
    if abs(previous.baseline - glyph.baseline) > 0.3 * glyph.size or glyph.x0 < previous.x0:
        return replace(glyph, before="\n")
    gap = (glyph.x0 - previous.x1) / max(previous.size, glyph.size, 1.0)
    return replace(glyph, before=" " if glyph.before == " " else "", gap=gap)
