"""The page of feedback: what people said of answers, and the evaluation set that can be made of it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, tzinfo
from typing import Final

import streamlit as st

from eval.feedback import evaluation_set
from kb import KnowledgeBase
from kb.access import Reader
from kb.opinions import Judged
from ui import state
from ui.history.days import local, zone
from ui.i18n import Strings
from ui.markup import html, label
from ui.moves import page_link

SHOWN: Final = 30
"""Opinions that are shown at first, and that one more press adds."""
_KIND_KEY, _MORE_KEY = "show", "n"
_GOOD: Final = {"all": None, "good": True, "bad": False}
_STYLE: Final = """<style>
.st-key-feedback { max-width: 56rem; margin: 0 auto; }
.setu-page-title { font-size: 1.5rem; line-height: 1.5; font-weight: 650; margin: 0; padding: 0; }
.setu-said { border-top: 1px solid var(--setu-line); padding-top: 0.5rem; line-height: 1.7; overflow-wrap: anywhere; }
.setu-said blockquote { margin: 0.2rem 0; padding-left: 0.9rem; border-left: 3px solid var(--setu-line); }
</style>"""


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
        most = _most()
        said = words.count("feedback.found", len(found))
        st.html(f'<div class="setu-facts" role="status" aria-live="polite">{html(said)}</div>')
        at = zone(st.context.timezone)
        for number, one in enumerate(found[:most]):
            _row(number, one, reader, at, words)
        if len(found) > most:
            st.button(words("feedback.show_more"), key="feedback-more", on_click=_show_more, args=(most,), width="stretch")


def _kind(everything: tuple[Judged, ...], words: Strings) -> str:
    asked = st.query_params.get(_KIND_KEY, "all")
    chosen = asked if asked in _GOOD else "all"
    counts = {name: sum(good in (None, one.opinion.good) for one in everything) for name, good in _GOOD.items()}
    key = f"feedback-kind-{words.language}"

    def switched() -> None:
        st.query_params.pop(_MORE_KEY, None)
        st.query_params[_KIND_KEY] = st.session_state[key]

    st.segmented_control(
        words("feedback.show"), list(_GOOD), default=chosen, key=key, on_change=switched, required=True,
        format_func=lambda name: f"{words(f'feedback.show_{name}')} ({counts[name]})",
    )  # fmt: skip
    return chosen


def _most() -> int:
    value = st.query_params.get(_MORE_KEY, "")
    return int(value) if value.isascii() and value.isdecimal() and 0 < len(value) < 6 and int(value) > 0 else SHOWN


def _show_more(most: int) -> None:
    st.query_params[_MORE_KEY] = str(most + SHOWN)


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
            query = {state.LANGUAGE_KEY: words.language, state.CONVERSATION_KEY: one.conversation_id}
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
