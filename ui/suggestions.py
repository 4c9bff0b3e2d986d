"""Questions to go on with, under the last answer of a conversation."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.answer.skills.followups import followups
from kb.records import DocumentInfo
from kb.talk import Exchange
from ui import state
from ui.answers import TITLE_CHARS, shortened
from ui.i18n import Strings, strings
from ui.markup import html, label


def suggestions(kb: KnowledgeBase, documents: Sequence[DocumentInfo], said: Sequence[Exchange], words: Strings) -> None:
    """Draw up to three questions that the papers of the last answer can answer; each is asked when it is pressed."""
    answer = said[-1].answer
    if answer is None:
        return
    offered = followups(answer, [one.question for one in said], documents, kb.blocks_within, kb.fact_views)
    if not offered:
        return
    spoken = strings(answer.language)
    titles = sorted((paper.title for paper in documents if len(paper.title) > TITLE_CHARS), key=len, reverse=True)
    with st.container(key=f"next-{len(said)}", gap="xsmall"):
        st.html(f'<div class="setu-over" lang="{spoken.language}">{html(spoken("chat.go_on"))}</div>')
        for at, question in enumerate(offered):
            short = next((question.replace(title, shortened(title, TITLE_CHARS)) for title in titles if title in question), question)
            st.button(label(short), key=f"next-{len(said)}-{at}", on_click=state.ask_next, args=(question,))
