"""The page of agreement cards: one agreement with its fields and obligations, each opening its clause, or two beside each other.

The address holds what is shown (the parameters of `ui.pages.agreements.card_forms`) and the open clause (`ui.components.query_params`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import streamlit as st

from kb import KnowledgeBase
from kb.agreements.card_records import FACTS, FIELDS, Card, Entry, NotAnAgreementError, Obligation
from kb.agreements.cards import make_card
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import Citation, DocumentInfo
from ui.components import query_params
from ui.components.answer_wording import page_words
from ui.components.collection_choice import chosen_collections
from ui.components.downloads import address as app_address
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import LANG, clear
from ui.components.source_panel import beside_source, span_panel
from ui.export.card_document import replaced_words, standing_words
from ui.export.card_files import card_downloads
from ui.pages.agreements.card_forms import (
    ACTOR,
    BESIDE,
    DOCUMENT,
    FIX,
    SET,
    VIEW,
    correcting,
    handling_view,
    lost_view,
    note,
    set_button,
    set_note,
    setting,
)
from ui.pages.agreements.card_wording import actor_words, agreements, deadline_words, force_words, value_language, value_words
from ui.pages.agreements.deadlines import due_view
from ui.pages.library import library_params

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
                    words("cards.add"), key=f"cards-add-{field}", type="tertiary", icon=":material/add:", on_click=FIX.put,
                    args=(f"+{field}",), help=words("cards.add_to", field=words(f"cards.field.{field}")),
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
            _open_button(card, entry.key, entry.citation, words)
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
    wanted = ACTOR.get()
    chosen = st.selectbox(
        words("cards.whose"), every, index=every.index(wanted) if wanted in names else 0,
        format_func=lambda actor: words("cards.everybody") if actor is None else names[actor],
        key=f"cards-actor-{card.document_id}-{words.language}",
    )  # fmt: skip
    ACTOR.put(chosen)
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
        _open_button(card, one.key, one.citation, words)
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


def _open_button(card: Card, key: str, citation: Citation, words: Strings) -> None:
    st.button(
        words("cards.open"), key=f"cards-open-{card.document_id}-{key}", type="tertiary", icon=":material/article:",
        on_click=query_params.open_source, args=(query_params.Opened.of(citation),), help=label(words("cards.open_hint",
        place=_place(citation, words))),
    )  # fmt: skip


def _place(citation: Citation, words: Strings) -> str:
    return " › ".join(citation.path) or page_words(citation, words)


def _fix(card: Card, fact: bool, what: str, key: str, words: Strings) -> None:
    """The way to correct a line: a fact in the library, where answers take it from, anything else on this page."""
    if fact:
        name = {"party": "parties", "signatory": "signatories", "effective": "in_force"}.get(what, what)
        there = library_params.DOCUMENT.link(card.document_id) | library_params.VIEW.link("facts") | library_params.FIX.link(name)
        query_params.page_link("library", words("cards.correct"), LANG.link(words.language) | there, icon=":material/edit:")
        return
    st.button(
        words("cards.correct"), key=f"cards-fix-{key}", type="tertiary", icon=":material/edit:", on_click=FIX.put,
        args=(key,),
        help=words("cards.correct_hint"),
    )  # fmt: skip


STYLE: Final = Path(__file__).parent / "style.css"


def cards_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page."""
    st.html(STYLE)
    main, right = beside_source("cards")
    span_panel(kb, right, words)
    with main:
        st.html(f'<h2 class="setu-page-title">{html(words("cards.title"))}</h2><p class="setu-facts">{html(words("cards.about"))}</p>')
        if _view(words) == "due":
            due_view(kb, reader, words)
        else:
            _chosen(kb, reader, words)


def _view(words: Strings) -> str:
    """Whether one agreement is shown, or the deadlines of all papers."""
    chosen = VIEW.get()
    key = f"cards-view-{words.language}-{chosen}"

    def switched() -> None:
        query_params.close_source()
        clear(SET, FIX)
        VIEW.put(st.session_state[key] or "card")

    st.segmented_control(
        words("cards.view"), ("card", "due"), default=chosen, key=key, on_change=switched, required=True,
        format_func=lambda name: words(f"cards.view_{name}"),
    )  # fmt: skip
    return chosen


