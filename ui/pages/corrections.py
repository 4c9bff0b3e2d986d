"""The form in which a person corrects what was read of a paper: its buttons, what hinders it, and what is said once it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ingest.errors import IngestError
from kb.errors import KnowledgeBaseError
from ui.components.i18n import Strings
from ui.components.markup import label
from ui.components.query_params import Param


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of form: ``parameter`` of the address names what is corrected in it, and its strings begin with ``said``."""

    parameter: Param[str | None]
    said: str

    def buttons(self, words: Strings, *, strike: bool = False) -> tuple[bool, bool, bool]:
        """Draw them inside the form; whether it was saved, left, or struck out."""
        with st.container(horizontal=True):
            saved = st.form_submit_button(words(f"{self.said}.save"), type="primary", icon=":material/check:")
            left = st.form_submit_button(words(f"{self.said}.leave"))
            struck = strike and st.form_submit_button(
                words(f"{self.said}.strike"), icon=":material/format_strikethrough:", help=words(f"{self.said}.strike_hint")
            )
        return saved, left, struck

    def keep(self, act: Callable[[], object], done: str, failed: Callable[[str], str]) -> None:
        """Do what was typed and close the form; whatever hinders it is said beside the form, which stays as it is."""
        try:
            act()
        except (KnowledgeBaseError, IngestError) as error:
            st.error(label(failed(str(error))))
            return
        st.session_state[self._note] = done
        self.close()

    def close(self) -> None:
        """Draw the page again without the form."""
        self.parameter.clear()
        st.rerun()

    def note(self) -> str | None:
        """What was done with the last form, once."""
        said: str | None = st.session_state.pop(self._note, None)
        return said

    @property
    def _note(self) -> str:
        return f"{self.said}.{self.parameter.name}-note"
