"""The paper of a module as Markdown with footnotes (``[^1]``) and tables, as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

from ui.export.markdown import escaped
from ui.export.module_paper import Block, Heading, ModulePaper, Table
from ui.export.module_said import Said


def markdown(paper: ModulePaper) -> str:
    """The text; every mark that Markdown could read is escaped."""
    parts = [f"# {escaped(paper.title)}", *map(escaped, paper.facts)]
    parts += [_block(block) for block in paper.blocks]
    parts += [
        f"[^{r.number}]: {' '.join(filter(None, [escaped(r.place), escaped(r.quote), escaped(r.check)]))} "
        f"· [{escaped(paper.words('note.open'))}](<{r.link}>)"
        for r in paper.references
    ]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    said = _said(block.said) if block.said is not None else ""
    if isinstance(block, Heading):
        return f"{'#' * block.level} {said}"
    if block.style == "bullet":
        return f"- {said}"
    if block.style == "small":
        return f"*{said}*"
    if block.style == "line" and block.said is not None and block.said.quoted:
        return f"> {said}"
    # A number that Markdown would count by itself: it may begin anywhere, and an answer need not be a list.
    return f"{escaped(block.number)} {said}" if block.number else said


def _table(table: Table) -> str:
    rows = [[" ".join(map(_said, cell)) for cell in row] for row in table.rows]
    for row, cells, link in zip(rows, table.rows, table.links, strict=False):
        row[0] = f"[{escaped(' '.join(said.text for said in cells[0]))}](<{link}>)"
    lines = [[escaped(name) for name in table.head], ["---"] * len(table.head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _said(said: Said) -> str:
    warning = f"**{escaped(said.warning)}:** " if said.warning else ""
    return f"{warning}{escaped(said.text)}{''.join(f'[^{mark.reference.number}]' for mark in said.marks)}"
