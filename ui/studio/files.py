"""A module as a file to take away: chosen, made while one waits, then saved. What hinders it is said, and the module stays as it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Final

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from lang.codes import Language
from training import keep
from training.records import Module
from ui.export.errors import ExportError
from ui.export.modules import MODULE_FORMATS, ModuleFormat, export_module, file_name
from ui.i18n import Strings, strings
from ui.markup import label
from ui.takeaway import address

log = logging.getLogger(__name__)

_MADE: Final = "studio_file"
_ID: Final = 6
"""Characters of a module's id that the audit log has: the whole of it would open the module."""


def files(kb: KnowledgeBase, module: Module, words: Strings) -> None:
    """Draw the choice of a kind of file, the button that makes it and, once it is made, the one that saves it."""
    with st.popover(words("studio.take_away"), icon=":material/download:"):
        kinds = list(MODULE_FORMATS)
        into: ModuleFormat = st.selectbox(
            words("studio.file_kind"), kinds, format_func=lambda one: words(f"studio.file.{one}"), key=f"studio-into-{words.language}"
        )
        beside = _beside(module, into, words)
        wanted = (module, into, beside, words.language)
        st.button(
            words("studio.make_file"), key="studio-make-file", type="primary", icon=":material/description:", on_click=_make,
            args=(kb, module, into, beside, words),
        )  # fmt: skip
        made, data, trouble = st.session_state.get(_MADE, (None, b"", ""))
        if made == wanted and trouble:
            st.error(label(words("studio.no_file", reason=trouble)))
        elif made == wanted:
            name = file_name(module, into, beside)
            st.download_button(
                words("studio.save_file", name=name), data=_still(kb, module.id, data), file_name=name,
                mime=MODULE_FORMATS[into].mime, key="studio-save-file", on_click="ignore", icon=":material/download:", width="stretch",
            )  # fmt: skip
        st.caption(words("studio.file_hint"))


def _still(kb: KnowledgeBase, module_id: str, data: bytes) -> Callable[[], bytes]:
    """What gives a file that was made before to somebody who still may read the module when they press."""

    def given() -> bytes:
        kb.reader.still("viewer")
        keep.load(kb, module_id)
        return data

    return given


def _beside(module: Module, into: ModuleFormat, words: Strings) -> Language | None:
    """The language that stands in a second column, where the file can have one."""
    others = [language for language in module.request.languages if language != module.language]
    if not others or not MODULE_FORMATS[into].paper:
        return None
    none_and_others: list[Language | None] = [None, *others]
    chosen: Language | None = st.selectbox(
        words("studio.second_column"), none_and_others,
        format_func=lambda x: words("studio.none") if x is None else words(f"language.{x}"), key=f"studio-column-{words.language}",
    )  # fmt: skip
    return chosen


def _make(kb: KnowledgeBase, module: Module, into: ModuleFormat, beside: Language | None, words: Strings) -> None:
    wanted = (module, into, beside, words.language)
    if MODULE_FORMATS[into].quiz and not any(not item.dropped for item in module.quiz):
        st.session_state[_MADE] = wanted, b"", words("studio.no_questions")
        return
    to = address(kb).removesuffix("/studio")
    try:
        data = export_module(kb, module, into, strings(module.language), today=date.today(), address=to, beside=beside)
        kb.exported(f"the module {module.id[:_ID]}… as {into}")
    except (KnowledgeBaseError, IngestError, ExportError, OSError) as error:
        log.warning("A training module was not written as %s.", into, exc_info=error)
        st.session_state[_MADE] = wanted, b"", str(error)
        return
    st.session_state[_MADE] = wanted, data, ""
