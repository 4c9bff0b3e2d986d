"""What a trainer adds beside the papers: slides with their own text or picture, and questions, marked as theirs wherever they stand."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from training import edit
from training.edit import MOST_CHARS, MOST_OWN, MOST_PICTURE_MB
from training.records import Module, Picture
from ui.components.i18n import Strings
from ui.pages.studio import studio_params
from ui.pages.studio.module_editing import changed

_TURN: Final = "studio-own-turn"


def additions(kb: KnowledgeBase, module: Module, words: Strings, shown: studio_params.Shown) -> None:
    """Draw the form for what can be added to a part; nothing for the parts that hold the papers' words alone."""
    if shown == "slides":
        with st.expander(words("studio.own_slide"), icon=":material/add:"):
            _slide_form(kb, module, words)
    elif shown == "quiz":
        with st.expander(words("studio.own_question"), icon=":material/add:"):
            _question_form(kb, module, words)


def _key(name: str) -> str:
    """A key for each thing that was added, so that the fields are empty for the next."""
    return f"studio-own-{name}-{st.session_state.get(_TURN, 0)}"


def _slide_form(kb: KnowledgeBase, module: Module, words: Strings) -> None:
    with st.form(_key("slide"), border=False):
        st.caption(words("studio.own_hint"))
        title = st.text_input(words("studio.own_title"), key=_key("title"), max_chars=MOST_CHARS)
        lines = st.text_area(words("studio.own_lines", n=MOST_OWN), key=_key("lines"))
        sent = st.file_uploader(words("studio.own_picture", n=MOST_PICTURE_MB), type=["png", "jpg", "jpeg"], key=_key("picture"))
        alt = st.text_input(words("studio.own_alt"), key=_key("alt"), max_chars=MOST_CHARS, help=words("studio.own_alt_help"))
        pressed = st.form_submit_button(words("studio.own_add"), type="primary", icon=":material/add:")
    if not pressed:
        return
    if not title.strip():
        st.error(words("studio.own_no_title"))
        return
    try:
        picture = edit.own_picture(sent.getvalue(), sent.name, alt) if sent is not None and alt.strip() else None
    except KnowledgeBaseError as error:
        st.error(words("studio.not_kept", reason=str(error)))
        return
    if sent is not None and picture is None:
        st.error(words("studio.own_no_alt"))
        return
    after = studio_params.SLIDE.get() or (module.slides[0].id if module.slides else "")
    _add(kb, module, partial(_with_slide, title, tuple(lines.splitlines()), picture, after), words)


def _question_form(kb: KnowledgeBase, module: Module, words: Strings) -> None:
    with st.form(_key("question"), border=False):
        st.caption(words("studio.own_hint"))
        prompt = st.text_input(words("studio.own_prompt"), key=_key("prompt"), max_chars=MOST_CHARS)
        right = st.text_input(words("studio.own_right"), key=_key("right"), max_chars=MOST_CHARS)
        wrong = st.text_area(words("studio.own_wrong", n=MOST_OWN), key=_key("wrong"))
        pressed = st.form_submit_button(words("studio.own_add"), type="primary", icon=":material/add:")
    if not pressed:
        return
    if not prompt.strip() or not right.strip():
        st.error(words("studio.own_no_question"))
        return
    _add(kb, module, partial(_with_question, prompt, right, tuple(wrong.splitlines())), words)


def _add(kb: KnowledgeBase, module: Module, act: partial[Module], words: Strings) -> None:
    """Add it and draw the page again; where it cannot be kept, what was typed stays."""
    if changed(kb, module.id, act, words, done=words("studio.own_added")):
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.rerun()


def _with_slide(title: str, lines: tuple[str, ...], picture: Picture | None, after: str, module: Module) -> Module:
    return edit.add_slide(module, title, lines, picture, after=after)


def _with_question(prompt: str, right: str, wrong: tuple[str, ...], module: Module) -> Module:
    return edit.add_question(module, prompt, right, wrong)
