"""A table of plain HTML: read by a screen reader row by row, and one below the other on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ui.markup import html


def table_html(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML already; ``caption`` and ``heads`` are text. The first cell of a row names it."""
    top = "".join(f'<th scope="col">{html(head)}</th>' for head in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{cell}</th>' if number == 0 else f'<td data-head="{html(head)}">{cell}</td>'
            for number, (head, cell) in enumerate(zip(heads, row, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="setu-admin-scroll" tabindex="0" role="region" aria-label="{html(caption)}"><table class="setu-admin-table">'
        f"<caption>{html(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
