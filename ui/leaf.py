"""One page of a document among its pages, wherever it is read: turning to the next, its picture, and the move to what is marked in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from kb.records import PageView
from ui.i18n import Strings
from ui.markup import html, page_html
from ui.pageimage import page_image

_SCROLL: Final = """<script>
// %d.%d.%d
for (const mark of document.querySelectorAll("#setu-mark")) {
  const box = mark.closest(".setu-page");
  if (box) box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
}
if (window.innerWidth <= 900) document.querySelector(".st-key-source")?.scrollIntoView();
</script>"""
"""Moves the text box; on a narrow screen, where a source stands above the answer, also the window. Constant but for three numbers,
which make a script that runs again for every span and page: no text of a document ever gets into it."""


def turner(pages: Sequence[PageView], shown: PageView, words: Strings, turn: Callable[[int], None], key: str = "") -> None:
    """Draw the buttons that lead to the page before and after, and between them which one it is.

    Args:
        pages: all of them, in order.
        shown: the one that is shown.
        words: the interface strings.
        turn: shows another page, by its number.
        key: what the keys of the buttons begin with.
    """
    numbers = [page.number for page in pages]
    at = numbers.index(shown.number)
    st.button(
        words("source.previous"), key=f"{key}previous", icon=":material/chevron_left:", disabled=at == 0, on_click=turn,
        args=(numbers[max(at - 1, 0)],),
    )  # fmt: skip
    st.html(
        f'<div class="setu-pageno">{html(words("source.of", label=shown.label, number=at + 1, total=len(pages)))}</div>', width="content"
    )
    st.button(
        words("source.next"), key=f"{key}next", icon=":material/chevron_right:", icon_position="right", disabled=at == len(pages) - 1,
        on_click=turn, args=(numbers[min(at + 1, len(pages) - 1)],),
    )  # fmt: skip


def page_text(page: PageView, start: int, end: int) -> None:
    """Draw the text of a page with ``[start, end)`` of its document marked, moved to the mark."""
    st.html(page_html(page.text, page.language, start - page.start, end - page.start))
    st.html(_SCROLL % (start, end, page.number), unsafe_allow_javascript=True)


@st.cache_data(max_entries=48, show_spinner=False)
def picture(original: Path, number: int, quote: str, before: str, boxes: bytes) -> tuple[bytes, int]:
    """`ui.pageimage.page_image`, remembered: a kept original never changes, its name is its content hash."""
    return page_image(original, number, quote, before=before, boxes=boxes)
