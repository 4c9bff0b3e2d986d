"""The list of documents as a table of the page itself: real headers, rows and links, for a keyboard and a screen reader.

How the pages of a document were read is one line in it: which share by which method, and how much of it is thought to be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import streamlit as st

from kb.records import PageView
from ui.components.i18n import Strings


@dataclass(frozen=True, slots=True)
class Quality:
    """Pages by method, the most used first; ``mean`` in [0, 1] over the pages whose text was read off them, None where none was."""

    methods: tuple[tuple[str, int], ...]
    mean: float | None

    @classmethod
    def of(cls, pages: Sequence[PageView]) -> Quality:
        """That of the pages of a version."""
        measured = [page.quality for page in pages if page.method in ("text_layer", "ocr")]
        return cls(tuple(Counter(page.method for page in pages).most_common()), sum(measured) / len(measured) if measured else None)


def worded(quality: Quality, words: Strings) -> str:
    """``OCR 25 %, text layer 75 % · quality 97 %``; one method alone needs no share."""
    total = sum(count for _, count in quality.methods)
    if not total:
        return ""
    shares = [(words(f"library.method.{method}"), count) for method, count in quality.methods]
    said = shares[0][0] if len(shares) == 1 else ", ".join(f"{name} {_percent(count / total)}" for name, count in shares)
    return said if quality.mean is None else f"{said} · {words('library.quality_mean', percent=_percent(quality.mean))}"


def _percent(share: float) -> str:
    """A share that is neither nothing nor all is not rounded to either."""
    return f"{min(max(round(100 * share), 1), 99) if 0 < share < 1 else round(100 * share)}\N{NO-BREAK SPACE}%"


CSS: Final = """
:host { display: block; }
table { width: 100%; border-collapse: collapse; font: inherit; color: var(--st-text-color); }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.6rem; border-bottom: 1px solid var(--st-border-color);
  font-size: 0.875rem; line-height: 1.6; font-weight: 400; overflow-wrap: break-word; }
