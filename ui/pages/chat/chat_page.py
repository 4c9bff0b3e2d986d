"""The conversation: questions, and answers that are drawn as they come, with the source of a quote beside them.

Under the last answer stand questions to go on with.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.answer.overview.suggested_questions import followups
from kb.answer.recheck import recheck
from kb.auth.roles import Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.records import (
    Answer,
    DocumentInfo,
    Done,
    Event,
    EvidenceFound,
    Filters,
    LaidOut,
    Looking,
    Refused,
    Searching,
    StatementReady,
    Timings,
    Turn,
    Waiting,
    Writing,
)
from kb.store.user_data.conversations import Conversations
from kb.user_records import Conversation, Exchange
from ui.auth.rate_limits import admitted
from ui.components import downloads, query_params
from ui.components.answer_wording import reading_order, short_titles
from ui.components.collection_choice import chosen_collections, start_page
from ui.components.collection_names import names
from ui.components.i18n import Strings, strings
from ui.components.markup import html, label
from ui.components.permalinks import changed_sources
from ui.components.sidebar import named, sidebar
from ui.components.source_panel import source_panel
from ui.pages.chat.exchange import Drawing
from ui.pages.chat.feedback import forget, under_answer
from ui.pages.chat.history import recent


def suggestions(kb: KnowledgeBase, documents: Sequence[DocumentInfo], said: Sequence[Exchange], titles: Mapping[str, str]) -> None:
    """Draw up to three questions that the papers of the last answer can answer; each is asked when it is pressed.

    ``titles`` has the short form of each title.
    """
    answer = said[-1].answer
    if answer is None:
        return
    offered = followups(answer, [one.question for one in said], documents, kb.blocks_within, kb.fact_views)
    if not offered:
        return
    spoken = strings(answer.language)
    longest = sorted(titles, key=len, reverse=True)
    with st.container(key=f"next-{len(said)}", gap="xsmall"):
        st.html(f'<div class="setu-over" lang="{spoken.language}">{html(spoken("chat.go_on"))}</div>')
        for at, question in enumerate(offered):
            short = next((question.replace(title, titles[title]) for title in longest if title in question), question)
            st.button(label(short), key=f"next-{len(said)}-{at}", on_click=query_params.ask_next, args=(question,))


log = logging.getLogger(__name__)

HISTORY_TURNS: Final = 6
"""Earlier exchanges that are handed to the knowledge base with a question."""


def chat_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page of the chat: its part of the sidebar, and the conversation."""
    query_params.follow(kb.conversations)
    everything = kb.documents()
    chosen = chosen_collections(kb, everything, words)
    within, named_alone = {d.id for d in kb.within(chosen).documents()}, query_params.DOCUMENTS.get()
    documents = [d for d in everything if d.id in within or d.id in named_alone]
    filters = sidebar(documents, words)

    def start() -> None:
        start_page(kb, reader, everything, chosen, words)

    with recent(kb, words):
        papers = [d for d in documents if d.state != "rejected"]
        chat(kb, papers, filters, words, start if any(d.state != "rejected" for d in everything) else None, everything)


def chat(
    kb: KnowledgeBase,
    documents: Sequence[DocumentInfo],
    filters: Filters,
    words: Strings,
    start: Callable[[], None] | None = None,
    everything: Sequence[DocumentInfo] = (),
) -> None:
    """Draw the conversation of the address, ask what was asked, and draw the open source.

    ``documents`` are those of the chosen collections, ``everything`` is all that an earlier question may have named. ``start`` tells what
    is in the collections, and is None where the base has no paper at all.
    """
    kept = kb.conversations
    conversation, lost = query_params.conversation(kept)
    question, replaced = _asked(conversation, words)
    conversation = replace(conversation, exchanges=conversation.exchanges[: len(conversation.exchanges) - len(replaced)])
    opened = query_params.opened()
    key = None if question or conversation.exchanges else query_params.ANSWER.get()
    linked = kept.answered(key) if key is not None else None
    talk: DeltaGenerator
    if opened is None:
        talk = st.container(key="talk")
    else:
        talk, beside = st.columns([11, 10], gap="large")
        with beside:
            source_panel(kb, opened, _quoted(conversation if linked is None else conversation.with_new(linked), opened), words)
    with talk:
        if query_params.broken_passage():
            st.warning(words("permalink.passage_bad"))
        if lost:
            st.info(words("chat.lost"))
        if not documents and start is None:
            _no_documents(words)
        elif key is not None:
            _linked(kb, key, linked, words)
        elif not conversation.exchanges and not question:
            _welcome(words, start)
        _exchanges(kb, documents, conversation, question, replaced, filters, words, everything or documents)


