"""What the conversation draws beside the quotes: the sides of a comparison in columns, and what the sources disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb.answer.plain_text import beside
from kb.records import Block, Citation, Conflict, Context, Statement
from lang.codes import Language
from ui import state
from ui.answers import standing_note
from ui.i18n import Strings
from ui.markup import Doubt, Span, html, label, quote_html

LONG: Final = 700
"""The longest quote that is shown whole at once: about ten lines."""
EXCERPT: Final = 420
"""How much is shown of a longer one, where the answering sentence itself is not longer."""
CUTS: Final = (regex.compile(r"\n+|(?<=[\p{L}\p{M}\p{Pe}\p{Pf}][.!?।])\s+|(?<=[。！？])"), regex.compile(r"\s+|(?<=[、；])"))
"""Where a text may be cut: rather between sentences or lines than between words. The full stop after a number ends no sentence."""


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


def options(body: DeltaGenerator, block: Block, language: Language, key: str) -> None:
    """Draw choices that ask themselves when they are clicked."""
    if block.text:
        body.html(f'<p class="setu-said" lang="{language}">{html(block.text)}</p>')
    with body.container(key=key, gap="xsmall"):
        for at, item in enumerate(block.items):
            st.button(label(item), key=f"{key}-{at}", on_click=state.ask_next, args=(item,))


def conflict_html(conflict: Conflict, language: Language) -> str:
    """What the sources disagree on, as a block that stands out."""
    return note_html(conflict.note, language, "⚠")


def quoted_html(citation: Citation, statement: Statement, words: Strings) -> str:
    """A quote of a statement; where the statement is that quote, with the answering sentence and the fact marked in it.

    A long one shows what stands around the answering sentence, and the rest when that is asked for.
    """
    quote, language = citation.quote, citation.language
    marks, answering = (statement.marks, statement.answering) if quote == statement.text else ((), ())
    whole = quote_html(quote, language, marks, answering, doubt=Doubt(citation.doubtful, words("doubt.title")))
    if len(quote) <= LONG:
        return whole
    start, end = excerpt(quote, answering or marks)
    around = quote_html(
        quote[start:end], language, _within(marks, start, end), _within(answering, start, end), (start > 0, end < len(quote)),
        Doubt(_within(citation.doubtful, start, end), words("doubt.title")),
    )  # fmt: skip
    more, less = (f'<span class="setu-{which}">{html(words(f"chat.show_{which}"))}</span>' for which in ("all", "less"))
    return f'<div class="setu-long">{around}<details class="setu-note"><summary>{more}{less}</summary>{whole}</details></div>'


def said_html(citation: Citation, statement: Statement, language: Language) -> str:
    """What of a statement's quote in another language the reader can be told in theirs."""
    said = beside(statement, language) if citation == statement.citations[0] else ""
    return f'<div class="setu-note" lang="{language}">{html(said)}</div>' if said else ""


def doubt_html(citation: Citation, words: Strings) -> str:
    """That words of a quote may be misread; "" where none may."""
    return f'<div class="setu-note">{html(words("doubt.note"))}</div>' if citation.doubtful else ""


def excerpt(quote: str, wanted: Sequence[Span]) -> Span:
    """What is shown of a long quote: the first span of ``wanted`` and what stands around it."""
    first, last = next(iter(wanted), (0, 0))
    last = min(last, first + EXCERPT)
    room = EXCERPT - (last - first)
    start = max(0, first - room // 3)
    end = min(len(quote), last + room - (first - start))
    if start > 0:
        start = next((cut.end() for cuts in CUTS if (cut := cuts.search(quote, start, first)) is not None), start)
    if end < len(quote):
        end = next((found[-1].start() for cuts in CUTS if (found := list(cuts.finditer(quote, last, end)))), end)
    return start, end


def _within(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    return tuple((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start)


def standing_html(citation: Citation, language: Language) -> str:
    """That the cited paper was amended or is no longer in force; "" where it is."""
    note = standing_note(citation, language)
    return f'<div class="setu-note" lang="{language}">⚠ {html(note)}</div>' if note else ""


def around_html(quote: str, context: Context, language: Language, words: Strings) -> str:
    """A quote in its clause, folded."""
    around = f"{html(context.before)} <mark>{html(quote)}</mark> {html(context.after)}"
    summary = html(words("place.context"))
    return f'<details class="setu-note"><summary>{summary}</summary><p lang="{language}">{around}</p></details>'
