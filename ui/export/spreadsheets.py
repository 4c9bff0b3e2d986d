"""Tables for spreadsheets and programs: CSV files and workbooks whose cells are never run; the audit log and a module as rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from kb.records import Citation
from kb.sanitize import no_formula
from kb.store.user_data.audit_log import Entry
from training.records import Module, Part
from ui.components.permalinks import Passage

_LONGEST: Final = 32_000
"""Characters of a cell; Excel holds 32,767."""


def csv_text(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as CSV. What a spreadsheet would take for a formula is made text."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_file(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """The same as a file, UTF-8 with the mark by which Excel knows that."""
    return csv_text(head, rows).encode("utf-8-sig")


def workbook(title: str, creator: str) -> Any:
    """An empty workbook that is written row by row."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title, creator
    return book


def worksheet(book: Any, title: str, heads: Sequence[str], widths: Sequence[float], freeze: str = "A2") -> Any:
    """A new sheet with its heads; rows and columns before the cell ``freeze`` stay in view."""
    sheet = book.create_sheet(title[:31])  # all that Excel takes
    for at, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.freeze_panes = freeze
    sheet.append([sheet_cell(sheet, head, bold=True) for head in heads])
    return sheet


def sheet_cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """A cell with text."""
    cell = WriteOnlyCell(sheet, value=_safe(value))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell


def make_link(cell: Any, address: str, text: str) -> None:
    """Let a cell lead to an address."""
    cell.hyperlink, cell.value = address, text
    cell.font = Font(underline="single", color="1F5F8B")


def saved_workbook(book: Any) -> bytes:
    """The bytes of a workbook."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(text: str) -> str:
    return no_formula(text[:_LONGEST])


AUDIT_HEAD = ("time (UTC)", "who", "action", "about", "id")


def audit_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV, times in UTC."""
    return csv_text(
        AUDIT_HEAD, ((f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.who, entry.action, entry.about, entry.person) for entry in entries)
    )


MODULE_COLUMNS: Final = (
    "part", "id", "language", "text", "answer", "options", "minutes", "origin", "status", "source_status", "document", "version", "date",
    "publisher", "page", "clause", "quote", "link",
)  # fmt: skip
"""Names of the columns: the same in every language, for programs."""


def module_table(module: Module, address: str) -> bytes:
    """The file, a row for each citation of each line."""
    publishers = {paper.document_id: paper.publisher or "" for paper in module.papers}
    rows = ((*said, *_place(cited, publishers, address)) for said, citations in _rows(module) for cited in citations or (None,))
    return csv_file(MODULE_COLUMNS, rows)


_Row = tuple[tuple[str, ...], tuple[Citation | None, ...]]


def _rows(module: Module) -> Iterator[_Row]:
    minutes = {step.line.id: str(step.minutes) for step in module.plan}
    for part, line in module.lines():
        if part == "quiz":
            continue
        yield (part, line.id, line.language, line.text, "", "", minutes.get(line.id, ""), line.origin, line.status), line.citations
        for other in line.beside:
            yield (part, line.id, other.language, other.text, "", "", "", other.origin, other.status), other.citations
    quiz: Part = "quiz"
    for item in module.quiz:
        options = " | ".join(option.text for option in item.options)
        if item.pairs:
            answer = " | ".join(f"{pair.left} → {pair.right}" for pair in item.pairs)
        elif item.steps:
            answer = " | ".join(f"{at}. {step}" for at, step in enumerate(item.steps, start=1))
        elif item.options:
            answer = next(option.text for option in item.options if option.correct)
        else:
            answer = " | ".join(item.answers)
        yield (quiz, item.id, item.language, item.prompt, answer, options, "", item.proof.origin, item.status), item.proof.citations
        for other in item.proof.beside:
            yield (quiz, item.id, other.language, other.text, "", "", "", other.origin, other.status), other.citations
        for option in item.options:
            if not option.correct and option.citations:
                yield (quiz, item.id, item.language, option.text, "", "", "", "quote", item.status), option.citations
    for entry in module.glossary:
        for name in entry.names:
            origin = {"paper": "quote", "office": "office", "setu": "setu"}[name.listed]
            status = entry.status if name.citations else "unsupported"
            yield ("glossary", entry.id, name.language, name.text, "", "", "", origin, status), name.citations


def _place(cited: Citation | None, publishers: dict[int, str], address: str) -> tuple[str, ...]:
    if cited is None:
        return ("",) * 9
    day = cited.date.isoformat() if cited.date else ""
    where = (str(cited.version), day, publishers.get(cited.document_id, ""), cited.page_label, " › ".join(cited.path))
    return (cited.shown, cited.document, *where, " ".join(cited.quote.split()), Passage.of(cited).url(address))
