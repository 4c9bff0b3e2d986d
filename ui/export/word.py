"""A sheet as a Word document: headings, quotes, lists, real tables, two languages in two columns, and real footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from kb.sanitize import visible
from lang.languages import Language
from ui.export.blocks import TAGS, Block, Heading, List, Paragraph, Said, Sheet, Style, Table
from ui.export.word_footnotes import Footnotes, element, hyperlink

GREY: Final = RGBColor(0x46, 0x54, 0x63)
BLUE: Final = RGBColor(0x1F, 0x5F, 0x8B)
FONTS: Final = {"ascii": "Noto Serif", "hAnsi": "Noto Serif", "eastAsia": "Noto Serif CJK JP", "cs": "Noto Serif Devanagari"}
"""Font by kind of script; Word puts one of its own where a machine lacks it, and shapes Devanagari with that."""
STYLES: Final[dict[Style, str]] = {"bullet": "List Bullet", "option": "Setu Quote", "small": "Setu Small"}
WIDTH: Final = 16.2
"""Centimetres between the margins."""


def docx(sheet: Sheet) -> bytes:
    """The file, for Word, LibreOffice and Pages."""
    return _Writer(sheet).written()


class _Writer:
    """Sets the blocks of one sheet, in order."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._document = new_document(sheet.title, sheet.language, sheet.author, sheet.keywords)
        self._notes = Footnotes(self._document, sheet.words)

    def written(self) -> bytes:
        document, sheet = self._document, self._sheet
        if not sheet.bare:
            document.add_heading(visible(sheet.title), 1)
        for fact in sheet.facts:
            document.add_paragraph(visible(fact), "Setu Small").paragraph_format.space_after = Pt(2)
        for in_columns, blocks in groupby(sheet.blocks, sheet.in_columns):
            if in_columns:
                self._columns([block for block in blocks if isinstance(block, Heading | Paragraph)])
            else:
                for block in blocks:
                    self._block(block)
        if sheet.basis:
            document.add_paragraph(visible(sheet.basis), "Setu Small")
        self._notes.write()
        return saved(document)

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(self._document.add_paragraph(), block, block.said)
            case List():
                self._list(block)
            case Table():
                self._table(block)

    def _heading(self, block: Heading) -> None:
        heading = self._document.add_heading("", block.level)
        if block.new_page:
            heading.paragraph_format.page_break_before = True
        self._said(heading, block.said)
        if block.beside is not None:
            _run(heading, f" · {block.beside.text}", block.beside.language)

    def _paragraph(self, paragraph: Any, block: Paragraph, said: Said | None) -> None:
        quoted = said is not None and said.quoted and block.style == "line"
        paragraph.style = self._document.styles["Setu Quote" if quoted else STYLES.get(block.style, "Normal")]
        if said is None:
            _run(paragraph, "–").font.color.rgb = GREY
            return
        if block.number:
            _run(paragraph, f"{block.number}\N{NO-BREAK SPACE}", said.language)
        self._said(paragraph, said, bold=block.style == "strong")
        if block.under:
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_after = Pt(2)
            self._document.add_paragraph(visible(block.under), "Setu Standing")

    def _list(self, block: List) -> None:
        self._caption(block.caption)
        for at, row in enumerate(block.rows, 1):
            paragraph = self._item("" if block.kind == "letter" else f"{at}. " if block.kind == "steps" else "• ")
            for place, said in enumerate(row):
                between = "" if place == 0 else " " if block.kind == "letter" else ": " if place == 1 else " · "
                self._said(paragraph, said, before=between)

    def _item(self, mark: str) -> Any:
        """A paragraph of a list with a hanging mark; Word's own numbering would go on from one list to the next."""
        paragraph = self._document.add_paragraph()
        if mark:
            form = paragraph.paragraph_format
            form.left_indent, form.first_line_indent, form.space_after = Cm(0.7), Cm(-0.5), Pt(3)
            paragraph.add_run(mark)
        return paragraph

    def _table(self, block: Table) -> None:
        self._caption(block.caption)
        table = self._document.add_table(rows=1, cols=len(block.head), style="Table Grid")
        if block.shares:
            widths(table, [WIDTH * share for share in block.shares])
        for cell, name in zip(table.rows[0].cells, block.head, strict=True):
            cell.paragraphs[0].add_run(visible(name)).bold = True
        repeated(table.rows[0])
        for row in block.rows:
            for cell, texts in zip(table.add_row().cells, row, strict=True):
                for number, said in enumerate(texts):
                    self._said(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), said)
        for paragraph in (paragraph for row in table.rows for cell in row.cells for paragraph in cell.paragraphs):
            paragraph.paragraph_format.space_after = Pt(2)
        self._after_table()

    def _columns(self, blocks: Sequence[Heading | Paragraph]) -> None:
        """Lines of two languages side by side, a row for each."""
        table = self._document.add_table(rows=1, cols=2)
        widths(table, (WIDTH / 2, WIDTH / 2))
        for cell, name in zip(table.rows[0].cells, self._sheet.columns, strict=True):
            cell.paragraphs[0].style = self._document.styles["Setu Small"]
            cell.paragraphs[0].add_run(name).bold = True
        repeated(table.rows[0])
        for block in blocks:
            row = table.add_row()
            row._tr.get_or_add_trPr().append(element("cantSplit"))
            for cell, said in zip(row.cells, (block.said, block.beside), strict=True):
                paragraph = cell.paragraphs[0]
                if isinstance(block, Paragraph):
                    self._paragraph(paragraph, block, said)
                else:
                    paragraph.style = self._document.styles["Heading 3"]
                    if said is not None:
                        self._said(paragraph, said)
        self._after_table()

    def _caption(self, text: str) -> None:
        if text:
            self._document.add_paragraph().add_run(visible(text)).bold = True

    def _after_table(self) -> None:
        """What parts a table from the next: Word makes one of two that touch."""
        form = self._document.add_paragraph().paragraph_format
        form.space_after, form.line_spacing = Pt(0), Pt(6)

    def _said(self, paragraph: Any, said: Said, *, before: str = "", bold: bool = False) -> None:
        if said.warning:
            warning = _run(paragraph, f"{said.warning}: ")
            warning.font.color.rgb, warning.bold = GREY, True
        if said.link:
            paragraph._p.append(hyperlink(self._document.part, said.link, said.text))
        else:
            run = _run(paragraph, before + said.text, said.language)
            if bold:
                run.bold = True
        for at, mark in enumerate(said.marks):
            if at:
                paragraph.add_run(",").font.superscript = True
            paragraph._p.extend(self._notes.mark(mark))


