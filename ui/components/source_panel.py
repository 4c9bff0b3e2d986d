"""The source beside the answer: the page a quote stands on, with the quote marked.

A page of a document is shown among its pages, wherever it is read: turning to the next, its picture, and the move to what is marked in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ingest.processes.messages import DrawPage
from ingest.processes.page_images import ImageError, PageImages
from ingest.records import INSIDE
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError, OriginalsError, UnknownDocumentError
from kb.records import DocumentInfo, PageView, Status, VersionInfo
from ui import assets
from ui.auth.authentication import original_of
from ui.auth.rate_limits import READER_KEY, visitor
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import Doubt, html, label, page_html, status_html
from ui.components.query_params import Opened

DRAWN: Final = frozenset((".pdf", ".image"))
"""Endings of kept originals whose pages can be drawn: a photo is a page as well as one of a PDF."""


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
    st.html(assets.script("scroll_to_mark.js", [start, end, page.number]), unsafe_allow_javascript=True)  # once for every span and page


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


def source_panel(kb: KnowledgeBase, opened: Opened, quote: str | None, words: Strings) -> None:
    """Draw the panel of the open source; ``quote`` is what the answer quoted from there, None where it only found a passage."""
    with st.container(key="source", gap="xsmall"):
        try:
            pages = kb.pages(opened.document, opened.version)
            text = kb.text(opened.document, opened.version)
        except UnknownDocumentError:
            _header(words("source.title"), "und", words)
            st.warning(words("source.gone"))
            return
        except KnowledgeBaseError as error:
            _header(words("source.title"), "und", words)
            st.error(label(str(error)))
            return
        if not pages:
            _header(words("source.title"), "und", words)
            st.warning(words("source.no_text"))
            return
        if opened.end > len(text):
            st.warning(words("permalink.passage_bad"))
        quoted = next((p for p in pages if p.start <= opened.start < p.end), None)
        shown = next((p for p in pages if p.number == opened.page), quoted or pages[0])
        _draw(kb, opened, words, pages, quoted, shown, None if quote is None else text[opened.start : opened.end] == quote)


def beside_source(key: str) -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """The two parts of a page on which sources open: its own, under a key, and that of the source, None where none is open."""
    if query_params.opened() is None:
        return st.container(key=key), None
    left, right = st.columns([11, 10], gap="large")
    return left.container(key=key), right


def span_panel(kb: KnowledgeBase, right: DeltaGenerator | None, words: Strings) -> None:
    """Draw the open source of a page whose lines quote just the span that they open: a line of a card, a passage of the map."""
    opened = query_params.opened()
    if opened is not None and right is not None:
        with right:
            source_panel(kb, opened, span_text(kb, opened), words)


def span_text(kb: KnowledgeBase, opened: Opened) -> str | None:
    """What stands at the open span, where what quotes it is that span itself: a line of a card, a passage of the map."""
    try:
        return kb.text(opened.document, opened.version)[opened.start : opened.end] or None
    except KnowledgeBaseError:
        return None


def _draw(
    kb: KnowledgeBase,
    opened: Opened,
    words: Strings,
    pages: Sequence[PageView],
    quoted: PageView | None,
    shown: PageView,
    stands: bool | None,
) -> None:
    info = shown.document
    version = next((v for v in kb.history(opened.document) if v.number == shown.version), None)
    if version is not None and version.state == "superseded":
        # What was quoted is told as it was then; a document that is out of use has no title of its own any more.
        info = replace(info, title=version.title, kind=version.kind, language=version.language, date=version.date)
    _header(info.title, info.language, words)
    _facts(kb, opened, words, info, shown.version, stands)
    _outdated(words, info, version)
    if len(pages) > 1:
        _page_turner(words, pages, quoted, shown)
    _read_by(words, shown)
    name = kept_name(kb, opened.document, opened.version)
    drawable = PurePosixPath(name or "").suffix in DRAWN
    if drawable:
        images().warm()
    if not (drawable and _wants_image(words) and _image(kb, opened, words, shown, quoted)):
        _text(words, opened, shown)
    _download(kb, words, info, opened.version, name)


def _header(title: str, language: str, words: Strings) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
        st.html(f'<div class="setu-over">{html(words("source.title"))}</div>', width="content")
        st.button(words("source.close"), key="close", on_click=query_params.close_source, type="tertiary", icon=":material/close:")
    st.html(f'<h2 class="setu-title" lang="{language}">{html(title)}</h2>')


def _outdated(words: Strings, info: DocumentInfo, version: VersionInfo | None) -> None:
    """Say that the quoted version is no longer what is in force, and since when."""
    if version is None or version.state == "current":
        return
    since = words.date(version.retired.date()) if version.retired else "–"
    st.warning(words("place.superseded", date=since, current=info.version) if info.version else words("place.withdrawn", date=since))


def _facts(kb: KnowledgeBase, opened: Opened, words: Strings, info: DocumentInfo, version: int, stands: bool | None) -> None:
    path = next((b.path for b in kb.outline(opened.document, opened.version) if b.start <= opened.start < b.end), ())
    at = (
        words("place.version", version=version)
        if version == info.version or not info.version
        else words("place.version_old", version=version, current=info.version)
    )
    facts = [words(f"kind.{info.kind}"), words(f"language.{info.language}"), words.date(info.date), info.publisher or "", at]
    lines = [" · ".join(f for f in facts if f), " › ".join(path), _file_name(info.source)]
    if info.variants:
        lines.append(words("place.variants", names=" · ".join(variant.name for variant in info.variants)))
    drawn = "".join(f'<div class="setu-facts">{html(line)}</div>' for line in lines if line)
    if stands is not None:
        doubtful = stands and kb.doubtful(opened.document, opened.version, opened.start, opened.end)
        status: Status = "unsupported" if not stands else "partial" if doubtful else "verified"
        drawn += f"<div>{status_html(status, words(f'status.{status}'))}</div>"
    st.html(drawn)


def _page_turner(words: Strings, pages: Sequence[PageView], quoted: PageView | None, shown: PageView) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="turner"):
        turner(pages, shown, words, query_params.turn_to)
    if quoted is not None and quoted.number != shown.number:
        st.button(
            words("source.quote_page"),
            key="back",
            on_click=query_params.turn_to,
            args=(quoted.number,),
            type="tertiary",
            icon=":material/undo:",
        )


def _wants_image(words: Strings) -> bool:
    views = ("text", "image")
    chosen = st.segmented_control(
        words("source.title"), views, default="text", format_func=lambda v: words(f"source.{v}"), key=f"view-{words.language}",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    return chosen == "image"


def _read_by(words: Strings, shown: PageView) -> None:
    """How the text of a page of a PDF was had, and how much of it is thought to be right."""
    if shown.method != "markup":
        st.caption(words("source.read_by", method=words(f"method.{shown.method}"), percent=round(100 * shown.quality)))


def _text(words: Strings, opened: Opened, shown: PageView) -> None:
    if shown.method == "ocr":
        st.info(words("source.method_ocr"))
    if shown.note:
        st.warning(label(shown.note))
    if shown.text.strip():
        page_text(shown, opened.start, opened.end, words)
    elif not shown.note:
        st.info(words("source.no_text"))


def _image(kb: KnowledgeBase, opened: Opened, words: Strings, shown: PageView, quoted: PageView | None) -> bool:
    """Draw the picture of the page; False where there is none."""
    original = kept_file(kb, opened.document, opened.version)
    if original is None:
        return False
    quote, before = "", ""
    if quoted is not None and quoted.number == shown.number:
        first = opened.start - shown.start
        quote, before = shown.text[first : opened.end - shown.start], shown.text[:first]
    boxes = kb.word_boxes(opened.document, shown.number, opened.version) if quote and shown.method == "ocr" else b""
    alt = words("source.of", label=shown.label, number=shown.number, total=shown.document.pages)
    found = picture(DrawPage(original, shown.number, quote, before, boxes), alt, words)
    if quote and found is False:
        st.caption(words("source.image_elsewhere"))
    return found is not None


def _download(kb: KnowledgeBase, words: Strings, info: DocumentInfo, version: int, name: str | None) -> None:
    if name is None:
        st.caption(words("source.original_missing"))
    if not name:
        return
    st.download_button(
        words("source.download"), data=original_of(kb, info.id, version), file_name=_file_name(info.source) or name,
        mime="application/octet-stream", key="download", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def kept_name(kb: KnowledgeBase, document_id: int, version: int) -> str | None:
    """What the kept file of a version is called; None where there is none. Where its place cannot be used that is said, and this is ""."""
    try:
        return kb.original_name(document_id, version)
    except OriginalsError as error:
        st.warning(label(str(error)))
        return ""


def kept_file(kb: KnowledgeBase, document_id: int, version: int) -> Path | None:
    """The kept file of a version, brought here; None where there is none. Where its place cannot be used that is said."""
    try:
        return kb.original(document_id, version)
    except OriginalsError as error:
        st.warning(label(str(error)))
        return None


def _file_name(source: str) -> str:
    """The last name in a path, an address, or a member of an archive."""
    last = source.rsplit(INSIDE, 1)[-1]
    return PurePosixPath(urlsplit(last).path if "://" in last else last).name
