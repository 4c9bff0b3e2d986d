"""Slides of our own look on python-pptx's layouts: wide, in the fonts of the four languages, and how much room text takes on them.

The room is estimated without a font: widths are those of Noto Sans, Noto Sans Devanagari and Noto Sans CJK in em, rounded up, and the
height of a line is the greatest of the three (CJK, 1.448 em): another font in their place is rarely wider.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from math import ceil
from typing import Any, Final, Literal, TypeAlias

import regex
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from kb.sanitize import visible
from lang.languages import Language
from ui.components.i18n import Strings
from ui.export.blocks import TAGS

LINE: Final = 1.45
"""Height of a line in em."""
AFTER: Final = 0.4
"""Space after a paragraph in em."""

_WIDE: Final = 1.0
_DEVANAGARI: Final = 0.64
_MATRA: Final = 0.28
_CAPITAL: Final = 0.68
_OTHER: Final = 0.58
_NARROW: Final = {**dict.fromkeys(" .,:;'’‘|!ijl", 0.28), **dict.fromkeys("()[]-fJtrs“”", 0.45), **dict.fromkeys("mwMW@%—", 0.94)}
_SLACK: Final = 1.03
"""What breaking between words costs."""


def width(text: str) -> float:
    """Width of a text on one line, in em."""
    return sum(map(_width, text))


def lines(text: str, points: float, wide: float) -> int:
    """How many lines a paragraph takes at a size in points, in a column that is ``wide`` points wide."""
    return sum(max(1, ceil(width(part) * points * _SLACK / wide)) for part in text.split("\n"))


def height(texts: Sequence[str], points: float, wide: float) -> float:
    """Height of paragraphs in points."""
    return sum((lines(text, points, wide) * LINE + AFTER) * points for text in texts)


def fitting(texts: Sequence[str], sizes: Sequence[int], wide: float, high: float) -> int | None:
    """The first of the sizes, in points, at which paragraphs fit into a box; None where they do at none."""
    return next((size for size in sizes if height(texts, size, wide) <= high), None)


def shares(texts: Sequence[str], sizes: Sequence[int], wide: float, high: float) -> list[tuple[int, range]]:
    """Which paragraphs stand on which slide, with the size of each slide: as few slides as there can be, of about the same fill.

    A paragraph that fits nowhere has a slide of its own at the least size.
    """
    for parts in range(1, len(texts) + 1):
        cuts = _even(texts, parts, sizes[-1], wide)
        fit = [fitting(texts[cut.start : cut.stop], sizes, wide, high) for cut in cuts]
        if all(fit) or parts == len(texts):
            return [(size or sizes[-1], cut) for size, cut in zip(fit, cuts, strict=True)]
    return []


def _even(texts: Sequence[str], parts: int, size: int, wide: float) -> list[range]:
    """Cut into parts of about the same height, none of them empty."""
    total = height(texts, size, wide)
    cuts, start, done = [], 0, 0.0
    for part in range(1, parts + 1):
        end = start + 1
        done += height(texts[start:end], size, wide)
        while end < len(texts) - (parts - part) and (part == parts or done < total * part / parts):
            done += height(texts[end : end + 1], size, wide)
            end += 1
        cuts.append(range(start, end))
        start = end
    return cuts


def _width(letter: str) -> float:
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return _WIDE
    if regex.match(r"\p{Devanagari}", letter):
        return _MATRA if category == "Mc" else _DEVANAGARI
    return _NARROW.get(letter, _CAPITAL if letter.isupper() else _OTHER)


Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in inches."""
Layout: TypeAlias = Literal["title", "content", "table"]

WIDE: Final = 13.333
HIGH: Final = 7.5
TITLE: Final[Box] = (0.7, 0.3, 12.03, 1.35)
BODY: Final[Box] = (0.7, 1.8, 12.03, 4.9)
NUMBER: Final[Box] = (11.73, 6.85, 1.0, 0.4)
INSET: Final = 0.1
"""Inches between the edge of a box and its text, on each side."""
INDENT: Final = 0.4
"""Inches that bullets take."""

_BREAKS: Final = regex.compile(r"[ \t\n\f\r\v]+")  # a no-break space stays

