"""An answer as HTML: lists, tables and letters with numbered chips, the sides of a comparison in columns, and what sources disagree on.

A chip inside a table cannot be a button of Streamlit's. It names the one that opens the same source below the answer, which
`ui.components.accessibility` presses in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypeVar

import regex
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb.answer.presentation.rendering import beside
from kb.records import Block, Cell, Citation, Conflict, Context, Statement
from lang.languages import Language
from ui.components import query_params
from ui.components.answer_wording import short_titles, standing_note
from ui.components.i18n import Strings
from ui.components.markup import Doubt, Span, html, label, quote_html

Chips: TypeAlias = Callable[[Cell], str]
"""The chips of what a cell cites, as HTML."""
T = TypeVar("T")

GAP: Final = regex.compile(r"\[(?=[^\[\]]*\p{L})[^\[\]\n]{1,120}\]|［[^［］\n]{1,120}］")
"""What is still to be filled in: words in brackets. A number in brackets is a reference."""
HEAD_CHARS: Final = 70


def block_html(block: Block, language: Language, words: Strings, chips: Chips) -> str:
    """A block that consists of words and chips: any but ``options`` and ``quotes``."""
    heading = f'<p class="setu-said">{html(block.text)}</p>' if block.text else ""
    if block.kind == "table":
        laid_out = _table(block, chips)
    elif block.kind in ("points", "steps"):
        tag = "ol" if block.kind == "steps" else "ul"
        laid_out = f"<{tag}>{''.join(f'<li>{_point(row, chips)}</li>' for row in block.rows)}</{tag}>"
    elif block.kind == "letter":
        laid_out = _letter(block, words, chips)
    else:
        laid_out = "".join(f"<p>{'<br>'.join(_cell(cell, chips) for cell in row)}</p>" for row in block.rows)
    return f'<div class="setu-block" lang="{language}">{heading}{laid_out}</div>'


def cite_html(number: int, source: str, chip: str, lost: bool) -> str:
    """A chip inside a block. ``source`` names the source to a screen reader; ``chip`` is the key of the button that opens it.

    ``lost`` says that the quote no longer stands in its source.
    """
    sign = ' <span aria-hidden="true">✗</span>' if lost else ""
    state = " setu-unsupported" if lost else ""
    return f'<button type="button" class="setu-cite{state}" data-chip="{chip}" aria-label="{html(source)}">{number}{sign}</button>'


def letter_text(block: Block) -> str:
    """A letter as it is copied: without heading and chips."""
    return "\n\n".join("\n".join(cell.text for cell in row) for row in block.rows)


def _cell(cell: Cell, chips: Chips, written: Callable[[str], str] = html) -> str:
    cited = chips(cell)
    return f'{written(cell.text)}<span class="setu-cites">{cited}</span>' if cited else written(cell.text)


def _point(row: Sequence[Cell], chips: Chips) -> str:
    """One cell, or a label and what it says; further cells follow."""
    if len(row) < 2:
        return "".join(_cell(cell, chips) for cell in row)
    label, *said = row
    return f"<strong>{html(label.text)}</strong>{chips(label)}: " + " · ".join(_cell(cell, chips) for cell in said if cell.text)


def _table(block: Block, chips: Chips) -> str:
    """The first cell of a row names it. What is too wide scrolls inside itself, also by keyboard."""
    wide = max([len(block.columns), *(len(row) for row in block.rows)])
    names = short_titles(block.columns, HEAD_CHARS)
    head = "".join(_head(name, names[name]) if name else "<td></td>" for name in _filled(block.columns, "", wide))
    rows = "".join(f"<tr>{_row(_filled(row, Cell(''), wide), chips)}</tr>" for row in block.rows)
    named = html(block.text or " · ".join(filter(None, block.columns)))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="setu-table" role="region" tabindex="0" aria-label="{named}">{table}</div>'


def _head(name: str, short: str) -> str:
    """The name of a column, which may be the long title of a paper."""
    whole = f' title="{html(name)}"' if short != name else ""
    return f'<th scope="col"{whole}>{html(short)}</th>'


def _row(row: Sequence[Cell], chips: Chips) -> str:
    name, *said = row
    first = f'<th scope="row">{_cell(name, chips)}</th>' if name.text else "<td></td>"
    return first + "".join(f"<td>{_cell(cell, chips)}</td>" for cell in said)


def _filled(row: Sequence[T], empty: T, wide: int) -> list[T]:
    return [*row, *[empty] * (wide - len(row))]


def _letter(block: Block, words: Strings, chips: Chips) -> str:
    paragraphs = "".join(f"<p>{'<br>'.join(_cell(cell, chips, _with_gaps) for cell in row)}</p>" for row in block.rows)
    said = f'data-copied="{html(words("takeaway.copied"))}" data-failed="{html(words("takeaway.not_copied"))}"'
    button = (
        f'<button type="button" class="setu-copy" data-copy="{html(letter_text(block))}" {said}>{html(words("chat.copy_text"))}</button>'
    )
    copying = f'<div class="setu-copying" lang="{words.language}">{button} <span role="status" aria-live="polite"></span></div>'
    return f'<div class="setu-letter">{paragraphs}</div>{copying}'


def _with_gaps(text: str) -> str:
    """Text as HTML, with what is to be filled in marked; an escaped bracket stays one."""
    return GAP.sub(lambda gap: f'<mark class="setu-gap">{gap[0]}</mark>', html(text))


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
            st.button(label(item), key=f"{key}-{at}", on_click=query_params.ask_next, args=(item,))


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
