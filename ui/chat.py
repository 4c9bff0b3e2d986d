"""The conversation: questions, and answers that are drawn as they come, with the source of a quote beside them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ingest.errors import IngestError
from ingest.records import Language
from kb import KnowledgeBase
from kb.access import Reader
from kb.answer.recheck import recheck
from kb.errors import AccessError, KnowledgeBaseError
from kb.records import (
    Answer,
    Citation,
    Context,
    Counterpart,
    DocumentInfo,
    Done,
    Event,
    EvidenceFound,
    Filters,
    Hit,
    Refusal,
    Refused,
    Searching,
    Statement,
    StatementReady,
    Timings,
    Turn,
)
from kb.store.conversations import Conversations
from kb.talk import Conversation, Exchange
from ui import state, takeaway
from ui.answers import Heading, Numbers, grade_note, heading_of, heading_words, reading_order
from ui.drawn import Sides, conflict_html, draw_block, note_html, quoted_html, standing_html
from ui.feedback import under_answer
from ui.history.recent import recent
from ui.i18n import Strings
from ui.limits import admitted
from ui.markup import html, label, status_html
from ui.permalinks import changed_sources
from ui.sidebar import named, sidebar
from ui.source import source_panel
from ui.verdicts import reasons

log = logging.getLogger(__name__)

HISTORY_TURNS: Final = 6
"""Earlier exchanges that are handed to the knowledge base with a question."""


def chat_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page of the chat: its part of the sidebar, and the conversation."""
    documents = kb.documents()
    filters = sidebar(documents, words)
    with recent(kb, words):
        chat(kb, [d for d in documents if d.state != "rejected"], filters, words)


def chat(kb: KnowledgeBase, documents: Sequence[DocumentInfo], filters: Filters, words: Strings) -> None:
    """Draw the conversation of the address, ask what was asked, and draw the open source."""
    kept = kb.conversations
    conversation, lost = state.conversation(kept)
    question = st.chat_input(words("chat.placeholder"), key="question") or state.take_pending()
    opened = state.opened()
    key = None if question or conversation.exchanges else state.linked_answer()
    linked = kept.answered(key) if key is not None else None
    talk: DeltaGenerator
    if opened is None:
        talk = st.container(key="talk")
    else:
        talk, beside = st.columns([11, 10], gap="large")
        with beside:
            source_panel(kb, opened, _quoted(conversation if linked is None else conversation.with_new(linked), opened), words)
    with talk:
        if state.broken_passage():
            st.warning(words("permalink.passage_bad"))
        if lost:
            st.info(words("chat.lost"))
        if not documents:
            _no_documents(words)
        elif key is not None:
            _linked(kb, key, linked, words)
        elif not conversation.exchanges and not question:
            _welcome(words)
        if filters.active:
            st.html(f'<div class="setu-active">{html(words("filters.active", filters=named(filters, documents, words)))}</div>')
        for index, exchange in enumerate(conversation.exchanges):
            _redraw(kb, index, exchange, words, last=index == len(conversation.exchanges) - 1 and not question)
            if exchange.complete:
                under_answer(kb, conversation.id, index, exchange, words)
        if question and admitted(question, kb.settings.questions_per_minute, words):
            _ask(kb, kept, conversation, question, filters, words)
            takeaway.files(kb, conversation.id, words)
        elif conversation.exchanges:
            takeaway.files(kb, conversation.id, words)


def _ask(kb: KnowledgeBase, kept: Conversations, conversation: Conversation, question: str, filters: Filters, words: Strings) -> None:
    """Ask, draw the events as they come and save after each, so that an answer that is interrupted is not lost."""
    before = conversation.exchanges
    exchange = Exchange(question, filters)
    conversation = conversation.with_new(exchange)
    if not _save(kept, conversation, words):
        return
    state.remember(conversation)
    drawn = _Drawing(len(before), question, words)
    history = [Turn(e.question, e.answer) for e in before if e.answer and e.complete][-HISTORY_TURNS:]
    for answer, complete in _answers(kb.ask(question, history=history, filters=filters), question, drawn):
        if not _save(kept, conversation.with_last(replace(exchange, answer=answer, complete=complete)), words):
            return
        if complete and reading_order(answer.statements) != list(answer.statements):
            # The headings took the statements in another order than they came in: draw them once more, numbered as they are read.
            st.rerun()
        if complete:
            under_answer(kb, conversation.id, len(before), replace(exchange, answer=answer, complete=True), words)


