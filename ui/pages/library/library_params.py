"""What the page of the library shows, in its address: the list with its filters and order, or one document and what of it is open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlencode

import streamlit as st

from ingest.records import Kind
from kb.records import DocumentInfo
from lang.languages import Language
from lang.normalise import search_form
from ui.components import query_params
from ui.components.query_params import FROM, KIND, LANG, LANGUAGE, TO, Param, clear, counted, number, one_of, pair, some_of, text, word

State: TypeAlias = Literal["in_use", "needs_ocr", "rejected", "withdrawn"]
"""Found by searches; found, but pages of it were not read; never taken in; taken out of use, its versions kept."""

Sort: TypeAlias = Literal["title", "kind", "language", "date", "pages", "version", "state"]

STATES: Final[tuple[State, ...]] = get_args(State)
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
PAGE: Final = 25
"""Documents on one page of the list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the list has it; ``title`` is its last one where it is out of use."""

    info: DocumentInfo
    state: State
    title: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is to show; every empty field lets all through. ``text`` is looked for in title, source and publisher."""

    text: str = ""
    kinds: tuple[Kind, ...] = ()
    languages: tuple[Language, ...] = ()
    states: tuple[State, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    sort: Sort = "title"
    descending: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text.strip() or self.kinds or self.languages or self.states or self.date_from or self.date_to)


def entry(info: DocumentInfo, last_title: Callable[[int], str | None]) -> Entry:
    """The entry of a document; ``last_title`` is that of its newest version, None where it never had one, and asked only when needed."""
    if info.state != "rejected":
        return Entry(info, "needs_ocr" if info.state == "needs_ocr" else "in_use", info.title)
    title = last_title(info.id)
    return Entry(info, "rejected" if title is None else "withdrawn", title or info.title)


def found(entries: Iterable[Entry], wanted: Wanted) -> list[Entry]:
    """The entries that are wanted, in order; a document without a date is last whichever way dates go."""
    words = _form(wanted.text).split()
    kept = [e for e in entries if _passes(e, wanted) and _holds(e, words)]
    kept.sort(key=lambda e: (_form(e.title), e.info.id))
    if wanted.sort == "date":
        dated = sorted((e for e in kept if e.info.date), key=lambda e: e.info.date or date.min, reverse=wanted.descending)
        return dated + [e for e in kept if not e.info.date]
    if wanted.sort != "title":
        kept.sort(key=_KEYS[wanted.sort], reverse=wanted.descending)
    elif wanted.descending:
        kept.reverse()
    return kept


def page_of(entries: Sequence[Entry], number: int) -> tuple[int, int, Sequence[Entry]]:
    """A page of the list: its number (from 1, cut to what there is), how many there are, and its entries."""
    pages = max(1, -(-len(entries) // PAGE))
    at = min(max(1, number), pages)
    return at, pages, entries[(at - 1) * PAGE : at * PAGE]


_KEYS: Final[dict[str, Callable[[Entry], Any]]] = {
    "kind": lambda e: e.info.kind,
    "language": lambda e: e.info.language,
    "pages": lambda e: e.info.pages,
    "version": lambda e: e.info.version,
    "state": lambda e: STATES.index(e.state),
}


def _passes(one: Entry, wanted: Wanted) -> bool:
    info = one.info
    return (
        (not wanted.kinds or info.kind in wanted.kinds)
        and (not wanted.languages or info.language in wanted.languages)
        and (not wanted.states or one.state in wanted.states)
        and (wanted.date_from is None or (info.date is not None and info.date >= wanted.date_from))
        and (wanted.date_to is None or (info.date is not None and info.date <= wanted.date_to))
    )


def _holds(one: Entry, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = "\n".join((_form(one.title), _form(one.info.source), _form(one.info.publisher or "")))
    return all(word in text for word in words)


@lru_cache(maxsize=65_536)
def _form(text: str) -> str:
    return search_form(text).text.strip()


View: TypeAlias = Literal["read", "facts", "versions"]
VIEWS: Final[tuple[View, ...]] = ("read", "facts", "versions")
_TURN_KEY: Final = "library_turn"


def _read_sort(said: Sequence[str]) -> tuple[Sort, bool] | None:
    wanted = said[-1] if said else ""
    return next(((one, wanted.startswith("-")) for one in SORTS if one == wanted.removeprefix("-")), None)


WORDS: Final = text("q")
STATE: Final[Param[tuple[State, ...]]] = some_of("state", STATES)
SORT: Final[Param[tuple[Sort, bool]]] = Param("sort", ("title", False), _read_sort, lambda by: [f"{'-' if by[1] else ''}{by[0]}"])
"""The order of the list, and whether it descends (``-date``)."""
LIST_PAGE: Final = counted("p")
JOB: Final = word("job")
"""The upload that is watched."""

DOCUMENT: Final = number("document")
VERSION: Final = number("version")
VIEW: Final[Param[View]] = one_of("view", VIEWS, "read")
PAGE_SHOWN: Final = number("page")
AT: Final = pair("at")
"""The span that is marked."""
FIX: Final = word("fix")
"""The fact that is being corrected."""
COMPARE: Final = pair("compare")
"""Two versions."""
_OF_A_DOCUMENT: Final[tuple[Param[Any], ...]] = (DOCUMENT, VERSION, VIEW, PAGE_SHOWN, AT, FIX, COMPARE)


def wanted() -> Wanted:
    """What the list is to show."""
    return Wanted(WORDS.get(), KIND.get(), LANGUAGE.get(), STATE.get(), FROM.get(), TO.get(), *SORT.get())


def want(chosen: Wanted) -> None:
    """Put into the address what the list is to show, from its first page on."""
    WORDS.put(chosen.text.strip())
    KIND.put(chosen.kinds)
    LANGUAGE.put(chosen.languages)
    STATE.put(chosen.states)
    FROM.put(chosen.date_from)
    TO.put(chosen.date_to)
    SORT.put((chosen.sort, chosen.descending))
    LIST_PAGE.clear()


def open_document(document_id: int) -> None:
    """Open a document; the list keeps its filters for the way back."""
    leave_document()
    DOCUMENT.put(document_id)


def leave_document() -> None:
    """Back to the list."""
    clear(*_OF_A_DOCUMENT)


def turn() -> int:
    """How often a view was opened from elsewhere than the switch, which is then drawn anew."""
    turns: int = st.session_state.get(_TURN_KEY, 0)
    return turns


def read_at(at: tuple[int, int] | None, version: int | None) -> None:
    """Open the text of a version of the document, at a span."""
    st.session_state[_TURN_KEY] = turn() + 1
    VERSION.put(version)
    AT.put(at)
    clear(VIEW, PAGE_SHOWN)


def link(document_id: int) -> str:
    """The address of a document, for a link that is opened in another tab; the list's filters stay in it."""
    left = {one.name for one in _OF_A_DOCUMENT}
    kept = {key: st.query_params.get_all(key) for key in st.query_params if key not in left}
    return "?" + urlencode({**kept, **DOCUMENT.link(document_id)}, doseq=True)


def asked_alone(document_id: int) -> query_params.Query:
    """The address of the chat in which this document alone answers."""
    return LANG.link(query_params.interface_language()) | DOCUMENT.link(document_id)