def _exchanges(
    kb: KnowledgeBase,
    documents: Sequence[DocumentInfo],
    conversation: Conversation,
    question: str | None,
    replaced: Sequence[Exchange],
    filters: Filters,
    words: Strings,
    everything: Sequence[DocumentInfo],
) -> None:
    """Draw what was said, and ask what is to be asked; ``replaced`` is the exchange whose place that takes."""
    asked = (filters, *(exchange.filters for exchange in conversation.exchanges))
    known = names(kb, words) if any(one.collections for one in asked) else {}
    searched = f'<div class="setu-active">{html(words("filters.active", filters=named(filters, everything, known, words)))}</div>'
    if replace(filters, collections=()).active and not conversation.exchanges and not question:
        st.html(searched)

    titles = _short(tuple(paper.title for paper in documents))

    def drawing(index: int, question: str, limits: Filters) -> Drawing:
        return Drawing(index, question, words, query_params.raised(conversation.id, index), named(limits, everything, known, words), titles)

    def earlier(index: int, exchange: Exchange, *, last: bool) -> None:
        _redraw(kb, drawing(index, exchange.question, exchange.filters), exchange, last=last)
        if exchange.complete:
            under_answer(kb, conversation.id, index, exchange, words)
        if last and exchange.complete:
            suggestions(kb, documents, (*conversation.exchanges[:index], exchange), titles)

    end = len(conversation.exchanges)
    if end and not question and query_params.newly_opened(conversation.id):
        query_params.raise_question(conversation.id, end - 1 if query_params.opened() is None else -1)  # a link to a source shows that
    for index, exchange in enumerate(conversation.exchanges):
        earlier(index, exchange, last=index == end - 1 and not question)
    if question and admitted(question, kb.settings.questions_per_minute, words):
        if replaced:
            forget(kb, conversation.id, end, words)
        said = _ask(kb, conversation, Exchange(question, filters), drawing, words)
        if said is not None:
            suggestions(kb, documents, said.exchanges, titles)
    else:
        for exchange in replaced:
            earlier(end, exchange, last=True)
        if filters.active and conversation.exchanges and filters != conversation.exchanges[-1].filters:
            st.html(searched)
    if question or conversation.exchanges:
        downloads.files(kb, conversation.id, words)


@lru_cache(maxsize=8)
def _short(titles: tuple[str, ...]) -> Mapping[str, str]:
    """Short forms of titles: of 10,000 they take 80 ms, and each look at the page needs them."""
    return MappingProxyType(short_titles(titles))


def _asked(conversation: Conversation, words: Strings) -> tuple[str | None, tuple[Exchange, ...]]:
    """The question that is to be asked now, and the exchange whose place it takes."""
    with st.bottom:  # Streamlit puts it there by itself, too, but then leads the page to its end whenever it grows
        typed = st.chat_input(words("chat.placeholder"), key="question")
    pending, replaces = query_params.take_pending(), query_params.take_replacing()
    return typed or pending, conversation.exchanges[-1:] if pending and replaces and not typed else ()


def _ask(
    kb: KnowledgeBase, conversation: Conversation, exchange: Exchange, drawing: Callable[[int, str, Filters], Drawing], words: Strings
) -> Conversation | None:
    """Ask, draw the events as they come and save after each, so that an answer that is interrupted is not lost.

    Returns the conversation with the answer; None where that did not come whole.
    """
    kept, before = kb.conversations, conversation.exchanges
    question, filters = exchange.question, exchange.filters
    conversation = conversation.with_new(exchange)
    if not _save(kept, conversation, words):
        return None
    query_params.remember(conversation)
    query_params.raise_question(conversation.id, len(before))
    drawn = drawing(len(before), question, filters)
    history = [Turn(e.question, e.answer) for e in before if e.answer and e.complete][-HISTORY_TURNS:]
    # Closed when this look at the page is broken off, as by a press on Stop: who leaves also leaves the queue, and the model stops.
    with closing(kb.ask(question, history=history, filters=filters)) as events, closing(_answers(events, question, drawn)) as answers:
        for answer, complete in answers:
            said = replace(exchange, answer=answer, complete=complete)
            if not _save(kept, conversation.with_last(said), words):
                return None
            if complete and not answer.blocks and reading_order(answer.statements) != list(answer.statements):
                # The headings took the statements in another order than they came in: draw them once more, numbered as they are read.
                st.rerun()
            if complete:
                drawn.editable()
                under_answer(kb, conversation.id, len(before), said, words)
                return conversation.with_last(said)
    return None


