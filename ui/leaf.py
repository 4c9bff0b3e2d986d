"""One page of a document among its pages, wherever it is read: turning to the next, its picture, and the move to what is marked in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import streamlit as st

from ingest.page_images import ImageError, PageImages
from ingest.tasks import DrawPage
from kb.records import PageView
from ui.i18n import Strings
from ui.limits import READER_KEY, visitor
from ui.markup import Doubt, html, page_html

DRAWN: Final = frozenset((".pdf", ".image"))
"""Endings of kept originals whose pages can be drawn: a photo is a page as well as one of a PDF."""
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


def page_text(page: PageView, start: int, end: int, words: Strings) -> None:
    """Draw the text of a page with ``[start, end)`` of its document marked, moved to the mark; words that may be misread are dotted."""
    if page.doubtful:
        st.caption(words("doubt.note"))
    doubt = Doubt([(first - page.start, last - page.start) for first, last in page.doubtful], words("doubt.title"))
    st.html(page_html(page.text, page.language, start - page.start, end - page.start, doubt))
    st.html(_SCROLL % (start, end, page.number), unsafe_allow_javascript=True)


@cache
def images() -> PageImages:
    """The pictures of pages of this server, drawn by other processes."""
    return PageImages()


def picture(page: DrawPage, alt: str, words: Strings) -> bool | None:
    """Draw the picture of a page, and say whether the quote was found on it; where there is none, say so and draw nothing (None)."""
    try:
        with st.spinner(words("source.image_drawing")):
            drawn = images().image(page, visitor(), _stop_if_gone)
    except ImageError as error:
        st.warning(words(f"source.image_{error.reason}"))
        return None
    st.image(drawn.png, width="stretch", alt=alt)
    return drawn.lines > 0


def _stop_if_gone() -> None:
    """End this run of the page where its reader has moved on: Streamlit looks for that whenever the state of the session is asked."""
    _ = READER_KEY in st.session_state
