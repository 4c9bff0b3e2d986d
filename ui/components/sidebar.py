"""Beside the conversation: the filters, and the way to the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import streamlit as st

from ingest.records import KINDS
from kb.records import DocumentInfo, Filters
from lang.languages import LANGUAGES, PAPER_LANGUAGES, Language
from ui.components import query_params
from ui.components.i18n import NAMES, Strings
from ui.components.markup import label
from ui.components.query_params import page_link

TICKED: Final = 40
"""So many papers have a box to tick each; of more, one is chosen by typing a word of its title."""


def sidebar(documents: Sequence[DocumentInfo], words: Strings) -> Filters:
    """Draw the chat's part of the sidebar and return the filters in force."""
    with st.sidebar:
        st.button(words("chat.new"), key="new", on_click=query_params.start_over, icon=":material/add:", width="stretch")
        asked = [d for d in documents if d.state != "rejected"]
        if len(asked) <= TICKED:
            _papers(asked, words)
        chosen = _filters(asked, words)
        _documents(documents, words)
    return chosen


def language_switch(words: Strings) -> None:
    """Draw the switch of the interface language."""

    def switched() -> None:
        picked: Language | None = st.session_state[key]
        if picked:
            query_params.choose_language(picked)

    key = f"language-{words.language}"
    st.segmented_control(
        words("app.language"),
        LANGUAGES,
        default=words.language,
        format_func=lambda code: NAMES[code],
        key=key,
        on_change=switched,
        required=True,
        width="stretch",
    )


def named(filters: Filters, documents: Sequence[DocumentInfo], collections: Mapping[int, str], words: Strings) -> str:
    """The filters in words, for the line over the conversation; "" where none is in force. ``collections`` are names by id."""
    if not filters.active:
        return ""
    titles = {d.id: d.title for d in documents}
    names = [collections[c] for c in filters.collections if c in collections]
    names += [words(f"kind.{k}") for k in filters.kinds] + [words(f"language.{x}") for x in filters.languages]
    names += [titles.get(d, str(d)) for d in filters.documents]
    names += [f"{words('filters.date_from')} {words.date(filters.date_from)}"] if filters.date_from else []
    names += [f"{words('filters.date_to')} {words.date(filters.date_to)}"] if filters.date_to else []
    return " · ".join(names)


def _papers(documents: Sequence[DocumentInfo], words: Strings) -> None:
    """A box to tick for each paper; where none is ticked, all are asked. The address holds which."""
    chosen = set(query_params.DOCUMENTS.get())
    keys = {d.id: f"paper-{d.id}-{words.language}" for d in documents}

    def ticked() -> None:
        picked = tuple(d for d, key in keys.items() if st.session_state[key])
        query_params.choose_filters(replace(query_params.filters(), documents=picked if len(picked) < len(keys) else ()))

    def all_asked() -> None:
        query_params.choose_filters(replace(query_params.filters(), documents=()))

    many = sum(d in chosen for d in keys)
    title = words("chat.papers_some", n=many, total=len(keys)) if chosen else words("chat.papers_all")
    with st.expander(title, expanded=bool(chosen), icon=":material/checklist:", key=f"papers-{words.language}"):
        st.session_state[f"papers-all-{words.language}"] = not chosen
        st.checkbox(words("chat.all_papers"), key=f"papers-all-{words.language}", on_change=all_asked)
        for d in documents:
            st.session_state[keys[d.id]] = d.id in chosen
            st.checkbox(label(d.title), key=keys[d.id], on_change=ticked)


def _filters(documents: Sequence[DocumentInfo], words: Strings) -> Filters:
    chosen = query_params.filters()
    names = {d.id: d.title for d in documents}
    ticking = len(documents) <= TICKED
    # The widgets are rebuilt with their language: Streamlit keeps the old option labels under an old key.
    at = words.language

    def changed() -> None:
        read = st.session_state
        query_params.choose_filters(
            Filters(
                tuple(read[f"kinds-{at}"]),
                tuple(read[f"languages-{at}"]),
                tuple(read[f"documents-{at}"]) if not ticking else query_params.DOCUMENTS.get(),
                read[f"from-{at}"],
                read[f"to-{at}"],
                query_params.COLLECTION.get(),
            )
        )

    def cleared() -> None:
        for name in ("kinds", "languages", *(() if ticking else ("documents",))):
            st.session_state[f"{name}-{at}"] = []
        for name in ("from", "to"):
            st.session_state[f"{name}-{at}"] = None
        query_params.choose_filters(Filters(collections=query_params.COLLECTION.get()))

    def many(name: str, options: Sequence[Any], default: Sequence[Any], shown: Callable[[Any], str]) -> None:
        st.multiselect(
            words(f"filters.{name}"),
            options,
            default=[d for d in default if d in options],
            format_func=shown,
            key=f"{name}-{at}",
            placeholder=words("filters.any"),
            on_change=changed,
        )

    def day(name: str, default: date | None) -> None:
        st.date_input(
            words(f"filters.date_{name}"),
            value=default,
            min_value=date(1900, 1, 1),
            max_value=date(2100, 12, 31),
            format="YYYY-MM-DD",
            key=f"{name}-{at}",
            on_change=changed,
        )

    narrowed = replace(chosen, collections=()).active
    with st.expander(words("filters.title"), expanded=narrowed, icon=":material/filter_alt:"):
        many("kinds", KINDS, chosen.kinds, lambda k: words(f"kind.{k}"))
        many("languages", PAPER_LANGUAGES, chosen.languages, lambda x: words(f"language.{x}"))
        if not ticking:
            many("documents", list(names), chosen.documents, lambda d: names.get(d, str(d)))
        day("from", chosen.date_from)
        day("to", chosen.date_to)
        if chosen.date_from and chosen.date_to and chosen.date_from > chosen.date_to:
            st.warning(words("filters.date_order"))
        st.button(words("filters.clear"), key="clear", on_click=cleared, disabled=not narrowed, width="stretch")
    return chosen


def _documents(documents: Sequence[DocumentInfo], words: Strings) -> None:
    """How many documents are in use, as the way to all that is known of them."""
    used = sum(d.state != "rejected" for d in documents)
    page_link(
        "library", words.count("library.sidebar.open", used), query_params.LANG.link(words.language) | query_params.carried(),
        icon=":material/description:",
        width="stretch",
    )  # fmt: skip
