"""The paper of a module as a Word document: headings, lines, tables, a footnote for every source; two languages in two columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import Any, Final

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from ui.export.footnotes import Footnotes, follow, xml
from ui.export.module_paper import Block, Heading, ModulePaper, Style, Table, Text
from ui.export.module_said import Said
from ui.export.word import GREY, TAGS, marked, spoken, styled

WIDTH: Final = 16.2
"""Centimetres between the margins."""
STYLES: Final[dict[Style, str]] = {
    "line": "Normal", "bullet": "List Bullet", "number": "Normal", "option": "Setu Quote", "small": "Setu Small"
}  # fmt: skip


def docx(paper: ModulePaper) -> bytes:
    """The file, for Word, LibreOffice and Pages. Nobody is named as its author."""
    document = Document()
    styled(document, paper.language)
    core = document.core_properties
    core.title, core.keywords, core.language = xml(paper.title)[:255], paper.keywords[:255], TAGS.get(paper.language, "en-GB")
    core.author = core.last_modified_by = core.comments = ""
    core.created = core.modified = datetime.now(UTC).replace(tzinfo=None)
    notes = Footnotes(document, paper.words)
    document.add_heading(xml(paper.title), 1)
    for fact in paper.facts:
        document.add_paragraph(xml(fact), "Setu Small").paragraph_format.space_after = Pt(2)
    for table, blocks in groupby(paper.blocks, paper.in_columns):
        if table:
            _columns(document, notes, list(blocks), paper)
        else:
            for block in blocks:
                _block(document, notes, block)
    notes.write()
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _block(document: Any, notes: Footnotes, block: Block) -> None:
    if isinstance(block, Heading):
        heading = document.add_heading("", block.level)
        if block.new_page:
            heading.paragraph_format.page_break_before = True
        _said(heading, notes, block.said)
        if block.beside is not None:
            _run(heading, f" · {block.beside.text}", block.beside)
    elif isinstance(block, Table):
        _table(document, notes, block)
    else:
        _text(document.add_paragraph(), document, notes, block, block.said)


def _text(paragraph: Any, document: Any, notes: Footnotes, block: Text, said: Said | None) -> None:
    quoted = said is not None and said.quoted and block.style == "line"
    paragraph.style = document.styles["Setu Quote" if quoted else STYLES[block.style]]
    if block.number and said is not None:
        _run(paragraph, f"{block.number}\N{NO-BREAK SPACE}", said)
    if said is None:
        _run(paragraph, "–", None)
    else:
        _said(paragraph, notes, said)


def _columns(document: Any, notes: Footnotes, blocks: Sequence[Block], paper: ModulePaper) -> None:
    """Lines of two languages side by side, a row for each."""
    table = document.add_table(rows=1, cols=2)
    _widths(table, (0.5, 0.5))
    for cell, name in zip(table.rows[0].cells, paper.columns or (), strict=True):
        cell.paragraphs[0].style = document.styles["Setu Small"]
        cell.paragraphs[0].add_run(name).bold = True
    _repeated(table.rows[0])
    for block in blocks:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = row.cells
        sides = (block.said, block.beside) if not isinstance(block, Table) else ()
        for cell, said in zip(cells, sides, strict=True):
            paragraph = cell.paragraphs[0]
            if isinstance(block, Text):
                _text(paragraph, document, notes, block, said)
            else:
                paragraph.style = document.styles["Heading 3"]
                if said is not None:
                    _said(paragraph, notes, said)
    _after(document)


def _table(document: Any, notes: Footnotes, block: Table) -> None:
    table = document.add_table(rows=1, cols=len(block.head))
    table.style = "Table Grid"
    _widths(table, block.shares)
    for cell, name in zip(table.rows[0].cells, block.head, strict=True):
        cell.paragraphs[0].add_run(xml(name)).bold = True
    _repeated(table.rows[0])
    for at, row in enumerate(block.rows):
        for place, (cell, texts) in enumerate(zip(table.add_row().cells, row, strict=True)):
            for number, said in enumerate(texts):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                if place == 0 and block.links:
                    link = document.part.relate_to(block.links[at], RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                    paragraph._p.append(follow(link, said.text))
                else:
                    _said(paragraph, notes, said)
    for paragraph in _paragraphs(table):
        paragraph.paragraph_format.space_after = Pt(2)
    _after(document)


def _said(paragraph: Any, notes: Footnotes, said: Said) -> None:
    if said.warning:
        _run(paragraph, f"{said.warning}: ", None).bold = True
    _run(paragraph, said.text, said)
    for at, mark in enumerate(said.marks):
        marked(paragraph, notes, mark, comma=at > 0)


def _run(paragraph: Any, text: str, said: Said | None) -> Any:
    run = paragraph.add_run(xml(text))
    if said is not None:
        run._r.get_or_add_rPr().append(spoken(said.language))
    else:
        run.font.color.rgb = GREY
    return run


def _widths(table: Any, shares: Sequence[float]) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Cm(WIDTH * share)
        for cell in column.cells:
            cell.width = Cm(WIDTH * share)


def _repeated(row: Any) -> None:
    """The row heads every page that the table is on, and says so to a screen reader."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _paragraphs(table: Any) -> Iterator[Any]:
    return (paragraph for row in table.rows for cell in row.cells for paragraph in cell.paragraphs)


def _after(document: Any) -> None:
    """What parts a table from the next: Word makes one of two that touch."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(6)


__all__ = ["docx"]