LAYOUTS: Final[dict[Layout, str]] = {"title": "Title Slide", "content": "Title and Content", "table": "Title Only"}
FONTS: Final = {"latin": "Noto Sans", "ea": "Noto Sans CJK JP", "cs": "Noto Sans Devanagari"}
"""Font by kind of script; PowerPoint puts one of its own where a machine lacks it, and shapes Devanagari with that."""
INK: Final = "1D2733"
BLUE: Final = "1F5F8B"
THEME: Final = {"dk1": INK, "dk2": INK, "accent1": BLUE, "hlink": BLUE, "folHlink": "5B3F7A"}
BAND: Final = 0.22
"""Inches of the blue band on the left edge."""
COLUMNS: Final = (0.56, 0.12, 0.14, 0.18)
_PLACES: Final[dict[str, Box]] = {
    "title": TITLE,
    "ctrTitle": TITLE,
    "body": BODY,
    "subTitle": BODY,
    "obj": BODY,
    "sldNum": NUMBER,
}


def inches(box: Box) -> tuple[float, float]:
    """Width and height, in points, that text has in a box."""
    return (box[2] - 2 * INSET - INDENT) * 72, (box[3] - INSET) * 72


class Deck:
    """A presentation; its pages are added in order."""

    def __init__(self, presentation: Any, language: Language, words: Strings) -> None:
        self.presentation = presentation
        self.language = language
        self._words = words
        presentation.slide_width, presentation.slide_height = Inches(WIDE), Inches(HIGH)
        master = presentation.slide_master
        _look(master)
        for layout in list(presentation.slide_layouts):
            if layout.name not in LAYOUTS.values():
                presentation.slide_layouts.remove(layout)
        for each in (master, *presentation.slide_layouts):
            _placed(each)
        self._layouts = {layout.name: layout for layout in presentation.slide_layouts}

    def properties(self, title: str, keywords: str) -> None:
        """Title and language of the document; nobody is named as its author."""
        core = self.presentation.core_properties
        core.title, core.keywords = visible(title)[:255], keywords[:255]
        core.author = core.last_modified_by = core.comments = core.subject = core.category = ""
        core.language = TAGS.get(self.language, "en-GB")
        core.created = core.modified = datetime.now(UTC).replace(tzinfo=None)
        core.revision = 1

    def page(self, layout: Layout) -> Any:
        """A new slide with its number."""
        page = self.presentation.slides.add_slide(self._layouts[LAYOUTS[layout]])
        for shape in page.slide_layout.placeholders:
            if shape.element.ph.get("type") == "sldNum":
                page.shapes._spTree.append(deepcopy(shape.element))
        return page

    @staticmethod
    def run(paragraph: Any, text: str, size: int | None, language: Language | None) -> Any:
        """Text at the end of a paragraph, in its language, which chooses spelling, shaping and the form of shared kanji."""
        run = paragraph.add_run()
        run.text = _BREAKS.sub(" ", visible(text))
        if size is not None:
            run.font.size = Pt(size)
        run._r.get_or_add_rPr().set("lang", TAGS.get(language, "en-GB"))
        if language == "ja":
            run._r.get_or_add_rPr().set("altLang", "en-GB")
        return run

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]], sizes: Sequence[int]) -> None:
        """Pages with a table; the last cell of a row is the link of its first and is not shown."""
        size = sizes[-1] if len(rows) > 6 else sizes[0]
        for at, part in enumerate(pages := list(_pages(head, rows, size)), start=1):
            page = self.page("table")
            more = f" ({at}/{len(pages)})" if len(pages) > 1 else ""
            self.run(page.shapes.title.text_frame.paragraphs[0], f"{title}{more}", 28, self.language)
            laid_out = self._rows(page, title, (head, *(row[: len(head)] for row in part)), COLUMNS, size)
            for y, row in enumerate(part, start=1):
                (run,) = laid_out.cell(y, 0).text_frame.paragraphs[0].runs
                run.hyperlink.address = row[-1]
                run.font.color.theme_color = MSO_THEME_COLOR.HYPERLINK

    def grid(self, page: Any, name: str, head: Sequence[str], rows: Sequence[Sequence[str]], sizes: Sequence[int]) -> None:
        """A table of a paper on a page, its columns as wide as what stands in them."""
        shown = (head, *rows)
        ems = [max(width(row[at]) for row in shown) for at in range(len(head))]
        parts = [max(one, sum(ems) / len(ems) / 3) for one in ems]
        shares = [part / sum(parts) for part in parts]
        size = next((one for one in sizes if sum(_row_height(row, one, shares) for row in shown) <= BODY[3] * 72), sizes[-1])
        self._rows(page, name, shown, shares, size)

    def _rows(self, page: Any, name: str, shown: Sequence[Sequence[str]], shares: Sequence[float], size: int) -> Any:
        """Rows on a page, the first of them the heads, in columns of these shares of the width."""
        left, top, wide, _ = BODY
        heights = [_row_height(row, size, shares) for row in shown]
        frame = page.shapes.add_table(len(shown), len(shares), Inches(left), Inches(top), Inches(wide), Inches(sum(heights) / 72))
        frame.name = name
        frame._element.nvGraphicFramePr.cNvPr.set("descr", f"{name}: {', '.join(shown[0])}")
        for column, share in zip(frame.table.columns, shares, strict=True):
            column.width = Inches(wide * share)
        for y, (row, high) in enumerate(zip(shown, heights, strict=True)):
            frame.table.rows[y].height = Emu(int(high * 12700))
            for x, text in enumerate(row):
                self.run(frame.table.cell(y, x).text_frame.paragraphs[0], text, size, self.language).font.bold = y == 0
        return frame.table

    def chart(self, page: Any, name: str, values: Sequence[tuple[str, float]]) -> None:
        """Bars for named figures, in their order from the top, each with its figure."""
        left, top, wide, high = BODY
        data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = [visible(label) for label, _ in values]
        data.add_series(visible(name), [value for _, value in values])
        frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, Inches(left), Inches(top), Inches(wide), Inches(high), data)
        frame.name = name
        frame._element.nvGraphicFramePr.cNvPr.set("descr", f"{name}: {', '.join(f'{label} {value:g}' for label, value in values)}")
        chart = frame.chart
        chart.has_legend = chart.has_title = False
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale = min(0.0, *(value for _, value in values))
        chart.font.size = Pt(18)
        plot = chart.plots[0]
        plot.gap_width = 60
        plot.has_data_labels = True
        plot.data_labels.show_value = True


