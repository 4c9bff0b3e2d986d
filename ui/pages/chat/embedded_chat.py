"""The chat for the frame of another page: without sidebar, with the language and a new conversation above it."""

from __future__ import annotations

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import html
from ui.components.sidebar import language_switch
from ui.pages.chat.chat_page import chat_page

_NO_SIDEBAR = """<style>
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"] { display: none; }
[data-testid="stMainBlockContainer"] { padding-top: 1rem; }
.st-key-embedded { max-width: 50rem; margin: 0 auto; }
.st-key-embedded h1 { font-size: 1.1rem; line-height: 1.4; padding: 0; margin: 0; }
</style>"""


def embedded_chat(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the chat as a portal frames it; rights, limits and log are those of the chat."""
    st.html(_NO_SIDEBAR)
    with st.container(key="embedded", gap="xsmall"):
        st.html(f"<h1>{html(words('app.title'))}</h1>")
        language_switch(words)
        st.button(words("chat.new"), key="embedded-new", on_click=query_params.start_over, icon=":material/add:", type="tertiary")
    chat_page(kb, reader, words)
