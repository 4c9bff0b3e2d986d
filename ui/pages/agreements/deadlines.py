"""The deadlines of all papers: what is overdue, due soon, returning or without a day, each row opening its clause."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.agreements.obligation_register import DUES, NOBODY, Due, Overview, Row, Sift, overview
from kb.auth.roles import Reader
from kb.user_records import STATES, HandlingState
from ui.components import query_params
from ui.components.answer_wording import page_words
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import Param, clear, counted, one_of, text
from ui.export.card_document import standing_words
from ui.export.card_files import due_downloads
from ui.pages.agreements.card_forms import DOCUMENT, SET, VIEW, handling_view, set_button, set_note, setting
from ui.pages.agreements.card_wording import actor_words, force_words, when_words

SHOWN: Final = 25
"""Rows of each part that are shown at first, and that one more press adds."""
OLD: Final = one_of("old", ("", "1"), "")
"""Whether papers whose place another one took are shown."""
MOST: Final = counted("n", SHOWN)
"""How many rows of each part are shown."""
WHEN, STATE, PARTY, OWNER, PAPER = (text(name, 10_000) for name in ("when", "state", "party", "owner", "paper"))
"""What limits the rows."""
_KEPT: Final = "cards_due"
_FRESH_S: Final = 60.0
"""How long what was read is shown again although a fact may have been corrected meanwhile; anything else that changes is seen at once."""


def due_view(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the view."""
    today = date.today()
    st.html(f'<p class="setu-facts">{html(words("cards.due_about", date=words.date(today)))}</p>')
    if said := set_note():
        st.success(label(said), icon=":material/check:")
    old = OLD.get() == "1"
    found = _found(kb, reader, today, words, old=old)
    _told(found, words, old=old)
    if not found.rows:
        st.html(f'<div class="setu-welcome"><h3>{html(words("cards.due_nothing"))}</h3></div>')
        return
    sift = _sift(found, words)
    rows = [row for row in found.rows if sift.lets(row)]
    st.html(f'<div class="setu-facts" role="status" aria-live="polite">{html(words.count("cards.found", len(rows)))}</div>')
    due_downloads(kb, found, sift, words, today)
    if not rows:
        st.info(words("cards.due_none"))
    owners = tuple(dict.fromkeys(row.handling.owner for row in found.rows if row.handling.owner))
    for due in DUES:
        if part := [row for row in rows if row.due == due]:
            _part(kb, reader, due, part, owners, words)


def _found(kb: KnowledgeBase, reader: Reader, today: date, words: Strings, *, old: bool) -> Overview:
    """What is owed, read anew where anything changed."""
    known = (
        reader.id, reader.groups, today, words.language, old, kb.documents(), tuple(kb.handlings.of().items()),
        tuple((info.id, info.changed) for info in kb.materials.list("card", limit=100_000)),
    )  # fmt: skip
    kept: tuple[object, float, Overview] | None = st.session_state.get(_KEPT)
    if kept is not None and kept[0] == known and time.monotonic() - kept[1] < _FRESH_S:
        return kept[2]
    place = st.empty()

    def tell(done: int, total: int) -> None:
        if done % 5 == 0 and total > 5:
            place.progress(done / total, text=words("cards.due_reading", done=done, total=total))

    found = overview(kb, today, words.language, replaced=old, progress=tell)
    place.empty()
    st.session_state[_KEPT] = (known, time.monotonic(), found)
    return found


def _told(found: Overview, words: Strings, *, old: bool) -> None:
    """What is not among the rows, and why."""
    if found.replaced or old:
        if found.replaced:
            st.html(f'<p class="setu-facts">{html(words.count("cards.replaced_left", len(found.replaced)))}</p>')
        key = f"cards-old-{words.language}"
        st.checkbox(
            words("cards.with_replaced"), value=old, key=key,
            on_change=lambda: OLD.put("1" if st.session_state[key] else ""),
        )  # fmt: skip
    if found.unread:
        st.warning(label(words("cards.unread", names=" · ".join(paper.title for paper in found.unread))))
    for paper, _ in found.lost:
        with st.container(horizontal=True, vertical_alignment="center", key=f"cards-lost-in-{paper.id}"):
            st.warning(label(words("cards.lost_in", document=paper.title)))
            st.button(words("cards.open_card"), key=f"cards-lost-open-{paper.id}", on_click=_open_card, args=(paper.id,))


def _open_card(document_id: int) -> None:
    clear(VIEW, SET)
    DOCUMENT.put(document_id)


