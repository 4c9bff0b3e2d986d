"""A document read on its own: its pages as text or as images, with a span marked, and its articles beside them to move by.

The list of articles is a navigation of the page itself, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import streamlit as st

from ingest.processes.messages import DrawPage
from ingest.records import Block
from kb import KnowledgeBase
from kb.records import PageView
from ui import assets
from ui.components.i18n import Strings
from ui.components.markup import label
from ui.components.source_panel import DRAWN, images, kept_file, kept_name, page_text, picture, turner
from ui.pages.library import library_params


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

    assets.component("outline")(
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


def reading_view(kb: KnowledgeBase, document_id: int, version: int, words: Strings) -> Heading | None:
    """Draw the text of a version beside its articles; the article that is open, for a question about it alone."""
    pages = kb.pages(document_id, version)
    if not pages:
        st.warning(words("source.no_text"))
        return None
    found = headings(kb.outline(document_id, version))
    span = library_params.AT.get() or (0, 0)
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
    library_params.AT.put((heading.start, heading.end))
    library_params.PAGE_SHOWN.put(heading.page)


def _pages(kb: KnowledgeBase, document_id: int, version: int, pages: Sequence[PageView], span: tuple[int, int], words: Strings) -> None:
    marked = next((p for p in pages if span[1] and p.start <= span[0] < p.end), None)
    shown = next((p for p in pages if p.number == library_params.PAGE_SHOWN.get()), marked or pages[0])
    drawable = PurePosixPath(kept_name(kb, document_id, version) or "").suffix in DRAWN
    if drawable:
        images().warm()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="library-turner"):
        if len(pages) > 1:
            turner(pages, shown, words, library_params.PAGE_SHOWN.put, "library-")
        image = drawable and _wants_image(words)
    if shown.method != "markup":
        st.caption(words("source.read_by", method=words(f"method.{shown.method}"), percent=round(100 * shown.quality)))
    if shown.note:
        st.warning(label(shown.note))
    if image and _image(kb, document_id, version, shown, span, words):
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


def _image(kb: KnowledgeBase, document_id: int, version: int, shown: PageView, span: tuple[int, int], words: Strings) -> bool:
    """Draw the picture of the page; False where there is none."""
    original = kept_file(kb, document_id, version)
    if original is None:
        return False
    first, last = max(0, span[0] - shown.start), min(span[1] - shown.start, len(shown.text))
    quote = shown.text[first:last] if first < last else ""
    boxes = kb.word_boxes(document_id, shown.number, version) if quote and shown.method == "ocr" else b""
    alt = words("source.of", label=shown.label, number=shown.number, total=shown.document.pages)
    return picture(DrawPage(original, shown.number, quote, shown.text[:first] if quote else "", boxes), alt, words) is not None