def _answers(events: Iterator[Event], question: str, drawn: _Drawing) -> Iterator[tuple[Answer, bool]]:
    """Draw each event; yields the answer so far, and whether that is all of it."""
    so_far = Answer(question, "und", "", (), None, Timings(0.0, 0.0, 0.0))
    try:
        for event in events:
            if isinstance(event, Searching):
                so_far = replace(so_far, language=event.language)
                drawn.searching(event.language, event.asked_as)
            elif isinstance(event, EvidenceFound):
                drawn.reading(event.hits)
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


def _redraw(kb: KnowledgeBase, index: int, exchange: Exchange, words: Strings, *, last: bool) -> None:
    """An exchange from the kept conversation, its citations checked against the text as it is stored now."""
    drawn = _Drawing(index, exchange.question, words)
    if exchange.answer is not None:
        answer = recheck(exchange.answer, kb.text)
        drawn.searching(answer.language, answer.asked_as)
        for statement in reading_order(answer.statements):
            drawn.statement(statement)
        if answer.refusal is not None:
            drawn.refusal(answer.refusal)
        drawn.done(answer)
    if not exchange.complete:
        drawn.interrupted(last)


def _linked(kb: KnowledgeBase, key: str, exchange: Exchange | None, words: Strings) -> None:
    """The answer of a link, alone: it belongs to a conversation that the link does not open."""
    if exchange is None or exchange.answer is None:
        st.warning(words("permalink.answer_gone"))
        return
    st.info(words("permalink.answer"))
    if changed := changed_sources(kb, exchange.answer, words):
        st.warning(label(words("permalink.changed", sources=" · ".join(changed))))
    _redraw(kb, 0, exchange, words, last=False)
    takeaway.copy_button(kb, key, exchange, words)


