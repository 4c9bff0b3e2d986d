"""The form under a line, slide, question, entry or step: reword, move, pin, drop. New words are held against the source at once."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from kb import KnowledgeBase
from training import edit
from training.edit import MOST_CHARS
from training.records import BLANK, Module
from ui.i18n import Strings
from ui.studio.change import Told, change, tell, told_view
from ui.studio.lines import Target


def editing(kb: KnowledgeBase, module: Module, words: Strings, target: Target) -> None:
    """Draw the form of what is being edited."""
    with st.container(border=True, key="studio-fix", gap="small"):
        told_view(target.id)
        if target.text is not None:
            _wording(kb, module, target, target.text, words)
        with st.container(horizontal=True, gap="small"):
            _acts(kb, module, target, words)


def _wording(kb: KnowledgeBase, module: Module, target: Target, text: str, words: Strings) -> None:
    # Another text is another field, which does not go on showing what was typed into the one before.
    key = f"studio-wording-{target.id}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"
    with st.form(f"studio-reword-{target.id}", border=False):
        st.text_area(words("studio.wording"), value=text, key=key, max_chars=MOST_CHARS)
        st.caption(words("studio.gap_hint", gap=BLANK.replace("_", "\\_")) if target.gap else words("studio.wording_hint"))
        st.form_submit_button(
            words("studio.save"), type="primary", icon=":material/check:", on_click=_reword, args=(kb, module.id, target, key, words)
        )


def _reword(kb: KnowledgeBase, module_id: str, target: Target, key: str, words: Strings) -> None:
    said = " ".join(str(st.session_state.get(key, "")).split())
    if not said:
        tell(Told(target.id, words("studio.no_wording"), well=False))
    elif target.gap and said.count(BLANK) != 1:
        tell(Told(target.id, words("studio.one_gap", gap=BLANK), well=False))
    else:
        change(kb, module_id, partial(_worded, kb, target, said), words, at=target.id, done=words("studio.reworded"))


def _worded(kb: KnowledgeBase, target: Target, said: str, module: Module) -> Module:
    reword = edit.reword_item if target.item else edit.reword
    return reword(kb, module, target.id, said)


def _acts(kb: KnowledgeBase, module: Module, target: Target, words: Strings) -> None:
    one = target.id

    def button(name: str, icon: str, act: partial[Module]) -> None:
        st.button(
            words(f"studio.act.{name}"), key=f"studio-{name}-{one}", icon=icon, on_click=change, args=(kb, module.id, act, words),
            kwargs={"at": one}, help=words(f"studio.hint.{name}"),
        )  # fmt: skip

    if target.moves:
        button("up", ":material/arrow_upward:", partial(_moved, one, -1))
        button("down", ":material/arrow_downward:", partial(_moved, one, 1))
    if target.quote:
        button("quote", ":material/format_quote:", partial(_quoted, kb, one, target.quote))
    if target.pins:
        name, icon = ("unpin", ":material/keep_off:") if target.pinned else ("pin", ":material/keep:")
        button(name, icon, partial(_pinned, one, not target.pinned))
    if target.drops or target.dropped:
        name, icon = ("restore", ":material/undo:") if target.dropped else ("drop", ":material/format_strikethrough:")
        button(name, icon, partial(_dropped, one, not target.dropped))


def _quoted(kb: KnowledgeBase, one: str, quote: str, module: Module) -> Module:
    return edit.reword(kb, module, one, quote)


def _moved(one: str, by: int, module: Module) -> Module:
    return edit.move(module, one, by)


def _pinned(one: str, pinned: bool, module: Module) -> Module:
    return edit.pin(module, one, pinned)


def _dropped(one: str, dropped: bool, module: Module) -> Module:
    return edit.drop(module, one, dropped)
