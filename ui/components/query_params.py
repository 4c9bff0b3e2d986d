"""What a page remembers: in the address, so that a refresh, a bookmark or a second tab shows the same thing; and going to another page.

The address holds ``c`` the conversation, ``lang`` the interface language, ``src`` the open source
(``document.version.start.end.page``) and the filters ``kind``, ``language``, ``document``, ``collection``, ``from`` and ``to``. Links from
outside name an ``answer`` or a ``passage`` (`ui.components.permalinks`). A link to another page holds what that page is to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NoReturn

import streamlit as st
from streamlit.navigation.page import Page

from ingest.records import KINDS, Kind
from kb.records import Citation, Counterpart, Filters, Hit
from kb.store.user_data.conversations import Conversations
from kb.user_records import Conversation
from lang.languages import PAPER_LANGUAGES, Language
from ui.components.i18n import LANGUAGE_COOKIE, first_of, from_locale
from ui.components.permalinks import ANSWER_KEY, PASSAGE_KEY, Passage

FIRST = "chat"
"""The page whose address is that of the app."""


def page_link(key: str, label: str, query: Mapping[str, str | Sequence[str]], *, icon: str | None = None, width: str = "content") -> None:
    """A link to the page of this key (`ui.pages.navigation.PAGES`), which opens with ``query`` as its address."""
    st.page_link(_page(key), label=label, icon=icon, width="stretch" if width == "stretch" else "content", query_params=query)


def go(key: str, query: Mapping[str, str | Sequence[str]]) -> NoReturn:
    """Leave for the page of this key."""
    st.switch_page(_page(key), query_params=query)


def _page(key: str) -> Page:
    # Streamlit knows pages by their address alone (1.67), so that this one stands for the one that the navigation has.
    return st.Page(_nothing, url_path=key, title=key, default=key == FIRST)


def _nothing() -> None:
    """Never drawn."""


LANGUAGE_KEY: Final = "lang"
CONVERSATION_KEY: Final = "c"
COLLECTION_KEY: Final = "collection"
ALL: Final = "all"
"""In the address, that every collection is asked, also in a conversation that asked some before."""
SOURCE_KEY: Final = "src"
PENDING_KEY: Final = "setu_pending"
_CHOSEN: Final = "setu_language_chosen"
_FRESH: Final = "setu_fresh"
_EDITED: Final = "setu_edited"
_REPLACES: Final = "setu_replaces"


@dataclass(frozen=True, slots=True)
class Opened:
    """The source beside the answer: the quoted span, and the page that is shown (0: the page of the quote)."""

    document: int
    version: int
    start: int
    end: int
    page: int = 0

    @classmethod
    def of(cls, cited: Citation | Counterpart | Hit) -> Opened:
        """The source of a citation or hit, open at its page."""
        return cls(cited.document_id, cited.version, cited.start, cited.end, cited.page)

    @classmethod
    def parse(cls, value: str | None) -> Opened | None:
        """Read it from the address; None when it is not there or not of our making."""
        parts = (value or "").split(".")
        if len(parts) != 5 or not all(p.isascii() and p.isdecimal() and len(p) < 12 for p in parts):
            return None
        return cls(*(int(p) for p in parts))

    def __str__(self) -> str:
        return f"{self.document}.{self.version}.{self.start}.{self.end}.{self.page}"


def interface_language() -> Language:
    """The language of the address, else the one chosen last in this browser, else the browser's own where we have it, else English."""
    return first_of([st.query_params.get(LANGUAGE_KEY), st.context.cookies.get(LANGUAGE_COOKIE)]) or from_locale(st.context.locale)


def choose_language(language: Language) -> None:
    """Switch the interface language; `ui.components.accessibility` has the browser remember it."""
    st.query_params[LANGUAGE_KEY] = language
    st.session_state[_CHOSEN] = language


def chosen_language() -> Language | None:
    """The language that was chosen with the switch since the page was opened; one that a link brought along was not."""
    chosen: Language | None = st.session_state.get(_CHOSEN)
    return chosen


def opened() -> Opened | None:
    """The open source, or the passage that a link names."""
    passage = Passage.parse(st.query_params.get(PASSAGE_KEY))
    linked = Opened(passage.document, passage.version, passage.start, passage.end) if passage is not None else None
    return Opened.parse(st.query_params.get(SOURCE_KEY)) or linked


def linked_answer() -> str | None:
    """The key of the answer that a link names."""
    return st.query_params.get(ANSWER_KEY)


def broken_passage() -> bool:
    """Whether a link names a passage in a way that is not of our making."""
    return PASSAGE_KEY in st.query_params and Passage.parse(st.query_params[PASSAGE_KEY]) is None


def open_source(source: Opened) -> None:
    """Open a source beside the answer."""
    st.query_params.pop(PASSAGE_KEY, None)
    st.query_params[SOURCE_KEY] = str(source)


def turn_to(page: int) -> None:
    """Show another page of the open source."""
    source = opened()
    if source is not None:
        open_source(replace(source, page=page))


def close_source() -> None:
    """Close the source."""
    for key in (SOURCE_KEY, PASSAGE_KEY):
        st.query_params.pop(key, None)