def _pages(head: Sequence[str], rows: Sequence[Sequence[str]], size: int) -> list[list[Sequence[str]]]:
    """Rows by page: as many as fit."""
    room = BODY[3] * 72 - _row_height(head, size)
    pages: list[list[Sequence[str]]] = [[]]
    left = room
    for row in rows:
        high = _row_height(row, size)
        if high > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= high
    return pages


def _row_height(row: Sequence[str], size: int, shares: Sequence[float] = COLUMNS) -> float:
    """Points that a row needs in columns of these shares of the width."""
    wide = [max(BODY[2] * share * 72 - 2 * INSET * 72, size) for share in shares]
    return max(lines(text, size, width) for text, width in zip(row, wide, strict=False)) * size * LINE + AFTER * size + 8


def _placed(page: Any) -> None:
    """The placeholders of a master or layout where we want them; those for a date go."""
    for shape in list(page.placeholders):
        kind = shape.element.ph.get("type", "obj")
        if kind in {"dt", "ftr"}:
            shape.element.getparent().remove(shape.element)
            continue
        left, top, wide, high = _PLACES[kind]
        shape.left, shape.top, shape.width, shape.height = Inches(left), Inches(top), Inches(wide), Inches(high)
        if kind in ("title", "ctrTitle", "subTitle"):
            shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP if kind == "subTitle" else MSO_ANCHOR.BOTTOM

        # The layout has the subtitle grey and in the middle.
        for level in shape.element.iter(*(qn(f"a:lvl{n}pPr") for n in range(1, 10))):
            level.attrib.pop("algn", None)
            for fill in level.findall(f"{qn('a:defRPr')}/{qn('a:solidFill')}"):
                fill.getparent().remove(fill)


def _look(master: Any) -> None:
    """Our fonts and colours in the theme, titles bold and to the left, and a band on the left edge."""
    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = etree.fromstring(part.blob)
    for name, font in FONTS.items():
        for each in theme.iter(qn(f"a:{name}")):
            each.set("typeface", font)
    for name, colour in THEME.items():
        (slot,) = theme.iter(qn(f"a:{name}"))
        for old in list(slot):
            slot.remove(old)
        etree.SubElement(slot, qn("a:srgbClr"), val=colour)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)
    for level in master.element.iter(qn("a:lvl1pPr")):
        if level.getparent().tag == qn("p:titleStyle"):
            level.set("algn", "l")
            level.find(qn("a:defRPr")).set("b", "1")
    band = parse_xml(_BAND.format(wide=Inches(BAND), high=Inches(HIGH)))
    master.shapes._spTree.insert(2, band)


_BAND: Final = f"""<p:sp {nsdecls("p", "a")}>
<p:nvSpPr><p:cNvPr id="900" name="Band" descr=""/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>
<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{{wide}}" cy="{{high}}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""
