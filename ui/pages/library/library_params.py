"""What the page of the library shows, in its address: the list with its filters and order, or one document and what of it is open.

Of the list: ``q`` words, ``kind``, ``language``, ``state``, ``from``, ``to``, ``sort`` (``-date``: descending), ``p`` the page of the list.
Of a document: ``document``, ``version``, ``view`` (``read``, ``facts``, ``versions``), ``page``, ``at`` (``start.end``: a marked span),
``fix`` the fact being corrected, ``compare`` (``1.2``: two versions). ``job`` is the upload that is watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import urlencode

import streamlit as st

from ingest.records import KINDS, Kind
from kb.records import DocumentInfo
from lang.languages import PAPER_LANGUAGES, Language
from lang.normalise import search_form
from ui.components import query_params

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
_OF_A_DOCUMENT: Final = ("document", "version", "view", "page", "at", "fix", "compare")
_LARGEST: Final = 12
_TURN_KEY: Final = "library_turn"


def wanted() -> Wanted:
    """What the list is to show; values that are not of our making are ignored."""
    query = st.query_params
    sort = query.get("sort", "")
    return Wanted(
        text=query.get("q", "")[:200],
        kinds=tuple(k for k in KINDS if k in query.get_all("kind")),
        languages=tuple(x for x in PAPER_LANGUAGES if x in query.get_all("language")),
        states=tuple(s for s in STATES if s in query.get_all("state")),
        date_from=_day(query.get("from")),
        date_to=_day(query.get("to")),
        sort=next((s for s in SORTS if s == sort.removeprefix("-")), "title"),
        descending=sort.startswith("-"),
    )


def want(chosen: Wanted) -> None:
    """Put into the address what the list is to show, from its first page on."""
    put("q", chosen.text.strip())
    for key, values in (("kind", chosen.kinds), ("language", chosen.languages), ("state", chosen.states)):
        if values:
            st.query_params[key] = list(values)
        else:
            st.query_params.pop(key, None)
    put("from", chosen.date_from.isoformat() if chosen.date_from else "")
    put("to", chosen.date_to.isoformat() if chosen.date_to else "")
    sort = f"{'-' if chosen.descending else ''}{chosen.sort}"
    put("sort", "" if sort == "title" else sort)
    put("p", "")


def document() -> int | None:
    """The document that is open."""
    return number("document")


def number(key: str) -> int | None:
    """A number of the address; None where there is none of our making."""
    value = st.query_params.get(key, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < _LARGEST else None


def pair(key: str) -> tuple[int, int] | None:
    """Two numbers of the address."""
    parts = st.query_params.get(key, "").split(".")
    if len(parts) != 2 or not all(p.isascii() and p.isdecimal() and len(p) < _LARGEST for p in parts):
        return None
    return int(parts[0]), int(parts[1])


def view() -> View:
    """What of the document is open."""
    chosen = st.query_params.get("view")
    return next((v for v in VIEWS if v == chosen), "read")


def put(key: str, value: object) -> None:
    """Set one thing of the address; "" and None take it out."""
    if value is None or value == "":
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(value)


def open_document(document_id: int) -> None:
    """Open a document; the list keeps its filters for the way back."""
    leave_document()
    put("document", document_id)


def leave_document() -> None:
    """Back to the list."""
    for key in _OF_A_DOCUMENT:
        st.query_params.pop(key, None)


def turn() -> int:
    """How often a view was opened from elsewhere than the switch, which is then drawn anew."""
    turns: int = st.session_state.get(_TURN_KEY, 0)
    return turns


def show(view: View, **more: object) -> None:
    """Open a view of the document, with what of it is open there."""
    st.session_state[_TURN_KEY] = turn() + 1
    put("view", "" if view == "read" else view)
    for key, value in more.items():
        put(key, value)


def link(document_id: int) -> str:
    """The address of a document, for a link that is opened in another tab; the list's filters stay in it."""
    kept: Mapping[str, list[str]] = {key: st.query_params.get_all(key) for key in st.query_params if key not in _OF_A_DOCUMENT}
    return "?" + urlencode({**kept, "document": str(document_id)}, doseq=True)


def asked_alone(document_id: int) -> dict[str, str]:
    """The address of the chat in which this document alone answers."""
    return {query_params.LANGUAGE_KEY: query_params.interface_language(), "document": str(document_id)}


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
