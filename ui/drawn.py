"""What the conversation draws beside the quotes: the sides of a comparison in columns, and what the sources disagree on."""

from __future__ import annotations

from collections.abc import Sequence

from streamlit.delta_generator import DeltaGenerator

from ingest.records import Language
from kb.records import Citation, Conflict
from ui.answers import standing_note
from ui.markup import html


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


def conflict_html(conflict: Conflict, language: Language) -> str:
    """What the sources disagree on, as a block that stands out."""
    said = f'<span aria-hidden="true">⚠</span><span>{html(conflict.note)}</span>'
    return f'<div class="setu-refusal" lang="{language}">{said}</div>'


def standing_html(citation: Citation, language: Language) -> str:
    """That the cited paper was amended or is no longer in force; "" where it is."""
    note = standing_note(citation, language)
    return f'<div class="setu-note" lang="{language}">⚠ {html(note)}</div>' if note else ""
