"""The exchange map in words and as files: a workbook, a table of passages, a Word table across the page, Markdown.

Every passage links to its page. An area, a gap, a match and a question about a cell are said in the language of the interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from docx.enum.section import WD_ORIENT
from docx.shared import Cm, Pt
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from kb.records import Citation
from kb.sanitize import visible
from training.exchange_map import COLUMNS, Area, Column, Confidence, ExchangeMap, Match, Row
from ui.components.answer_wording import page_words
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON
from ui.components.permalinks import Passage
from ui.export import FORMATS
from ui.export.citations import quoted
from ui.export.spreadsheets import csv_file, make_link, saved_workbook, sheet_cell, workbook, worksheet
from ui.export.text_formats import escaped
from ui.export.word import new_document, repeated, saved, spoken, widths
from ui.export.word_footnotes import hyperlink

SHORT: Final = 220
"""Characters of a quote where it only has to be recognised."""


def area_words(area: Area, words: Strings) -> str:
    """What the area is called: its text in the language of the interface, else the first one."""
    return one_line(area.named_in(words.language).quote)


def tally_words(drawn: ExchangeMap, words: Strings) -> str:
    """For how many areas there is something in each column, and how many practices are outside all of them."""
    covered = [row for row in drawn.rows if row.area.covered]
    found = {column: sum(bool(row.cell(column).matches) for row in covered) for column in COLUMNS}
    return words("map.tally", areas=len(covered), outside=len(drawn.rows) - len(covered), **found)


def sureness_words(confidence: Confidence, words: Strings) -> str:
    """How sure the match is, in a word and in percent."""
    return words(f"map.sureness.{confidence.sureness}", percent=round(100 * confidence.probability))


def reasons_words(match: Match, words: Strings) -> str:
    """What a match rests on: each signal, for or against, the heaviest first."""
    parts = [
        words(f"map.signal.{reason.signal}", weight=f"{reason.weight:+.1f}")
        for reason in match.confidence.reasons
        if abs(reason.weight) >= 0.1
    ]
    if match.confidence.report is not None:
        parts.append(words("map.signal.report", percent=round(100 * match.confidence.report)))
    return " · ".join(parts)


def question_words(area: Area, column: Column, words: Strings) -> str:
    """The question that is asked about a cell."""
    return words(f"map.question.{column}", area=area_words(area, words))


def place_words(citation: Citation, words: Strings) -> str:
    """Document, clause, page and date."""
    page = page_words(citation, words)
    parts = (citation.document, " › ".join(citation.path), page, words.date(citation.date))
    return " · ".join(one_line(part) for part in parts if part)


def one_line(text: str) -> str:
    """Text on one line."""
    return " ".join(text.split())


def short(text: str, most: int = SHORT) -> str:
    """A text on one line, cut at a word where it is long."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] if " " in line[:most] else line[:most]
    return f"{cut} …"


def link(citation: Citation, address: str) -> str:
    """The address under which a passage opens."""
    return Passage.of(citation).url(address)


