"""An overview in words: what the paper is, as a line, as JSON and in the terminal."""

from __future__ import annotations

from typing import Any, Final

import click

from kb.answer.overview.records import Overview
from ui.answers import page_words
from ui.i18n import Strings
from ui.shapes import citation_shape
from ui.terminal import one_line

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
        "citations": [citation_shape(statement.citations[0]) for statement in told.statements],
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