def _chosen(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    found = agreements(kb.within(chosen_collections(kb, kb.documents(), words)).documents())
    wanted = DOCUMENT.get()
    if wanted is None and not found:
        st.html(f'<div class="setu-welcome"><h2>{html(words("cards.empty"))}</h2><p>{html(words("cards.empty_hint"))}</p></div>')
        return
    first = wanted if wanted is not None else found[0].id
    beside = BESIDE.get()
    _choose([*_unlisted(kb, found, first), *found], first, beside, words)
    card = _card(kb, first, words)
    if card is None:
        return
    if note_text := note() or set_note():
        st.success(label(note_text), icon=":material/check:")
    if card.superseded_by is not None:
        st.warning(label(replaced_words(card, words)))
        st.button(
            words("cards.open_newer"), key="cards-newer", icon=":material/arrow_forward:", on_click=_open,
            args=(card.superseded_by.document_id,),
        )  # fmt: skip
    other = _card(kb, beside, words) if beside is not None and beside != first else None
    if other is not None:
        _both(card, other, words)
        return
    card_downloads(kb, card.document_id, words, app_address(kb).removesuffix("/cards"))
    form = partial(_form, kb, reader, card, words) if reader.may("editor") else None
    fields_view(card, words, form)
    obligations_view(card, words, form)
    lost_view(kb, reader, card, words)


def _form(kb: KnowledgeBase, reader: Reader, card: Card, words: Strings, key: str) -> None:
    """The form of a line that is open: to correct it, or of an obligation to say how it stands."""
    correcting(kb, reader, card, words, key)
    if (owed := next((one for one in card.obligations if one.key == key), None)) is not None:
        setting(kb, reader, card, owed, words)


def _choose(found: Sequence[DocumentInfo], first: int, beside: int | None, words: Strings) -> None:
    titles = {info.id: _title(info, words) for info in found}
    ids = list(titles) if first in titles else [first, *titles]  # a document that is gone has a number alone
    with st.container(horizontal=True, gap="medium", key="cards-choice"):
        chosen = st.selectbox(
            words("cards.choose"), ids, index=ids.index(first), format_func=lambda i: titles.get(i, str(i)),
            key=f"cards-document-{words.language}-{first}",
        )  # fmt: skip
        others: list[int | None] = [None, *(i for i in titles if i != chosen)]
        at = others.index(beside) if beside in others else 0
        second = st.selectbox(
            words("cards.beside"), others, index=at, format_func=lambda i: words("cards.nothing_beside") if i is None else titles[i],
            key=f"cards-beside-{words.language}-{first}-{beside}",
        )  # fmt: skip
    if chosen != first or second != others[at]:
        _open(chosen, second)
        st.rerun()


def _unlisted(kb: KnowledgeBase, found: Sequence[DocumentInfo], document_id: int) -> list[DocumentInfo]:
    """The document of the address where it is not among the agreements."""
    try:
        return [] if any(info.id == document_id for info in found) else [kb.document(document_id)]
    except UnknownDocumentError:
        return []


def _title(info: DocumentInfo, words: Strings) -> str:
    return " · ".join(part for part in (info.title, words(f"language.{info.language}"), words.date(info.date)) if part)


def _open(document_id: int, beside: int | None = None) -> None:
    clear(ACTOR, FIX, SET)
    query_params.close_source()
    DOCUMENT.put(document_id)
    BESIDE.put(beside)


def _card(kb: KnowledgeBase, document_id: int, words: Strings) -> Card | None:
    """The card; where none can be made, why, and what to do."""
    key = f"cards-any-{document_id}"
    try:
        return make_card(kb, document_id, any_kind=bool(st.session_state.get(key)))
    except UnknownDocumentError:
        st.warning(words("cards.gone"))
    except NotAnAgreementError as error:
        st.info(label(words("cards.not_agreement", document=kb.document(document_id).title, kind=words(f"kind.{error.kind}"))))
        st.button(
            words("cards.all_the_same"), key=f"cards-go-{document_id}", icon=":material/arrow_forward:", on_click=_insist, args=(key,)
        )
    except KnowledgeBaseError as error:
        st.warning(label(words("cards.no_card", reason=str(error))))
    return None


def _insist(key: str) -> None:
    st.session_state[key] = True


def _both(card: Card, other: Card, words: Strings) -> None:
    """Two cards beside each other, such as two language versions of one agreement."""
    for column, one in zip(st.columns(2, gap="medium"), (card, other), strict=True):
        with column, st.container(key=f"cards-side-{one.document_id}"):
            st.html(f'<h3 class="setu-title" lang="{one.language}">{html(one.title)}</h3>')
            fields_view(one, words)
            obligations_view(one, words)
