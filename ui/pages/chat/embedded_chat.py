"""The chat for the frame of another page: without sidebar, with the language and a new conversation above it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import html
from ui.components.sidebar import language_switch
from ui.pages.chat.chat_page import chat_page

STYLE: Final = Path(__file__).parent / "embedded.css"


def embedded_chat(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the chat as a portal frames it; rights, limits and log are those of the chat."""
    st.html(STYLE)
    with st.container(key="embedded", gap="xsmall"):
        st.html(f"<h1>{html(words('app.title'))}</h1>")
        language_switch(words)
        st.button(words("chat.new"), key="embedded-new", on_click=query_params.start_over, icon=":material/add:", type="tertiary")
    chat_page(kb, reader, words)
