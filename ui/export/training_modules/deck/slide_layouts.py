"""A presentation that is filled slide by slide: titles, text, tables and charts in the room that its look gives them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import regex
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Emu, Inches, Pt

from kb.sanitize import visible
from lang.languages import Language
from ui.components.i18n import Strings
from ui.export.blocks import TAGS
from ui.export.training_modules.deck.look import Look, SlideLayout
from ui.export.training_modules.deck.text_room import AFTER, INSET, LINE, Box, Room, lines, width

_BREAKS: Final = regex.compile(r"[ \t\n\f\r\v]+")  # a no-break space stays
COLUMNS: Final = (0.56, 0.12, 0.14, 0.18)


class Deck:
    """A presentation; its pages are added in order."""

    def __init__(self, look: Look, language: Language, words: Strings) -> None:
        self.look = look
        self.presentation = look.presentation
        self.language = language
        self._words = words

    def properties(self, title: str, keywords: str) -> None:
        """Title and language of the document; nobody is named as its author."""
        core = self.presentation.core_properties
        core.title, core.keywords = visible(title)[:255], keywords[:255]
        core.author = core.last_modified_by = core.comments = core.subject = core.category = ""
        core.language = TAGS.get(self.language, "en-GB")
        core.created = core.modified = datetime.now(UTC).replace(tzinfo=None)
        core.revision = 1

    def room(self, kind: SlideLayout) -> Room:
        """Where the text of a kind of slide stands."""
        return self.look.pages[kind].body

    def page(self, kind: SlideLayout) -> Any:
        """A new slide with its number and the footer of its layout; placeholders that stay empty go."""
        made = self.look.pages[kind]
        page = self.presentation.slides.add_slide(made.layout)
        for shape in list(page.placeholders):
            if shape != page.shapes.title and shape.placeholder_format.idx != made.body.place:
                shape.element.getparent().remove(shape.element)
        for room in (made.title, made.body):
            shape = page.shapes.title if room is made.title else self._body(page, room)
            if shape is not None and room.moved:
                _put(shape, room.box)
        for shape in made.layout.placeholders:
            kind_of = shape.element.ph.get("type")
            if kind_of == "sldNum" or (kind_of == "ftr" and shape.text_frame.text.strip()):
                copy = deepcopy(shape.element)
                copy.nvSpPr.cNvPr.set("id", str(max(one.shape_id for one in page.shapes) + 1))
                page.shapes._spTree.append(copy)
        return page

    @staticmethod
    def _body(page: Any, room: Room) -> Any:
        return next((one for one in page.placeholders if one.placeholder_format.idx == room.place), None)

    def text(self, page: Any, kind: SlideLayout) -> Any:
        """The frame that the text of a page stands in: the layout's, or a box where it has none."""
        room = self.room(kind)
        if (shape := self._body(page, room)) is not None:
            return shape.text_frame
        frame = page.shapes.add_textbox(*map(Inches, room.box)).text_frame
        frame.word_wrap = True
        return frame

    def notes(self, page: Any) -> Any:
        """The frame of a page's speaker notes."""
        return page.notes_slide.notes_text_frame

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
        size, box = sizes[-1] if len(rows) > 6 else sizes[0], self.room("table").box
        room = self.look.pages["table"].title
        for at, part in enumerate(pages := list(_pages(head, rows, size, box)), start=1):
            page = self.page("table")
            shown = f"{title} ({at}/{len(pages)})" if len(pages) > 1 else title
            largest = room.fitting([shown]) or room.sizes[-1]
            self.run(page.shapes.title.text_frame.paragraphs[0], shown, min(28, largest), self.language)
            laid_out = self._rows(page, title, (head, *(row[: len(head)] for row in part)), COLUMNS, size)
            for y, row in enumerate(part, start=1):
                (run,) = laid_out.cell(y, 0).text_frame.paragraphs[0].runs
                run.hyperlink.address = row[-1]
                run.font.color.theme_color = MSO_THEME_COLOR.HYPERLINK

    def grid(self, page: Any, name: str, head: Sequence[str], rows: Sequence[Sequence[str]], sizes: Sequence[int]) -> None:
        """A table of a paper on a page, its columns as wide as what stands in them."""
        shown, (_, _, wide, high) = (head, *rows), self.room("table").box
        ems = [max(width(row[at]) for row in shown) for at in range(len(head))]
        parts = [max(one, sum(ems) / len(ems) / 3) for one in ems]
        shares = [part / sum(parts) for part in parts]
        size = next((one for one in sizes if sum(_row_height(row, one, wide, shares) for row in shown) <= high * 72), sizes[-1])
        self._rows(page, name, shown, shares, size)

    def _rows(self, page: Any, name: str, shown: Sequence[Sequence[str]], shares: Sequence[float], size: int) -> Any:
        """Rows on a page, the first of them the heads, in columns of these shares of the width."""
        left, top, wide, _ = self.room("table").box
        heights = [_row_height(row, size, wide, shares) for row in shown]
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
        left, top, wide, high = self.room("table").box
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

    def picture(self, page: Any, data: bytes, alt: str) -> None:
        """A picture as large as the room is, in its middle."""
        left, top, wide, high = self.room("table").box
        shape = page.shapes.add_picture(BytesIO(data), Inches(left), Inches(top))
        scale = min(Inches(wide) / shape.width, Inches(high) / shape.height)
        shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
        shape.left += (Inches(wide) - shape.width) // 2
        shape.top += (Inches(high) - shape.height) // 2
        shape._element.nvPicPr.cNvPr.set("descr", visible(alt))


def _put(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, box)


def _pages(head: Sequence[str], rows: Sequence[Sequence[str]], size: int, box: Box) -> list[list[Sequence[str]]]:
    """Rows by page: as many as fit."""
    room = box[3] * 72 - _row_height(head, size, box[2])
    pages: list[list[Sequence[str]]] = [[]]
    left = room
    for row in rows:
        high = _row_height(row, size, box[2])
        if high > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= high
    return pages


def _row_height(row: Sequence[str], size: int, wide: float, shares: Sequence[float] = COLUMNS) -> float:
    """Points that a row needs in columns of these shares of a width in inches."""
    columns = [max(wide * share * 72 - 2 * INSET * 72, size) for share in shares]
    return max(lines(text, size, width) for text, width in zip(row, columns, strict=False)) * size * LINE + AFTER * size + 8
