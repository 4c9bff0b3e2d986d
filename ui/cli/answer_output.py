"""Answers and overviews in the terminal: tables aligned where they fit, where each number leads, and what a paper is in a line.

The line is said on the page of the library too.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from kb.answer.overview.overview import Overview
from kb.answer.presentation.rendering import Signed, block_text
from kb.records import Answer, Block, Cell, Citation, Statement
from ui.cli.json_output import shape
from ui.cli.output import cited_at, clean, one_line
from ui.components.answer_wording import Numbers, done_words, page_words, standing_note
from ui.components.i18n import Strings

GAP: Final = "  "


def print_blocks(answer: Answer, number: Numbers, words: Strings, print_quotes: Callable[[Sequence[Statement]], None]) -> None:
    """The blocks, and below them the sources that they cite by number; ``print_quotes`` prints statements as they are."""
    sources: dict[int, Citation] = {}

    def signed(statement: Statement) -> str:
        sources.update((number(citation), citation) for citation in statement.citations)
        return "".join(f" [{number(citation)}]" for citation in statement.citations)

    for block in answer.blocks:
        if block.kind == "quotes":
            cited = dict.fromkeys(at for row in block.rows for cell in row for at in cell.cited)
            click.echo(clean(block.text) + "\n" * bool(block.text), nl=False)
            print_quotes([answer.statements[at] for at in cited])
        elif block.kind == "table":
            click.echo(f"{clean(table_text(block, answer.statements, signed, shutil.get_terminal_size((100, 40)).columns))}\n")
        else:
            click.echo(f"{clean(block_text(block, answer.statements, signed))}\n")
    if sources:
        click.secho(words("note.sources"), bold=True)
    for at, citation in sources.items():
        click.echo(f"  [{at}] {cited_at(citation, answer.language, words)}")
        if gone := standing_note(citation, answer.language):
            click.secho(f"      ⚠ {one_line(gone)}", bold=True)
    if answer.blocks and (said := done_words(answer, words)) and answer.refusal is None:
        click.secho(f"{said}\n", dim=True)


def table_text(block: Block, statements: Sequence[Statement], signed: Signed, columns: int) -> str:
    """A table in columns of even width; where it is wider than the terminal, row by row with the name of each column."""

    def text(cell: Cell) -> str:
        return one_line(cell.text) + "".join(dict.fromkeys(signed(statements[at]) for at in cell.cited))

    head = f"{block.text}\n\n" if block.text else ""
    names = [one_line(name) for name in block.columns]
    rows = [[text(cell) for cell in row] for row in block.rows]
    many = max(map(len, [names, *rows]))
    lines = [[*line, *[""] * (many - len(line))] for line in [names, *rows]]
    widths = [max(width(line[at]) for line in lines) for at in range(many)]
    if sum(widths) + len(GAP) * (many - 1) <= columns:
        ruled = [lines[0], ["─" * wide for wide in widths], *lines[1:]]
        return head + "\n".join(GAP.join(_padded(cell, wide) for cell, wide in zip(line, widths, strict=True)).rstrip() for line in ruled)
    return head + "\n\n".join(_record(line, lines[0]) for line in lines[1:])


def width(text: str) -> int:
    """How many columns of a terminal a text takes: two for a character of Japanese, none for a sign that stands on another."""
    return sum(0 if unicodedata.category(one) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def _padded(cell: str, wide: int) -> str:
    return cell + " " * (wide - width(cell))


def _record(line: Sequence[str], names: Sequence[str]) -> str:
    first, *others = line
    said = (f"  {name}: {cell}" if name else f"  {cell}" for name, cell in zip(names[1:], others, strict=True) if cell)
    return "\n".join([first or names[0], *said])


PARTIES: Final = 4
"""Parties of an agreement that are named; of more it is said how many there are."""


def what_it_is(told: Overview, words: Strings) -> str:
    """Kind, who it is between or by, day, language and length of a paper, as far as they are known."""
    paper = told.paper
    named = "; ".join(told.parties[:PARTIES]) + (" …" if len(told.parties) > PARTIES else "")
    parts = [words(f"kind.{paper.kind}"), named or paper.publisher or "", words.date(paper.date)]
    parts += [words(f"language.{paper.language}"), words.count("documents.pages", paper.pages)]
    return " · ".join(part for part in parts if part)


def overview_shape(told: Overview) -> dict[str, Any]:
    """What ``setu docs show --overview --json`` prints; ``cited`` are the lines' citations by their place in ``citations``."""
    paper = told.paper
    return {
        "document_id": paper.id,
        "document": paper.title,
        "source": paper.source,
        "version": paper.version,
        "kind": paper.kind,
        "language": paper.language,
        "publisher": paper.publisher,
        "parties": list(told.parties),
        "date": paper.date.isoformat() if paper.date else None,
        "pages": paper.pages,
        "told_in": told.language,
        "lines": [
            {"label": label.text, "text": said.text, "also": [cell.text for cell in more], "cited": list(said.cited)}
            for label, said, *more in told.lines.rows
        ],
        "citations": [shape(statement.citations[0]) for statement in told.statements],
        "questions": [{"text": one.text, "language": one.language} for one in told.questions],
    }


def print_overview(told: Overview, words: Strings) -> None:
    """The overview as a person reads it: each line with its page, then the questions."""
    click.secho(one_line(told.paper.title), bold=True)
    click.echo(one_line(what_it_is(told, words)))
    for label, said, *more in told.lines.rows:
        pages = ", ".join(dict.fromkeys(page_words(told.statements[at].citations[0], words) for at in said.cited))
        named = f"{one_line(label.text)}: " if label.text else ""
        beside = "".join(f" ({one_line(cell.text)})" for cell in more)
        click.echo(f"  – {named}{one_line(said.text)}{beside}  [{pages}]")
    if told.questions:
        click.secho(f"\n{words('library.overview.questions')}", bold=True)
    for one in told.questions:
        click.echo(f"  ? {one_line(one.text)}")
