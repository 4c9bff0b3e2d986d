"""What the conversation draws beside the quotes: the sides of a comparison in columns, and what the sources disagree on."""

from __future__ import annotations

from collections.abc import Sequence

from streamlit.delta_generator import DeltaGenerator

from ingest.records import Language
from kb.records import Block, Citation, Conflict, Statement
from ui import state
from ui.answers import standing_note
from ui.markup import html, label, quote_html


class Sides:
    """Where the sides of a comparison are drawn: two in a row, each under its name; an answer without sides is drawn in the body."""

    def __init__(self, body: DeltaGenerator) -> None:
        self._body = body
        self._columns: dict[str, DeltaGenerator] = {}
        self._row: Sequence[DeltaGenerator] = ()

    def __call__(self, side: str, language: Language) -> DeltaGenerator:
        """The place of a side."""
        if not side:
            return self._body
        if side not in self._columns:
            at = len(self._columns) % 2
            self._row = self._row if at else self._body.columns(2, gap="medium")
            self._columns[side] = self._row[at]
            self._columns[side].html(f'<h3 class="setu-heading" lang="{language}">{html(side)}</h3>')
        return self._columns[side]


def note_html(note: str, language: Language, sign: str = "ⓘ") -> str:
    """Words of ours about an answer, as a block that stands out."""
    return f'<div class="setu-refusal" lang="{language}"><span aria-hidden="true">{sign}</span><span>{html(note)}</span></div>'


def draw_block(body: DeltaGenerator, block: Block, language: Language, key: str) -> None:
    """Draw words of ours, or choices that ask themselves when they are clicked."""
    if block.text:
        body.html(f'<p class="setu-said" lang="{language}">{html(block.text)}</p>')
    for at, item in enumerate(block.items):
        body.button(label(item), key=f"{key}-{at}", on_click=state.ask_next, args=(item,))


def conflict_html(conflict: Conflict, language: Language) -> str:
    """What the sources disagree on, as a block that stands out."""
    return note_html(conflict.note, language, "⚠")


def quoted_html(citation: Citation, statement: Statement) -> str:
    """A quote of a statement; where the statement is that quote, with the answering sentence and the fact marked in it."""
    if citation.quote != statement.text:
        return quote_html(citation.quote, citation.language)
    return quote_html(citation.quote, citation.language, statement.marks, statement.answering)


def standing_html(citation: Citation, language: Language) -> str:
    """That the cited paper was amended or is no longer in force; "" where it is."""
    note = standing_note(citation, language)
    return f'<div class="setu-note" lang="{language}">⚠ {html(note)}</div>' if note else ""
