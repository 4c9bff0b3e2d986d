"""Workbooks (XLSX) and delimited text (CSV): each row says what its columns are called."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import regex
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException

from ingest.errors import DamagedFileError, EmptyFileError, TooLargeError, UnsupportedFormatError
from ingest.parse.archive import AGAIN, inspect_package
from ingest.parse.lines import squeeze
from ingest.parse.tables import grid_blocks
from ingest.parse.text import decoded_or_reject, document
from ingest.records import Hints, Limits, RawBlock, RawDocument, RawPage, Source

MAX_COLUMNS = 200
LONGEST_TITLE = 160
_LAST_ROW = 1_048_576
"""No sheet has more (ECMA-376); a file may name a row far beyond, and openpyxl would make each row up to it."""
_WHOLE_BYTES = 16 * 1024 * 1024
"""Sheets that expand to more are read row by row, without their merged cells: openpyxl takes 50 times a sheet's XML to hold it whole."""
_WHOLE_ROWS = 20_000
_WHOLE_CELLS = 2_000_000
"""A sheet whose corner cells lie further apart is read by rows: openpyxl would make every cell between them."""
_NEVER_COMPUTED = regex.compile(rb"(?:</f>|<f\b[^>]*/>)\s*(?:<v\s*/>|<v>\s*</v>|</c>)")
_MERGE = regex.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_DELIMITERS = ",;\t|"
_SNIFFED = 100


