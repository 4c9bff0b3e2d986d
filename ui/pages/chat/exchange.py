"""One question and its answer on the page: drawn from events as they come, or from memory.

The last question can be edited in place and asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb.answer.presentation.rendering import OPEN, asks_below, shown_apart
from kb.records import Answer, Block, Cell, Citation, Counterpart, Hit, Refusal, Statement, Status, Writing
from lang.languages import Language
from ui.components import query_params
from ui.components.answer_wording import (
    Heading,
    Numbers,
    done_words,
    grade_note,
    heading_of,
    heading_words,
    place_of,
    reading_order,
    reasons,
    sent_words,
    short_place,
    written_status,
)
from ui.components.i18n import Strings
from ui.components.markup import html, label, status_html
from ui.pages.chat.answer_html import (
    Sides,
    around_html,
    block_html,
    cite_html,
    conflict_html,
    doubt_html,
    note_html,
    options,
    quoted_html,
    said_html,
    standing_html,
)


class QuestionBox:
    """Draws a question. ``fresh`` tells the browser to show it at the top of the page, once for each such mark."""

    def __init__(self, index: int, question: str, words: Strings, fresh: str = "") -> None:
        self._index = index
        self._question = question
        self._words = words
        self._place = st.container(key=f"asked-{index}", gap="xxsmall")
        mark = f' data-fresh="{html(fresh)}"' if fresh else ""
        hidden = f'<span class="setu-hidden">{html(words("chat.you"))}: </span>'
        self._place.html(f'<div class="setu-question"{mark}>{hidden}{html(question)}</div>')

    def editable(self) -> None:
        """Offer to edit the question, or where that was asked for, the form."""
        if query_params.edited() == (self._index, self._question):
            self._form()
            return
        self._place.button(
            self._words("chat.edit"), key=f"edit-{self._index}", type="tertiary", icon=":material/edit:",
            on_click=query_params.edit, args=(self._index, self._question),
        )  # fmt: skip

    def _form(self) -> None:
        words, key = self._words, f"edited-{self._index}"

        def asked() -> None:
            if wanted := str(st.session_state[key]).strip():
                query_params.ask_instead(wanted)

        with self._place.form(f"edit-form-{self._index}", border=False):
            st.text_area(words("chat.edit_label"), value=self._question, key=key, height="content")
            with st.container(horizontal=True, gap="small"):
                st.form_submit_button(words("chat.ask_edited"), key=f"ask-{key}", type="primary", on_click=asked)
                st.form_submit_button(words("chat.cancel"), key=f"cancel-{key}", on_click=query_params.end_edit)


class Drawing:
    """Draws one exchange, from events or from memory, in the same place and under the same widget keys.

    ``fresh`` is handed to the `QuestionBox`; ``limited`` names the papers that were asked, where that were not all;
    ``titles`` has the short form of each title.
    """

    def __init__(
        self,
        index: int,
        question: str,
        words: Strings,
        fresh: str = "",
        limited: str = "",
        titles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._index = index
        self._question = question
        self._words = words
        self._titles = titles
        self._language: Language = words.language
        self._number = Numbers()
        self._groups: dict[tuple[str, str, Heading, bool], DeltaGenerator] = {}
        self._folded: DeltaGenerator | None = None
        self._chips = 0
        self._drawn: list[Statement] = []
        self._box = QuestionBox(index, question, words, fresh)
        if limited:
            st.html(f'<div class="setu-active">{html(words("chat.asked_of", filters=limited))}</div>')
        self._understood = st.empty()
        self._graded = st.empty()
        self._body = st.container(key=f"answer-{index}", gap="small")
        self._side = Sides(self._body)
        self._status = self._body.empty()
        self._stop = self._body.empty()
        self._coming = self._body.empty()
        self._laid_out = self._body.container(gap="small")

    def editable(self) -> None:
        """Offer to edit the question and ask it again."""
        self._box.editable()

    def searching(self, language: Language, asked_as: str | None) -> None:
        """The search has begun."""
        self._language = language
        if asked_as is not None:
            self._understood.html(f'<div class="setu-note">{html(self._words("chat.understood", question=asked_as))}</div>')
        self._say(self._words("chat.searching"), busy=True)

    def stoppable(self) -> None:
        """Offer to stop: a press has the page drawn anew, and whoever makes the answer is left."""
        self._stop.button(self._words("chat.stop"), key=f"stop-{self._index}", type="tertiary", icon=":material/stop_circle:")

    def reading(self, hits: Sequence[Hit]) -> None:
        """These passages are read."""
        self._say(self._words.count("chat.reading", len(hits)), busy=True)

    def waiting(self, place: int) -> None:
        """Others are written first."""
        self._say(self._words("chat.waiting", place=place), busy=True)

    def looking(self, words: Sequence[str]) -> None:
        """A language model looks for what the passages lack."""
        self._say(self._words("chat.looking", words=" · ".join(words)), busy=True)

    def writing(self, writing: Writing) -> None:
        """A language model writes."""
        self._say(self._words.count("chat.writing", writing.passages, model=writing.model, host=writing.host), busy=True)

    def laid_out(self, answer: Answer) -> None:
        """The blocks as far as they are worded, without what opens a source: each is drawn again with the next sentence."""

        def marks(cell: Cell) -> str:
            return self._standing_of(answer.statements[at] for at in cell.cited)

        drawn = (block_html(block, self._language, self._words, marks) for block in answer.blocks if block.kind != "options")
        self._coming.html("".join(drawn))

    def statement(self, statement: Statement, block: str = "") -> None:
        """A statement under its heading: below all blocks, or in one of them; what stands beside the first `OPEN` quotes is folded."""
        folded = len(self._drawn) >= OPEN and not (block or statement.side or statement.verdict)
        self._drawn.append(statement)
        heading = heading_of(statement)
        group = block, statement.side, heading, folded
        if group not in self._groups:
            place = self._fold() if folded else self._laid_out if block else self._side(statement.side, self._language)
            self._groups[group] = place.container()
            self._groups[group].html(
                f'<h3 class="setu-heading setu-{heading[0]}" lang="{self._language}">{html(heading_words(heading, self._language))}</h3>'
            )
        with self._groups[group]:
            if statement.text not in [c.quote for c in statement.citations]:
                st.html(self._said(statement))
            for citation in statement.citations:
                self._citation(citation, statement)

    def refusal(self, refusal: Refusal) -> None:
        """Why there is no answer, and what was nearest."""
        with self._laid_out:  # above any blocks, which say what can be asked instead
            st.html(note_html(refusal.message, self._language))
            if refusal.nearest:
                st.html(f'<div class="setu-over">{html(self._words("chat.nearest"))}</div>')
            for hit in refusal.nearest:
                with st.container(gap="xxsmall"):
                    st.html(f'<div class="setu-near" lang="{hit.language}">{html(hit.text)}</div>')
                    self._chip(hit, self._short(hit))

    def done(self, answer: Answer) -> None:
        """The whole answer: its blocks, what of its statements was not drawn yet, and how it was come by."""
        self._language = answer.language
        self._stop.empty()
        if unsure := grade_note(answer):
            self._graded.html(note_html(unsure, self._language))
        self._coming.empty()
        if not asks_below(answer):
            self._blocks(answer)
        apart = shown_apart(answer)
        for statement in (*reading_order(apart[:OPEN]), *reading_order(apart[OPEN:])):
            if statement not in self._drawn:
                self.statement(statement)
        if asks_below(answer):
            self._laid_out = self._body.container(gap="small")
            self._blocks(answer)
        if said := done_words(answer, self._words):
            self._say(said)
        else:
            self._status.empty()
        for conflict in answer.conflicts:
            with self._body:
                st.html(conflict_html(conflict, self._language))
                for citation in (conflict.one, conflict.other):
                    self._chip(citation, f"[{self._number(citation)}] {self._short(citation)}")
        for note in answer.notes:
            self._body.html(f'<div class="setu-note" lang="{self._language}">{html(note)}</div>')
        if answer.left_out:
            with self._body.expander(self._words.count("chat.left_out", len(answer.left_out)), key=f"left-out-{self._index}"):
                for statement in answer.left_out:
                    st.html(self._said(statement))
        if sent := sent_words(answer, self._words):
            self._body.html(f'<div class="setu-note">{html(sent)}</div>')

    def failed(self, reason: str) -> None:
        """The question could not be answered."""
        self._status.empty()
        self._stop.empty()
        words = self._words
        self._body.error(f"{label(words('error.failed', reason=reason))}\n\n{words('error.retry', command='`setu doctor`')}")
        self._again()

    def unexpected(self, error: Exception) -> str:
        """What is said of an error that nobody foresaw."""
        return self._words("error.unexpected", kind=type(error).__name__)

    def interrupted(self, last: bool) -> None:
        """The answer is not whole; the last one can be asked for again."""
        self._status.empty()
        self._body.warning(self._words("chat.interrupted"))
        if last:
            self._again()

    def _blocks(self, answer: Answer) -> None:
        sources: dict[int, tuple[Citation, Statement]] = {}

        def chips(cell: Cell) -> str:
            cited = [answer.statements[at] for at in dict.fromkeys(cell.cited) if at < len(answer.statements)]
            made: dict[int, str] = {}
            for statement, citation in ((one, citation) for one in cited for citation in one.citations):
                number = self._number(citation)
                sources.setdefault(number, (citation, statement))
                lost = citation.status == "unsupported"
                status = f" · {self._words('status.unsupported')}" if lost else ""
                named = self._words("chat.source", number=number, place=place_of(citation, self._words)) + status
                made[number] = cite_html(number, named, self._source_key(number), lost)
            return "".join(made.values()) + self._standing_of(cited)

        for at, block in enumerate(answer.blocks):
            if block.kind == "quotes":
                self._quotes(block, answer, f"{at}")
            elif block.kind == "options":
                options(self._laid_out, block, self._language, f"said-{self._index}-{at}")
            else:
                self._laid_out.html(block_html(block, self._language, self._words, chips))
        if sources:
            self._sources(sources)

    def _quotes(self, block: Block, answer: Answer, key: str) -> None:
        if block.text:
            self._laid_out.html(f'<p class="setu-said" lang="{self._language}">{html(block.text)}</p>')
        cited = dict.fromkeys(at for row in block.rows for cell in row for at in cell.cited if at < len(answer.statements))
        for statement in reading_order(answer.statements[at] for at in cited):
            self.statement(statement, key)

    def _sources(self, sources: dict[int, tuple[Citation, Statement]]) -> None:
        """What the blocks cite, folded: they are read in the blocks, and looked up here."""
        with self._laid_out.expander(self._words.count("chat.sources", len(sources)), key=f"sources-{self._index}"):
            for number, (citation, statement) in sources.items():
                self._citation(citation, statement, self._source_key(number))

    def _fold(self) -> DeltaGenerator:
        """Where the quotes after the first are drawn."""
        if self._folded is None:
            self._folded = self._body.expander(self._words("chat.more_quotes"), key=f"more-{self._index}")
        return self._folded

    def _source_key(self, number: int) -> str:
        return f"chip-{self._index}-s{number}"

    def _again(self) -> None:
        again = self._words("chat.again")
        self._body.button(
            again, key=f"again-{self._index}", on_click=query_params.ask_next, args=(self._question,), icon=":material/refresh:"
        )

    def _say(self, sentence: str, *, busy: bool = False) -> None:
        dots = ' <span class="setu-busy" aria-hidden="true"></span>' if busy else ""
        self._status.html(f'<div class="setu-progress" role="status" aria-live="polite">{html(sentence)}{dots}</div>')

    def _citation(self, citation: Citation, statement: Statement, key: str = "") -> None:
        words = self._words
        marks = [status_html(citation.shown, words(f"status.{citation.shown}"))]
        if citation.language != self._language:
            name = words(f"language.{citation.language}")
            marks.append(f'<span class="setu-original">{html(words("chat.original", language=name))}</span>')
        with st.container(gap="xxsmall"):
            if key and statement.verdict is not None:
                st.html(self._said(statement))
            said = said_html(citation, statement, self._language)
            drawn = f"{quoted_html(citation, statement, words)}{doubt_html(citation, words)}"
            st.html(f'{drawn}{said}<div class="setu-marks">{"".join(marks)}</div>')
            self._chip(citation, f"[{self._number(citation)}] {self._short(citation)}", key)
            if gone := standing_html(citation, self._language):
                st.html(gone)
            if citation.context is not None:
                st.html(around_html(citation.quote, citation.context, citation.language, words))
            for other in citation.counterparts:
                name = words(f"language.{other.language}")
                self._chip(other, words("place.counterpart", language=name, place=self._short(other)), key and f"{key}-{other.language}")

    def _chip(self, cited: Citation | Hit | Counterpart, text: str, key: str = "") -> None:
        target = query_params.Opened.of(cited)
        opened = query_params.opened()
        shown = opened is not None and replace(opened, page=target.page) == target
        self._chips += not key
        st.button(
            label(text),
            key=key or f"chip-{self._index}-{self._chips}",
            on_click=query_params.open_source,
            args=(target,),
            type="primary" if shown else "secondary",
        )

    def _short(self, cited: Citation | Hit | Counterpart) -> str:
        return short_place(cited, self._words, self._titles)

    def _said(self, statement: Statement) -> str:
        why = reasons(statement, self._words)
        note = f'<div class="setu-note">{html(why)}</div>' if why else ""
        return f'<p class="setu-statement">{html(statement.text)} {self._mark(statement.status)}</p>{note}'

    def _standing_of(self, statements: Iterable[Statement]) -> str:
        status = written_status(statements)
        return "" if status is None else self._mark(status)

    def _mark(self, status: Status) -> str:
        return f'<span class="setu-marks">{status_html(status, self._words(f"status.{status}"))}</span>'
