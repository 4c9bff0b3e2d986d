"""A sheet of cells becomes blocks: titles above tables, headings over two rows, several tables one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import regex

from ingest.read.lines import columns, ends_sentence, squeeze
from ingest.read.rows import labelled_rows
from ingest.records import RawBlock

_LABEL_WIDTH = 60
_NUMERIC = regex.compile(r"^[\p{N}\p{P}\p{S}\s]*\p{N}[\p{N}\p{P}\p{S}\s]*$")


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