class _Drawing:
    """Draws one exchange, from events or from memory, in the same place and under the same widget keys."""

    def __init__(self, index: int, question: str, words: Strings) -> None:
        self._index = index
        self._question = question
        self._words = words
        self._language: Language = words.language
        self._number = Numbers()
        self._groups: dict[tuple[str, Heading], DeltaGenerator] = {}
        self._chips = 0
        st.html(f'<div class="setu-question"><span class="setu-hidden">{html(words("chat.you"))}: </span>{html(question)}</div>')
        self._understood = st.empty()
        self._graded = st.empty()
        self._body = st.container(key=f"answer-{index}", gap="small")
        self._side = Sides(self._body)
        self._status = self._body.empty()

    def searching(self, language: Language, asked_as: str | None) -> None:
        self._language = language
        if asked_as is not None:
            self._understood.html(f'<div class="setu-note">{html(self._words("chat.understood", question=asked_as))}</div>')
        self._say(self._words("chat.searching"), busy=True)

    def reading(self, hits: Sequence[Hit]) -> None:
        self._say(self._words.count("chat.reading", len(hits)), busy=True)

    def statement(self, statement: Statement) -> None:
        heading = heading_of(statement)
        group = statement.side, heading
        if group not in self._groups:
            self._groups[group] = self._side(statement.side, self._language).container()
            self._groups[group].html(
                f'<h3 class="setu-heading setu-{heading[0]}" lang="{self._language}">{html(heading_words(heading, self._language))}</h3>'
            )
        with self._groups[group]:
            if statement.text not in [c.quote for c in statement.citations]:
                why = reasons(statement, self._words)
                said = f'<div class="setu-note">{html(why)}</div>' if why else ""
                st.html(f'<p class="setu-statement">{html(statement.text)} {self._standing_of(statement)}</p>{said}')
            for citation in statement.citations:
                self._citation(citation, statement)

    def refusal(self, refusal: Refusal) -> None:
        with self._body:
            st.html(note_html(refusal.message, self._language))
            if refusal.nearest:
                st.html(f'<div class="setu-over">{html(self._words("chat.nearest"))}</div>')
            for hit in refusal.nearest:
                with st.container(gap="xxsmall"):
                    st.html(f'<div class="setu-near" lang="{hit.language}">{html(hit.text)}</div>')
                    self._chip(hit, self._place(hit))

    def done(self, answer: Answer) -> None:
        if unsure := grade_note(answer):
            self._graded.html(note_html(unsure, self._language))
        for at, block in enumerate(answer.blocks):
            draw_block(self._body, block, self._language, f"said-{self._index}-{at}")
        if answer.skill == "chat":
            self._status.empty()
        elif answer.refusal is not None:
            self._say(self._words("chat.refused"))
        else:
            quotes = sum(len(s.citations) for s in answer.statements)
            self._say(self._words.count("chat.found", quotes, seconds=f"{answer.ms.total / 1000:.1f}"))
        for conflict in answer.conflicts:
            with self._body:
                st.html(conflict_html(conflict, self._language))
                for citation in (conflict.one, conflict.other):
                    self._chip(citation, f"[{self._number(citation)}] {self._place(citation)}")
        for note in answer.notes:
            self._body.html(f'<div class="setu-note" lang="{self._language}">{html(note)}</div>')

    def failed(self, reason: str) -> None:
        self._status.empty()
        words = self._words
        self._body.error(f"{label(words('error.failed', reason=reason))}\n\n{words('error.retry', command='`setu doctor`')}")
        self._again()

    def unexpected(self, error: Exception) -> str:
        return self._words("error.unexpected", kind=type(error).__name__)

    def interrupted(self, last: bool) -> None:
        self._status.empty()
        self._body.warning(self._words("chat.interrupted"))
        if last:
            self._again()

    def _again(self) -> None:
        again = self._words("chat.again")
        self._body.button(again, key=f"again-{self._index}", on_click=state.ask_next, args=(self._question,), icon=":material/refresh:")

    def _say(self, sentence: str, *, busy: bool = False) -> None:
        dots = ' <span class="setu-busy" aria-hidden="true"></span>' if busy else ""
        self._status.html(f'<div class="setu-progress" role="status" aria-live="polite">{html(sentence)}{dots}</div>')

    def _citation(self, citation: Citation, statement: Statement) -> None:
        words = self._words
        marks = [status_html(citation.status, words(f"status.{citation.status}"))]
        if citation.language != self._language:
            name = words(f"language.{citation.language}")
            marks.append(f'<span class="setu-original">{html(words("chat.original", language=name))}</span>')
        with st.container(gap="xxsmall"):
            st.html(f'{quoted_html(citation, statement)}<div class="setu-marks">{"".join(marks)}</div>')
            self._chip(citation, f"[{self._number(citation)}] {self._place(citation)}")
            if gone := standing_html(citation, self._language):
                st.html(gone)
            if citation.context is not None:
                st.html(self._around(citation.quote, citation.context, citation.language))
            for other in citation.counterparts:
                name = words(f"language.{other.language}")
                self._chip(other, words("place.counterpart", language=name, place=self._place(other)))

    def _around(self, quote: str, context: Context, language: Language) -> str:
        around = f"{html(context.before)} <mark>{html(quote)}</mark> {html(context.after)}"
        summary = html(self._words("place.context"))
        return f'<details class="setu-note"><summary>{summary}</summary><p lang="{language}">{around}</p></details>'

    def _chip(self, cited: Citation | Hit | Counterpart, text: str) -> None:
        target = state.Opened.of(cited)
        opened = state.opened()
        shown = opened is not None and replace(opened, page=target.page) == target
        self._chips += 1
        st.button(
            label(text),
            key=f"chip-{self._index}-{self._chips}",
            on_click=state.open_source,
            args=(target,),
            type="primary" if shown else "secondary",
        )

    def _place(self, cited: Citation | Hit | Counterpart) -> str:
        parts = [cited.document, " › ".join(cited.path), self._words("place.page", label=cited.page_label)]
        return " · ".join(p for p in parts if p)

    def _standing_of(self, statement: Statement) -> str:
        word = self._words(f"status.{statement.status}")
        return f'<span class="setu-marks">{status_html(statement.status, word)}</span>'


def _save(kept: Conversations, conversation: Conversation, words: Strings) -> bool:
    """Whether the answer may go on: also where it cannot be kept, but not for somebody who may not ask any more."""
    try:
        kept.save(conversation)
    except KnowledgeBaseError as error:
        st.warning(label(words("error.conversation", reason=str(error))))
        return not isinstance(error, AccessError)
    return True


def _quoted(conversation: Conversation, opened: state.Opened) -> str | None:
    """What the conversation quoted from the open span."""
    cited = (c for e in conversation.exchanges if e.answer for s in e.answer.statements for c in s.citations)
    return next((c.quote for c in cited if replace(state.Opened.of(c), page=opened.page) == opened), None)


def _welcome(words: Strings) -> None:
    st.html(f'<div class="setu-welcome"><h2>{html(words("chat.welcome"))}</h2><p>{html(words("chat.welcome_hint"))}</p></div>')
    st.html(f'<div class="setu-over">{html(words("chat.examples"))}</div>')
    with st.container(key="examples", gap="xsmall"):
        for index, question in enumerate(words.many("examples.questions")):
            st.button(label(question), key=f"example-{index}", on_click=state.ask_next, args=(question,), width="stretch")


def _no_documents(words: Strings) -> None:
    st.html(f'<div class="setu-welcome"><h2>{html(words("empty.title"))}</h2><p>{html(words("empty.hint"))}</p></div>')
    st.code("setu ingest samples/documents", language=None)
