"""The card as files to take away, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.card import make_card
from training.card.calendar import calendar
from training.card.table import table
from ui.cards.sheet import card_sheet, passage_url
from ui.cards.wording import day_names
from ui.export import FORMATS, export
from ui.i18n import Strings

MIMES: Final = {"docx": FORMATS["docx"], "csv": "text/csv", "ics": "text/calendar"}


def downloads(kb: KnowledgeBase, document_id: int, words: Strings, address: str) -> None:
    """A button for each kind of file."""
    with st.popover(words("cards.take_away"), icon=":material/download:"):
        for into, mime in MIMES.items():
            st.download_button(
                words(f"cards.file.{into}"), data=_made(kb, document_id, words, address, into), file_name=f"setu-card-{document_id}.{into}",
                mime=mime, key=f"cards-save-{into}", on_click="ignore", width="stretch",
            )  # fmt: skip
        st.caption(words("cards.file_hint"))


def _made(kb: KnowledgeBase, document_id: int, words: Strings, address: str, into: str) -> Callable[[], bytes]:
    def made() -> bytes:
        card = make_card(kb, document_id, any_kind=True)
        kb.exported(f"the card of #{document_id} {card.title} as {into}")
        if into == "docx":
            return export(card_sheet(kb, card, words, today=date.today(), address=address), "docx")
        if into == "csv":
            return table(card, lambda cited: passage_url(address, cited))
        return calendar(kb, card, day_names(words), lambda cited: passage_url(address, cited))[0]

    return made
