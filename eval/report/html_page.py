"""A page that is one file: no script, nothing fetched, readable by day and by night, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever a quote of a paper may hold, the page runs nothing and fetches nothing."""

_STYLE = """
:root { color-scheme: light dark; --back: #fcfcfa; --panel: #f2f3f0; --ink: #1c2230; --soft: #59616f; --line: #cfd3d8;
  --one: #1d5cb8; --two: #b3500a; --three: #2b7747; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #14171d; --panel: #1d222b; --ink: #e7e9ee; --soft: #a5adba; --line: #3a414d;
  --one: #82b1ff; --two: #ffb068; --three: #7fd19b; --bad: #ff9c94; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans Devanagari", "Noto Sans CJK JP", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { max-width: 46rem; margin: .35rem 0; }
.soft, figcaption, caption { color: var(--soft); font-size: .9rem; }
.beside { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
.beside > * { flex: 1 1 22rem; min-width: 0; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .3rem .65rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th { font-weight: 600; } thead th { vertical-align: bottom; color: var(--soft); }
th:first-child, td:first-child, .words td, .words th { text-align: left; }
.words table { width: 100%; } .words td { overflow-wrap: anywhere; }
tr.all > * { background: var(--panel); } .words th { white-space: nowrap; }
figure { margin: .75rem 0; } svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 13px; font-family: inherit; } svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--line); } svg .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
.one { fill: var(--one); stroke: var(--one); } .two { fill: var(--two); stroke: var(--two); }
.three { fill: var(--three); stroke: var(--three); }
.bad { color: var(--bad); } .good { color: var(--three); }
summary { cursor: pointer; font-weight: 600; margin: .75rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
"""

_ALL = ("All", "all")

LANGUAGES = {"mr": "Marathi", "hi": "Hindi", "en": "English", "ja": "Japanese"}


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is markup already; everything else is escaped where it is set."""

    text: str


Cell = str | int | float | None | Html


def text(cell: Cell) -> str:
    """What stands in a cell: a share with three places, a count as it is, "–" for nothing."""
    if isinstance(cell, Html):
        return cell.text
    if cell is None:
        return "–"
    return f"{cell:.3f}" if isinstance(cell, float) else escape(str(cell))


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], *, words: bool = False, whole: Sequence[str] = _ALL) -> str:
    """A table whose first column names the row; ``words``: of sentences, not figures. Rows named in ``whole`` are set off."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(_row(cells, whole) for cells in rows)
    kind = "scroll words" if words else "scroll"
    over = "" if words else f"<caption>{escape(caption)}</caption>"
    # A region that scrolls can be reached with the keyboard.
    return (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(caption)}"><table>{over}'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>\n"
    )


def _row(cells: Sequence[Cell], whole: Sequence[str]) -> str:
    kind = ' class="all"' if cells[0] in whole else ""
    return f'<tr{kind}><th scope="row">{text(cells[0])}</th>' + "".join(f"<td>{text(cell)}</td>" for cell in cells[1:]) + "</tr>\n"


def facts(pairs: Sequence[tuple[str, Cell]]) -> str:
    """Names with values; those without a value are left out."""
    return (
        "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{text(value)}</dd>" for name, value in pairs if value not in (None, "")) + "</dl>\n"
    )


def section(title: str, *parts: str) -> str:
    """A part of the page under a heading."""
    return f"<section><h2>{escape(title)}</h2>\n{''.join(parts)}</section>\n"


def beside(*parts: str) -> str:
    """Parts side by side where there is room."""
    return f'<div class="beside">{"".join(f"<div>{part}</div>" for part in parts)}</div>\n'


def note(words: str) -> str:
    """A sentence that explains figures."""
    return f'<p class="soft">{escape(words)}</p>\n'


def in_language(words: str, language: str) -> Html:
    """Words marked with their language, so that they are read out and drawn rightly."""
    return Html(f'<span lang="{escape(language)}">{escape(words)}</span>')


def language_name(code: str) -> str:
    """The English name of one of the four languages."""
    return LANGUAGES.get(code, code)


def page(title: str, parts: Sequence[str]) -> str:
    """The whole file."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"{''.join(parts)}</main>\n</body>\n</html>\n"
    )
