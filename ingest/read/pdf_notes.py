"""Footnotes: small lines under the text of a column that begin with a mark, and the marks that call them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from ingest.read.pdf_lines import Line

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SMALL = 0.93
_MARK = regex.compile(
    r"(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}|[(\[（〔]?(?:注|註|※)?\s?\p{Nd}{1,3}[)\]）〕.．:：]?(?=\s?\D)|[*†‡§¶※]{1,3}|注)\s*[)\]）〕.．:：]?\s*\S"
)
_CALL = regex.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")


@dataclass(frozen=True, slots=True)
class NotedLines:
    """The lines of a page's text, and its footnotes, each with its lines."""

    text: tuple[Line, ...]
    notes: tuple[tuple[Line, ...], ...]


def with_notes_apart(lines: Sequence[Line], body: float) -> NotedLines:
    """Part footnotes from the text of a page.

    A footnote is smaller than ``body``, the size of the document's text in points, stands below all larger text of its column and begins
    with a number or a sign. The raised numbers that call the notes of the page are taken out of the sentences; other raised numbers stay.
    """
    low = [line for line in lines if line.size <= _SMALL * body and not _has_text_below(line, lines, body)]
    notes: list[list[Line]] = []
    taken: set[int] = set()
    for line in low:
        if _MARK.match(line.text) and not line.follows:
            notes.append([line])
        elif notes and _goes_on(notes[-1][-1], line):
            notes[-1].append(line)
        else:
            continue
        taken.add(id(line))
    text = [line for line in lines if id(line) not in taken]
    if any(_is_row(note) for note in notes):
        # A numbered table in small type.
        return NotedLines(tuple(lines), ())
    if not text or not any(line.size > _SMALL * body for line in text):
        return NotedLines(tuple(lines), ())
    called = {_number(note[0].text) for note in notes}
    return NotedLines(tuple(_without_calls(line, called) for line in text), tuple(tuple(note) for note in notes))


def _has_text_below(line: Line, lines: Sequence[Line], body: float) -> bool:
    """Whether text of the usual size stands further down in the same column."""
    return any(
        other.size > _SMALL * body and other.y0 >= line.y0 and min(other.x1, line.x1) - max(other.x0, line.x0) > 0 for other in lines
    )


def _goes_on(previous: Line, line: Line) -> bool:
    """Whether a line goes on in the footnote that ``previous`` belongs to: the next line of its column, or the same line."""
    down = line.foot - previous.foot
    beside = line.follows and abs(down) < 0.5 * line.size
    return beside or (0 < down < 2.2 * line.size and min(previous.x1, line.x1) - max(previous.x0, line.x0) > 0)


def _is_row(note: Sequence[Line]) -> bool:
    return any(line.follows and line.x0 - before.x1 > 2 * line.size for before, line in itertools.pairwise(note))


def _number(text: str) -> str:
    found = regex.search(r"\p{Nd}{1,3}", text.translate(_DIGITS))
    return str(int(found[0])) if found else ""


def _without_calls(line: Line, called: set[str]) -> Line:
    def kept(match: regex.Match[str]) -> str:
        return "" if match[0].translate(_DIGITS) in called else match[0]

    return replace(line, text=_CALL.sub(kept, line.text)) if called and _CALL.search(line.text) else line
