"""The page of the library: the list of all documents with its uploads, or the one document that the address names.

Of a document: what it is, its text by its articles, its facts and versions, and questions to it alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import UnknownDocumentError
from kb.records import DocumentInfo
from ui.auth.authentication import entrusted, original_of
from ui.components import query_params
from ui.components.collection_choice import chosen_collections, collections_form, manage
from ui.components.collection_names import names
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.source_panel import kept_name
from ui.jobs.ingest_jobs import member
from ui.jobs.ingest_tasks import again_task, reread_task
from ui.pages.library import library_params, uploads
from ui.pages.library.document_list import last_title, listing, state_words
from ui.pages.library.fact_corrections import facts_view
from ui.pages.library.house_tick import house_tick
from ui.pages.library.library_params import Entry, entry
from ui.pages.library.overview import overview_view
from ui.pages.library.reader import Heading, reading_view
from ui.pages.library.uploads import groups_form, reject_words
from ui.pages.library.versions import versions_view


def document_page(kb: KnowledgeBase, reader: Reader, document_id: int, words: Strings) -> None:
    """Draw the document that the address names."""
    st.button(
        words("library.document.back"),
        key="library-back",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=library_params.leave_document,
    )
    try:
        info = kb.document(document_id)
        versions = kb.history(document_id)
    except UnknownDocumentError:
        st.warning(words("library.document.gone"))
        return
    one = entry(info, lambda d: last_title(kb, d))
    numbers = [v.number for v in versions]
    wanted = library_params.VERSION.get()
    number = wanted if wanted in numbers else info.version or (numbers[-1] if numbers else 0)
    editable = reader.may("editor")
    _heading(kb, one, number, words)
    uploads.watch(kb, reader, words)
    _notes(kb, reader, one, number, words, editable=editable)
    if not number:
        if editable:
            collections_form(kb, info, one.title, words)
            groups_form(kb, reader, info, words)
            house_tick(kb, info, one.title, words)
            versions_view(kb, info, one.title, words, editable=True)
        return
    usable = one.state in ("in_use", "needs_ocr")
    view = _view(document_id, words)
    if view == "facts":
        if editable:
            collections_form(kb, info, one.title, words)
            groups_form(kb, reader, info, words)
            house_tick(kb, info, one.title, words)
        facts_view(kb, document_id, versions[numbers.index(number)], words, editable=editable and usable)
    elif view == "versions":
        versions_view(kb, info, one.title, words, editable=editable)
    else:
        glance = st.container(key="library-glance")
        place = st.container(key="library-ask")
        article = reading_view(kb, document_id, number, words)
        if usable:
            with place:
                _ask(info, article, words)
        if one.state == "in_use" and number == info.version:
            with glance:  # last: it may take seconds the first time, and the paper can be read meanwhile
                overview_view(kb, info, words, key=f"{info.id}", expanded=library_params.AT.get() is None)


def _view(document_id: int, words: Strings) -> library_params.View:
    """The switch between the views. Its own state wins over the address, which a second rerun may still send as it was before a press."""
    key = f"library-view-{words.language}-{document_id}-{library_params.turn()}"
    chosen = st.segmented_control(
        words("library.document.show"), library_params.VIEWS, default=library_params.VIEW.get(),
        format_func=lambda v: words(f"library.view.{v}"),
        key=key, required=True, label_visibility="collapsed",
    )  # fmt: skip
    view: library_params.View = next((v for v in library_params.VIEWS if v == chosen), "read")
    if view != library_params.VIEW.get():
        library_params.VIEW.put(view)
        library_params.FIX.clear()
    return view


def _heading(kb: KnowledgeBase, one: Entry, number: int, words: Strings) -> None:
    info = one.info
    facts = [state_words(one, words)]
    if number:
        facts += [words(f"kind.{info.kind}"), words(f"language.{info.language}"), words.date(info.date), info.publisher or ""]
        facts += [words.count("documents.pages", info.pages), words("place.version", version=number)]
    known = names(kb, words) if info.collections else {}
    facts += [", ".join(known[number] for number in info.collections), ", ".join(info.groups)]
    facts += [words("library.house.mark") if info.in_house else ""]
    st.html(
        f'<h2 class="setu-title" lang="{info.language}">{html(one.title)}</h2>'
        f'<div class="setu-facts">{html(" · ".join(f for f in facts if f))}</div>'
        f'<div class="setu-facts">{html(member(info.source))}</div>'
    )


def _notes(kb: KnowledgeBase, reader: Reader, one: Entry, number: int, words: Strings, *, editable: bool) -> None:
    """What is wrong with the document and what can be done, and what has taken its place."""
    info = one.info
    if number and info.version and number != info.version:
        st.info(words("library.document.old_version", version=number, current=info.version))
    if info.note:
        said = " ".join(part for part in (reject_words(info.reject, words), info.note) if part)
        (st.error if one.state == "rejected" else st.warning)(label(said))
    broken = info.note and one.state != "needs_ocr"
    task = None
    with st.container(horizontal=True):
        if editable and broken and st.button(words("library.document.again"), key="library-again", icon=":material/refresh:"):
            task = again_task(entrusted(kb), info)
        if editable and one.state == "needs_ocr" and _reread_button(words):
            task = reread_task(entrusted(kb), info)
        original = kept_name(kb, info.id, number) if number else None
        if original:
            st.download_button(
                words("source.download"), data=original_of(kb, info.id, number),
                file_name=member(info.source).rsplit("/", 1)[-1] or original,
                mime="application/octet-stream", key="library-download", on_click="ignore", icon=":material/download:", type="tertiary",
            )  # fmt: skip
    if task is not None and uploads.start(reader, [task], words):
        st.rerun()
    replaced = kb.replaced(info.id) if info.version else None
    if replaced is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<div class="setu-note">⚠ {html(words(f"library.replaced.{replaced.relation}"))}</div>', width="content")
            st.button(
                label(replaced.document), key="library-replaced", type="tertiary", on_click=library_params.open_document,
                args=(replaced.document_id,),
            )  # fmt: skip


def _reread_button(words: Strings) -> bool:
    return st.button(
        words("library.document.reread"), key="library-reread", icon=":material/refresh:", help=words("library.document.reread_hint")
    )


def _ask(info: DocumentInfo, article: Heading | None, words: Strings) -> None:
    """A question to this document alone; it begins with the article that is open."""
    begun = f"{article.text}: " if article is not None else ""
    key = f"library-question-{words.language}-{article.start if article else 0}"
    with st.form("library-ask-form", border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        question = st.text_input(words("library.document.ask"), value=begun, key=key, placeholder=words("library.document.ask_hint"))
        asked = st.form_submit_button(words("library.document.ask_button"), type="primary", icon=":material/send:")
    query_params.page_link("chat", words("library.document.ask_chat"), library_params.asked_alone(info.id), icon=":material/chat:")
    if asked and question.strip() and question.strip() != begun.strip():
        query_params.ask_next(question.strip())
        query_params.go("chat", library_params.asked_alone(info.id))


STYLE: Final = Path(__file__).parent / "style.css"


def library_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page."""
    st.html(STYLE)
    with st.container(key="library"):
        if note := st.session_state.pop("library_note", None):
            st.success(label(note), icon=":material/check:")
        chosen = library_params.DOCUMENT.get()
        if chosen is not None:
            document_page(kb, reader, chosen, words)
            return
        everything = kb.documents()
        documents = kb.within(chosen_collections(kb, everything, words)).documents()
        st.html(f'<h2 class="setu-page-title">{html(words("library.title"))}</h2><p class="setu-facts">{html(words("library.about"))}</p>')
        if reader.may("editor"):
            uploads.upload_form(kb, reader, words, expanded=not everything and library_params.JOB.get() is None)
            uploads.watch(kb, reader, words)
            if everything:
                manage(kb, words)
        if everything:
            listing(kb, reader, documents, words)
            return
        st.html(f'<div class="setu-welcome"><h2>{html(words("empty.title"))}</h2><p>{html(words("library.empty"))}</p></div>')
