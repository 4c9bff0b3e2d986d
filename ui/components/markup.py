"""Documents' text as HTML and as widget labels. It is data: nothing in it may become markup, a link or an image.

A table is plain HTML too: read by a screen reader row by row, and one below the other on a narrow screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final, TypeAlias

import regex

from kb.records import Status
from kb.sanitize import visible
from lang.languages import Language

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """The words of a text that may be misread, as spans of it in order, and what is said of them."""

    spans: Sequence[Span] = ()
    title: str = ""


NO_DOUBT: Final = Doubt()
STATUS_ICON: dict[Status, str] = {"verified": "✓", "partial": "◐", "unsupported": "✗"}

_MARKDOWN = regex.compile(r"[\p{P}\p{S}--[^\x00-\x7F]]", regex.V1)
_BREAKS = regex.compile(r"[ \t\n]+")
_ADDRESS = regex.compile(r"(?<=\bhttps?):|(?<=\bwww)\.|@", regex.IGNORECASE)


def html(text: str) -> str:
    """Text for inside an HTML element or a quoted attribute."""
    return escape(visible(text), quote=True)


def label(text: str) -> str:
    """Text for a widget label, which Streamlit reads as Markdown: every ASCII punctuation mark is escaped.

    An invisible word joiner breaks web addresses, which Markdown would turn into links even when escaped.
    """
    folded = _ADDRESS.sub(lambda m: f"\N{WORD JOINER}{m[0]}\N{WORD JOINER}", _BREAKS.sub(" ", visible(text).strip()))
    return _MARKDOWN.sub(r"\\\g<0>", folded)


def quote_html(
    quote: str,
    language: Language,
    marks: Sequence[Span] = (),
    answering: Sequence[Span] = (),
    cut: tuple[bool, bool] = (False, False),
    doubt: Doubt = NO_DOUBT,
) -> str:
    """A verbatim quote as a block; ``marks`` are strong, and the sentences ``answering`` are marked in what stands around them.

    ``cut`` says whether something is left out before and after it, ``doubt`` which words may be misread.
    """
    around = answering if any(quote[:start].strip() or quote[end:].strip() for start, end in answering) else ()
    pieces, last = [], 0
    for start, end in around:
        said = _strong(quote, start, end, marks, doubt)
        pieces += [_strong(quote, last, start, marks, doubt), f'<mark class="setu-answering">{said}</mark>']
        last = end
    pieces.append(_strong(quote, last, len(quote), marks, doubt))
    before, after = ("… " if cut[0] else ""), (" …" if cut[1] else "")
    return f'<blockquote class="setu-quote" lang="{language}">{before}{"".join(pieces)}{after}</blockquote>'


def _strong(quote: str, start: int, end: int, marks: Sequence[Span], doubt: Doubt) -> str:
    """``[start, end)`` of a quote, with what stands there in the spans of ``marks`` strong."""
    parts = [doubted_html(quote, a, b, doubt) for a, b in pairwise(_cuts(start, end, marks))]
    return "".join(f"<strong>{part}</strong>" if at % 2 else part for at, part in enumerate(parts))


def _cuts(start: int, end: int, spans: Sequence[Span]) -> list[int]:
    """The ends of ``[start, end)`` and of what of the spans lies in it: every second stretch is one of them."""
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    return [start, *(at for span in inside for at in span), end]


def doubted_html(text: str, start: int, end: int, doubt: Doubt) -> str:
    """``[start, end)`` of a text as HTML, the words in it that may be misread with a dotted line and the reason."""
    parts = [html(text[a:b]) for a, b in pairwise(_cuts(start, end, doubt.spans))]
    title = html(doubt.title)
    return "".join(f'<span class="setu-doubtful" title="{title}">{part}</span>' if at % 2 else part for at, part in enumerate(parts))


def status_html(status: Status, word: str) -> str:
    """A status as icon and word, so that it does not rest on colour."""
    return f'<span class="setu-status setu-{status}"><span aria-hidden="true">{STATUS_ICON[status]}</span> {html(word)}</span>'


def page_html(text: str, language: Language, start: int, end: int, doubt: Doubt = NO_DOUBT) -> str:
    """A page's text with ``[start, end)`` of it marked; offsets outside the page are cut to it, an empty span marks nothing."""
    start, end = max(0, min(start, len(text))), max(0, min(end, len(text)))
    marked = doubted_html(text, 0, len(text), doubt)
    if start < end:
        before, said, after = (doubted_html(text, a, b, doubt) for a, b in ((0, start), (start, end), (end, len(text))))
        marked = f'{before}<mark id="setu-mark">{said}</mark>{after}'
    return f'<div class="setu-page" lang="{language}" tabindex="0">{marked}</div>'


def table_html(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML already; ``caption`` and ``heads`` are text. The first cell of a row names it."""
    top = "".join(f'<th scope="col">{html(head)}</th>' for head in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{cell}</th>' if number == 0 else f'<td data-head="{html(head)}">{cell}</td>'
            for number, (head, cell) in enumerate(zip(heads, row, strict=True))
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="setu-admin-scroll" tabindex="0" role="region" aria-label="{html(caption)}"><table class="setu-admin-table">'
        f"<caption>{html(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
