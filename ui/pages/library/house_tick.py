"""The tick that has no text of a paper leave the house."""

from __future__ import annotations

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from ui.components.i18n import Strings
from ui.components.markup import label


def house_tick(kb: KnowledgeBase, info: DocumentInfo, title: str, words: Strings) -> None:
    """Draw the tick, and mark the paper as it says."""
    key = f"library-house-{info.id}-{words.language}"
    wanted = st.checkbox(words("library.house.tick"), value=info.in_house, key=key, help=words("library.house.hint"))
    if wanted == info.in_house:
        return
    try:
        kb.keep_in_house(info.id, kept=wanted)
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    st.session_state["library_note"] = words(f"library.house.{'kept' if wanted else 'released'}", title=title)
    st.rerun()
