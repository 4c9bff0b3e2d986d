"""Glyphs become lines, and lines that stand side by side become table rows or columns.

A line is a run of text on one baseline without a wide gap, which may be a column or a cell border. Lines side by side are the cells of
a table row, two columns that were written line by line, or one loosely set line.
"""

from __future__ import annotations

import itertools
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import regex

from ingest.pdf.glyphs import Glyph, without_ruby

Direction: TypeAlias = Literal["across", "down", "up", "back"]

SUPERSCRIPTS = str.maketrans("0123456789०१२३४५६७८९", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_RAISED_SIZE, _RAISED_BY = 0.85, 0.15
SPLIT_GAP = 0.9
"""Ems of white from which a line is split. Justified text has such gaps too; ``ingest.pdf.text_lines`` joins what is no table."""


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text with its box in points, y downwards; on a page set vertically, turned so that text runs to the right.

    ``follows`` says that the run stands on one line of text with the run before it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool = False
    artifact: bool = False
    follows: bool = False
    baseline: float | None = None

    @property
    def foot(self) -> float:
        """The baseline; the bottom of the box where it is not known. Boxes end where the ink does, with or without descenders."""
        return self.y1 if self.baseline is None else self.baseline

    @property
    def middle(self) -> float:
        """Vertical middle of the box."""
        return (self.y0 + self.y1) / 2


def direction(glyphs: Sequence[Glyph]) -> Direction:
    """Which way most characters follow each other.

    ``down`` is Japanese set vertically or a page on its side, ``up`` a page on its other side, ``back`` a page on its head.
    """
    ways: Counter[Direction] = Counter()
    for previous, glyph in itertools.pairwise(glyphs):
        if glyph.before != "\n":
            across, down = glyph.x0 - previous.x0, glyph.y0 - previous.y0
            upright = abs(across) < previous.size and abs(down) > max(0.5 * previous.size, abs(across))
            ways[("down" if down > 0 else "up") if upright else ("across" if across >= 0 else "back")] += 1
    return ways.most_common(1)[0][0] if ways else "across"


def turn(glyphs: Sequence[Glyph], way: Direction, width: float, height: float) -> list[Glyph]:
    """The glyphs of a page of that width and height as if its text ran across; of vertical text the right edge becomes the top."""
    if way == "down":
        return [replace(g, x0=g.y0, y0=width - g.x1, x1=g.y1, y1=width - g.x0, baseline=width - g.x0) for g in glyphs]
    if way == "up":
        return [replace(g, x0=height - g.y1, y0=g.x0, x1=height - g.y0, y1=g.x1, baseline=g.x1) for g in glyphs]
    if way == "back":
        return [replace(g, x0=width - g.x1, y0=height - g.y1, x1=width - g.x0, y1=height - g.y0, baseline=height - g.y0) for g in glyphs]
    return list(glyphs)


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines in PDFium's order, which is the order in which the page was written, but for text on its side, where it is the reverse.

    Ruby is left out: it says again how the words are read.
    """
    glyphs = without_ruby(glyphs)
    found: list[Line] = []
    start = 0
    for at in range(1, len(glyphs) + 1):
        ends = at == len(glyphs) or glyphs[at].before == "\n" or _jumps(glyphs[at - 1], glyphs[at])
        if ends or _is_gap(glyphs[at]):
            follows = start > 0 and not (glyphs[start].before == "\n" or _jumps(glyphs[start - 1], glyphs[start]))
            found.append(_line(glyphs[start:at], follows))
            start = at
    return _downwards([line for line in found if line.text])


def _downwards(found: list[Line]) -> list[Line]:
    """Lines from top to bottom when most of them go from bottom to top; runs on one line keep their order."""
    rows: list[list[Line]] = []
    for line in found:
        if line.follows and rows:
            rows[-1].append(line)
        else:
            rows.append([line])
    steps = [below[0].y0 - above[0].y0 for above, below in itertools.pairwise(rows)]
    if sum(step < 0 for step in steps) <= sum(step > 0 for step in steps):
        return found
    return [line for row in reversed(rows) for line in row]


def _jumps(previous: Glyph, glyph: Glyph) -> bool:
    """Whether the text goes back to the left or on to another line although PDFium saw no line end."""
    size = max(previous.size, glyph.size)
    return glyph.x1 < previous.x0 - size or abs(glyph.baseline - previous.baseline) > 1.2 * size


def _is_gap(glyph: Glyph) -> bool:
    return glyph.before != "\u3000" and glyph.gap > SPLIT_GAP


def _line(glyphs: Sequence[Glyph], follows: bool) -> Line:
    size = statistics.median(g.size for g in glyphs)
    baseline = statistics.median(g.baseline for g in glyphs)
    text = "".join((g.before if at and g.before != "\n" else "") + _shown(g, size, baseline) for at, g in enumerate(glyphs))
    letters = [g for g in glyphs if g.text.isalnum()] or glyphs
    return Line(
        unicodedata.normalize("NFC", text).strip(),
        min(g.x0 for g in glyphs),
        min(g.y0 for g in glyphs),
        max(g.x1 for g in glyphs),
        max(g.y1 for g in glyphs),
        size,
        all(g.bold for g in letters),
        all(g.artifact for g in glyphs),
        follows,
        baseline,
    )


def _shown(glyph: Glyph, size: float, baseline: float) -> str:
    """The character, a raised number as what it is: "metres³" is not "metres3"."""
    raised = glyph.size <= _RAISED_SIZE * size and glyph.baseline < baseline - _RAISED_BY * size
    return glyph.text.translate(SUPERSCRIPTS) if raised else glyph.text


_SURE_GAP = 2.5
_ALIGNED = 3.0
_MIN_COLUMN_ROWS = 4
_MIN_COLUMN_CHARS = 15
_MAX_PITCH = 1.75
"""Ems from line to line of a column of prose; rows of a table stand further apart."""
_NEAR = 8
_MIN_FITTING = 2
_NUMBER = regex.compile(r"[\p{N}\p{P}\p{S}]+")
_MARKER = regex.compile(r"[(（\[]?[\p{L}\p{M}\p{Nd}]{1,4}(?:[.．]\p{Nd}{1,2})*[.)）\]．、:]|[\p{So}\p{Po}\p{Pd}\uf020-\uf0ff]|第.{1,4}条")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a line of text (one cell with one line), or the cells of a table row, each with its lines."""

    cells: tuple[tuple[Line, ...], ...]

    @property
    def line(self) -> Line:
        """The first line of the first cell."""
        return self.cells[0][0]


def rows(lines: Sequence[Line]) -> list[Row]:
    """Rows of a page in reading order."""
    grouped = _group(_unweave(lines))
    return [part for at, row in enumerate(grouped) for part in _settle(grouped, at, row)]


def _unweave(lines: Sequence[Line]) -> list[Line]:
    """Two columns of prose that were written across the gutter, line by line, put one after the other."""
    result: list[Line] = []
    at = 0
    while at < len(lines):
        run = _two_columns(lines, at)
        if run:
            part = lines[at : at + run]
            result += [replace(line, follows=False) for line in part if not line.follows]
            result += [replace(line, follows=False) for line in part if line.follows]
            at += run
        else:
            result.append(lines[at])
            at += 1
    return result


def _two_columns(lines: Sequence[Line], start: int) -> int:
    """How many lines from ``start`` on are two interleaved columns of prose; 0 when they are not.

    Both sides must be prose: most runs fill their column, which the cells of a table do not, and lines follow close.
    """
    pairs: list[tuple[Line, Line]] = []
    at, left_edge, right_edge = start, 0.0, float("inf")
    while at + 1 < len(lines) and not lines[at].follows and lines[at + 1].follows:
        if at + 2 < len(lines) and lines[at + 2].follows:
            break
        left, right = max(left_edge, lines[at].x1), min(right_edge, lines[at + 1].x0)
        if right - left < 0.9 * lines[at].size:
            break
        left_edge, right_edge = left, right
        pairs.append((lines[at], lines[at + 1]))
        at += 2
    if len(pairs) < _MIN_COLUMN_ROWS:
        return 0
    if statistics.median(below[0].foot - above[0].foot for above, below in itertools.pairwise(pairs)) > _MAX_PITCH * pairs[0][0].size:
        return 0
    for side in zip(*pairs, strict=True):
        start_at = min(line.x0 for line in side)
        fill = statistics.median(line.x1 - start_at for line in side) / max(1.0, max(line.x1 for line in side) - start_at)
        if fill < 0.75 or statistics.median(len(line.text) for line in side) < _MIN_COLUMN_CHARS:
            return 0
    # The longer column goes on alone below the shorter one.
    while at < len(lines) and not lines[at].follows and lines[at].x1 < right_edge and _is_below(lines[at], pairs[-1][0]):
        if at + 1 < len(lines) and lines[at + 1].follows:
            break
        pairs.append((lines[at], lines[at]))
        at += 1
    return at - start


def _is_below(line: Line, above: Line) -> bool:
    return abs(line.x0 - above.x0) < 2 * line.size and 0 < line.y0 - above.y0 < 4 * line.size


def _group(lines: Sequence[Line]) -> list[Row]:
    """Cells side by side, walked in the order of the file: to the right is a new cell, below may be more of the same cell."""
    grouped: list[Row] = []
    cells: list[list[Line]] = []
    for at, line in enumerate(lines):
        if cells and _is_beside(line, cells):
            cells.append([line])
        elif cells and _continues_cell(lines, at, cells):
            cells[-1].append(line)
        else:
            grouped += [_row(cells)] if cells else []
            cells = [[line]]
    return grouped + ([_row(cells)] if cells else [])


def _row(cells: Iterable[Iterable[Line]]) -> Row:
    return Row(tuple(tuple(cell) for cell in cells))


def _is_beside(line: Line, cells: Sequence[Sequence[Line]]) -> bool:
    """Whether a line stands to the right of the row's last cell, at the height of the row."""
    last = cells[-1]
    top, bottom = min(part.y0 for cell in cells for part in cell), max(part.y1 for cell in cells for part in cell)
    return line.x0 >= max(part.x1 for part in last) - 1 and top - 1 <= line.middle <= bottom + 1


def _continues_cell(lines: Sequence[Line], at: int, cells: Sequence[Sequence[Line]]) -> bool:
    """Whether a line goes on in the row's last cell: below it, and the row is known to be one of a table.

    In the last cell that is known because a new row would begin further left; before, because a later line returns to this row's height.
    """
    line, last = lines[at], cells[-1]
    below = 0 <= line.y0 - last[-1].y0 < 2.2 * line.size and abs(line.x0 - last[0].x0) < _ALIGNED
    if not below or line.follows:
        return False
    first = min(part.y0 for cell in cells for part in cell)
    for later in lines[at + 1 : at + 5]:
        if later.y0 < line.y0 - 1 and later.x0 >= max(part.x1 for part in last) - 1:
            return later.middle > first
        if later.x0 < last[0].x0 - _ALIGNED:
            break
    return len(cells) > 1 and line.x0 > cells[0][0].x0 + _ALIGNED


def _settle(grouped: Sequence[Row], at: int, row: Row) -> list[Row]:
    """A table row as it is; a line that was only set loosely, or a list item with its marker, in one piece."""
    cells = row.cells
    if len(cells) == 1:
        return [Row(((line,),)) for line in cells[0]]
    is_item = len(cells) == 2 and _MARKER.fullmatch(cells[0][0].text) and len(cells[0]) == 1
    if not is_item and _is_justified(grouped, at):
        return [Row(((_merged([cell[0] for cell in cells]),),))]
    neighbours = [grouped[other] for other in (at - 1, at + 1) if 0 <= other < len(grouped)]
    aligned = any(_share_column(row, other) for other in neighbours)
    if not is_item and (aligned or _widest_gap(row) >= _SURE_GAP * row.line.size):
        return [row]
    first = _merged([cell[0] for cell in cells])
    return [Row(((first,),)), *(Row(((line,),)) for cell in cells for line in cell[1:])]


def _is_justified(grouped: Sequence[Row], at: int) -> bool:
    """Whether a row is a line of a narrow column, whose words were driven apart to fill it.

    Every gap of such a line is wide, so its cells are single words; and other lines near it have both of its edges.
    """
    row = grouped[at]
    if any(len(cell) > 1 or " " in cell[0].text or _NUMBER.fullmatch(cell[0].text) for cell in row.cells):
        return False
    near = [*grouped[max(0, at - _NEAR) : at], *grouped[at + 1 : at + 1 + _NEAR]]
    fitting = [other for other in near if _edges_agree(row, other)]
    inner = {round(cell[0].x0) for cell in row.cells[1:]}
    columns = sum(any(abs(x - cell[0].x0) < _ALIGNED for x in inner for cell in other.cells[1:]) for other in fitting)
    # In a table most rows begin their cells where the others do.
    return len(fitting) >= _MIN_FITTING and 2 * columns < len([other for other in fitting if len(other.cells) > 1]) + 1


def _edges_agree(row: Row, other: Row) -> bool:
    ends = row.cells[0][0].x0, row.cells[-1][0].x1
    return abs(other.cells[0][0].x0 - ends[0]) < _ALIGNED and abs(other.cells[-1][0].x1 - ends[1]) < _ALIGNED


def _share_column(row: Row, other: Row) -> bool:
    """Whether a cell but the first begins or ends where one of the other row does."""
    return len(other.cells) > 1 and any(
        abs(a[0].x0 - b[0].x0) < _ALIGNED or abs(a[0].x1 - b[0].x1) < _ALIGNED / 2 for a in row.cells[1:] for b in other.cells[1:]
    )


def _widest_gap(row: Row) -> float:
    ends = [max(line.x1 for line in cell) for cell in row.cells]
    return max(cell[0].x0 - end for end, cell in zip(ends, row.cells[1:], strict=False))


def _merged(parts: Sequence[Line]) -> Line:
    return Line(
        " ".join(part.text for part in parts),
        min(part.x0 for part in parts),
        min(part.y0 for part in parts),
        max(part.x1 for part in parts),
        max(part.y1 for part in parts),
        parts[0].size,
        all(part.bold for part in parts),
        all(part.artifact for part in parts),
        parts[0].follows,
        parts[0].baseline,
    )
