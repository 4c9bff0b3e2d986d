"""The lines of a card: each field with its value and clause, and the obligations by who owes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import streamlit as st

from kb.card import Card, Entry, Obligation
from kb.card.records import FACTS, FIELDS
from kb.records import Citation
from ui import moves, state
from ui.answers import page_words
from ui.cards.handling import handling_view, set_button
from ui.cards.sheet import standing_words
from ui.cards.wording import actor_words, deadline_words, force_words, value_language, value_words
from ui.i18n import Strings
from ui.library import address
from ui.markup import html, label

Form: TypeAlias = Callable[[str], None]
"""Draws the form of the line of this key, where it is the one that is being corrected; of "+FIELD" the form that adds one."""


def fields_view(card: Card, words: Strings, form: Form | None = None) -> None:
    """Draw the fields, with their ``form`` for those who may correct; what was struck out is shown to them, so that it may come back."""
    editable = form is not None
    for field in FIELDS:
        lines = [e for e in card.entries if e.field == field and (editable or not e.dropped)]
        with st.container(key=f"cards-field-{card.document_id}-{field}", gap="xxsmall"):
            st.html(f'<h3 class="setu-card-field">{html(words(f"cards.field.{field}"))}</h3>')
            if not lines:
                st.html(f'<p class="setu-facts">{html(words("cards.not_stated"))}</p>')
            for entry in lines:
                _entry(card, entry, words, form)
            if form is not None and field not in FACTS:
                st.button(
                    words("cards.add"), key=f"cards-add-{field}", type="tertiary", icon=":material/add:", on_click=address.put,
                    args=("fix", f"+{field}"), help=words("cards.add_to", field=words(f"cards.field.{field}")),
                )  # fmt: skip
                form(f"+{field}")


def _entry(card: Card, entry: Entry, words: Strings, form: Form | None) -> None:
    spoken = value_language(entry, card.language, words)
    struck = " setu-struck" if entry.dropped else ""
    text = f'<div class="setu-card-value{struck}" lang="{spoken}">{html(value_words(entry, words))}</div>{_under(entry, words)}'
    with st.container(
        horizontal=True, vertical_alignment="center", wrap=False, gap="small", key=f"cards-line-{card.document_id}-{entry.key}"
    ):
        st.html(text, width="stretch")
        if entry.citation is not None:
            _open(card, entry.key, entry.citation, words)
        if form is not None:
            _fix(card, entry.field in FACTS, entry.field, entry.key, words)
    if form is not None:
        form(entry.key)


def obligations_view(card: Card, words: Strings, form: Form | None = None) -> None:
    """Draw who shall do what by when; the address may choose one of the actors."""
    st.html(f'<h3 class="setu-card-part">{html(words("cards.obligations"))}</h3>')
    left = [one for one in card.obligations if form is not None or not one.dropped]
    if not left:
        st.html(f'<p class="setu-facts">{html(words("cards.no_obligations"))}</p>')
        return
    names = {one.actor: actor_words(one, words) for one in left}
    chosen = _actor(card, names, words) if len(names) > 1 else None
    for one in left:
        if chosen is None or one.actor == chosen:
            _obligation(card, one, words, form)


def _actor(card: Card, names: dict[str, str], words: Strings) -> str | None:
    """Whose obligations are shown; None for everybody's."""
    every: list[str | None] = [None, *names]
    wanted = st.query_params.get("actor")
    chosen = st.selectbox(
        words("cards.whose"), every, index=every.index(wanted) if wanted in names else 0,
        format_func=lambda actor: words("cards.everybody") if actor is None else names[actor],
        key=f"cards-actor-{card.document_id}-{words.language}",
    )  # fmt: skip
    if chosen is None:
        address.put("actor", None)
    else:
        st.query_params["actor"] = chosen
    return chosen


def _obligation(card: Card, one: Obligation, words: Strings, form: Form | None) -> None:
    when = deadline_words(one, words)
    struck = " setu-struck" if one.dropped else ""
    due = f'<div class="setu-card-due">{html(when)}</div>' if when else ""
    spoken = one.citation.language if one.actor else words.language
    head = (
        f'<strong lang="{spoken}">{html(actor_words(one, words))}</strong> <span class="setu-force">{html(force_words(one, words))}</span>'
    )
    clause = html(one.action if one.changed is not None else one.citation.quote)
    said = f'<div class="setu-card-value" lang="{one.citation.language}">{clause}</div>'
    text = f'<div class="setu-card-owed{struck}"><div>{head}</div>{said}{due}</div>{handling_view(one.handling, words)}{_under(one, words)}'
    with st.container(
        horizontal=True, vertical_alignment="center", wrap=False, gap="small", key=f"cards-owed-{card.document_id}-{one.key}"
    ):
        st.html(text, width="stretch")
        _open(card, one.key, one.citation, words)
        if form is not None:
            set_button(card, one, words)
            _fix(card, False, words("cards.obligation"), one.key, words)
    if form is not None:
        form(one.key)


def _under(one: Entry | Obligation, words: Strings) -> str:
    citation = one.citation
    place = ""
    if citation is not None:
        place = " · ".join(t for t in (page_words(citation, words), " › ".join(citation.path)) if t)
    said = " · ".join(part for part in (place, standing_words(one, words)) if part)
    dropped = f" · {words('cards.struck')}" if one.dropped else ""
    return f'<div class="setu-facts">{html(said + dropped)}</div>'


def _open(card: Card, key: str, citation: Citation, words: Strings) -> None:
    st.button(
        words("cards.open"), key=f"cards-open-{card.document_id}-{key}", type="tertiary", icon=":material/article:",
        on_click=state.open_source, args=(state.Opened.of(citation),), help=label(words("cards.open_hint", place=_place(citation, words))),
    )  # fmt: skip


def _place(citation: Citation, words: Strings) -> str:
    return " › ".join(citation.path) or page_words(citation, words)


def _fix(card: Card, fact: bool, what: str, key: str, words: Strings) -> None:
    """The way to correct a line: a fact in the library, where answers take it from, anything else on this page."""
    if fact:
        name = {"party": "parties", "signatory": "signatories", "effective": "in_force"}.get(what, what)
        query = {state.LANGUAGE_KEY: words.language, "document": str(card.document_id), "view": "facts", "fix": name}
        moves.page_link("library", words("cards.correct"), query, icon=":material/edit:")
        return
    st.button(
        words("cards.correct"), key=f"cards-fix-{key}", type="tertiary", icon=":material/edit:", on_click=address.put, args=("fix", key),
        help=words("cards.correct_hint"),
    )  # fmt: skip
