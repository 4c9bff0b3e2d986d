"""An answer as plain text in Markdown: what is copied, printed in a terminal, put into a file and scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.records import Answer, Block, Cell, Statement

Signed = Callable[[Statement], str]
"""The marks of a statement's citations, e.g. `` [1]``."""


def block_text(block: Block, statements: Sequence[Statement], signed: Signed = lambda _statement: "") -> str:
    """One block, its citations marked by ``signed``."""
    head = f"{block.text}\n\n" if block.text else ""
    if block.kind == "text":
        return block.text
    if block.kind == "options":
        return head + "\n".join(f"- {item}" for item in block.items)
    rows = [[_cell(cell, statements, signed) for cell in row] for row in block.rows]
    if block.kind == "table":
        lines = [list(block.columns), ["---"] * len(block.columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
        return head + "\n".join("| " + " | ".join(line) + " |" for line in lines)
    if block.kind in ("points", "steps"):
        numbered = block.kind == "steps"
        return head + "\n".join((f"{at}. " if numbered else "- ") + _labelled(row) for at, row in enumerate(rows, 1))
    return head + "\n\n".join("\n".join(row) for row in rows)


def blocks_text(answer: Answer, signed: Signed = lambda _statement: "") -> str:
    """All blocks of an answer."""
    return "\n\n".join(block_text(block, answer.statements, signed) for block in answer.blocks)


def shown_apart(answer: Answer) -> tuple[Statement, ...]:
    """The statements that no block lays out: they are shown as quotes."""
    laid_out = {at for block in answer.blocks for row in block.rows for cell in row for at in cell.cited}
    return tuple(statement for at, statement in enumerate(answer.statements) if at not in laid_out)


def _cell(cell: Cell, statements: Sequence[Statement], signed: Signed) -> str:
    return cell.text + "".join(dict.fromkeys(signed(statements[at]) for at in cell.cited))


def _labelled(row: Sequence[str]) -> str:
    return ": ".join(row[:2]) + "".join(f" · {cell}" for cell in row[2:] if cell)
