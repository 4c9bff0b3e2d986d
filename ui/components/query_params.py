"""What a page remembers: in the address, so that a refresh, a bookmark or a second tab shows the same thing; and going to another page.

A page declares the parameters of its address (`Param`) by name, kind, default and allowed values; a value that is not of our making is
taken for the default, and the default is not written. Declared here are those that several pages have. Links from outside name an
``answer`` or a ``passage`` (`ui.components.permalinks`). A link to another page holds what that page is to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Generic, NoReturn, TypeAlias, TypeVar

import streamlit as st
from streamlit.navigation.page import Page

from ingest.records import KINDS, Kind
from kb.records import Citation, Counterpart, Filters, Hit
from kb.store.user_data.conversations import Conversations
from kb.user_records import Conversation
from lang.languages import PAPER_LANGUAGES, Language
from ui.components.i18n import LANGUAGE_COOKIE, first_of, from_locale
from ui.components.permalinks import ANSWER_KEY, PASSAGE_KEY, Passage, dotted

T = TypeVar("T")
S = TypeVar("S", bound=str)
Query: TypeAlias = dict[str, str | list[str]]
"""Parameters of an address with their values."""


@dataclass(frozen=True, slots=True)
class Param(Generic[T]):
    """A parameter of the address.

    ``read`` takes the values that stand under its name, and gives None for such as are not of our making; ``write`` makes them of a value,
    none where it is to be left out.
    """

    name: str
    default: T
    read: Callable[[Sequence[str]], T | None]
    write: Callable[[T], Sequence[str]]

    def get(self) -> T:
        """What the address says."""
        found = self.read(st.query_params.get_all(self.name))
        return self.default if found is None else found

    def put(self, value: T) -> None:
        """Have the address say this."""
        written = self.link(value)
        if written:
            st.query_params[self.name] = written[self.name]
        else:
            self.clear()

    def clear(self) -> None:
        """Take it out of the address."""
        st.query_params.pop(self.name, None)

    def stands(self) -> bool:
        """Whether the address names it, with whatever value."""
        return self.name in st.query_params

    def link(self, value: T) -> Query:
        """This value as a part of the address that a link has."""
        said = list(self.write(value)) if value != self.default else []
        return {self.name: said[0] if len(said) == 1 else said} if said else {}


def clear(*params: Param[Any]) -> None:
    """Take these out of the address."""
    for one in params:
        one.clear()


def text(name: str, longest: int = 200) -> Param[str]:
    """Words, cut to so many characters."""
    return Param(name, "", lambda said: said[-1][:longest] if said else None, lambda value: [value] if value else [])


def word(name: str) -> Param[str | None]:
    """An id or name; None where there is none."""
    return Param(name, None, lambda said: said[-1] or None if said else None, lambda value: [value] if value else [])


def number(name: str) -> Param[int | None]:
    """A whole number from 0."""
    return made(name, lambda said: next(iter(dotted(said, 1) or ()), None))


def counted(name: str, default: int = 1, most: int = 99_999) -> Param[int]:
    """A whole number from 1, cut to ``most``; one of more than five digits is not of our making."""

    def read(said: Sequence[str]) -> int | None:
        found = dotted(said[-1], 1) if said and len(said[-1]) < 6 else None
        return min(found[0], most) or None if found is not None else None

    return Param(name, default, read, lambda value: [str(value)])


def pair(name: str) -> Param[tuple[int, int] | None]:
    """Two whole numbers: ``1.2``."""

    def read(said: str) -> tuple[int, int] | None:
        found = dotted(said, 2)
        return (found[0], found[1]) if found is not None else None

    return made(name, read, lambda value: f"{value[0]}.{value[1]}")


def day(name: str) -> Param[date | None]:
    """A date: ``2026-02-18``."""

    def read(said: str) -> date | None:
        try:
            return date.fromisoformat(said)
        except ValueError:
            return None

    return made(name, read)


def made(name: str, read: Callable[[str], T | None], write: Callable[[T], str] = str) -> Param[T | None]:
    """A value that ``read`` makes of what stands there; None where it cannot."""
    return Param(name, None, lambda said: read(said[-1]) if said else None, lambda value: [write(value)] if value is not None else [])


def one_of(name: str, allowed: Sequence[S], default: S) -> Param[S]:
    """One of a few words."""
    return Param(name, default, lambda said: next((one for one in allowed if said and one == said[-1]), None), lambda value: [value])


def some_of(name: str, allowed: Sequence[S]) -> Param[tuple[S, ...]]:
    """Any of a few words, each under the name again, in the order in which they are allowed."""
    return Param(name, (), lambda said: tuple(one for one in allowed if one in said), list)


def numbers(name: str) -> Param[tuple[int, ...]]:
    """Whole numbers, each under the name again."""

    def read(said: Sequence[str]) -> tuple[int, ...]:
        return tuple(found[0] for one in said if (found := dotted(one, 1)) is not None)

    return Param(name, (), read, lambda value: [str(one) for one in value])


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
    def parse(cls, value: str) -> Opened | None:
        """Read it from the address; None when it is not of our making."""
        parts = dotted(value, 5)
        return cls(*parts) if parts is not None else None

    def __str__(self) -> str:
        return f"{self.document}.{self.version}.{self.start}.{self.end}.{self.page}"


LANG: Final = word("lang")
CONVERSATION: Final = word("c")
COLLECTION: Final = numbers("collection")
ALL: Final = "all"
"""In the address, that every collection is asked, also in a conversation that asked some before."""
SOURCE: Final = made("src", Opened.parse)
ANSWER: Final = word(ANSWER_KEY)
PASSAGE: Final = made(PASSAGE_KEY, Passage.parse)
KIND: Final[Param[tuple[Kind, ...]]] = some_of("kind", KINDS)
LANGUAGE: Final[Param[tuple[Language, ...]]] = some_of("language", PAPER_LANGUAGES)
DOCUMENTS: Final = numbers("document")
FROM: Final = day("from")
TO: Final = day("to")

PENDING_KEY: Final = "setu_pending"
_CHOSEN: Final = "setu_language_chosen"
_FRESH: Final = "setu_fresh"
_EDITED: Final = "setu_edited"
_REPLACES: Final = "setu_replaces"


def interface_language() -> Language:
    """The language of the address, else the one chosen last in this browser, else the browser's own where we have it, else English."""
    return first_of([LANG.get(), st.context.cookies.get(LANGUAGE_COOKIE)]) or from_locale(st.context.locale)


