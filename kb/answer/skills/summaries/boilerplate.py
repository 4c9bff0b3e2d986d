"""What of a paper says nothing by itself: words that only lead to a list, the lines of its form, and most rows of its tables.

The words are data (``boilerplate.toml``). A row of a table says something by itself, or does under the names of its columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

import regex

from ingest.records import Block
from lang.data_files import toml_of
from lang.normalise import search_form

_LAST = 160
"""Characters at the end of a text in which it may say that something follows."""
_NUMBER = regex.compile(r"(?:^|[\s।.])[(（]?(?:\p{Nd}{1,2}|\p{L}\p{M}*)[.)）]$")
_GOES_ON = regex.compile(r"(?:[;；,、，]|[,;]\s?(?:and|or|तथा|और|व|आणि))$")
ENDS = regex.compile(r"[.!?。！？।॥…]['\"”’」』）)\]]*$")
_ASKS = regex.compile(r"[?？][\"'”’」』）)]*$")


def is_vague(heading: str) -> bool:
    """Whether a heading says nothing of what stands below it and could stand in any paper: "General", "Annex"."""
    return _folded(heading) in _headings("vague")


def leads_in(text: str) -> bool:
    """Whether a text only leads to what follows it: "The Parties agree as follows."."""
    return any(pattern.search(text.rstrip()[-_LAST:]) for pattern in _patterns("leads_in", "ends"))


def is_item(text: str, before: str = "") -> bool:
    """Whether a text is an item of a list that means something only after the words that lead to the list, and no sentence.

    ``before`` is the item before it: what follows a semicolon is the next.
    """
    return ENDS.search(text.rstrip()) is None or text[:1].islower() or _GOES_ON.search(before.rstrip()) is not None


def asks(text: str) -> bool:
    """Whether a text is a question, which says nothing without its answer."""
    return _ASKS.search(text.rstrip()) is not None


def formality(text: str) -> bool:
    """Whether a text is of the form of a paper: its number, who was there, the signature, the foot of a page."""
    said = text.strip()
    begins = any(pattern.match(said) for pattern in _patterns("form", "begins"))
    return begins or any(pattern.search(said) for pattern in _patterns("form", "anywhere"))


def closes(text: str) -> bool:
    """Whether what follows a line at the end of a paper is to whom it is sent, and by whom it is signed."""
    return any(pattern.match(text.strip()) for pattern in _patterns("form", "closes"))


def numbered_off(text: str) -> bool:
    """Whether a text ends with the number of what comes next, or in the middle of a name."""
    return _NUMBER.search(text.rstrip()) is not None


def sums_up(heading: str) -> bool:
    """Whether what stands below a heading is the summary that the paper itself gives."""
    return _folded(heading) in _headings("own")


def _folded(heading: str) -> str:
    return " ".join(search_form(heading).text.split())


@cache
def _headings(table: str) -> frozenset[str]:
    return frozenset(map(_folded, _stored()[table]["headings"]))


@cache
def _patterns(table: str, name: str) -> tuple[regex.Pattern[str], ...]:
    return tuple(regex.compile(pattern, regex.I) for pattern in _stored()[table][name])


_stored = partial(toml_of, "kb.answer.skills.summaries", "boilerplate.toml")


SHOWN_COLUMNS = 5
"""Columns of a row that are shown."""
COLUMNS = 3
"""Cells at least of a row that names the columns of a table."""
LONGEST_ROW = 220
"""Characters of a row of two cells."""

_CELL = regex.compile(r"\t| · |\s\|\s")
_FIGURE = regex.compile(r"[\p{Nd}.,/%+-]+")
_PAIR = regex.compile(r"(?P<name>[^·:\n]{3,60}): (?P<value>[^·\n]*\p{Nd}[^·\n]*)")
_LABELLED = regex.compile(r"(?:^|· )[^·:\n]{1,40}: \S")
"""“Task: … · Deadline: …”: a row of a table that names its columns, and so can be read by itself."""
LETTERS = regex.compile(r"\p{L}\p{M}*\p{L}|[\p{Han}\p{Katakana}]")


def telling_rows(text: str, rows: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Of each table the first row under its columns with how it is shown, and what stands in one cell as a sentence.

    ``rows`` are the rows of all tables of a paper, in order.
    """
    for block in rows:
        said = text[block.start : block.end]
        if len(_cells(said)) == 1 and ENDS.search(said) and not formality(said):
            yield block, ""
    told: set[tuple[str, ...]] = set()
    for columns, cells, start, end in table_heads(text, rows):
        if len(cells) == len(columns) and tuple(columns) not in told:
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
    return match is not None and len(row) <= LONGEST_ROW and LETTERS.search(match["name"]) is not None and not formality(row)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in _CELL.split(row) if cell.strip()]


def _names_columns(cells: Sequence[str]) -> bool:
    return len(cells) >= COLUMNS and not any(_FIGURE.fullmatch(cell) for cell in cells)
