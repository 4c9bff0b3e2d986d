"""What of a module is no longer as in the papers: each line with what its source says now, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from kb import KnowledgeBase
from training import edit
from training.records import Module
from training.stale import Stale, accept, stale
from ui.markup import html, quote_html
from ui.studio.change import change
from ui.studio.lines import WARNING, Desk, chip, reason_words


def changed_view(kb: KnowledgeBase, desk: Desk, found: Sequence[Stale]) -> None:
    """Draw everything that is stale."""
    words = desk.words
    st.html(f'<h3 class="setu-studio-part">{html(words("studio.changed_title"))}</h3>')
    if not found:
        st.html(f'<p class="setu-facts">{html(words("studio.nothing_changed"))}</p>')
        return
    st.html(f'<p class="setu-facts">{html(words("studio.changed_about"))}</p>')
    offered = [one for one in found if one.offered is not None]
    if desk.form is not None and len(offered) > 1:
        st.button(
            words("studio.take_all", n=len(offered)), key="studio-take-all", type="primary", icon=":material/done_all:",
            on_click=change, args=(kb, desk.module.id, partial(_taken_all, kb), words), kwargs={"done": words("studio.all_taken")},
        )  # fmt: skip
    for at, one in enumerate(found):
        with st.container(border=True, key=f"studio-stale-{at}", gap="small"):
            _one(kb, desk, one, at)


def _one(kb: KnowledgeBase, desk: Desk, one: Stale, at: int) -> None:
    words, module = desk.words, desk.module
    reason = f'<span class="setu-status setu-partial">{WARNING} {html(reason_words(one.reason, words))}</span>'
    st.html(f'<div class="setu-marks"><span>{html(words(f"module.part.{one.part}"))}</span>{reason}</div>')
    st.html(f'<div class="setu-over">{html(words("studio.was"))}</div>{quote_html(one.citation.quote, one.citation.language)}')
    chip(desk, f"was-{at}", one.citation)
    if one.offered is not None:
        st.html(f'<div class="setu-over">{html(words("studio.is"))}</div>{quote_html(one.offered.quote, one.offered.language)}')
        chip(desk, f"is-{at}", one.offered)
    else:
        st.html(f'<p class="setu-facts">{html(words("studio.nothing_offered"))}</p>')
    if desk.form is None:
        return
    with st.container(horizontal=True, gap="small"):
        if one.offered is not None:
            hint = words("studio.take_quiz_hint") if one.part == "quiz" and one.reason == "changed" else None
            st.button(
                words("studio.take"), key=f"studio-take-{at}", type="primary", icon=":material/check:", on_click=change,
                args=(kb, module.id, partial(_taken, kb, one), words), kwargs={"done": words("studio.taken")}, help=hint,
            )  # fmt: skip
        st.button(
            words("studio.act.drop"), key=f"studio-drop-stale-{at}", icon=":material/format_strikethrough:", on_click=change,
            args=(kb, module.id, partial(_dropped, one.id), words), kwargs={"done": words("studio.line_dropped")},
            help=words("studio.hint.drop"),
        )  # fmt: skip


def _taken(kb: KnowledgeBase, one: Stale, module: Module) -> Module:
    return accept(kb, module, (one,))


def _taken_all(kb: KnowledgeBase, module: Module) -> Module:
    return accept(kb, module, tuple(one for one in stale(kb, module) if one.offered is not None))


def _dropped(one: str, module: Module) -> Module:
    return edit.drop(module, one)
