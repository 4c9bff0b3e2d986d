"""From one page of the app to another, with what the other one is to show in its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

FIRST = "chat"
"""The page whose address is that of the app."""


def page_link(key: str, label: str, query: Mapping[str, str | Sequence[str]], *, icon: str | None = None, width: str = "content") -> None:
    """A link to the page of this key (`ui.pages.PAGES`), which opens with ``query`` as its address."""
    st.page_link(_page(key), label=label, icon=icon, width="stretch" if width == "stretch" else "content", query_params=query)


def go(key: str, query: Mapping[str, str | Sequence[str]]) -> NoReturn:
    """Leave for the page of this key."""
    st.switch_page(_page(key), query_params=query)


def _page(key: str) -> Page:
    # Streamlit knows pages by their address alone (1.67), so that this one stands for the one that the navigation has.
    return st.Page(_nothing, url_path=key, title=key, default=key == FIRST)


def _nothing() -> None:
    """Never drawn."""
