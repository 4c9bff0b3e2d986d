"""The paper of a module as Word document, PDF/UA (Typst, ``module_paper.typ``) and Markdown; two languages in two columns.

Every source has a footnote; Markdown has them as ``[^1]``, as GitHub, Pandoc and most editors read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from ui.components.i18n import Strings
from ui.export.citations import one_line
from ui.export.pdf import REGIONS, compiled, families, mark_of
from ui.export.text_formats import escaped
from ui.export.training_modules.module_blocks import Block, Heading, ModulePaper, Style, Table, Text
from ui.export.training_modules.module_content import Said
from ui.export.word import GREY, TAGS, Footnotes, follow, marked, spoken, styled, xml

WIDTH: Final = 16.2
"""Centimetres between the margins."""
STYLES: Final[dict[Style, str]] = {
    "line": "Normal", "bullet": "List Bullet", "number": "Normal", "option": "Setu Quote", "small": "Setu Small"
}  # fmt: skip


def module_docx(paper: ModulePaper) -> bytes:
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
                _docx_block(document, notes, block)
    notes.write()
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_block(document: Any, notes: Footnotes, block: Block) -> None:
    if isinstance(block, Heading):
        heading = document.add_heading("", block.level)
        if block.new_page:
            heading.paragraph_format.page_break_before = True
        _docx_said(heading, notes, block.said)
        if block.beside is not None:
            _run(heading, f" · {block.beside.text}", block.beside)
    elif isinstance(block, Table):
        _docx_table(document, notes, block)
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
        _docx_said(paragraph, notes, said)


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
                    _docx_said(paragraph, notes, said)
    _after(document)


def _docx_table(document: Any, notes: Footnotes, block: Table) -> None:
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
                    _docx_said(paragraph, notes, said)
    for paragraph in _paragraphs(table):
        paragraph.paragraph_format.space_after = Pt(2)
    _after(document)


def _docx_said(paragraph: Any, notes: Footnotes, said: Said) -> None:
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


TEMPLATE: Final = Path(__file__).with_name("module_paper.typ")


def module_pdf(paper: ModulePaper) -> bytes:
    """The PDF. Nobody is named as its author; a character that no font has is shown as U+FFFD, and the paper says so.

    Raises:
        ExportError: there is no font for Devanagari or Japanese, and the paper needs one.
    """
    parts = [
        {"columned": columned, "blocks": [_pdf_block(block, paper.words) for block in blocks]}
        for columned, blocks in groupby(paper.blocks, paper.in_columns)
    ]
    said = {
        "title": paper.title,
        "keywords": paper.keywords,
        "language": paper.language,
        "region": REGIONS.get(paper.language, "GB"),
        "fonts": families(),
        "facts": list(paper.facts),
        "columns": list(paper.columns or ()),
        "parts": parts,
        "basis": "",
    }
    return compiled(TEMPLATE, said, paper.words("note.unprintable"))


def _pdf_block(block: Block, words: Strings) -> dict[str, Any]:
    if isinstance(block, Table):
        rows = [[[_pdf_said(text, words) for text in cell] for cell in row] for row in block.rows]
        return {"kind": "table", "head": list(block.head), "rows": rows, "shares": list(block.shares), "links": list(block.links)}
    sides = {"said": _side(block.said, words), "beside": _side(block.beside, words)}
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "new_page": block.new_page, **sides}
    return {"kind": "text", "style": block.style, "number": block.number, **sides}


def _side(said: Said | None, words: Strings) -> dict[str, Any] | None:
    return None if said is None else _pdf_said(said, words)


def _pdf_said(said: Said, words: Strings) -> dict[str, Any]:
    return {
        "text": one_line(said.text),
        "language": said.language,
        "warning": said.warning,
        "quoted": said.quoted,
        "references": [{**mark_of(mark, words), "quote": one_line(mark.reference.quote)} for mark in said.marks],
    }


def module_markdown(paper: ModulePaper) -> str:
    """The text; every mark that Markdown could read is escaped."""
    parts = [f"# {escaped(paper.title)}", *map(escaped, paper.facts)]
    parts += [_markdown_block(block) for block in paper.blocks]
    parts += [
        f"[^{r.number}]: {' '.join(filter(None, [escaped(r.place), escaped(r.quote), escaped(r.check)]))} "
        f"· [{escaped(paper.words('note.open'))}](<{r.link}>)"
        for r in paper.references
    ]
    return "\n\n".join(parts) + "\n"


def _markdown_block(block: Block) -> str:
    if isinstance(block, Table):
        return _markdown_table(block)
    said = _markdown_said(block.said) if block.said is not None else ""
    if isinstance(block, Heading):
        return f"{'#' * block.level} {said}"
    if block.style == "bullet":
        return f"- {said}"
    if block.style == "small":
        return f"*{said}*"
    if block.style == "line" and block.said is not None and block.said.quoted:
        return f"> {said}"
    # A number that Markdown would count by itself: it may begin anywhere, and an answer need not be a list.
    return f"{escaped(block.number)} {said}" if block.number else said


def _markdown_table(table: Table) -> str:
    rows = [[" ".join(map(_markdown_said, cell)) for cell in row] for row in table.rows]
    for row, cells, link in zip(rows, table.rows, table.links, strict=False):
        row[0] = f"[{escaped(' '.join(said.text for said in cells[0]))}](<{link}>)"
    lines = [[escaped(name) for name in table.head], ["---"] * len(table.head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _markdown_said(said: Said) -> str:
    warning = f"**{escaped(said.warning)}:** " if said.warning else ""
    return f"{warning}{escaped(said.text)}{''.join(f'[^{mark.reference.number}]' for mark in said.marks)}"
