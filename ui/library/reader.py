"""A document read on its own: its pages as text or as images, with a span marked, and its articles beside them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from ingest.tasks import DrawPage
from kb import KnowledgeBase
from kb.records import PageView
from ui.i18n import Strings
from ui.leaf import DRAWN, images, page_text, picture, turner
from ui.library import address
from ui.library.outline import Heading, headings, outline
from ui.markup import label


def reading_view(kb: KnowledgeBase, document_id: int, version: int, words: Strings) -> Heading | None:
    """Draw the text of a version beside its articles; the article that is open, for a question about it alone."""
    pages = kb.pages(document_id, version)
    if not pages:
        st.warning(words("source.no_text"))
        return None
    found = headings(kb.outline(document_id, version))
    span = address.pair("at") or (0, 0)
    current = next((h for h in found if h.start == span[0] and span[1]), None)
    if found:
        beside, middle = st.columns([2, 5], gap="medium")
        with beside:
            outline(found, pages, current.start if current else None, words, _open, f"library-outline-{words.language}")
    else:
        middle = st.container()
    with middle:
        _pages(kb, document_id, version, pages, span, words)
    return current


def _open(heading: Heading) -> None:
    address.put("at", f"{heading.start}.{heading.end}")
    address.put("page", heading.page)


def _pages(kb: KnowledgeBase, document_id: int, version: int, pages: Sequence[PageView], span: tuple[int, int], words: Strings) -> None:
    marked = next((p for p in pages if span[1] and p.start <= span[0] < p.end), None)
    shown = next((p for p in pages if p.number == address.number("page")), marked or pages[0])
    original = kb.original(document_id, version)
    drawable = original is not None and original.suffix in DRAWN
    if drawable:
        images().warm()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="library-turner"):
        if len(pages) > 1:
            turner(pages, shown, words, partial(address.put, "page"), "library-")
        image = drawable and _wants_image(words)
    if shown.method != "markup":
        st.caption(words("source.read_by", method=words(f"method.{shown.method}"), percent=round(100 * shown.quality)))
    if shown.note:
        st.warning(label(shown.note))
    if image and original is not None and _image(kb, original, document_id, version, shown, span, words):
        return
    if shown.text.strip():
        page_text(shown, *span, words)
    elif not shown.note:
        st.info(words("source.no_text"))


def _wants_image(words: Strings) -> bool:
    chosen = st.segmented_control(
        words("library.document.show_as"), ("text", "image"), default="text", format_func=lambda v: words(f"source.{v}"),
        key=f"library-as-{words.language}", required=True, label_visibility="collapsed",
    )  # fmt: skip
    return chosen == "image"


def _image(
    kb: KnowledgeBase, original: Path, document_id: int, version: int, shown: PageView, span: tuple[int, int], words: Strings
) -> bool:
    """Draw the picture of the page; False where there is none."""
    first, last = max(0, span[0] - shown.start), min(span[1] - shown.start, len(shown.text))
    quote = shown.text[first:last] if first < last else ""
    boxes = kb.word_boxes(document_id, shown.number, version) if quote and shown.method == "ocr" else b""
    alt = words("source.of", label=shown.label, number=shown.number, total=shown.document.pages)
    return picture(DrawPage(original, shown.number, quote, shown.text[:first] if quote else "", boxes), alt, words) is not None