def choose_language(language: Language) -> None:
    """Switch the interface language; `ui.components.accessibility` has the browser remember it."""
    LANG.put(language)
    st.session_state[_CHOSEN] = language


def chosen_language() -> Language | None:
    """The language that was chosen with the switch since the page was opened; one that a link brought along was not."""
    chosen: Language | None = st.session_state.get(_CHOSEN)
    return chosen


def opened() -> Opened | None:
    """The open source, or the passage that a link names."""
    passage = PASSAGE.get()
    linked = Opened(passage.document, passage.version, passage.start, passage.end) if passage is not None else None
    return SOURCE.get() or linked


def broken_passage() -> bool:
    """Whether a link names a passage in a way that is not of our making."""
    return PASSAGE.stands() and PASSAGE.get() is None


def open_source(source: Opened) -> None:
    """Open a source beside the answer."""
    PASSAGE.clear()
    SOURCE.put(source)


def turn_to(page: int) -> None:
    """Show another page of the open source."""
    source = opened()
    if source is not None:
        open_source(replace(source, page=page))


def close_source() -> None:
    """Close the source."""
    clear(SOURCE, PASSAGE)


def conversation(kept: Conversations) -> tuple[Conversation, bool]:
    """The conversation of the address, or a new one; and whether one was named that could not be read."""
    wanted = CONVERSATION.get()
    found = kept.load(wanted) if wanted else None
    if found is not None:
        return found, False
    return kept.new(), wanted is not None


def remember(current: Conversation) -> None:
    """Put the conversation into the address."""
    ANSWER.clear()
    CONVERSATION.put(current.id)


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
    clear(CONVERSATION, ANSWER)
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
    return Filters(KIND.get(), LANGUAGE.get(), DOCUMENTS.get(), FROM.get(), TO.get(), COLLECTION.get())


def choose_filters(chosen: Filters) -> None:
    """Put the filters into the address."""
    if chosen.collections != COLLECTION.get():
        choose_collections(chosen.collections)
    KIND.put(chosen.kinds)
    LANGUAGE.put(chosen.languages)
    DOCUMENTS.put(chosen.documents)
    FROM.put(chosen.date_from)
    TO.put(chosen.date_to)


def choose_collections(chosen: Sequence[int]) -> None:
    """Put collections into the address; papers that were chosen one by one are chosen no more."""
    DOCUMENTS.clear()
    COLLECTION.put(tuple(chosen))
    if not chosen and CONVERSATION.stands():
        st.query_params[COLLECTION.name] = ALL


def carried() -> Query:
    """What of the address goes along to another page: the collections."""
    return COLLECTION.link(COLLECTION.get())


def follow(kept: Conversations) -> None:
    """Have an opened conversation ask the collections that it asked last, where the address names none."""
    if COLLECTION.stands() or not (wanted := CONVERSATION.get()):
        return
    found = kept.load(wanted)
    if found is not None and found.exchanges:
        COLLECTION.put(found.exchanges[-1].filters.collections)
