"""The page of agreement cards: one agreement with its fields and obligations, each opening its clause, or two beside each other.

The address holds ``document`` the agreement, ``beside`` a second one, ``actor`` whose obligations are shown, ``fix`` the line that is being
corrected, ``set`` the obligation of which it is being said how it stands, and the open clause (`ui.state`). With ``view=due`` it shows the
deadlines of all papers (`ui.cards.due`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.card import Card, make_card
from kb.card.errors import NotAnAgreementError
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import DocumentInfo
from ui import state
from ui.cards.agreements import agreements
from ui.cards.correcting import correcting, note
from ui.cards.due import due_view
from ui.cards.files import downloads
from ui.cards.handling import lost_view, set_note, setting
from ui.cards.lines import fields_view, obligations_view
from ui.cards.sheet import replaced_words
from ui.collection_choice import chosen_collections
from ui.i18n import Strings
from ui.library import address
from ui.markup import html, label
from ui.source import beside_source, span_panel
from ui.takeaway import address as app_address

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
    chosen = "due" if st.query_params.get("view") == "due" else "card"
    key = f"cards-view-{words.language}-{chosen}"

    def switched() -> None:
        state.close_source()
        for name in ("set", "fix"):
            address.put(name, None)
        address.put("view", "due" if st.session_state[key] == "due" else None)

    st.segmented_control(
        words("cards.view"), ("card", "due"), default=chosen, key=key, on_change=switched, required=True,
        format_func=lambda name: words(f"cards.view_{name}"),
    )  # fmt: skip
    return chosen


def _chosen(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    found = agreements(kb.within(chosen_collections(kb, kb.documents(), words)).documents())
    wanted = address.number("document")
    if wanted is None and not found:
        st.html(f'<div class="setu-welcome"><h2>{html(words("cards.empty"))}</h2><p>{html(words("cards.empty_hint"))}</p></div>')
        return
    first = wanted if wanted is not None else found[0].id
    beside = address.number("beside")
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
    downloads(kb, card.document_id, words, app_address(kb).removesuffix("/cards"))
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
    for key in ("actor", "fix", "set"):
        address.put(key, None)
    state.close_source()
    address.put("document", document_id)
    address.put("beside", beside)


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
