"""The page of administration: people, what happened, settings and health, one at a time, named in the address."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from ui.admin.happened import happened
from ui.admin.overview import health, settings
from ui.admin.people import people
from ui.i18n import Strings
from ui.markup import html

Part: TypeAlias = Literal["people", "happened", "settings", "health"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
PART_KEY: Final = "part"
STYLE: Final = Path(__file__).parent / "style.css"


def admin_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page. Whoever is no admin sees a sentence, however they came here."""
    if not reader.may("admin"):
        st.warning(words("admin.forbidden"))
        return
    st.html(STYLE)
    with st.container(key="admin"):
        st.html(f'<h2 class="setu-admin-title">{html(words("admin.title"))}</h2>')
        part = _chosen(words)
        if part == "people":
            people(kb, words)
        elif part == "happened":
            happened(kb, words)
        elif part == "settings":
            settings(kb.settings, words)
        else:
            health(kb.settings, reader, words)


def _chosen(words: Strings) -> Part:
    asked = st.query_params.get(PART_KEY)
    part: Part = next((part for part in PARTS if part == asked), "people")
    key = f"admin-part-{words.language}"

    def switched() -> None:
        if st.session_state[key]:
            st.query_params[PART_KEY] = st.session_state[key]

    st.segmented_control(
        words("admin.part"),
        PARTS,
        default=part,
        format_func=lambda one: words(f"admin.part_{one}"),
        key=key,
        on_change=switched,
        required=True,
        label_visibility="collapsed",
    )
    return part
