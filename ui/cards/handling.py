"""How an obligation stands: what people set for it, and the form in which an editor sets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.card import Card, Obligation
from kb.card.due import returns
from kb.card.handling import forget_lost, handle, take_back_handling
from kb.errors import KnowledgeBaseError
from kb.handling import CLOSED, MAX_NOTE, MAX_OWNER, STATES, Handling
from ui.cards.wording import set_words, state_words
from ui.i18n import Strings
from ui.library import address
from ui.markup import html, label

_NOTE: Final = "cards_set_note"


def set_note() -> str | None:
    """What was done with the last form, once."""
    said: str | None = st.session_state.pop(_NOTE, None)
    return said


def handling_view(handling: Handling | None, words: Strings) -> str:
    """What was set for an obligation, as HTML; "" where nobody set anything."""
    if handling is None:
        return ""
    owner = f" {html(words('cards.owner'))}: <strong>{html(handling.owner)}</strong>" if handling.owner else ""
    note = f'<div class="setu-card-note">{html(handling.note)}</div>' if handling.note else ""
    state = f'<span class="setu-state setu-state-{handling.now}">{html(state_words(handling, words))}</span>'
    by = f' <span class="setu-facts">{html(set_words(handling, words))}</span>'
    return f'<div class="setu-card-handling">{state}{owner}{by}{note}</div>'


def address_of(card: Card, one: Obligation) -> str:
    """By what the address names the obligation whose form is open."""
    return f"{card.document_id}.{one.key}"


def set_button(card: Card, one: Obligation, words: Strings) -> None:
    """The way to the form."""
    at = address_of(card, one)
    st.button(
        words("cards.set"), key=f"cards-set-{at}", type="tertiary", icon=":material/task_alt:", on_click=address.put, args=("set", at),
        help=words("cards.set_hint"),
    )  # fmt: skip


def setting(kb: KnowledgeBase, reader: Reader, card: Card, one: Obligation, words: Strings, owners: Sequence[str] = ()) -> None:
    """Draw the form of an obligation, where the address names it; ``owners`` are names that were given elsewhere."""
    at = address_of(card, one)
    if st.query_params.get("set") != at or not reader.may("editor"):
        return
    before = one.handling or Handling()
    with st.container(border=True, key="cards-set"):
        st.html(f'<h3 class="setu-title">{html(words("cards.setting"))}</h3>')
        st.html(f'<blockquote class="setu-quote" lang="{one.citation.language}">{html(one.citation.quote)}</blockquote>')
        with st.form("cards-form-set", border=False):
            state = st.radio(
                words("cards.state_of"), STATES, index=STATES.index(before.state), format_func=lambda s: words(f"cards.state.{s}"),
                key=f"cards-state-of-{at}-{words.language}", horizontal=True,
            )  # fmt: skip
            known = list(dict.fromkeys([before.owner, *kb.handlings.people(), *owners]))
            owner = st.selectbox(
                words("cards.owner"), [name for name in known if name], index=0 if before.owner else None, accept_new_options=True,
                key=f"cards-owner-of-{at}", help=words("cards.owner_hint"), placeholder=words("cards.owner_hint"),
            )  # fmt: skip
            note = st.text_area(words("cards.note"), value=before.note, key=f"cards-note-of-{at}", max_chars=MAX_NOTE)
            through = _through(card, one, before, words) if one.deadline is not None and one.deadline.every is not None else None
            with st.container(horizontal=True):
                saved = st.form_submit_button(words("cards.save"), type="primary", icon=":material/check:")
                left = st.form_submit_button(words("cards.leave"))
        if left:
            _close()
        if saved:
            kept = through if state in CLOSED or through != (before.through or _last(card, one)) else before.through
            _apply(kb, card, one, Handling(state, (owner or "").strip()[:MAX_OWNER], note.strip(), kept), words)
        if one.handling is not None and st.button(words("cards.set_back"), key="cards-set-back", icon=":material/undo:"):
            _forget(kb, card, one, words)


def _through(card: Card, one: Obligation, before: Handling, words: Strings) -> date | None:
    """Of what returns, through which day it is done; it stands at the last day that is past."""
    day = st.date_input(
        words("cards.through"), value=before.through or _last(card, one), min_value=date(1900, 1, 1), max_value=date(2199, 12, 31),
        format="YYYY-MM-DD", key=f"cards-through-of-{address_of(card, one)}", help=words("cards.through_hint"),
    )  # fmt: skip
    return day if isinstance(day, date) else None


def _last(card: Card, one: Obligation) -> date | None:
    past = returns(one.deadline, card.span, date.today())
    return past[-1] if past else None


def lost_view(kb: KnowledgeBase, reader: Reader, card: Card, words: Strings) -> None:
    """Draw what was set for clauses that are no longer found; an editor may forget it."""
    if not card.lost:
        return
    st.html(f'<h3 class="setu-card-part">{html(words("cards.lost"))}</h3><p class="setu-facts">{html(words("cards.lost_hint"))}</p>')
    for kept in card.lost:
        place = " › ".join(kept.anchor.path)
        said = f'<div class="setu-card-value" lang="{card.language}">{html(kept.anchor.clause)}</div>'
        with st.container(
            horizontal=True, vertical_alignment="center", wrap=False, gap="small", key=f"cards-owed-lost-{card.document_id}-{kept.id}"
        ):
            st.html(f'{said}{handling_view(kept.handling, words)}<div class="setu-facts">{html(place)}</div>', width="stretch")
            if reader.may("editor") and st.button(
                words("cards.set_back"), key=f"cards-lost-{kept.id}", type="tertiary", icon=":material/undo:"
            ):
                try:
                    forget_lost(kb, card, kept.id)
                except KnowledgeBaseError as error:
                    st.error(label(words("cards.set_not_kept", reason=str(error))))
                    continue
                st.session_state[_NOTE] = words("cards.set_forgotten")
                _close()


def _forget(kb: KnowledgeBase, card: Card, one: Obligation, words: Strings) -> None:
    try:
        take_back_handling(kb, card, one.key)
    except KnowledgeBaseError as error:
        st.error(label(words("cards.set_not_kept", reason=str(error))))
        return
    st.session_state[_NOTE] = words("cards.set_forgotten")
    _close()


def _apply(kb: KnowledgeBase, card: Card, one: Obligation, wanted: Handling, words: Strings) -> None:
    try:
        handle(kb, card, one.key, wanted)
    except KnowledgeBaseError as error:
        st.error(label(words("cards.set_not_kept", reason=str(error))))
        return
    st.session_state[_NOTE] = words("cards.set_kept")
    _close()


def _close() -> None:
    address.put("set", None)
    st.rerun()
