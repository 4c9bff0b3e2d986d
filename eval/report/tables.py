"""Tables of figures for the terminal, which can be put into Markdown as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> str:
    """A table in Markdown with aligned columns: the first begins at the left, the others, which are figures, end at the right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    first, *others = ["-" * width for width in widths]
    lines = [cells[0], [first, *(f"{dashes[1:]}:" for dashes in others)], *cells[1:]]
    padded = ([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines)
    return "\n".join([*([f"{title}\n"] if title else []), *(f"| {' | '.join(line)} |" for line in padded)])
