"""The office's template and logo for slides: which are in force, sending others, removing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.settings import Settings
from ui.auth.authentication import refused
from ui.components.i18n import Strings
from ui.components.markup import html, label, table_html
from ui.export.training_modules.deck.office_files import forget, keep_logo, keep_template, logo_of, template_of

_SAID: Final = "slides-said"
_TURN: Final = "slides-turn"


def slide_template(kb: KnowledgeBase, words: Strings) -> None:
    """Draw what is in force and, for an admin of all groups, the form that keeps other files or removes them."""
    settings = kb.settings
    st.html(f'<p class="setu-facts">{html(words("admin.slides_about"))}</p>')
    if said := st.session_state.pop(_SAID, None):
        st.success(label(said), icon=":material/check:")
    rows = [
        (html(words("admin.slides_template")), f"<code>{html(str(template_of(settings) or '–'))}</code>"),
        (html(words("admin.slides_logo")), f"<code>{html(str(logo_of(settings) or '–'))}</code>"),
    ]
    st.html(table_html(words("admin.slides_in_force"), [words("admin.setting"), words("admin.value")], rows))
    if kb.reader.groups is not None:
        st.info(words("admin.slides_of_all"))
        return
    if settings.slide_template is not None or settings.slide_logo is not None:
        st.info(words("admin.slides_fixed"))
    _form(kb, settings, words)


def _form(kb: KnowledgeBase, settings: Settings, words: Strings) -> None:
    # A key for each save, so that what was sent is not kept again with the next.
    key = f"slides-{words.language}-{st.session_state.get(_TURN, 0)}"
    with st.form(key):
        template = st.file_uploader(words("admin.slides_send_template"), type=["potx", "pptx"], key=f"{key}-template")
        logo = st.file_uploader(words("admin.slides_send_logo"), type=["png", "jpg", "jpeg"], key=f"{key}-logo")
        sent = st.form_submit_button(words("admin.save"), type="primary")
    removed = st.button(words("admin.slides_remove"), key="slides-remove", icon=":material/delete:")
    if not (sent or removed) or refused(kb.reader, "admin"):
        return
    if removed:
        _do(kb, words, lambda: forget(settings, template=True, logo=True), "admin.slides_removed")
    elif template is None and logo is None:
        st.error(words("admin.slides_nothing"))
    else:

        def keep() -> None:
            if template is not None:
                keep_template(settings, template.getvalue(), template.name)
            if logo is not None:
                keep_logo(settings, logo.getvalue(), logo.name)

        _do(kb, words, keep, "admin.slides_saved")


def _do(kb: KnowledgeBase, words: Strings, act: Callable[[], None], done: str) -> None:
    """Do it and draw the page again, or say what hindered it."""
    try:
        act()
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    except OSError as error:
        st.error(label(f"{error.strerror or error}: {kb.settings.home}"))
        return
    kb.recorded("slides_changed", done.partition("_")[2])
    st.session_state[_SAID] = words(done)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.rerun()
