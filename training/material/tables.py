"""The tables of the papers as material: their heads and rows, each row where it stands, and the figures of one as they can be drawn."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import regex

from kb import KnowledgeBase
from kb.answer.skills.tables.source_tables import tables_in
from kb.records import DocumentInfo
from lang.values.quantities import quantities_in
from training.material.source_sentences import Heading, Sentence, headings

ROWS: Final = (2, 8)
COLUMNS: Final = (2, 5)
"""Rows and columns, the fewest and the most, of a table that a slide can hold."""
WORDS: Final = 90
"""Words, or twice as many Japanese characters, of one."""
DRAWN: Final = 3
"""Figures of which a chart says more than a table."""
_FIGURE: Final = regex.compile(r"[^\p{N}\p{L}]{0,3}(?P<number>\p{N}[\p{N},，.]*)\s*(?P<unit>\D{0,12})")
_SUM: Final = regex.compile(r"total|sum|overall|एकूण|कुल|योग|合計|総計|^計$", regex.I)
"""A row that is made of the others, which would dwarf them."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a heading. Of a row as a `Sentence` the text is what stands in the paper, `cells_of` that its cells."""

    info: DocumentInfo
    heading: Heading
    columns: tuple[str, ...]
    rows: tuple[Sentence, ...]
    score: float = field(default=0.0, compare=False)

    @property
    def key(self) -> tuple[int, int]:
        """Tells it from every other."""
        return self.rows[0].key


def tables(kb: KnowledgeBase, info: DocumentInfo) -> Iterator[Table]:
    """The tables of a document that a slide can hold, in order; none with a word that may be misread."""
    text, blocks = kb.text(info.id, info.version), kb.outline(info.id, info.version)
    above = headings(kb, info)
    pages = {block.start: block.page for block in blocks}
    doubtful = kb.doubtful(info.id, info.version, 0, sys.maxsize)
    for stored in tables_in(info, text, blocks):
        start, end = stored.rows[0].at.start, stored.rows[-1].at.end
        size = sum(len(cell) if info.language == "ja" else len(cell.split()) for row in stored.rows for cell in row.cells)
        held = ROWS[0] <= len(stored.rows) <= ROWS[1] and COLUMNS[0] <= len(stored.heads) <= COLUMNS[1]
        if not held or size > WORDS * (2 if info.language == "ja" else 1) or any(a < end and start < b for a, b in doubtful):
            continue
        heading = max((one for one in above if one.start <= start), key=lambda one: one.start, default=above[0])
        rows = tuple(
            Sentence(info, heading, at.start, at.end, text[at.start : at.end], info.language, heading.path, pages[at.start])
            for at in (row.at for row in stored.rows)
        )
        yield Table(info, heading, stored.heads, rows)


def figures(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, tuple[tuple[str, float], ...]] | None:
    """What of a table can be drawn: the head of its first column of figures of one unit, and each row's name with its figure.

    None where there are too few, or where they are years, days or ranks.
    """
    for at in range(1, len(columns)):
        drawn: list[tuple[str, float]] = []
        units: set[str] = set()
        for row in rows:
            if _SUM.search(row[0].strip()):
                continue
            match = _FIGURE.fullmatch(row[at].strip())
            if match is None:
                drawn = []
                break
            units.add(match["unit"].strip().casefold())
            read = quantities_in(match["number"])
            drawn += [(row[0], float(read[0].value))] if len(read) == 1 else []
        values = [value for _, value in drawn]
        years = all(value == int(value) and 1900 <= value <= 2100 for value in values)
        ranks = values == [float(n) for n in range(1, len(values) + 1)]
        if len(drawn) >= DRAWN and len(units) == 1 and not years and not ranks and max(values) > 0:
            return columns[at], tuple(drawn)
    return None
