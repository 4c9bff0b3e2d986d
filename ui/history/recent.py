"""The last conversations, beside the chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kb import KnowledgeBase
from kb.talk import TalkInfo
from ui import state
from ui.i18n import Strings
from ui.markup import html, label
from ui.moves import page_link

STYLE: Final = Path(__file__).parent / "style.css"
SHOWN: Final = 6
TITLE_CHARS: Final = 70


@contextmanager
def recent(kb: KnowledgeBase, words: Strings) -> Iterator[None]:
    """Draw the last conversations in the sidebar, and once more when what is drawn meanwhile has added to them."""
    place = st.sidebar.empty()
    before = kb.conversations.list(SHOWN)
    _draw(place, before, "recent", words)
    yield
    after = kb.conversations.list(SHOWN)
    if [(talk.id, talk.title) for talk in after] != [(talk.id, talk.title) for talk in before]:
        _draw(place, after, "recent-now", words)


def title_of(talk: TalkInfo, most: int, words: Strings) -> str:
    """What a conversation is called, as the label of a widget."""
    title = talk.title if len(talk.title) <= most else f"{talk.title[: most - 1].rstrip()}…"
    return label(title) or words("history.untitled")


def _draw(place: DeltaGenerator, talks: tuple[TalkInfo, ...], key: str, words: Strings) -> None:
    if not talks:
        return
    # Two containers or buttons of one run must not share a key, though the later ones take the place of the earlier.
    with place.container(key=key, gap="xxsmall"):
        st.html(STYLE)
        st.html(f'<h2 class="setu-over">{html(words("history.recent"))}</h2>')
        for at, talk in enumerate(talks):
            title = title_of(talk, TITLE_CHARS, words)
            opened = talk.id == st.query_params.get(state.CONVERSATION_KEY)
            st.button(
                f"**{title}**" if opened else title, key=f"{key}-{at}", on_click=_open, args=(talk.id,), type="tertiary", width="stretch",
            )  # fmt: skip
        page_link("history", words("history.all"), {state.LANGUAGE_KEY: words.language}, icon=":material/history:", width="stretch")


def _open(conversation_id: str) -> None:
    """Go on with a conversation where it stopped."""
    state.start_over()
    st.query_params.pop(state.COLLECTION_KEY, None)  # it goes on with its own
    st.query_params[state.CONVERSATION_KEY] = conversation_id
