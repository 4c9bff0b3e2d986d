"""The form in which a person corrects a line of a card, strikes it out, adds one, or lets what was read count again."""

from __future__ import annotations

from datetime import date
from typing import Final, cast

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.card import Card, Entry, Obligation
from kb.card.corrections import Change, correct, now, take_back
from kb.card.records import FACTS, FIELDS, FORCES, Field, Force
from kb.errors import KnowledgeBaseError
from ui.cards.wording import value_words
from ui.i18n import Strings
from ui.library import address
from ui.markup import html, label

_NOTE: Final = "cards_note"


def note() -> str | None:
    """What was done with the last form, once."""
    said: str | None = st.session_state.pop(_NOTE, None)
    return said


def correcting(kb: KnowledgeBase, reader: Reader, card: Card, words: Strings, key: str) -> None:
    """Draw the form of the line of this key, or with "+FIELD" the one that adds a line, where the address names it."""
    if st.query_params.get("fix") != key:
        return
    if key.startswith("+") and key[1:] in FIELDS:
        _adding(kb, reader, card, cast(Field, key[1:]), words)
        return
    entry = next((e for e in card.entries if e.key == key and e.field not in FACTS), None)
    owed = next((o for o in card.obligations if o.key == key), None)
    if entry is not None:
        _entry(kb, reader, card, entry, words)
    elif owed is not None:
        _owed(kb, reader, card, owed, words)


def _adding(kb: KnowledgeBase, reader: Reader, card: Card, field: Field, words: Strings) -> None:
    with st.container(border=True, key="cards-fix"):
        st.html(f'<h3 class="setu-title">{html(words("cards.add_to", field=words(f"cards.field.{field}")))}</h3>')
        with st.form("cards-form-add", border=False):
            value = st.text_area(words("cards.value"), key=f"cards-value-new-{field}", max_chars=2000)
            saved, left, _ = _buttons(words, strike=False)
        if left:
            _close()
        if saved:
            _apply(kb, card, Change("", field, now(), reader.id, value=value.strip()), words)


def _entry(kb: KnowledgeBase, reader: Reader, card: Card, entry: Entry, words: Strings) -> None:
    with st.container(border=True, key="cards-fix"):
        st.html(f'<h3 class="setu-title">{html(words("cards.correcting", field=words(f"cards.field.{entry.field}")))}</h3>')
        if entry.citation is not None:
            st.html(f'<blockquote class="setu-quote" lang="{card.language}">{html(entry.citation.quote)}</blockquote>')
        own = entry.extracted == "" and entry.changed is not None
        with st.form("cards-form-entry", border=False):
            value = st.text_area(words("cards.value"), value=entry.value, key=f"cards-value-{entry.key}", max_chars=2000)
            saved, left, struck = _buttons(words, strike=not own and not entry.dropped)
        _back(kb, card, entry, words)
        if left:
            _close()
        if struck:
            _apply(kb, card, Change(entry.key, entry.field, now(), reader.id, dropped=True), words)
        if saved:
            made = Change("" if own else entry.key, entry.field, now(), reader.id, value=value.strip())
            _apply(kb, card, made, words, instead_of=entry.key if own else None)


def _owed(kb: KnowledgeBase, reader: Reader, card: Card, one: Obligation, words: Strings) -> None:
    with st.container(border=True, key="cards-fix"):
        st.html(f'<h3 class="setu-title">{html(words("cards.correcting", field=words("cards.obligation")))}</h3>')
        st.html(f'<blockquote class="setu-quote" lang="{one.citation.language}">{html(one.citation.quote)}</blockquote>')
        with st.form("cards-form-owed", border=False):
            actor = st.text_input(words("cards.who"), value=one.actor, key=f"cards-actor-of-{one.key}", max_chars=300)
            force: Force = st.selectbox(
                words("cards.how"), FORCES, index=FORCES.index(one.force), format_func=lambda f: words(f"cards.force.{f}"),
                key=f"cards-force-of-{one.key}-{words.language}",
            )  # fmt: skip
            action = st.text_area(words("cards.what"), value=one.action, key=f"cards-action-of-{one.key}", max_chars=2000)
            due = st.date_input(
                words("cards.due"), value=one.due, min_value=date(1900, 1, 1), max_value=date(2199, 12, 31), format="YYYY-MM-DD",
                key=f"cards-due-of-{one.key}",
            )  # fmt: skip
            saved, left, struck = _buttons(words, strike=not one.dropped)
        _back(kb, card, one, words)
        if left:
            _close()
        if struck:
            _apply(kb, card, Change(one.key, None, now(), reader.id, dropped=True), words)
        if saved:
            day = due if isinstance(due, date) else None
            made = Change(
                one.key, None, now(), reader.id, actor=actor.strip(), action=action.strip(), force=force, due=day, no_due=day is None
            )
            _apply(kb, card, made, words)


def _buttons(words: Strings, *, strike: bool) -> tuple[bool, bool, bool]:
    """Whether it was saved, left, or struck out."""
    with st.container(horizontal=True):
        saved = st.form_submit_button(words("cards.save"), type="primary", icon=":material/check:")
        left = st.form_submit_button(words("cards.leave"))
        struck = strike and st.form_submit_button(
            words("cards.strike"), icon=":material/format_strikethrough:", help=words("cards.strike_hint")
        )
    return saved, left, struck


def _back(kb: KnowledgeBase, card: Card, one: Entry | Obligation, words: Strings) -> None:
    if one.changed is None:
        return
    if one.extracted:
        shown = value_words(one, words) if isinstance(one, Entry) and one.dropped else one.extracted
        st.caption(label(words("cards.was_read", value=shown)))
    if st.button(words("cards.take_back"), key="cards-take-back", icon=":material/undo:"):
        try:
            take_back(kb, card, one.key)
        except KnowledgeBaseError as error:
            st.error(label(words("cards.not_kept", reason=str(error))))
            return
        st.session_state[_NOTE] = words("cards.taken_back")
        _close()


def _apply(kb: KnowledgeBase, card: Card, change: Change, words: Strings, *, instead_of: str | None = None) -> None:
    """Keep it, and then let go of the line that a person added before; whatever hinders that is said beside the form."""
    try:
        correct(kb, card, change)
        if instead_of is not None:
            take_back(kb, card, instead_of)
    except KnowledgeBaseError as error:
        st.error(label(words("cards.not_kept", reason=str(error))))
        return
    st.session_state[_NOTE] = words("cards.kept")
    _close()


def _close() -> None:
    address.put("fix", None)
    st.rerun()
