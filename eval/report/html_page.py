"""A page that is one file: no script, nothing fetched, readable by day and by night, on paper and by a screen reader.

``page.html`` beside this module holds the markup of its parts, as macros of Jinja.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eval.metrics.comparison import Interval

_ALL = ("All", "all")
LANGUAGES = {"mr": "Marathi", "hi": "Hindi", "en": "English", "ja": "Japanese"}
Cell: TypeAlias = str | int | float | None
"""What stands in a table. `Markup`, which is text too, is set as it is; everything else is escaped."""


@cache
def _macros() -> Any:
    pages = Environment(loader=PackageLoader("eval", "report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    pages.filters["cell"] = _cell
    return pages.get_template("page.html").module


def _made(macro: str, *what: Any) -> Markup:
    return Markup(getattr(_macros(), macro)(*what))


def _cell(cell: Cell) -> str | int:
    """A share with three places, a count as it is, "–" for nothing."""
    return "–" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else cell


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], *, words: bool = False, whole: Sequence[str] = _ALL) -> Markup:
    """A table whose first column names the row; ``words``: of sentences, not figures. Rows named in ``whole`` are set off."""
    return _made("table", caption, head, rows, words, whole)


def difference_row(label: str, questions: int, saved: float, new: float, interval: Interval, verdict: str) -> list[Cell]:
    """The row of a table that compares two runs; ``verdict``: the word for that of the interval."""
    kind = {"better": "good", "worse": "bad"}.get(interval.verdict, "")
    between = f"{interval.low:+.3f} … {interval.high:+.3f}"
    return [label, questions, saved, new, f"{interval.difference:+.3f}", between, _made("verdict", verdict, kind)]


def facts(pairs: Sequence[tuple[str, Cell]]) -> Markup:
    """Names with values; those without a value are left out."""
    return _made("facts", pairs)


def section(title: str, *parts: str) -> Markup:
    """A part of the page under a heading."""
    return _made("section", title, parts)


def beside(*parts: str) -> Markup:
    """Parts side by side where there is room."""
    return _made("beside", parts)


def note(words: str) -> Markup:
    """A sentence that explains figures."""
    return _made("note", words)


def folded(title: str, inside: str, *, opened: bool) -> Markup:
    """What can be opened and closed; without anything inside, the title alone."""
    return _made("folded", title, inside, opened)


def quoted(words: str, quotes: Sequence[str]) -> Markup:
    """What became of a question, with the first quote of its answer."""
    return _made("quoted", words, quotes)


def in_language(words: str, language: str) -> Markup:
    """Words marked with their language, so that they are read out and drawn rightly."""
    return _made("in_language", words, language)


def page(title: str, parts: Sequence[str]) -> str:
    """The whole file."""
    return str(_made("page", title, parts))
