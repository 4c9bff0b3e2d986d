"""Taking an answer away from the chat: a button that copies it as a file note, and the conversation as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.user_records import KEY_PREFIX, Exchange
from ui import assets
from ui.components.i18n import Strings
from ui.components.markup import label
from ui.export import FORMATS, ExportError, Format, answer_sheet, conversation_sheet, draft_sheet, export, pdf
from ui.export.text_formats import html_fragment, plain_text

OFFERED: Final[tuple[Format, ...]] = ("docx", "pdf")


def address(kb: KnowledgeBase) -> str:
    """Under which address this browser reaches the chat, for links that lead back; that of the settings where it is not known."""
    return (st.context.url or kb.settings.address).split("?", 1)[0]


def copy_button(kb: KnowledgeBase, key: str, exchange: Exchange, words: Strings) -> None:
    """The button that copies the answer of a key as a file note, as text and as HTML; a draft is copied, and can be saved, by itself."""
    at = address(kb)
    draft = draft_sheet(kb, key, exchange, words, address=at)
    sheet = draft or answer_sheet(kb, key, exchange, words, today=date.today(), address=at)
    note = {"text": plain_text(sheet), "html": html_fragment(sheet)}
    said = {"label": words("takeaway.copy"), "copied": words("takeaway.copied"), "failed": words("takeaway.not_copied")}
    # Streamlit (1.67) refuses "__" in the key of a component, which the first characters of a conversation's id may hold.
    assets.component("copy_button")(key=f"copy-{key[KEY_PREFIX:]}", data=note | said)
    if draft is not None:
        st.download_button(
            words("takeaway.draft"), data=_drafted(kb, key, words, at), file_name=f"setu-{date.today():%Y-%m-%d}.docx",
            mime=FORMATS["docx"], key=f"draft-{key[KEY_PREFIX:]}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def files(kb: KnowledgeBase, conversation_id: str, words: Strings) -> None:
    """The conversation as a Word document and as PDF, made when they are asked for."""
    at, day = address(kb), f"{date.today():%Y-%m-%d}"
    with st.popover(words("takeaway.menu"), icon=":material/download:"):
        st.caption(words("takeaway.hint"))
        for into in OFFERED:
            if into == "pdf" and (reason := pdf.lacking()) is not None:
                st.warning(label(words("takeaway.failed", reason=reason)))
                continue
            st.download_button(
                words(f"takeaway.{into}"), data=_made(kb, conversation_id, words, into, at), file_name=f"setu-{day}.{into}",
                mime=FORMATS[into], key=f"save-{into}", on_click="ignore", width="stretch",
            )  # fmt: skip


def _drafted(kb: KnowledgeBase, key: str, words: Strings, at: str) -> Callable[[], bytes]:
    def written() -> bytes:
        kept = kb.conversations.answered(key)
        sheet = draft_sheet(kb, key, kept, words, address=at) if kept is not None else None
        if sheet is None:
            raise ExportError(words("permalink.answer_gone"))
        made = export(sheet, "docx")
        kb.exported(f"a draft of the conversation {key[:KEY_PREFIX]}… as docx")
        return made

    return written


def _made(kb: KnowledgeBase, conversation_id: str, words: Strings, into: Format, at: str) -> Callable[[], bytes]:
    def written() -> bytes:
        kept = kb.conversations.load(conversation_id)
        if kept is None:
            raise FileNotFoundError(words("permalink.answer_gone"))
        made = export(conversation_sheet(kb, kept, words, today=date.today(), address=at), into)
        kb.exported(f"the conversation {conversation_id[:KEY_PREFIX]}… as {into}")
        return made

    return written