def _answers(events: Iterator[Event], question: str, drawn: Drawing) -> Generator[tuple[Answer, bool], None, None]:
    """Draw each event; yields the answer so far, and whether that is all of it."""
    so_far = Answer(question, "und", "", (), None, Timings(0.0, 0.0, 0.0))
    drawn.stoppable()
    try:
        for event in events:
            if isinstance(event, Searching):
                so_far = replace(so_far, language=event.language)
                drawn.searching(event.language, event.asked_as)
            elif isinstance(event, EvidenceFound):
                drawn.reading(event.hits)
            elif isinstance(event, Waiting):
                drawn.waiting(event.place)
            elif isinstance(event, Looking):
                drawn.looking(event.words)
            elif isinstance(event, Writing):
                drawn.writing(event)
            elif isinstance(event, LaidOut):
                so_far = event.answer
                drawn.laid_out(event.answer)
                yield so_far, False
            elif isinstance(event, StatementReady):
                so_far = replace(so_far, statements=(*so_far.statements, event.statement))
                drawn.statement(event.statement)
                yield so_far, False
            elif isinstance(event, Refused):
                so_far = replace(so_far, refusal=event.refusal)
                drawn.refusal(event.refusal)
                yield so_far, False
            elif isinstance(event, Done):
                drawn.done(event.answer)
                yield event.answer, True
    except (KnowledgeBaseError, IngestError, OSError) as error:
        log.warning("The question could not be answered.", exc_info=error)
        drawn.failed(str(error))
    except Exception as error:
        # The rest of the conversation stays on the page, and the question can be asked again.
        log.exception("Answering failed.")
        drawn.failed(drawn.unexpected(error))


def _redraw(kb: KnowledgeBase, drawn: Drawing, exchange: Exchange, *, last: bool) -> None:
    """An exchange from the kept conversation, its citations checked against the text as it is stored now."""
    if exchange.answer is not None:
        answer = recheck(exchange.answer, kb.text)
        drawn.searching(answer.language, answer.asked_as)
        if answer.refusal is not None:
            drawn.refusal(answer.refusal)
        drawn.done(answer)
    if not exchange.complete:
        drawn.interrupted(last)
    if last:
        drawn.editable()


def _linked(kb: KnowledgeBase, key: str, exchange: Exchange | None, words: Strings) -> None:
    """The answer of a link, alone: it belongs to a conversation that the link does not open."""
    if exchange is None or exchange.answer is None:
        st.warning(words("permalink.answer_gone"))
        return
    st.info(words("permalink.answer"))
    if changed := changed_sources(kb, exchange.answer, words):
        st.warning(label(words("permalink.changed", sources=" · ".join(changed))))
    _redraw(kb, Drawing(0, exchange.question, words), exchange, last=False)
    downloads.copy_button(kb, key, exchange, words)


def _save(kept: Conversations, conversation: Conversation, words: Strings) -> bool:
    """Whether the answer may go on: also where it cannot be kept, but not for somebody who may not ask any more."""
    try:
        kept.save(conversation)
    except KnowledgeBaseError as error:
        st.warning(label(words("error.conversation", reason=str(error))))
        return not isinstance(error, AccessError)
    return True


def _quoted(conversation: Conversation, opened: query_params.Opened) -> str | None:
    """What the conversation quoted from the open span."""
    cited = (c for e in conversation.exchanges if e.answer for s in e.answer.statements for c in s.citations)
    return next((c.quote for c in cited if replace(query_params.Opened.of(c), page=opened.page) == opened), None)


def _welcome(words: Strings, start: Callable[[], None] | None) -> None:
    st.html(f'<div class="setu-welcome"><h2>{html(words("chat.welcome"))}</h2><p>{html(words("chat.welcome_hint"))}</p></div>')
    if start is not None:
        start()
    st.html(f'<div class="setu-over">{html(words("chat.examples"))}</div>')
    with st.container(key="examples", gap="xsmall"):
        for index, question in enumerate(words.many("examples.questions")):
            st.button(label(question), key=f"example-{index}", on_click=query_params.ask_next, args=(question,), width="stretch")


def _no_documents(words: Strings) -> None:
    st.html(f'<div class="setu-welcome"><h2>{html(words("empty.title"))}</h2><p>{html(words("empty.hint"))}</p></div>')
    st.code("setu samples add", language=None)