def read_xlsx(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read a workbook: each sheet is a page with the sheet's name as label and heading, each row a block with its column headings.

    Cells have their values, not their formulas; dates are ISO 8601. A merged cell is repeated down its rows. Hidden sheets, and what
    lies beyond `MAX_COLUMNS` columns or, in all sheets together, ``limits.max_rows`` rows with a value, are left out; a note says so, and
    how many formulas were never computed.

    Raises:
        DamagedFileError: not a sound ZIP or XML, or one that declares entities.
        EmptyFileError: no visible sheet has a value.
        EncryptedFileError: an encrypted ZIP entry.
        TooLargeError: it would expand beyond ``limits.max_expanded_bytes``, or has more than ``limits.max_pages`` sheets.
        UnsupportedFormatError: an Excel format that openpyxl does not read.
    """
    sizes = inspect_package(data, source, limits)
    whole = sum(size for name, size in sizes.items() if name.startswith("xl/worksheets/")) <= _WHOLE_BYTES
    try:
        whole = whole and _merged(data) <= _WHOLE_CELLS
        book = _opened(data, whole=whole)
        if whole and any(sheet.max_row > _WHOLE_ROWS or sheet.max_row * sheet.max_column > _WHOLE_CELLS for sheet in book.worksheets):
            whole, book = False, _opened(data, whole=False)
        if len(book.worksheets) > limits.max_pages:
            raise TooLargeError(source.uri, f"It has {len(book.worksheets)} sheets, over the limit of {limits.max_pages}.", "Split it.")
        pages, left = [], limits.max_rows
        for at, sheet in enumerate(book.worksheets, start=1):
            page, filled = _sheet(sheet, at, whole, left)
            pages.append(page)
            left -= filled
        title, author = squeeze(book.properties.title or ""), squeeze(book.properties.creator or "")
        book.close()
    except InvalidFileException as error:
        raise UnsupportedFormatError(source.uri, f"It is not a plain XLSX file ({error}).", "Save it as XLSX.") from error
    # openpyxl 3.1 checks little: a damaged part surfaces as whatever its parser trips over.
    except (KeyError, AttributeError, TypeError, ValueError, IndexError, etree.XMLSyntaxError, SyntaxError) as error:
        raise DamagedFileError(source.uri, f"The XLSX file is corrupt ({type(error).__name__}: {error}).", AGAIN) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DamagedFileError(source.uri, f"The XLSX file is cut off or corrupt ({error}).", AGAIN) from error
    if not any(page.blocks for page in pages):
        raise EmptyFileError(source.uri, "No visible sheet has a value.", "Check that it is the file you meant.")
    missing = _never_computed(data)
    if missing:
        note = f"{missing} formulas have no computed value. Open the workbook in a spreadsheet program, save it, and add it again."
        pages[0] = RawPage(1, pages[0].label, pages[0].blocks, "markup", 1.0, " ".join(filter(None, (pages[0].note, note))))
    headed = _headed(pages)
    authors = (author,) if author not in {"", "openpyxl"} else ()
    return RawDocument(source, tuple(pages), Hints(title=title or headed, authors=authors, sure_title=not title and headed is not None))


def _headed(pages: Sequence[RawPage]) -> str | None:
    """The line above the table of the first sheet with any, which says what the workbook is: sheets are called *Sheet1* or *Data*."""
    lines = next((page.blocks[1:] for page in pages if page.blocks), ())
    if len(lines) < 2 or lines[0].role not in ("heading", "paragraph") or len(lines[0].text) > LONGEST_TITLE or "\n" in lines[0].text:
        return None
    return lines[0].text


def read_csv(data: bytes, source: Source, limits: Limits) -> RawDocument:
    """Read delimited text as one page of rows; the delimiter (comma, semicolon, tab, bar) is told from the first lines.

    Cells are text as it stands, also where a spreadsheet program would take them for formulas.

    Raises:
        EmptyFileError: no row has text.
        UnsupportedFormatError: the bytes are not text in a known encoding.
    """
    decoded = decoded_or_reject(data, source)
    text = decoded.text.replace("\x00", "")
    if found := regex.match(r"\s*sep=(.)\r?\n", text):  # Excel's own first line, which names the delimiter
        text, delimiter = text[found.end() :], found[1]
    else:
        delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    filled = [at for at, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    last = filled[limits.max_rows - 1] if len(filled) > limits.max_rows else len(rows)
    wide = any(cell.strip() for row in rows[:last] for cell in row[MAX_COLUMNS:])
    raw = document(source, [grid_blocks([row[:MAX_COLUMNS] for row in rows[:last]])], Hints(), decoded)
    page = raw.pages[0]
    note = f"{page.note} {_left_out('the table', last + 1 if last < len(rows) else 0, wide)}".strip()
    return RawDocument(source, (replace(page, note=note),), raw.hints)


def _left_out(what: str, row: int, wide: bool) -> str:
    """The note on what was left out of a table: the rows from ``row`` on (0: none), the last columns; empty when nothing was."""
    parts = [f"the rows from {row:,} on"] if row else []
    parts += [f"the columns from {MAX_COLUMNS + 1} on"] if wide else []
    if not parts:
        return ""
    remedies = ["Split it, or raise the limit (SETU_MAX_ROWS)."] if row else []
    remedies += ["Put the columns into tables of their own."] if wide else []
    return f"Of {what}, {' and '.join(parts)} were left out: it is too large. {' '.join(remedies)}"


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Rows of delimited text; where a stray quotation mark swallows the rest of the file, quotes count as letters."""
    lines = text.splitlines(keepends=True)
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        rows = []
    if not rows or any(cell.count("\n") > 50 for row in rows for cell in row):
        rows = [line.rstrip("\r\n").split(delimiter) for line in lines]
    return rows


def _delimiter(text: str) -> str:
    """The delimiter that parts the first rows into the most equal columns, at least two; a comma where none does."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_SNIFFED]
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        rank = (round(widths.count(usual) / max(1, len(widths)), 2), usual)
        if usual >= 2 and rank > best:
            best, chosen = rank, delimiter
    return chosen


def _opened(data: bytes, *, whole: bool) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), read_only=not whole, data_only=True, keep_links=False)


def _sheet(sheet: Any, number: int, whole: bool, most: int) -> tuple[RawPage, int]:
    """The page of a sheet with at most so many rows that have a value, and how many have."""
    name = squeeze(sheet.title)
    if sheet.sheet_state != "visible":
        note = (
            f"The sheet “{name}” is hidden in the workbook and was left out. Show it and add the file again if it belongs to the document."
        )
        return RawPage(number, name, (), "markup", note=note), 0
    if not whole:
        sheet.reset_dimensions()  # What a file declares of its size is often wrong, and openpyxl would believe it.
    grid: list[list[str]] = []
    filled, beyond, wide = 0, 0, False
    for at, row in enumerate(sheet.iter_rows(), start=1):
        has_value = any(map(_is_filled, row))
        if at > _LAST_ROW or (has_value and filled == most):
            beyond = at
            break
        filled += has_value
        if has_value or whole:  # merged cells are told by their place
            grid.append([_value(cell.value, getattr(cell, "number_format", "")) for cell in row[:MAX_COLUMNS]])
        elif grid and grid[-1]:
            grid.append([])  # one empty row parts tables as well as a million
        wide = wide or any(map(_is_filled, row[MAX_COLUMNS:]))
    if whole:
        _spread(grid, sheet.merged_cells.ranges)
    blocks = grid_blocks(grid)
    heading = [RawBlock(name, "heading", 1)] if blocks else []
    note = _left_out(f"the sheet “{name}”", beyond, wide)
    return RawPage(number, name, (*heading, *blocks), "markup", note=note), filled


def _is_filled(cell: Any) -> bool:
    return cell.value is not None and (not isinstance(cell.value, str) or cell.value.strip() != "")


def _spread(grid: list[list[str]], ranges: Iterable[Any]) -> None:
    """Repeat the value of merged cells down their rows; across columns it stands in the first."""
    for merged in ranges:
        top, left = merged.min_row - 1, merged.min_col - 1
        if top >= len(grid) or left >= len(grid[top]):
            continue
        value = grid[top][left]
        for row in range(top, min(merged.max_row, len(grid))):
            grid[row][left] = value


def _value(value: object, number_format: str) -> str:
    """A cell as text: dates in ISO 8601, numbers as they were typed, percentages as they are shown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int | float):
        if "%" in str(number_format):
            return f"{format(value * 100, '.12g')}%"
        return str(value) if isinstance(value, int) else format(value, ".15g")
    return squeeze(str(value))


def _merged(data: bytes) -> int:
    """How many cells are merged with others, as the sheets say; openpyxl would make each of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        areas = (found for name in names for found in _MERGE.finditer(archive.read(name)))
        spans = ((_column(found[3]) - _column(found[1]) + 1, int(found[4]) - int(found[2]) + 1) for found in areas)
        return sum(max(0, width) * max(0, height) for width, height in spans)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _never_computed(data: bytes) -> int:
    """Formulas without a value beside them, as a program writes them that does not compute."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return sum(len(_NEVER_COMPUTED.findall(archive.read(name))) for name in names if archive.getinfo(name).file_size <= _WHOLE_BYTES)
