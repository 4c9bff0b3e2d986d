"""The parts of an answer that are laid out, as HTML: lists, tables and letters, with a numbered chip where a statement is cited.

A chip inside a table cannot be a button of Streamlit's. It names the one that opens the same source below the answer, which
`ui.manners` presses in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias, TypeVar

import regex

from kb.records import Block, Cell
from lang.codes import Language
from ui.answers import short_titles
from ui.i18n import Strings
from ui.markup import html

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
