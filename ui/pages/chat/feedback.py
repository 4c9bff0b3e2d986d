"""Feedback: thumbs under an answer, and the page of what people said of answers with the evaluation set that can be made of it.

Whether an answer helped and, if not, why, is kept at once, and can be changed or taken back.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, tzinfo
from typing import Final

import streamlit as st

from eval.datasets.feedback import evaluation_set
from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from kb.user_records import KEY_PREFIX, MAX_COMMENT, REASONS, Exchange, Judged, Opinion, answer_key
from ui import assets
from ui.components import downloads
from ui.components.i18n import Strings
from ui.components.markup import html, label
from ui.components.query_params import CONVERSATION, LANG, counted, one_of, page_link
from ui.pages.chat.history import local, zone

ICONS: Final = {"good": ":material/thumb_up:", "bad": ":material/thumb_down:"}


def under_answer(kb: KnowledgeBase, conversation_id: str, ordinal: int, exchange: Exchange, words: Strings) -> None:
    """Draw what stands under a whole answer of one's own conversation: the button that copies it, and the thumbs."""
    if exchange.answer is not None and exchange.answer.skill == "chat":
        return  # talk is no answer to be kept or judged
    key = answer_key(conversation_id, ordinal)
    downloads.copy_button(kb, key, exchange, words)
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


SHOWN: Final = 30
"""Opinions that are shown at first, and that one more press adds."""
_GOOD: Final = {"all": None, "good": True, "bad": False}
_KIND: Final = one_of("show", tuple(_GOOD), "all")
_MOST: Final = counted("n", SHOWN)
_STYLE: Final = assets.FOLDER / "feedback.css"


def feedback_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page: an admin sees what everybody said, others what they said themselves."""
    st.html(_STYLE)
    with st.container(key="feedback"):
        about = words("feedback.about_all" if reader.may("admin") else "feedback.about_own")
        st.html(f'<h2 class="setu-page-title">{html(words("feedback.title"))}</h2><p class="setu-facts">{html(about)}</p>')
        everything = kb.feedback.list()
        if not everything:
            hint = html(words("feedback.empty_hint"))
            st.html(f'<div class="setu-welcome"><h3>{html(words("feedback.empty"))}</h3><p>{hint}</p></div>')
            return
        kind = _kind(everything, words)
        found = [one for one in everything if _GOOD[kind] in (None, one.opinion.good)]
        if reader.may("trainer"):
            _export(kb, words)
        most = _MOST.get()
        said = words.count("feedback.found", len(found))
        st.html(f'<div class="setu-facts" role="status" aria-live="polite">{html(said)}</div>')
        at = zone(st.context.timezone)
        for number, one in enumerate(found[:most]):
            _row(number, one, reader, at, words)
        if len(found) > most:
            st.button(words("feedback.show_more"), key="feedback-more", on_click=_MOST.put, args=(most + SHOWN,), width="stretch")


def _kind(everything: tuple[Judged, ...], words: Strings) -> str:
    chosen = _KIND.get()
    counts = {name: sum(good in (None, one.opinion.good) for one in everything) for name, good in _GOOD.items()}
    key = f"feedback-kind-{words.language}"

    def switched() -> None:
        _MOST.clear()
        _KIND.put(st.session_state[key])

    st.segmented_control(
        words("feedback.show"), list(_GOOD), default=chosen, key=key, on_change=switched, required=True,
        format_func=lambda name: f"{words(f'feedback.show_{name}')} ({counts[name]})",
    )  # fmt: skip
    return chosen


def _row(number: int, one: Judged, reader: Reader, at: tzinfo, words: Strings) -> None:
    opinion = one.opinion
    verdict = f"{'✓' if opinion.good else '✗'} {words('feedback.helped' if opinion.good else 'feedback.not_helped')}"
    when = local(one.at, at)
    known = [verdict, words(f"feedback.reason.{opinion.reason}") if opinion.reason else "", f"{words.date(when.date())}, {when:%H:%M}"]
    known.append(one.who if one.person != reader.id else "")
    comment = f"<blockquote>{html(opinion.comment)}</blockquote>" if opinion.comment else ""
    language = one.exchange.answer.language if one.exchange.answer else words.language
    with st.container(gap="xxsmall", key=f"feedback-row-{number}"):
        st.html(
            f'<div class="setu-said"><div class="setu-facts">{html(" · ".join(part for part in known if part))}</div>'
            f'<strong lang="{language}">{html(one.exchange.question)}</strong>{comment}</div>'
        )
        if one.person == reader.id:
            query = LANG.link(words.language) | CONVERSATION.link(one.conversation_id)
            page_link("chat", label(words("feedback.open")), query, icon=":material/chat:")


def _export(kb: KnowledgeBase, words: Strings) -> None:
    def made() -> bytes:
        kb.exported("what people said of answers", role="trainer")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in evaluation_set(kb, kb.feedback.list()).files().items():
                archive.writestr(name, text)
        return packed.getvalue()

    st.download_button(
        words("feedback.export"), data=made, file_name=f"setu-feedback-{date.today():%Y-%m-%d}.zip", mime="application/zip",
        key="feedback-export", icon=":material/download:", on_click="ignore", help=words("feedback.export_hint"),
    )  # fmt: skip
