"""Thumbs under an answer: whether it helped and, if not, why. What was said is kept at once, and can be changed or taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.opinions import MAX_COMMENT, REASONS, Opinion
from kb.talk import KEY_PREFIX, Exchange, answer_key
from ui import takeaway
from ui.i18n import Strings
from ui.markup import html, label

ICONS: Final = {"good": ":material/thumb_up:", "bad": ":material/thumb_down:"}


def under_answer(kb: KnowledgeBase, conversation_id: str, ordinal: int, exchange: Exchange, words: Strings) -> None:
    """Draw what stands under a whole answer of one's own conversation: the button that copies it, and the thumbs."""
    if exchange.answer is not None and exchange.answer.skill == "chat":
        return  # talk is no answer to be kept or judged
    key = answer_key(conversation_id, ordinal)
    takeaway.copy_button(kb, key, exchange, words)
    thumbs(kb, conversation_id, ordinal, words)


def forget(kb: KnowledgeBase, conversation_id: str, ordinal: int, words: Strings) -> None:
    """What was thought of an answer is not thought of the one that takes its place."""
    with suppress(KnowledgeBaseError):  # then the question cannot be kept either, which is said
        kb.feedback.take_back(conversation_id, ordinal)
    st.session_state.pop(f"thumbs-{_at(conversation_id, ordinal, words)}", None)


def _at(conversation_id: str, ordinal: int, words: Strings) -> str:
    # Under a key of the conversation too: Streamlit keeps what was chosen under a key, and the next conversation has an answer 0 as well.
    return f"{answer_key(conversation_id, ordinal)[KEY_PREFIX:]}-{words.language}"


@st.fragment
def thumbs(kb: KnowledgeBase, conversation_id: str, ordinal: int, words: Strings) -> None:
    """Draw the thumbs of an answer, with what the reader said of it before."""
    at = _at(conversation_id, ordinal, words)
    kept = kb.feedback.of(conversation_id, ordinal)

    def rated() -> None:
        chosen: str | None = st.session_state[f"thumbs-{at}"]
        st.session_state[f"thumbs-open-{at}"] = chosen is not None
        good = chosen == "good"
        comment = kept.comment if kept else ""
        _keep(kb, conversation_id, ordinal, None if chosen is None else Opinion(good, None, comment), words)

    with st.container(key=f"thumbs-of-{at}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            # The words beside the thumbs are those that name them to a screen reader.
            st.html(f'<div class="setu-facts" aria-hidden="true">{html(words("feedback.ask"))}</div>', width="content")
            st.segmented_control(
                words("feedback.ask"), ("good", "bad"), default=None if kept is None else "good" if kept.good else "bad",
                format_func=lambda one: f"{ICONS[one]} {words(f'feedback.{one}')}", key=f"thumbs-{at}", on_change=rated,
                label_visibility="collapsed",
            )  # fmt: skip
        if (trouble := st.session_state.pop("thumbs-trouble", None)) is not None:
            st.warning(label(trouble))
        if kept is not None:
            _more(kb, conversation_id, ordinal, kept, at, words)


def _more(kb: KnowledgeBase, conversation_id: str, ordinal: int, kept: Opinion, at: str, words: Strings) -> None:
    """Reason and comment, open where the thumb was pressed just now."""

    def explained() -> None:
        read = st.session_state
        said = replace(kept, reason=read.get(f"reason-{at}"), comment=read.get(f"comment-{at}") or "")
        _keep(kb, conversation_id, ordinal, said, words)

    told = words("feedback.thanks") if kept.good else words(f"feedback.reason.{kept.reason}") if kept.reason else words("feedback.more")
    with st.expander(label(told), expanded=st.session_state.get(f"thumbs-open-{at}", False), key=f"thumbs-more-{at}-{kept.good}"):
        if not kept.good:
            st.pills(
                words("feedback.why"), REASONS, default=kept.reason, format_func=lambda one: words(f"feedback.reason.{one}"),
                key=f"reason-{at}", on_change=explained,
            )  # fmt: skip
        st.text_area(
            words("feedback.comment"), value=kept.comment, max_chars=MAX_COMMENT, height=80, key=f"comment-{at}", on_change=explained,
            placeholder=words("feedback.comment_hint"),
        )  # fmt: skip
        st.html(f'<div class="setu-facts" role="status">{html(words("feedback.kept"))}</div>')


def _keep(kb: KnowledgeBase, conversation_id: str, ordinal: int, said: Opinion | None, words: Strings) -> None:
    try:
        if said is None:
            kb.feedback.take_back(conversation_id, ordinal)
        else:
            kb.feedback.give(conversation_id, ordinal, said)
    except KnowledgeBaseError as error:
        st.session_state["thumbs-trouble"] = words("feedback.failed", reason=str(error))
