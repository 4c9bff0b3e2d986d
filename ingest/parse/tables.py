"""Tables become one block per row; each cell carries its column's heading, so that a row is understood when it is quoted alone.

In a sheet of cells there are titles above tables, headings over two rows, several tables one below the other. A table on a page is
kept as it is printed, its cells parted by tabs, so that a quote can be found on it; its headings go into the path of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import regex

from ingest.parse.lines import columns, ends_sentence, squeeze
from ingest.records import RawBlock

BETWEEN = " · "
_LABEL_WIDTH = 60
_NUMERIC = regex.compile(r"^[\p{N}\p{P}\p{S}\s]*\p{N}[\p{N}\p{P}\p{S}\s]*$")


def table_rows(rows: Sequence[Sequence[str]], *, header: bool | None = None) -> list[RawBlock]:
    """Blocks of role ``table_row``: ``heading: value · heading: value``.

    Args:
        rows: Cell texts, row by row; a row may be short.
        header: Whether the first row holds the column headings; None guesses from the cells.

    Returns:
        One block per row that has text. A table with only its heading row gives that row. Without headings, a two-column table
        of short labels gives ``label: value``, any other the cells side by side.
    """
    return [block for _, block in labelled_rows(rows, header=header)]


def labelled_rows(rows: Sequence[Sequence[str]], *, header: bool | None = None) -> list[tuple[int, RawBlock]]:
    """As ``table_rows``, each block with the index of its row in ``rows``."""
    cleaned = [[squeeze(cell) for cell in row] for row in rows]
    places = [at for at, row in enumerate(cleaned) if any(row)]
    table = [cleaned[at] for at in places]
    if not table:
        return []
    if header is None:
        header = has_header(table)
    if header and len(table) > 1:
        names = [name.rstrip(" :：") for name in table[0]]
        places = places[1:]
        texts = [_labelled(names, row) for row in table[1:]]
    elif not header and all(len(row) == 2 and row[0] and columns(row[0]) <= _LABEL_WIDTH and not ends_sentence(row[0]) for row in table):
        texts = [f"{row[0]}: {row[1]}" if row[1] else row[0] for row in table]
    else:
        texts = [BETWEEN.join(cell for cell in row if cell) for row in table]
    return [(at, RawBlock(text, "table_row")) for at, text in zip(places, texts, strict=True)]


def _labelled(names: Sequence[str], row: Sequence[str]) -> str:
    cells = []
    for at, value in enumerate(row):
        name = names[at] if at < len(names) else ""
        if value:
            cells.append(f"{name}: {value}" if name and name != value else value)
    return BETWEEN.join(cells)


def has_header(table: Sequence[Sequence[str]]) -> bool:
    """Whether the first row reads as headings: full, distinct, short labels, and a column of numbers, or three columns, below it."""
    first, rest = table[0], table[1:]
    if not rest or len(first) < 2 or len(set(first)) < len(first):
        return False
    if any(not cell or columns(cell) > _LABEL_WIDTH or _NUMERIC.match(cell) or ends_sentence(cell.rstrip(" :：.")) for cell in first):
        return False
    numeric = any(all(_NUMERIC.match(row[at]) for row in rest if at < len(row)) for at in range(len(first)))
    return numeric or len(first) >= 3


def grid_blocks(grid: Sequence[Sequence[str]]) -> list[RawBlock]:
    """Blocks of a sheet, in order.

    Empty rows part tables. A row with one cell above a table is its heading. Headings that stand in two rows, the upper one over several
    columns, are put together: ``2025 Plan``.

    Args:
        grid: Cell texts, row by row; a row may be short.
    """
    cleaned = [[squeeze(cell) for cell in row] for row in grid]
    blocks: list[RawBlock] = []
    for filled, rows in groupby(cleaned, key=any):
        if filled:
            blocks.extend(_table(_without_empty_columns(list(rows))))
    return blocks


def _table(rows: list[list[str]]) -> Iterator[RawBlock]:
    while len(rows) > 1 and _filled(rows[0]) == 1 and max(map(_filled, rows)) > 1:
        text = next(cell for cell in rows[0] if cell)
        yield RawBlock(text) if ends_sentence(text) else RawBlock(text, "heading", 2)
        rows = rows[1:]
    if len(rows[0]) == 1:
        yield from (RawBlock(row[0]) for row in rows)
        return
    rows = _one_heading(rows)
    yield from (block for _, block in labelled_rows(rows, header=True if _is_heading(rows) else None))


def _one_heading(rows: list[list[str]]) -> list[list[str]]:
    """Two rows of headings, the first with gaps where a heading spans several columns, become one."""
    if len(rows) < 3:
        return rows
    top, second = rows[0], rows[1]
    gaps = [at for at, cell in enumerate(top) if not cell and at and second[at]]
    short = all(columns(cell) <= _LABEL_WIDTH for cell in (*top, *second))
    labels = short and not any(_NUMERIC.match(cell) for cell in second)  # The upper one is often a year.
    spanned = any(top[at] and second[at] and top[at] != second[at] and at + 1 in gaps for at in range(len(top) - 1))
    numbers = any(_NUMERIC.match(cell) for row in rows[2:] for cell in row)
    if not (gaps and labels and spanned and numbers) or not all(second[at] for at in range(len(second)) if at in gaps):
        return rows
    names, over = [], ""
    for upper, lower in zip(top, second, strict=True):
        over = upper or over
        names.append(lower if not over or over == lower else f"{over} {lower}".strip() if lower else over)
    return [names, *rows[2:]]


def _is_heading(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: distinct short labels over every column, but perhaps the first, with numbers below."""
    first = rows[0]
    named = first if first[0] else first[1:]
    if len(rows) < 2 or not all(named) or len(set(named)) < len(named):
        return False
    if any(_NUMERIC.match(cell) or columns(cell) > _LABEL_WIDTH or ends_sentence(cell.rstrip(" :：.")) for cell in named):
        return False
    return len(first) >= 3 or any(_NUMERIC.match(cell) for row in rows[1:] for cell in row)


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    kept = [at for at in range(width) if any(row[at] for row in padded)]
    return [[row[at] for at in kept] for row in padded]


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


CELL_BREAK = "\t"
_BETWEEN_LINES = " / "
_MAX_HEADER_LINES = 2


def table_headings(blocks: Sequence[RawBlock]) -> dict[int, str]:
    """The column headings of every row that has some, by the index of its block: "No. · Record · Kept for".

    Rows that follow each other are one table, also over a page break. Headings on two lines, the upper one merged over columns, are given
    line by line.
    """
    found: dict[int, str] = {}
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and blocks[end].role == "table_row" and CELL_BREAK in blocks[end].text:
            end += 1
        if end - at > 1 and (headings := _headings([block.text.split(CELL_BREAK) for block in blocks[at:end]])):
            found.update(dict.fromkeys(range(at, end), headings))
        at = max(end, at + 1)
    return found


def is_headings(entry: str) -> bool:
    """Whether the last entry of a table row's path is its column headings."""
    return BETWEEN in entry


def _headings(table: Sequence[Sequence[str]]) -> str:
    width = Counter(len(row) for row in table).most_common(1)[0][0]
    first = next(at for at, row in enumerate(table) if len(row) == width)
    if 0 < first <= _MAX_HEADER_LINES and all(len(row) < width for row in table[:first]):
        lines = table[:first]
    elif first == 0 and has_header([row for row in table if len(row) == width]):
        lines = table[:1]
    else:
        return ""
    return _BETWEEN_LINES.join(BETWEEN.join(cell for cell in line if cell) for line in lines)
