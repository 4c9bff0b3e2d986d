"""Collections in the library: made, renamed and removed; chosen for what is added, and for one paper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.errors import KnowledgeBaseError
from kb.found import DEFAULT
from kb.records import DocumentInfo
from kb.store.collections import MOST_DESCRIPTION, MOST_NAME
from ui import state
from ui.collections import called, named_or_made
from ui.i18n import Strings
from ui.markup import label

NOTE = "library_note"


def wanted_collections(kb: KnowledgeBase, held: Sequence[int], words: Strings, key: str) -> list[str]:
    """Draw the choice of collections for papers, with these chosen; a new name may be typed. Returns names or numbers."""
    known = {str(one.id): called(one, words) for one in kb.collections.list() if one.id != DEFAULT}
    return st.multiselect(
        words("collections.put"), list(known), default=[str(one) for one in held if str(one) in known], key=key,
        format_func=lambda one: known.get(one, one), help=words("collections.put_hint"), placeholder=words("collections.default"),
        accept_new_options=True,
    )  # fmt: skip


def collections_form(kb: KnowledgeBase, info: DocumentInfo, title: str, words: Strings) -> None:
    """Draw the form in which an editor puts one paper into collections."""
    with st.expander(words("collections.put_title"), icon=":material/folder:"):
        wanted = wanted_collections(kb, info.collections, words, f"library-collections-{info.id}-{words.language}")
        if st.button(words("collections.bulk.move"), key="library-collections-save", icon=":material/drive_file_move:"):
            try:
                into = named_or_made(kb, wanted) or (DEFAULT,)
                narrowed = kb.collections.put([info.id], into)
            except KnowledgeBaseError as error:
                st.error(label(str(error)))
                return
            known = {one.id: called(one, words) for one in kb.collections.list()}
            said = words("collections.put_done", title=title, names=", ".join(known[one] for one in into))
            st.session_state[NOTE] = told(said, narrowed, words)
            st.rerun()


def told(said: str, narrowed: Sequence[str], words: Strings) -> str:
    """What was done, and whether fewer people see papers for it."""
    return f"{said} {words('collections.narrowed', groups=', '.join(narrowed))}" if narrowed else said


def manage(kb: KnowledgeBase, words: Strings) -> None:
    """Draw where an editor makes, renames and removes collections."""
    at = words.language
    with st.expander(words("collections.manage"), icon=":material/folder_managed:"):
        known = {one.id: one for one in kb.collections.list() if one.id != DEFAULT}
        new = words("collections.new_name")
        at_hand = next((one for one in state.collections() if one in known), None)
        options = [0, *known]
        chosen = st.selectbox(
            words("collections.which"), options, index=options.index(at_hand) if at_hand is not None else 0, key=f"collections-which-{at}",
            format_func=lambda one: called(known[one], words) if one in known else new,
        )  # fmt: skip
        old = known.get(chosen)
        key = f"{chosen}-{at}"
        with st.form(f"collections-form-{key}", border=False):
            name = st.text_input(
                words("collections.name"),
                value=called(old, words) if old else "",
                max_chars=MOST_NAME,
                key=f"collections-name-{key}",
            )
            line = st.text_input(
                words("collections.description"), value=old.description if old else "", max_chars=MOST_DESCRIPTION,
                key=f"collections-line-{key}",
            )  # fmt: skip
            done = words("collections.save") if old else words("collections.make")
            sent = st.form_submit_button(done, icon=":material/check:", type="primary")
        gone = old is not None and st.button(
            words("collections.remove"), key=f"collections-remove-{at}", icon=":material/folder_off:", help=words("collections.remove_hint")
        )
        if not (sent or gone):
            return
        try:
            if old is None:
                said = words("collections.made", name=kb.collections.make(name, line).name)
            elif gone:
                kb.collections.remove(old.id)
                state.choose_collections([one for one in state.collections() if one != old.id])
                said = words("collections.removed", name=called(old, words))
            else:
                named = None if name == called(old, words) else name
                said = words("collections.saved", name=called(kb.collections.rename(old.id, named, line), words))
        except KnowledgeBaseError as error:
            st.error(label(str(error)))
            return
        st.session_state[NOTE] = said
        st.rerun()
