"""The forms of a card: a person corrects a line, strikes it out or adds one, and an editor says how an obligation stands.

What was read can be let count again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Final, cast

import streamlit as st

from kb import KnowledgeBase
from kb.agreements.card_corrections import Change, correct, now, take_back
from kb.agreements.card_records import FACTS, FIELDS, FORCES, Card, Entry, Field, Force, Obligation
from kb.agreements.cards import forget_lost, handle, take_back_handling
from kb.agreements.due_dates import returns
from kb.auth.roles import Reader
from kb.user_records import CLOSED, MAX_NOTE, MAX_OWNER, STATES, Handling
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import Param, number, one_of, word
from ui.pages.agreements.card_wording import set_words, state_words, value_words
from ui.pages.corrections import Form

DOCUMENT: Final = number("document")
"""The agreement that is shown."""
BESIDE: Final = number("beside")
"""A second one."""
VIEW: Final = one_of("view", ("card", "due"), "card")
"""Whether one agreement is shown, or the deadlines of all papers (`ui.pages.agreements.deadlines`)."""
ACTOR: Final[Param[str | None]] = Param("actor", None, lambda said: said[-1] if said else None, lambda who: [] if who is None else [who])
"""Whose obligations are shown; "": those of nobody who is named."""
FIX: Final = word("fix")
"""The line that is being corrected, or "+FIELD" for one that is added."""
SET: Final = word("set")
"""The obligation of which it is being said how it stands."""

_SETTING: Final = Form(SET, "cards")
_CORRECTING: Final = Form(FIX, "cards")
set_note, note = _SETTING.note, _CORRECTING.note
"""What was done with the last form, once."""


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
        words("cards.set"), key=f"cards-set-{at}", type="tertiary", icon=":material/task_alt:", on_click=SET.put, args=(at,),
        help=words("cards.set_hint"),
    )  # fmt: skip


def setting(kb: KnowledgeBase, reader: Reader, card: Card, one: Obligation, words: Strings, owners: Sequence[str] = ()) -> None:
    """Draw the form of an obligation, where the address names it; ``owners`` are names that were given elsewhere."""
    at = address_of(card, one)
    if SET.get() != at or not reader.may("editor"):
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
            saved, left, _ = _SETTING.buttons(words)
        if left:
            _SETTING.close()
        if saved:
            kept = through if state in CLOSED or through != (before.through or _last(card, one)) else before.through
            wanted = Handling(state, (owner or "").strip()[:MAX_OWNER], note.strip(), kept)
            _keep_handling(lambda: handle(kb, card, one.key, wanted), "set_kept", words)
        if one.handling is not None and st.button(words("cards.set_back"), key="cards-set-back", icon=":material/undo:"):
            _keep_handling(lambda: take_back_handling(kb, card, one.key), "set_forgotten", words)


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
                _keep_handling(partial(forget_lost, kb, card, kept.id), "set_forgotten", words)


def _keep_handling(act: Callable[[], object], done: str, words: Strings) -> None:
    _SETTING.keep(act, words(f"cards.{done}"), lambda reason: words("cards.set_not_kept", reason=reason))


def correcting(kb: KnowledgeBase, reader: Reader, card: Card, words: Strings, key: str) -> None:
    """Draw the form of the line of this key, or with "+FIELD" the one that adds a line, where the address names it."""
    if FIX.get() != key:
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
            saved, left, _ = _CORRECTING.buttons(words)
        if left:
            _CORRECTING.close()
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
            saved, left, struck = _CORRECTING.buttons(words, strike=not own and not entry.dropped)
        _back(kb, card, entry, words)
        if left:
            _CORRECTING.close()
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
            saved, left, struck = _CORRECTING.buttons(words, strike=not one.dropped)
        _back(kb, card, one, words)
        if left:
            _CORRECTING.close()
        if struck:
            _apply(kb, card, Change(one.key, None, now(), reader.id, dropped=True), words)
        if saved:
            day = due if isinstance(due, date) else None
            made = Change(
                one.key, None, now(), reader.id, actor=actor.strip(), action=action.strip(), force=force, due=day, no_due=day is None
            )
            _apply(kb, card, made, words)


def _back(kb: KnowledgeBase, card: Card, one: Entry | Obligation, words: Strings) -> None:
    if one.changed is None:
        return
    if one.extracted:
        shown = value_words(one, words) if isinstance(one, Entry) and one.dropped else one.extracted
        st.caption(label(words("cards.was_read", value=shown)))
    if st.button(words("cards.take_back"), key="cards-take-back", icon=":material/undo:"):
        _keep(lambda: take_back(kb, card, one.key), "taken_back", words)


def _apply(kb: KnowledgeBase, card: Card, change: Change, words: Strings, *, instead_of: str | None = None) -> None:
    """Keep it, and then let go of the line that a person added before."""

    def change_it() -> None:
        correct(kb, card, change)
        if instead_of is not None:
            take_back(kb, card, instead_of)

    _keep(change_it, "kept", words)


def _keep(act: Callable[[], object], done: str, words: Strings) -> None:
    _CORRECTING.keep(act, words(f"cards.{done}"), lambda reason: words("cards.not_kept", reason=reason))