def _sift(found: Overview, words: Strings) -> Sift:
    """The filters, from the address and back into it; a value that no row has is ignored."""
    rows = found.rows
    parties = sorted({row.one.actor for row in rows if row.one.actor}, key=str.casefold)
    owners = sorted({row.handling.owner for row in rows if row.handling.owner}, key=str.casefold)
    papers = {str(row.paper.id): row.paper.title for row in rows}
    with st.container(horizontal=True, gap="medium", key="cards-due-filters"):
        when = _choice(WHEN, "cards.when", DUES, lambda one: words(f"cards.dues.{one}"), words)
        how = _choice(STATE, "cards.state_of", STATES, lambda one: words(f"cards.state.{one}"), words)
        party = _choice(PARTY, "cards.party", [*parties, NOBODY], lambda one: words("cards.nobody") if one == NOBODY else one, words)
        owner = _choice(OWNER, "cards.owner", [*owners, NOBODY], lambda one: words("cards.nobody_owner") if one == NOBODY else one, words)
        paper = _choice(PAPER, "cards.paper", list(papers), lambda one: papers[one], words)
    dues: tuple[Due, ...] = tuple(one for one in DUES if one == when)
    states: tuple[HandlingState, ...] = tuple(one for one in STATES if one == how)
    return Sift(dues, states, party, owner, (int(paper),) if paper else ())


def _choice(param: Param[str], said: str, choices: Sequence[str], shown: Callable[[str], str], words: Strings) -> str:
    """One filter; "" where all is wanted."""
    every = ["", *choices]
    wanted = param.get()
    chosen: str = st.selectbox(
        words(said), every, index=every.index(wanted) if wanted in every else 0,
        format_func=lambda one: shown(one) if one else words("cards.all"), key=f"cards-due-{param.name}-{words.language}",
    )  # fmt: skip
    param.put(chosen)
    return chosen


def _part(kb: KnowledgeBase, reader: Reader, due: Due, part: Sequence[Row], owners: Sequence[str], words: Strings) -> None:
    """The rows of one part under its heading; what is closed is folded away."""
    said = f"{words(f'cards.dues.{due}')} ({len(part)})"
    if due == "closed":
        with st.expander(said, icon=":material/task_alt:"):
            _rows(kb, reader, due, part, owners, words)
        return
    st.html(f'<h3 class="setu-card-part">{html(said)}</h3>')
    _rows(kb, reader, due, part, owners, words)


def _rows(kb: KnowledgeBase, reader: Reader, due: Due, part: Sequence[Row], owners: Sequence[str], words: Strings) -> None:
    most = max(MOST.get(), SHOWN)
    for row in part[:most]:
        _row(kb, reader, row, owners, words)
    if len(part) > most:
        st.button(words("cards.more"), key=f"cards-more-{due}", on_click=MOST.put, args=(most + SHOWN,), width="stretch")


def _row(kb: KnowledgeBase, reader: Reader, row: Row, owners: Sequence[str], words: Strings) -> None:
    one, cited = row.one, row.one.citation
    spoken = cited.language if one.actor else words.language
    head = (
        f'<strong lang="{spoken}">{html(actor_words(one, words))}</strong> <span class="setu-force">{html(force_words(one, words))}</span>'
    )
    when = when_words(row, words)
    due = f'<div class="setu-card-due">{html(when)}</div>' if when else ""
    said = f'<div class="setu-card-value" lang="{cited.language}">{html(one.action if one.changed is not None else cited.quote)}</div>'
    place = " · ".join(t for t in (row.paper.title, page_words(cited, words), " › ".join(cited.path), standing_words(one, words)) if t)
    late = " setu-due-overdue" if row.due == "overdue" else ""
    text = (
        f'<div class="setu-card-owed{late}">{due}<div>{head}</div>{said}</div>{handling_view(one.handling, words)}'
        f'<div class="setu-facts">{html(place)}</div>'
    )
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small", key=f"cards-owed-{row.paper.id}-{one.key}"):
        st.html(text, width="stretch")
        st.button(
            words("cards.open"), key=f"cards-open-{row.paper.id}-{one.key}", type="tertiary", icon=":material/article:",
            on_click=query_params.open_source, args=(query_params.Opened.of(cited),),
            help=label(words("cards.open_hint", place=" › ".join(cited.path) or page_words(cited, words))),
        )  # fmt: skip
        if reader.may("editor"):
            set_button(row.card, one, words)
    setting(kb, reader, row.card, one, words, owners)
