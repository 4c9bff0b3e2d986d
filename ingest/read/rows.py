"""A table becomes one block per row; each cell carries its column's heading, so that a row is understood when it is quoted alone."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ingest.read.lines import columns, ends_sentence, squeeze
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
