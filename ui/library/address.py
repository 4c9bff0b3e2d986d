"""What the page of the library shows, in its address: the list with its filters, or one document and what of it is open.

Of the list: ``q`` words, ``kind``, ``language``, ``state``, ``from``, ``to``, ``sort`` (``-date``: descending), ``p`` the page of the list.
Of a document: ``document``, ``version``, ``view`` (``read``, ``facts``, ``versions``), ``page``, ``at`` (``start.end``: a marked span),
``fix`` the fact being corrected, ``compare`` (``1.2``: two versions). ``job`` is the upload that is watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode

import streamlit as st

from ingest.records import KINDS
from lang.codes import LANGUAGES
from ui import state
from ui.library.find import SORTS, STATES, Wanted

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
        languages=tuple(x for x in LANGUAGES if x in query.get_all("language")),
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
    return {state.LANGUAGE_KEY: state.interface_language(), "document": str(document_id)}


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