Into: TypeAlias = Literal["xlsx", "csv", "docx", "md"]
MIMES: Final[dict[Into, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "docx": FORMATS["docx"],
    "md": FORMATS["md"],
}
HEADS: Final = (
    "area", "column", "gap", "quote", "document", "kind", "language", "date", "page", "article", "sureness", "probability", "status",
    "link",
)  # fmt: skip
"""The columns of the table of passages; the strings ``map.head.*`` name them."""
IN_A_CELL: Final = 4
"""Passages of a cell in a table that is read; the passages of the workbook, the CSV file and Markdown are all."""
_WIDTHS: Final = (44, 26, 34, 90, 44, 16, 12, 12, 8, 34, 14, 12, 16, 16)
"""Of the columns of the table of passages."""


@dataclass(frozen=True, slots=True)
class Line:
    """A passage of a cell, or the gap that is there instead: what stands under each of `HEADS`."""

    row: Row
    column: Column
    match: Match | None
    cells: tuple[str, ...]


def made(drawn: ExchangeMap, words: Strings, address: str, into: Into) -> bytes:
    """The map as a file; quotes that no longer stand in their paper are marked.

    Args:
        drawn: the map, or the part of it that is shown.
        words: in which language its own words are.
        address: under which the app is reached, for the links.
        into: what kind of file.
    """
    if into == "xlsx":
        return _workbook(drawn, words, address)
    if into == "csv":
        return csv_file(_heads(words), (line.cells for line in lines(drawn, words, address)))
    return _docx(drawn, words, address) if into == "docx" else _markdown(drawn, words, address).encode()


def lines(drawn: ExchangeMap, words: Strings, address: str) -> Iterator[Line]:
    """The passages of all cells, and a line for each gap."""
    for row in drawn.rows:
        area = area_words(row.area, words)
        for column in COLUMNS:
            matches = row.cell(column).matches
            gap = _gap(row, column, words)
            for match in matches:
                yield Line(row, column, match, (area, words(f"map.column.{column}"), gap, *_of(match, words, address)))
            if not matches and gap:
                yield Line(row, column, None, (area, words(f"map.column.{column}"), gap, *[""] * (len(HEADS) - 3)))


def _of(match: Match, words: Strings, address: str) -> tuple[str, ...]:
    c = match.citation
    return (
        c.quote, c.document, words(f"kind.{c.kind}"), words(f"language.{c.language}"), c.date.isoformat() if c.date else "", c.page_label,
        " › ".join(c.path), words(f"map.sure.{match.confidence.sureness}"), f"{match.confidence.probability:.2f}",
        words(f"status.{c.shown}"), link(c, address),
    )  # fmt: skip


def _gap(row: Row, column: Column, words: Strings) -> str:
    """What is missing in a cell, "" where nothing is; a practice outside all areas is said to be one."""
    if not row.area.covered:
        return words("map.gap.not_covered") if column == "practised" else ""
    return "" if row.cell(column).matches else words(f"map.missing.{column}")


def _title(drawn: ExchangeMap, words: Strings) -> tuple[str, str]:
    p = drawn.papers
    counts = words("map.made", date=words.date(drawn.made.date()), agreements=p.agreements, practices=p.practices, others=p.others)
    return words("map.title"), counts


def _workbook(drawn: ExchangeMap, words: Strings, address: str) -> bytes:
    """Two sheets: the matrix, whose cells lead to their passages, and the passages, each with its link."""
    book = workbook(words("map.title"), words("app.title"))
    matrix = worksheet(book, words("map.sheet.matrix"), _matrix_heads(words), (44, 60, 60, 60), "B2")
    passages = worksheet(book, words("map.sheet.passages"), _heads(words), _WIDTHS)
    found = list(lines(drawn, words, address))
    first: dict[tuple[str, Column], int] = {}
    for number, line in enumerate(found, start=2):
        first.setdefault((line.row.area.key, line.column), number)
    target = quote_sheetname(passages.title)
    for row in drawn.rows:
        cells = [sheet_cell(matrix, area_words(row.area, words), bold=True)]
        for column in COLUMNS:
            cell = sheet_cell(matrix, _summary(row, column, words))
            if (at := first.get((row.area.key, column))) is not None and row.cell(column).matches:
                cell.hyperlink = Hyperlink(ref="", location=f"{target}!A{at}")
            cells.append(cell)
        matrix.append(cells)
    for line in found:
        shown = [sheet_cell(passages, value) for value in line.cells]
        if line.match is not None:
            make_link(shown[-1], line.cells[-1], words("note.open"))
        passages.append(shown)
    passages.auto_filter.ref = f"A1:N{len(found) + 1}"
    return saved_workbook(book)


def _heads(words: Strings) -> list[str]:
    return [words(f"map.head.{head}") for head in HEADS]


def _matrix_heads(words: Strings) -> list[str]:
    return [words("map.head.area"), *(words(f"map.column.{column}") for column in COLUMNS)]


def _summary(row: Row, column: Column, words: Strings) -> str:
    matches = row.cell(column).matches
    if not matches:
        return _gap(row, column, words)
    count = words.count("map.passages", len(matches))
    return "\n".join((count, *(f"• {short(m.citation.quote, 140)} ({sureness_words(m.confidence, words)})" for m in matches[:IN_A_CELL])))


def _markdown(drawn: ExchangeMap, words: Strings, address: str) -> str:
    title, counts = _title(drawn, words)
    parts = [f"# {escaped(title)}", "", escaped(counts), "", f"| {' | '.join(map(escaped, _matrix_heads(words)))} |", "|---|---|---|---|"]
    for row in drawn.rows:
        cells = [f"**{escaped(area_words(row.area, words))}**"]
        for column in COLUMNS:
            shown = [_marked(match, words, address) for match in row.cell(column).matches]
            gap = _gap(row, column, words)
            cells.append("<br>".join([*([f"*{escaped(gap)}*"] if gap else []), *shown]))
        parts.append(f"| {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


def _marked(match: Match, words: Strings, address: str) -> str:
    c = match.citation
    place = escaped(f"{STATUS_ICON[c.shown]} {place_words(c, words)} ({sureness_words(match.confidence, words)})")
    return f"{escaped(quoted(short(c.quote), c.language))} [{place}](<{link(c, address)}>)"


def _docx(drawn: ExchangeMap, words: Strings, address: str) -> bytes:
    title, counts = _title(drawn, words)
    document = new_document(title, words.language, words("app.title"))
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.5)
    document.add_heading(visible(title), 1)
    document.add_paragraph(visible(counts), "Setu Small")
    table = document.add_table(rows=1, cols=1 + len(COLUMNS), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, _matrix_heads(words), strict=True):
        _bold(cell.paragraphs[0], text)
    repeated(table.rows[0])
    for row in drawn.rows:
        cells = table.add_row().cells
        _bold(cells[0].paragraphs[0], area_words(row.area, words))
        for named in row.area.texts:
            _linked(document, cells[0].add_paragraph(style="Setu Small"), named, place_words(named, words), address)
        for cell, column in zip(cells[1:], COLUMNS, strict=True):
            _filled(document, cell, row, column, words, address)
    widths(table, (5.4, 7.1, 7.1, 7.1))
    document.add_paragraph(visible(words("map.basis")), "Setu Small")
    return saved(document)


def _bold(paragraph: Any, text: str) -> None:
    """Bold also where the script is a complex one, as Devanagari is to Word."""
    font = paragraph.add_run(visible(text)).font
    font.bold = font.cs_bold = True


def _filled(document: Any, cell: Any, row: Row, column: Column, words: Strings, address: str) -> None:
    matches = row.cell(column).matches
    gap = _gap(row, column, words)
    first = cell.paragraphs[0]
    if gap:
        first.add_run(visible(gap)).italic = True
    for at, match in enumerate(matches[:IN_A_CELL]):
        c = match.citation
        paragraph = first if at == 0 and not gap else cell.add_paragraph()
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(0 if paragraph is first else 5), Pt(0)
        run = paragraph.add_run(visible(quoted(short(c.quote), c.language)))
        run.font.size = Pt(9)
        run._r.get_or_add_rPr().append(spoken(c.language))
        under = cell.add_paragraph(style="Setu Small")
        _linked(document, under, c, f"{STATUS_ICON[c.shown]} {place_words(c, words)}", address)
        under.add_run(visible(f" ({sureness_words(match.confidence, words)})"))
    if len(matches) > IN_A_CELL:
        cell.add_paragraph(visible(words.count("map.more", len(matches) - IN_A_CELL)), "Setu Small")


def _linked(document: Any, paragraph: Any, citation: Citation, text: str, address: str) -> None:
    paragraph._p.append(hyperlink(document.part, link(citation, address), text))
