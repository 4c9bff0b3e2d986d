"""The page of all conversations: found by their words, gone on with, named, deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.talk import TalkInfo
from ui import state
from ui.history.days import by_day, day_words, local, zone
from ui.history.recent import STYLE, title_of
from ui.i18n import Strings
from ui.markup import html, label
from ui.moves import go, page_link

STEP: Final = 30
"""Conversations that are shown at first, and that one more press adds."""
TITLE_CHARS: Final = 160
ACTS: Final = {"rename": ":material/edit:", "delete": ":material/delete:"}
_WORDS_KEY, _SHOWN_KEY, _NOTE_KEY, _DOING_KEY = "q", "n", "history-note", "history-doing"


def history_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page; an address that names a conversation leads to it."""
    if named := st.query_params.get(state.CONVERSATION_KEY):
        # Streamlit (1.67) writes a link to the first page without its path, so that one opened in another tab comes here.
        go("chat", {state.LANGUAGE_KEY: words.language, state.CONVERSATION_KEY: named})
    st.html(STYLE)
    with st.container(key="history"):
        st.html(f'<h2 class="setu-page-title">{html(words("history.title"))}</h2><p class="setu-facts">{html(words("history.about"))}</p>')
        if note := st.session_state.pop(_NOTE_KEY, None):
            st.success(label(note), icon=":material/check:")
        wanted, most = st.query_params.get(_WORDS_KEY, "")[:200], _most()
        _dialog(kb, words)
        found = kb.conversations.search(wanted, most + 1)
        if not found and not wanted:
            _empty(words)
            return
        _search(wanted, words)
        shown = found[:most]
        _status(shown, more=len(found) > most, words=words)
        at = zone(st.context.timezone)
        today = datetime.now(at).date()
        for day, talks in by_day(shown, at):
            st.html(f'<h3 class="setu-heading">{html(day_words(day, today, words))}</h3>')
            for talk in talks:
                _row(kb, talk, at, words)
        if len(found) > most:
            st.button(words("history.more"), key="history-more", on_click=_show_more, width="stretch")


def _most() -> int:
    value = st.query_params.get(_SHOWN_KEY, "")
    return min(int(value), 3000) if value.isascii() and value.isdecimal() and len(value) < 6 and int(value) > 0 else STEP


def _show_more() -> None:
    st.query_params[_SHOWN_KEY] = str(_most() + STEP)


def _search(wanted: str, words: Strings) -> None:
    key = f"history-q-{words.language}"

    def changed() -> None:
        asked = st.session_state[key].strip()
        st.query_params.pop(_SHOWN_KEY, None)
        if asked:
            st.query_params[_WORDS_KEY] = asked
        else:
            st.query_params.pop(_WORDS_KEY, None)

    st.text_input(
        words("history.search"), value=wanted, key=key, placeholder=words("history.search_hint"), icon=":material/search:",
        on_change=changed, max_chars=200,
    )  # fmt: skip


def _status(shown: tuple[TalkInfo, ...], *, more: bool, words: Strings) -> None:
    said = words("history.none_found") if not shown else words.count("history.first" if more else "history.found", len(shown))
    st.html(f'<div class="setu-facts" role="status" aria-live="polite">{html(said)}</div>')


def _row(kb: KnowledgeBase, talk: TalkInfo, at: tzinfo, words: Strings) -> None:
    # The id of a conversation opens it, so that only its digest stands in the names of the page.
    key = hashlib.blake2b(talk.id.encode(), digest_size=6).hexdigest()
    with st.container(key=f"history-row-{key}", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        with st.container(gap=None):
            query = {state.LANGUAGE_KEY: words.language, state.CONVERSATION_KEY: talk.id}
            page_link("chat", title_of(talk, TITLE_CHARS, words), query, width="stretch")
            facts = f"{local(talk.changed, at):%H:%M} · {words.count('history.questions', talk.questions)}"
            st.html(f'<div class="setu-facts setu-talk">{html(facts)}</div>')
        for act, icon in ACTS.items():
            said = words(f"history.{act}_this", title=label(talk.title))
            st.button(
                said, key=f"history-act-{act}-{key}-{words.language}", icon=icon, help=words(f"history.{act}"), type="tertiary",
                on_click=_begin, args=(act, talk),
            )  # fmt: skip


def _begin(act: str, talk: TalkInfo) -> None:
    st.session_state[_DOING_KEY] = act, talk


def _end() -> None:
    st.session_state.pop(_DOING_KEY, None)


def _dialog(kb: KnowledgeBase, words: Strings) -> None:
    """The question that is open, if one is. It is kept in the session, so that whatever draws the page anew leaves it open."""
    doing: tuple[str, TalkInfo] | None = st.session_state.get(_DOING_KEY)
    if doing is not None:
        act, talk = doing
        ask = _rename if act == "rename" else _delete
        st.dialog(words(f"history.{act}_title"), on_dismiss=_end)(ask)(kb, talk, words)


def _rename(kb: KnowledgeBase, talk: TalkInfo, words: Strings) -> None:
    with st.form("history-name", border=False):
        name = st.text_input(words("history.name"), value=talk.title, key=f"history-name-{talk.id}", max_chars=200)
        st.html(f'<p class="setu-facts">{html(words("history.name_hint"))}</p>')
        if st.form_submit_button(words("history.rename_yes"), type="primary"):
            _do(lambda: kb.conversations.rename(talk.id, name), words("history.renamed"), words)
    if st.button(words("history.cancel"), key="history-rename-no", on_click=_end):
        st.rerun()


def _delete(kb: KnowledgeBase, talk: TalkInfo, words: Strings) -> None:
    lost = words.count("history.lost", talk.questions)
    st.html(f"<p><strong>{html(talk.title)}</strong></p><p>{html(lost)}</p>")
    with st.container(horizontal=True):
        if st.button(words("history.cancel"), key="history-delete-no", on_click=_end):
            st.rerun()
        if st.button(words("history.delete_yes"), key="history-delete-yes", type="primary"):
            _do(lambda: kb.conversations.delete(talk.id), words("history.deleted"), words)


def _do(act: Callable[[], bool], done: str, words: Strings) -> None:
    """Change a conversation and say so; one that another tab deleted meanwhile is said to be gone."""
    try:
        there = act()
    except KnowledgeBaseError as error:
        st.error(label(words("history.failed", reason=str(error))))
        return
    _end()
    st.session_state[_NOTE_KEY] = done if there else words("history.gone")
    st.rerun()


def _empty(words: Strings) -> None:
    st.html(f'<div class="setu-welcome"><h3>{html(words("history.empty"))}</h3><p>{html(words("history.empty_hint"))}</p></div>')
    page_link("chat", words("history.ask"), {state.LANGUAGE_KEY: words.language}, icon=":material/chat:")