def _run(paragraph: Any, text: str, language: Language | None = None) -> Any:
    run = paragraph.add_run(visible(text))
    if language is not None:
        run._r.get_or_add_rPr().append(spoken(language))
    return run


def spoken(language: Language) -> Any:
    """The language of a run, which chooses the spelling checker, the shaping and the form of shared kanji."""
    name = {"ja": "eastAsia", "mr": "bidi", "hi": "bidi"}.get(language, "val")
    return element("lang", **{name: TAGS.get(language, "en-GB")})


def repeated(row: Any) -> None:
    """The row heads every page that the table is on, and says so to a screen reader."""
    row._tr.get_or_add_trPr().append(element("tblHeader"))


def widths(table: Any, wide: Sequence[float]) -> None:
    """Set the widths of columns, in centimetres: LibreOffice reads the grid, Word the cells."""
    table.autofit = False
    for column, width in zip(table.columns, wide, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def new_document(title: str, language: Language, author: str = "", keywords: str = "") -> Any:
    """An empty document with its properties, page and styles, in the fonts of the four languages."""
    document = Document()
    _styled(document, language)
    core = document.core_properties
    core.title, core.keywords = visible(title)[:255], visible(keywords)[:255]  # all that the part may hold
    core.author = core.last_modified_by = visible(author)
    core.comments = ""
    core.language = TAGS.get(language, "en-GB")
    core.created = core.modified = datetime.now(UTC)
    return document


def saved(document: Any) -> bytes:
    """The bytes of a document."""
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _styled(document: Any, language: Language) -> None:
    """Set the page and the styles of a new document, in the fonts of the four languages."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.2)
    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(10.5)
    for name, size in (("Normal", 10.5), ("Heading 1", 16), ("Heading 2", 12), ("Heading 3", 10.5)):
        _fonts(styles[name], size)
    styles["Normal"].element.get_or_add_rPr().append(spoken(language))
    for name in ("Heading 1", "Heading 2"):
        styles[name].font.color.rgb = RGBColor(0x1D, 0x27, 0x33)
    styles["Heading 3"].font.color.rgb = BLUE
    quote = _style(styles, "Setu Quote", "Normal", 10.5)
    quote.paragraph_format.left_indent = Cm(0.7)
    quote.paragraph_format.space_after = Pt(6)
    for name, indent in (("Setu Small", 0.0), ("Setu Standing", 0.7)):
        style = _style(styles, name, "Normal", 9)
        style.font.color.rgb = GREY
        style.paragraph_format.left_indent = Cm(indent)
    text = _style(styles, "footnote text", "Normal", 8.5)
    text.paragraph_format.space_after = Pt(2)
    text.element.styleId = "FootnoteText"
    reference = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    reference.element.styleId = "FootnoteReference"
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.underline = True
    link.font.color.rgb = BLUE


def _style(styles: Any, name: str, base: str, size: float) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    _fonts(style, size)
    return style


def _fonts(style: Any, size: float) -> None:
    style.font.size = Pt(size)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for name, font in FONTS.items():
        fonts.set(qn(f"w:{name}"), font)
    # Word takes the size of Devanagari from szCs, which python-docx leaves alone.
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.find(qn("w:sz")).addnext(element("szCs", val=str(int(size * 2))))
    if style.font.bold and properties.find(qn("w:bCs")) is None:
        properties.find(qn("w:b")).addnext(element("bCs"))
