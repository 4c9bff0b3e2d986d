"""What a module would be made of, before it is made: stretches of the papers to tick or untick, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.records import Engine
from training.cited_lines import flat
from training.errors import NoPapersError
from training.material.preview import SURE, Preview, Stretch, preview
from training.records import Request
from ui.components.i18n import Strings
from ui.components.markup import label
from ui.pages.studio.module_form import begin

_ASKED = "studio-previewed"
_BEGINS = 160
"""Characters of a stretch's first sentence that are shown."""


def ask(request: Request, engine: Engine | None) -> None:
    """Have the page show what a request would be made of."""
    st.session_state[_ASKED] = request, engine, None


def draw(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw what was asked for, if anything was."""
    asked: tuple[Request, Engine | None, Preview | None] | None = st.session_state.get(_ASKED)
    if asked is None:
        return
    request, engine, found = asked
    if found is None:
        with st.spinner(words("studio.preview_reading", topic=request.topic)):
            try:
                found = preview(kb, request)
            except NoPapersError as error:
                st.warning(str(error))
                return
        st.session_state[_ASKED] = request, engine, found
    with st.container(border=True, key="studio-preview", gap="small"):
        _stretches(kb, reader, request, engine, found, words)


def _stretches(kb: KnowledgeBase, reader: Reader, request: Request, engine: Engine | None, found: Preview, words: Strings) -> None:
    st.markdown(f"#### {label(words('studio.preview_title', topic=request.topic))}")
    if not found.stretches:
        st.warning(label(words("studio.not_covered", topic=request.topic)))
    for lacking in found.lacking if found.stretches else ():
        st.caption(f":material/info: {words(f'studio.lacking.{lacking}', language=words(f'language.{request.languages[0]}'))}")
    taken = _ticks(found.stretches, words, ticked=True)
    added: list[Stretch] = []
    if found.others:
        with st.expander(words.count("studio.preview_others", len(found.others)), expanded=not found.stretches):
            added = _ticks(found.others, words, ticked=False)
    made = replace(
        request,
        without=tuple(one.key for one in found.stretches if one not in taken),
        also=tuple(one.key for one in added),
    )
    with st.container(horizontal=True, gap="small"):
        if st.button(
            words("studio.preview_make"), type="primary", icon=":material/auto_stories:", key="studio-preview-make",
            disabled=not taken and not added,
        ):  # fmt: skip
            st.session_state.pop(_ASKED)
            begin(kb, reader, made, words, engine)
            st.rerun()
        st.button(words("studio.leave"), key="studio-preview-close", icon=":material/close:", on_click=_close)


def _close() -> None:
    st.session_state.pop(_ASKED, None)


def _ticks(stretches: Sequence[Stretch], words: Strings, *, ticked: bool) -> list[Stretch]:
    """The stretches that are ticked, paper by paper."""
    chosen: list[Stretch] = []
    for _, group in groupby(stretches, key=lambda one: one.info.id):
        of_paper = list(group)
        info = of_paper[0].info
        st.markdown(f"**{label(info.title)}** · {words(f'kind.{info.kind}')} · {words(f'language.{info.language}')}")
        for one in of_paper:
            fit = words("studio.fit.sure" if one.chance >= SURE else "studio.fit.likely" if one.fits else "studio.fit.hardly")
            named = flat(one.heading.named.text)
            said = f"{label(named)} · {words.count('studio.preview_sentences', one.sentences)} · {fit}"
            if st.checkbox(said, value=ticked, key=f"studio-stretch-{one.key[0]}-{one.key[1]}", help=_beginning(one)):
                chosen.append(one)
    return chosen


def _beginning(one: Stretch) -> str:
    text = label(flat(one.begins))
    return text if len(text) <= _BEGINS else f"{text[:_BEGINS]}…"
