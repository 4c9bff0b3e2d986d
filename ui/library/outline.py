"""The articles of a document as a list to move by: a navigation of the page itself, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import streamlit as st

from ingest.records import Block
from kb.records import PageView
from ui.i18n import Strings

CSS: Final = """
:host { display: block; }
nav { max-height: 60vh; overflow-y: auto; border: 1px solid var(--st-border-color); border-radius: 6px; padding: 0.4rem 0; }
ol { list-style: none; margin: 0; padding: 0; }
button { font: inherit; font-size: 0.875rem; line-height: 1.6; color: var(--st-text-color); background: none; border: 0; cursor: pointer;
  text-align: left; width: 100%; padding: 0.25rem 0.8rem; overflow-wrap: anywhere; border-left: 3px solid transparent; }
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
button[aria-current] { border-left-color: var(--st-primary-color); font-weight: 600; }
small { opacity: 0.8; white-space: nowrap; }
:lang(mr), :lang(hi), :lang(ja) { line-height: 1.75; }
"""
JS: Final = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("nav");
  const tree = root.getRootNode();
  const focused = tree.activeElement ? tree.activeElement.dataset.start : undefined;
  root.setAttribute("aria-label", data.label);
  const list = document.createElement("ol");
  for (const heading of data.headings) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.text + " ";
    button.lang = heading.lang;
    button.style.paddingLeft = 0.8 + 0.9 * heading.depth + "rem";
    button.dataset.start = heading.start;
    if (heading.start === data.current) button.setAttribute("aria-current", "true");
    const place = document.createElement("small");
    place.textContent = heading.place;
    button.append(place);
    button.onclick = () => setTriggerValue("open", heading.start);
    item.append(button);
    list.append(item);
  }
  root.replaceChildren(list);
  if (focused) { const again = root.querySelector('[data-start="' + focused + '"]'); if (again) again.focus(); }
}
"""
"""Constant: headings come as data and are only ever set as text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """An article, chapter or heading: its words, how deep it lies, the span of its line, and the page it is on."""

    text: str
    depth: int
    start: int
    end: int
    page: int
    lang: str


def headings(blocks: Sequence[Block]) -> list[Heading]:
    """The headings of an outline; lines of one heading, and of one title, are one entry."""
    found: list[Heading] = []
    last: tuple[object, ...] = ()
    for block in blocks:
        if block.role not in ("title", "heading"):
            last = ()
            continue
        same = (block.role, block.path)
        if same == last and found:
            one = found[-1]
            text = one.text if block.path else f"{one.text} {block.text}"
            found[-1] = Heading(text, one.depth, one.start, block.end, one.page, one.lang)
        else:
            text = block.path[-1] if block.path else block.text
            found.append(Heading(" ".join(text.split()), max(0, len(block.path) - 1), block.start, block.end, block.page, block.language))
        last = same
    return found


@cache
def _outline() -> Callable[..., Any]:
    made: Callable[..., Any] = st.components.v2.component("setu_outline", html="<nav></nav>", css=CSS, js=JS)
    return made


def outline(
    found: Sequence[Heading], pages: Sequence[PageView], current: int | None, words: Strings, on_open: Callable[[Heading], None], key: str
) -> None:
    """Draw the list; ``current`` is where the open one begins."""
    labels = {page.number: page.label for page in pages}

    def opened() -> None:
        start = st.session_state[key].open
        chosen = next((h for h in found if h.start == start), None)
        if chosen is not None:
            on_open(chosen)

    _outline()(
        key=key,
        data={
            "label": words("library.document.outline"),
            "current": current,
            "headings": [
                {
                    "text": h.text,
                    "depth": h.depth,
                    "start": h.start,
                    "lang": h.lang,
                    "place": words("place.page", label=labels.get(h.page, h.page)),
                }
                for h in found
            ],
        },
        on_open_change=opened,
    )
