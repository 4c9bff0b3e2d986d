"""Conversations that were had: the last ones beside the chat, and a page of all: found by their words, gone on with, named, deleted.

They stand by the day on which they were last gone on with, as the reader's clock has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from kb.user_records import TalkInfo
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import COLLECTION, CONVERSATION, LANG, counted, go, page_link, text


def zone(name: str | None) -> tzinfo:
    """The time zone of a browser, such as ``Asia/Kolkata``; UTC where it names none that is known here."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def local(moment: datetime, at: tzinfo) -> datetime:
    """A moment that is kept in UTC, on the reader's clock."""
    return moment.replace(tzinfo=UTC).astimezone(at)


def by_day(talks: Iterable[TalkInfo], at: tzinfo) -> list[tuple[date, list[TalkInfo]]]:
    """The conversations, which come the last changed first, under their days."""
    return [(day, list(some)) for day, some in groupby(talks, key=lambda talk: local(talk.changed, at).date())]


def day_words(day: date, today: date, words: Strings) -> str:
    """``Today``, ``Yesterday``, or the date."""
    if day == today:
        return words("history.today")
    return words("history.yesterday") if day == today - timedelta(days=1) else words.date(day)


STYLE: Final = Path(__file__).parent / "style.css"
SHOWN: Final = 6
TITLE_CHARS: Final = 70


@contextmanager
def recent(kb: KnowledgeBase, words: Strings) -> Iterator[None]:
    """Draw the last conversations in the sidebar, and once more when what is drawn meanwhile has added to them."""
    place = st.sidebar.empty()
    before = kb.conversations.list(SHOWN)
    _draw(place, before, "recent", words)
    yield
    after = kb.conversations.list(SHOWN)
    if [(talk.id, talk.title) for talk in after] != [(talk.id, talk.title) for talk in before]:
        _draw(place, after, "recent-now", words)


def title_of(talk: TalkInfo, most: int, words: Strings) -> str:
    """What a conversation is called, as the label of a widget."""
    title = talk.title if len(talk.title) <= most else f"{talk.title[: most - 1].rstrip()}…"
    return label(title) or words("history.untitled")


def _draw(place: DeltaGenerator, talks: tuple[TalkInfo, ...], key: str, words: Strings) -> None:
    if not talks:
        return
    # Two containers or buttons of one run must not share a key, though the later ones take the place of the earlier.
    with place.container(key=key, gap="xxsmall"):
        st.html(STYLE)
        st.html(f'<h2 class="setu-over">{html(words("history.recent"))}</h2>')
        for at, talk in enumerate(talks):
            title = title_of(talk, TITLE_CHARS, words)
            opened = talk.id == CONVERSATION.get()
            st.button(
                f"**{title}**" if opened else title, key=f"{key}-{at}", on_click=_open, args=(talk.id,), type="tertiary", width="stretch",
            )  # fmt: skip
        page_link("history", words("history.all"), LANG.link(words.language), icon=":material/history:", width="stretch")


def _open(conversation_id: str) -> None:
    """Go on with a conversation where it stopped."""
    query_params.start_over()
    COLLECTION.clear()  # it goes on with its own
    CONVERSATION.put(conversation_id)


STEP: Final = 30
"""Conversations that are shown at first, and that one more press adds."""
LONG_TITLE_CHARS: Final = 160
ACTS: Final = {"rename": ":material/edit:", "delete": ":material/delete:"}
_WORDS: Final = text("q")
_MOST: Final = counted("n", STEP, 3000)
_NOTE_KEY, _DOING_KEY = "history-note", "history-doing"


def history_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page; an address that names a conversation leads to it."""
    if named := CONVERSATION.get():
        # Streamlit (1.67) writes a link to the first page without its path, so that one opened in another tab comes here.
        go("chat", LANG.link(words.language) | CONVERSATION.link(named))
    st.html(STYLE)
    with st.container(key="history"):
        st.html(f'<h2 class="setu-page-title">{html(words("history.title"))}</h2><p class="setu-facts">{html(words("history.about"))}</p>')
        if note := st.session_state.pop(_NOTE_KEY, None):
            st.success(label(note), icon=":material/check:")
        wanted, most = _WORDS.get(), _MOST.get()
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
            st.button(words("history.more"), key="history-more", on_click=_MOST.put, args=(most + STEP,), width="stretch")


def _search(wanted: str, words: Strings) -> None:
    key = f"history-q-{words.language}"

    def changed() -> None:
        _MOST.clear()
        _WORDS.put(st.session_state[key].strip())

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
            query = LANG.link(words.language) | CONVERSATION.link(talk.id)
            page_link("chat", title_of(talk, LONG_TITLE_CHARS, words), query, width="stretch")
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
    page_link("chat", words("history.ask"), LANG.link(words.language), icon=":material/chat:")