thead th { font-weight: 600; white-space: nowrap; line-height: 1.9; }
thead button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
thead button:hover { text-decoration: underline; }
a { color: var(--st-link-color, var(--st-primary-color)); font-size: 0.95rem; font-weight: 550; }
a:focus-visible, button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; border-radius: 3px; }
.file, .note { font-size: 0.8rem; line-height: 1.6; }
.file { opacity: 0.8; }
tbody th { min-width: 15rem; width: 34%; overflow-wrap: anywhere; }
tbody th:last-child { width: 100%; }
td.state { white-space: nowrap; }
td.tick { width: 1.6rem; padding-right: 0; }
td.tick input { width: 1.1rem; height: 1.1rem; accent-color: var(--st-primary-color); cursor: pointer; }
td.tick input:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
:lang(mr), :lang(hi), :lang(ja) { line-height: 1.75; }
@media (max-width: 900px) {
  table, tbody, tr, tbody th, td, thead, thead tr { display: block; width: auto; min-width: 0; }
  thead tr { display: flex; flex-wrap: wrap; gap: 0 0.9rem; border-bottom: 1px solid var(--st-border-color); }
  thead th { border: 0; padding: 0.15rem 0; }
  tbody tr { border-bottom: 1px solid var(--st-border-color); padding: 0.6rem 0; }
  tbody th, td { border: 0; padding: 0.05rem 0; text-align: left; }
  td, td.count { display: inline-block; text-align: left; margin-right: 0.9rem; }
  td:empty { display: none; }
  td::before { content: attr(data-label) ": "; opacity: 0.8; }
}
"""
JS: Final = """
export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".list");
  const tree = root.getRootNode();
  const focused = tree.activeElement && tree.activeElement.dataset ? tree.activeElement.dataset.key : undefined;
  const make = (tag, role, text, lang) => {
    const element = document.createElement(tag);
    if (role) element.setAttribute("role", role);
    if (text !== undefined) element.textContent = text;
    if (lang) element.lang = lang;
    return element;
  };
  const table = make("table", "table");
  table.append(make("caption", "", data.caption));
  const head = make("thead", "rowgroup");
  const names = make("tr", "row");
  const ticked = new Set(data.rows.filter((row) => row.ticked).map((row) => row.id));
  const box = (name, on, key, change) => {
    const cell = make("td", "cell");
    cell.className = "tick";
    const input = make("input");
    input.type = "checkbox";
    input.checked = on;
    input.setAttribute("aria-label", name);
    input.dataset.key = key;
    input.onchange = () => { change(input.checked); setStateValue("ticked", [...ticked]); };
    cell.append(input);
    return cell;
  };
  if (data.tick_all) names.append(box(data.tick_all, ticked.size === data.rows.length, "tick-all", (on) => {
    data.rows.forEach((row) => (on ? ticked.add(row.id) : ticked.delete(row.id)));
  }));
  for (const column of data.columns) {
    const cell = make("th", "columnheader");
    cell.scope = "col";
    if (column.sort) {
      cell.setAttribute("aria-sort", column.sort);
      const arrow = column.sort === "ascending" ? " ▲" : column.sort === "descending" ? " ▼" : "";
      const button = make("button", "", column.label);
      if (arrow) { const sign = make("span", "", arrow); sign.setAttribute("aria-hidden", "true"); button.append(sign); }
      button.type = "button";
      button.title = data.sort_by;
      button.dataset.key = "sort-" + column.key;
      button.onclick = () => setTriggerValue("sort", column.key);
      cell.append(button);
    } else {
      cell.textContent = column.label;
    }
    names.append(cell);
  }
  head.append(names);
  const body = make("tbody", "rowgroup");
  for (const row of data.rows) {
    const line = make("tr", "row");
    if (data.tick_all) line.append(box(row.tick, row.ticked, "tick-" + row.id, (on) => {
      if (on) ticked.add(row.id); else ticked.delete(row.id);
    }));
    const first = make("th", "rowheader");
    first.scope = "row";
    const link = make("a", "", row.title, row.lang);
    link.href = row.href;
    link.dataset.key = "row-" + row.id;
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      setTriggerValue("open", row.id);
    };
    first.append(link, make("div", "", row.file));
    first.lastChild.className = "file";
    if (row.why) { first.append(make("div", "", row.why)); first.lastChild.className = "note"; }
    if (row.note) { first.append(make("div", "", row.note, "en")); first.lastChild.className = "note"; }
    line.append(first);
    row.cells.forEach((text, at) => {
      const cell = make("td", "cell", text);
      cell.dataset.label = data.columns[at + 1].label;
      cell.className = data.columns[at + 1].count ? "count" : data.columns[at + 1].key === "state" ? "state" : "";
      line.append(cell);
    });
    body.append(line);
  }
  table.append(head, body);
  root.replaceChildren(table);
  if (focused) { const again = root.querySelector('[data-key="' + focused + '"]'); if (again) again.focus(); }
}
"""
"""Constant: what stands in the table comes as data and is only ever set as text. The roles are said again, since the narrow form lays
rows out as blocks, which would take them from a screen reader."""


@cache
def _table() -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component("setu_library", html='<div class="list"></div>', css=CSS, js=JS)
    return made


def table(
    data: Mapping[str, object],
    *,
    key: str,
    on_open: Callable[[int], None],
    on_sort: Callable[[str], None],
    on_tick: Callable[[Sequence[int]], None],
    columns: Sequence[str],
) -> None:
    """Draw the table; ``columns`` are the keys by which it may be sorted, and what comes from the browser is checked against them.

    With the name of a box for all in ``tick_all`` of the data, each row has a box.
    """

    def opened() -> None:
        chosen = st.session_state[key].open
        if isinstance(chosen, int):
            on_open(chosen)

    def sorted_by() -> None:
        chosen = st.session_state[key].sort
        if chosen in columns:
            on_sort(chosen)

    def ticked() -> None:
        chosen = st.session_state[key].ticked
        on_tick([one for one in chosen if isinstance(one, int)] if isinstance(chosen, list | tuple) else [])

    _table()(key=key, data=dict(data), on_open_change=opened, on_sort_change=sorted_by, on_ticked_change=ticked)
