"""The pages of the app: which there are, who may open them, and moving between them in one language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page as Drawn

from kb import KnowledgeBase
from kb.auth.roles import Reader, Role
from ui.auth.embedding import EMBED
from ui.auth.sign_in import person
from ui.components import query_params
from ui.components.i18n import NAMES, Strings
from ui.components.markup import html
from ui.components.sidebar import language_switch
from ui.components.tour import tour, tour_button
from ui.pages.admin.admin_page import admin_page
from ui.pages.agreements.agreement_page import cards_page
from ui.pages.chat.chat_page import chat_page
from ui.pages.chat.embedded_chat import embedded_chat
from ui.pages.chat.feedback import feedback_page
from ui.pages.chat.history import history_page
from ui.pages.evaluation.evaluation_page import evaluation_page
from ui.pages.exchange_map.exchange_map_page import map_page
from ui.pages.library.library_page import library_page
from ui.pages.studio.studio_page import studio_page


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the app: its address (``/key``; the chat is ``/``), its icon, the role that it takes, and what draws it.

    The string ``key.title`` of `ui.components.i18n` names it.
    """

    key: str
    icon: str
    role: Role
    draw: Callable[[KnowledgeBase, Reader, Strings], None]


PAGES: Final = (
    Page("chat", ":material/chat:", "viewer", chat_page),
    Page("history", ":material/history:", "viewer", history_page),
    Page("library", ":material/local_library:", "viewer", library_page),
    Page("map", ":material/grid_on:", "viewer", map_page),
    Page("cards", ":material/fact_check:", "viewer", cards_page),
    Page("studio", ":material/auto_stories:", "viewer", studio_page),
    Page("evaluation", ":material/monitoring:", "trainer", evaluation_page),
    Page("feedback", ":material/thumbs_up_down:", "viewer", feedback_page),
    Page("admin", ":material/admin_panel_settings:", "admin", admin_page),
)
"""Every page, in the order of the navigation; the first is the one that opens."""


def open_page(base: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the frame around the page of the address, and the page; each is handed the knowledge base as the reader may see it."""
    kb = base.seen_by(reader)
    allowed = [page for page in PAGES if reader.may(page.role)]
    drawn = [_drawn(page, kb, reader, words, first=page is allowed[0]) for page in allowed]
    framed = st.Page(lambda: embedded_chat(kb, reader, words), title=words("app.title"), url_path=EMBED)
    current = st.navigation([*drawn, framed], position="hidden")
    if current is framed:
        current.run()
        return
    with st.sidebar:
        st.html(f'<h1 class="setu-brand">{html(words("app.title"))}</h1><p class="setu-tagline">{html(words("app.tagline"))}</p>')
        language_switch(words)
        _links(allowed, drawn, words)
        person(reader, words)
    if current is drawn[0]:
        tour(reader, words)
    current.run()
    if current is drawn[0]:
        with st.sidebar:
            tour_button(words)


def _drawn(page: Page, kb: KnowledgeBase, reader: Reader, words: Strings, *, first: bool) -> Drawn:
    return st.Page(
        lambda: page.draw(kb, reader, words),
        title=f"{words(f'{page.key}.title')} · {NAMES[words.language] if first else words('app.title')}",
        icon=page.icon,
        url_path=page.key,
        default=first,
    )


def _links(pages: Sequence[Page], drawn: Sequence[Drawn], words: Strings) -> None:
    if len(pages) < 2:
        return
    with st.container(key="pages", gap="xxsmall"):
        for page, target in zip(pages, drawn, strict=True):
            st.page_link(
                target,
                label=words(f"{page.key}.title"),
                icon=page.icon,
                width="stretch",
                query_params=query_params.LANG.link(words.language) | query_params.carried(),
            )
