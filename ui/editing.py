"""The question of an exchange on the page; the last one can be edited in place and asked again."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.i18n import Strings
from ui.markup import html


class QuestionBox:
    """Draws a question. ``fresh`` tells the browser to show it at the top of the page, once for each such mark."""

    def __init__(self, index: int, question: str, words: Strings, fresh: str = "") -> None:
        self._index = index
        self._question = question
        self._words = words
        self._place = st.container(key=f"asked-{index}", gap="xxsmall")
        mark = f' data-fresh="{html(fresh)}"' if fresh else ""
        hidden = f'<span class="setu-hidden">{html(words("chat.you"))}: </span>'
        self._place.html(f'<div class="setu-question"{mark}>{hidden}{html(question)}</div>')

    def editable(self) -> None:
        """Offer to edit the question, or where that was asked for, the form."""
        if state.edited() == (self._index, self._question):
            self._form()
            return
        self._place.button(
            self._words("chat.edit"), key=f"edit-{self._index}", type="tertiary", icon=":material/edit:",
            on_click=state.edit, args=(self._index, self._question),
        )  # fmt: skip

    def _form(self) -> None:
        words, key = self._words, f"edited-{self._index}"

        def asked() -> None:
            if wanted := str(st.session_state[key]).strip():
                state.ask_instead(wanted)

        with self._place.form(f"edit-form-{self._index}", border=False):
            st.text_area(words("chat.edit_label"), value=self._question, key=key, height="content")
            with st.container(horizontal=True, gap="small"):
                st.form_submit_button(words("chat.ask_edited"), key=f"ask-{key}", type="primary", on_click=asked)
                st.form_submit_button(words("chat.cancel"), key=f"cancel-{key}", on_click=state.end_edit)
