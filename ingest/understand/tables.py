"""Tables of pages, whose rows hold their cells as they stand, parted by tabs: which column headings each row belongs under.

A page's text is kept as it is printed, so that a quote can be found on it; the headings go into the path of the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.read.rows import BETWEEN, has_header
from ingest.records import RawBlock

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
