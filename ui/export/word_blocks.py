"""The blocks of an answer in a Word document: paragraphs, lists and real tables with their footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from ui.export.footnotes import Footnotes, xml
from ui.export.laid import Laid, Part


def add_blocks(document: Any, notes: Footnotes, blocks: Sequence[Laid]) -> None:
    """Append the blocks, their marks as footnotes."""
    for block in blocks:
        if block.heading:
            document.add_paragraph().add_run(xml(block.heading)).bold = block.kind != "text"
        if block.kind == "table":
            _table(document, notes, block)
            continue
        for item in block.items:
            _item(document, "•").add_run(xml(item))
        for at, row in enumerate(block.rows, 1):
            paragraph = document.add_paragraph() if block.kind == "letter" else _item(document, f"{at}." if block.kind == "steps" else "•")
            _parts(paragraph, notes, row, " " if block.kind == "letter" else ": ")


def _item(document: Any, mark: str) -> Any:
    """A paragraph of a list with a hanging mark; Word's own numbering would go on from one list to the next."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent, form.space_after = Cm(0.7), Cm(-0.5), Pt(3)
    paragraph.add_run(f"{mark} ")
    return paragraph


def _table(document: Any, notes: Footnotes, block: Laid) -> None:
    wide = max([len(block.columns), *(len(row) for row in block.rows)], default=0)
    if not wide:
        return
    table = document.add_table(rows=1, cols=wide, style="Table Grid")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=False):
        cell.paragraphs[0].add_run(xml(column)).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # repeated on each page
    for row in block.rows:
        for cell, part in zip(table.add_row().cells, row, strict=False):
            _parts(cell.paragraphs[0], notes, [part], "")
    document.add_paragraph()


def _parts(paragraph: Any, notes: Footnotes, row: Sequence[Part], between: str) -> None:
    for at, part in enumerate(part for part in row if part.text):
        paragraph.add_run(xml((between if at == 1 else " · " if at > 1 else "") + part.text))
        for place, mark in enumerate(part.marks):
            if place:
                paragraph.add_run(",").font.superscript = True
            paragraph._p.extend(notes.mark(mark))
