"""The overview of a paper on the page of the library: lines that open where they stand, and questions that ask the paper alone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.answer.overview.overview import Overview
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import Cell, Citation, DocumentInfo
from ui.cli.answer_output import what_it_is
from ui.components import query_params
from ui.components.answer_wording import page_words, place_of
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.jobs.ingest_jobs import Items
from ui.jobs.runner import Job
from ui.pages.library import library_params


def overview_view(kb: KnowledgeBase, info: DocumentInfo, words: Strings, *, key: str, expanded: bool) -> None:
    """Draw the overview of a paper that is in use; it is made the first time that somebody looks at it."""
    with st.expander(words("library.overview.title"), icon=":material/summarize:", expanded=expanded, key=f"library-overview-{key}"):
        try:
            with st.spinner(words("library.overview.making")):
                told = kb.overview(info.id, words.language)
        except UnknownDocumentError:
            st.info(words("library.document.gone"))
            return
        except KnowledgeBaseError as error:
            st.info(label(words("library.overview.none", reason=str(error))))
            return
        _told(told, words, key, titled=key.startswith("job") or told.paper.id != info.id)


def of_upload(kb: KnowledgeBase, job: Job[Items], words: Strings) -> None:
    """Draw the overview of a paper that an upload brought; of several, the one that is chosen."""
    brought = {o.source for item in job.progress for o in item.outcomes if o.result in ("added", "updated")}
    papers = [info for info in kb.documents() if info.source in brought and info.state == "published"]
    if not papers:
        return
    chosen: int | None = papers[0].id
    if len(papers) > 1:
        titles = {info.id: info.title for info in papers}
        chosen = st.selectbox(
            words("library.overview.choose"), list(titles), index=None, format_func=lambda number: titles[number],
            placeholder=words("library.overview.choose_hint"), key=f"library-overview-of-{job.id}-{words.language}",
        )  # fmt: skip
    paper = next((info for info in papers if info.id == chosen), None)
    if paper is not None:
        overview_view(kb, paper, words, key=f"job-{paper.id}", expanded=True)


def _told(told: Overview, words: Strings, key: str, *, titled: bool) -> None:
    paper = told.paper
    title = f'<div class="setu-over" lang="{paper.language}">{html(paper.title)}</div>' if titled else ""
    st.html(f'{title}<div class="setu-facts">{html(what_it_is(told, words))}</div>')
    if paper.language != words.language:
        st.caption(words("library.overview.foreign", language=words(f"language.{paper.language}")))
    for at, row in enumerate(told.lines.rows):
        _line(told, row, words, f"{key}-{at}")
    if not told.lines.rows:
        st.html(f'<div class="setu-facts">{html(words("library.overview.nothing"))}</div>')
    if told.questions:
        st.html(f'<div class="setu-over">{html(words("library.overview.questions"))}</div>')
    with st.container(key=f"library-overview-asked-{key}", gap="xsmall"):
        for at, one in enumerate(told.questions):
            if st.button(label(one.text), key=f"library-overview-question-{key}-{at}", icon=":material/chat:"):
                query_params.ask_next(one.text)
                query_params.go("chat", library_params.asked_alone(paper.id))


def _line(told: Overview, row: Sequence[Cell], words: Strings, key: str) -> None:
    named, said, *more = row
    head = f"<strong>{html(named.text)}</strong>: " if named.text else ""
    beside = "".join(f'<div class="setu-facts">{html(cell.text)}</div>' for cell in more)
    with st.container(key=f"library-overview-line-{key}"):
        text, chips = st.columns((11, 2), gap="small")
        text.html(f'<div>{head}<span lang="{told.paper.language}">{html(said.text)}</span></div>{beside}')
        pages: set[int] = set()
        for at in said.cited:
            citation = told.statements[at].citations[0]
            if citation.page not in pages:  # one place a page: the rest of the line stands near it
                pages.add(citation.page)
                with chips:
                    _chip(citation, words, f"{key}-{at}")


def _chip(citation: Citation, words: Strings, key: str) -> None:
    """The place of a quote; it opens the paper there, with the quote marked."""
    st.button(
        label(page_words(citation, words)), key=f"library-overview-chip-{key}", type="tertiary", icon=":material/article:",
        on_click=_open, args=(citation,), help=label(place_of(citation, words)),
    )  # fmt: skip


def _open(citation: Citation) -> None:
    if library_params.DOCUMENT.get() != citation.document_id:
        library_params.open_document(citation.document_id)
    library_params.read_at((citation.start, citation.end), citation.version)
