"""The blocks of an answer as they stand on paper: headings, lists, tables and letters whose cells carry the marks of their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.records import Answer, Block, BlockKind, Cell, Statement
from ui.export.source import Marks, Sources


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one cell, point or paragraph, with its marks."""

    text: str
    marks: tuple[Marks, ...] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """A block: its ``heading``, or the words of a ``text``; the ``columns`` of a table; rows of parts; the ``items`` of choices.

    Of a block of quotes there is the heading only: its statements stand with the others of the answer.
    """

    kind: BlockKind
    heading: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Part, ...], ...] = ()
    items: tuple[str, ...] = ()


def laid_out(answer: Answer, sources: Sources, kinds: Sequence[BlockKind] = ()) -> tuple[Laid, ...]:
    """The blocks of an answer, or those of some kinds, their sources numbered in the order in which they are met."""
    return tuple(_laid(block, answer, sources) for block in answer.blocks if not kinds or block.kind in kinds)


def labelled(row: Sequence[Part], said: Callable[[Part], str]) -> str:
    """A point of several parts on one line: a label, what it says, and more of it."""
    parts = [said(part) for part in row if part.text]
    return ": ".join(parts[:2]) + "".join(f" · {part}" for part in parts[2:])


def _laid(block: Block, answer: Answer, sources: Sources) -> Laid:
    if block.kind == "quotes":
        return Laid("text", block.text)
    rows = tuple(tuple(_part(cell, answer, sources) for cell in row) for row in block.rows)
    return Laid(block.kind, block.text, block.columns, rows, block.items)


def _part(cell: Cell, answer: Answer, sources: Sources) -> Part:
    marks: dict[int, Marks] = {}
    for statement in _at(answer, cell.cited):
        for citation in statement.citations:
            shown = " ".join(citation.quote.split()) in " ".join(cell.text.split())
            for mark in sources.mark([citation], with_quotes=not shown):
                marks.setdefault(mark.reference.number, mark)
    return Part(cell.text, tuple(marks.values()))


def _at(answer: Answer, wanted: Iterable[int]) -> list[Statement]:
    """The statements of these places; one that is not there any more has no mark."""
    return [answer.statements[at] for at in wanted if 0 <= at < len(answer.statements)]
