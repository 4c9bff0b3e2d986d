"""The tables of a paper: which of their rows say something by themselves, or do under the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from ingest.records import Block
from kb.answer.skills.summaries.formal import formality

SHOWN_COLUMNS = 5
"""Columns of a row that are shown."""
COLUMNS = 3
"""Cells at least of a row that names the columns of a table."""
LONGEST = 220
"""Characters of a row of two cells."""

_CELL = regex.compile(r"\t| · |\s\|\s")
_SUM = regex.compile(r"(?:grand )?total|sum|कुल|एकूण|योग|合計|総計|計$", regex.I)
_FIGURE = regex.compile(r"[\p{Nd}.,/%+-]+")
_PAIR = regex.compile(r"(?P<name>[^·:\n]{3,60}): (?P<value>[^·\n]*\p{Nd}[^·\n]*)")
_LABELLED = regex.compile(r"(?:^|· )[^·:\n]{1,40}: \S")
"""“Task: … · Deadline: …”: a row of a table that names its columns, and so can be read by itself."""
_ENDS = regex.compile(r"[.!?。！？।॥…]['\"”’」』）)\]]*$")
_LETTERS = regex.compile(r"\p{L}\p{M}*\p{L}|[\p{Han}\p{Katakana}]")


def telling_rows(text: str, rows: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Of each table the first row under its columns, and its sum, each with how it is shown; and what stands in one cell as a sentence.

    ``rows`` are the rows of all tables of a paper, in order.
    """
    for block in rows:
        said = text[block.start : block.end]
        if len(_cells(said)) == 1 and _ENDS.search(said) and not formality(said):
            yield block, ""
    told: set[tuple[str, ...]] = set()
    for columns, cells, start, end in table_heads(text, rows):
        if len(cells) == len(columns) and (tuple(columns) not in told or _SUM.match(cells[0])):
            told.add(tuple(columns))
            yield next(one for one in rows if (one.start, one.end) == (start, end)), with_columns(columns, cells)


def with_columns(columns: Sequence[str], cells: Sequence[str]) -> str:
    """A row as it is shown: each cell, as far as there is room, under the name of its column."""
    named = " · ".join(f"{column}: {cell}" for column, cell in list(zip(columns, cells, strict=False))[:SHOWN_COLUMNS])
    return named + (" …" if len(cells) > SHOWN_COLUMNS else "")


def table_heads(text: str, outline: Sequence[Block]) -> Iterator[tuple[list[str], list[str], int, int]]:
    """The rows of tables whose first row names the columns: these names, the cells of the row, and its span."""
    columns: list[str] = []
    before: Block | None = None
    for block in outline:
        if block.role != "table_row":
            before = None
            continue
        cells = [] if _LABELLED.search(text[block.start : block.end]) else _cells(text[block.start : block.end])
        if before is None or before.path != block.path:
            columns = cells if _names_columns(cells) else []
        elif columns and cells:
            yield columns, cells, block.start, block.end
        before = block


def names_its_columns(row: str) -> bool:
    """Whether a row of a table says of each cell what it is: “Task: … · Deadline: …”."""
    return len(_LABELLED.findall(row)) >= 2


def tells_a_figure(row: str) -> bool:
    """Whether a row of two cells tells a figure under its name: “Estimated cost: Rs. 1,88,40,000”."""
    match = _PAIR.fullmatch(row.strip())
    return match is not None and len(row) <= LONGEST and _LETTERS.search(match["name"]) is not None and not formality(row)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(row) if cell.strip()]


def _names_columns(cells: Sequence[str]) -> bool:
    return len(cells) >= COLUMNS and not any(_FIGURE.fullmatch(cell) for cell in cells)