def conversation(kept: Conversations) -> tuple[Conversation, bool]:
    """The conversation of the address, or a new one; and whether one was named that could not be read."""
    wanted = st.query_params.get(CONVERSATION_KEY)
    found = kept.load(wanted) if wanted else None
    if found is not None:
        return found, False
    fresh = kept.new()
    return fresh, bool(wanted)


def remember(current: Conversation) -> None:
    """Put the conversation into the address."""
    st.query_params.pop(ANSWER_KEY, None)
    st.query_params[CONVERSATION_KEY] = current.id


def raise_question(conversation_id: str, index: int) -> None:
    """Have the page show a question at its top (`ui.components.accessibility`).

    It is asked now, or its conversation has just been opened.
    """
    _, _, times = st.session_state.get(_FRESH, ("", 0, 0))
    st.session_state[_FRESH] = conversation_id, index, times + 1


def raised(conversation_id: str, index: int) -> str:
    """By what the browser knows that a question is to be shown at the top, once; "" for any other question."""
    of, at, times = st.session_state.get(_FRESH, ("", 0, 0))
    return f"{at}-{times}" if (of, at) == (conversation_id, index) else ""


def newly_opened(conversation_id: str) -> bool:
    """Whether another conversation, or none, was raised before in this session."""
    return bool(st.session_state.get(_FRESH, ("", 0, 0))[0] != conversation_id)


def start_over() -> None:
    """Forget the conversation and the open source; what was said stays on disk under its own address."""
    for key in (CONVERSATION_KEY, ANSWER_KEY):
        st.query_params.pop(key, None)
    close_source()


def ask_next(question: str) -> None:
    """Have a question asked when the page is drawn next."""
    st.session_state[PENDING_KEY] = question


def take_pending() -> str | None:
    """The question that is waiting to be asked, once."""
    pending: str | None = st.session_state.pop(PENDING_KEY, None)
    return pending


def edit(index: int, question: str) -> None:
    """Have a question drawn as a form."""
    st.session_state[_EDITED] = index, question


def edited() -> tuple[int, str] | None:
    """Which question is being edited: its place in the conversation, and its words as they were asked."""
    found: tuple[int, str] | None = st.session_state.get(_EDITED)
    return found


def end_edit() -> None:
    """Leave the question as it was."""
    st.session_state.pop(_EDITED, None)


def ask_instead(question: str) -> None:
    """Have a question asked in place of the last one."""
    end_edit()
    st.session_state[_REPLACES] = True
    ask_next(question)


def take_replacing() -> bool:
    """Whether the waiting question takes the place of the last one; said once."""
    return bool(st.session_state.pop(_REPLACES, False))


def filters() -> Filters:
    """The filters of the address; values that are not of our making are ignored."""
    query = st.query_params
    kinds: tuple[Kind, ...] = tuple(k for k in KINDS if k in query.get_all("kind"))
    languages: tuple[Language, ...] = tuple(x for x in PAPER_LANGUAGES if x in query.get_all("language"))
    documents = tuple(int(d) for d in query.get_all("document") if d.isascii() and d.isdecimal() and len(d) < 12)
    return Filters(kinds, languages, documents, _day(query.get("from")), _day(query.get("to")), collections())


def collections() -> tuple[int, ...]:
    """The collections of the address; of none, all papers are looked at."""
    return tuple(int(c) for c in st.query_params.get_all(COLLECTION_KEY) if c.isascii() and c.isdecimal() and len(c) < 12)


def choose_collections(chosen: Sequence[int]) -> None:
    """Put collections into the address; papers that were chosen one by one are chosen no more."""
    st.query_params.pop("document", None)
    if chosen:
        st.query_params[COLLECTION_KEY] = [str(one) for one in chosen]
    elif CONVERSATION_KEY in st.query_params:
        st.query_params[COLLECTION_KEY] = ALL
    else:
        st.query_params.pop(COLLECTION_KEY, None)


def carried() -> dict[str, str | list[str]]:
    """What of the address goes along to another page: the collections."""
    chosen = [str(one) for one in collections()]
    return {COLLECTION_KEY: chosen} if chosen else {}


def follow(kept: Conversations) -> None:
    """Have an opened conversation ask the collections that it asked last, where the address names none."""
    if COLLECTION_KEY in st.query_params or not (wanted := st.query_params.get(CONVERSATION_KEY)):
        return
    found = kept.load(wanted)
    if found is not None and found.exchanges and (chosen := found.exchanges[-1].filters.collections):
        st.query_params[COLLECTION_KEY] = [str(one) for one in chosen]


def choose_filters(chosen: Filters) -> None:
    """Put the filters into the address."""
    values: dict[str, list[str]] = {
        "kind": list(chosen.kinds),
        "language": list(chosen.languages),
        "document": [str(d) for d in chosen.documents],
        "from": [chosen.date_from.isoformat()] if chosen.date_from else [],
        "to": [chosen.date_to.isoformat()] if chosen.date_to else [],
    }
    if chosen.collections != collections():
        choose_collections(chosen.collections)
    for key, value in values.items():
        if value:
            st.query_params[key] = value
        else:
            st.query_params.pop(key, None)


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
