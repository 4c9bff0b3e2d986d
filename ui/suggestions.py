"""Questions to go on with, under the last answer of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.answer.skills.followups import followups
from kb.records import DocumentInfo
from kb.talk import Exchange
from ui import state
from ui.i18n import strings
from ui.markup import html, label


def suggestions(kb: KnowledgeBase, documents: Sequence[DocumentInfo], said: Sequence[Exchange], titles: Mapping[str, str]) -> None:
    """Draw up to three questions that the papers of the last answer can answer; each is asked when it is pressed.

    ``titles`` has the short form of each title.
    """
    answer = said[-1].answer
    if answer is None:
        return
    offered = followups(answer, [one.question for one in said], documents, kb.blocks_within, kb.fact_views)
    if not offered:
        return
    spoken = strings(answer.language)
    longest = sorted(titles, key=len, reverse=True)
    with st.container(key=f"next-{len(said)}", gap="xsmall"):
        st.html(f'<div class="setu-over" lang="{spoken.language}">{html(spoken("chat.go_on"))}</div>')
        for at, question in enumerate(offered):
            short = next((question.replace(title, titles[title]) for title in longest if title in question), question)
            st.button(label(short), key=f"next-{len(said)}-{at}", on_click=state.ask_next, args=(question,))
