"""Who sees a document: its access groups, chosen when it is added and changed on its page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from ui.i18n import Strings
from ui.markup import label


def matter(kb: KnowledgeBase, reader: Reader) -> bool:
    """Whether groups are spoken of: not where nobody signs in and no document is in one."""
    return bool(reader.name or kb.groups())


def chosen_groups(kb: KnowledgeBase, reader: Reader, words: Strings) -> tuple[str, ...]:
    """Draw the choice of groups for what is added. Who is in groups adds to these unless they say otherwise: not to everybody."""
    if not matter(kb, reader):
        return ()
    known = kb.groups()
    return tuple(_choice(known, known if reader.groups is not None else (), reader, words, f"library-groups-{words.language}"))


def groups_form(kb: KnowledgeBase, reader: Reader, info: DocumentInfo, words: Strings) -> None:
    """Draw the form in which an editor changes the groups of a document."""
    if not matter(kb, reader):
        return
    with st.expander(words("library.groups.title"), icon=":material/group:"):
        known = sorted({*kb.groups(), *info.groups})
        wanted = _choice(known, info.groups, reader, words, f"library-groups-{info.id}-{words.language}")
        if st.button(words("library.facts.save"), key="library-groups-save", icon=":material/check:"):
            try:
                kb.put_in_groups(info.id, wanted)
            except KnowledgeBaseError as error:
                st.error(label(str(error)))
                return
            st.session_state["library_note"] = words(
                "library.groups.saved", title=info.title, groups=", ".join(wanted) or words("library.groups.all")
            )
            st.rerun()


def _choice(known: Sequence[str], held: Sequence[str], reader: Reader, words: Strings, key: str) -> list[str]:
    return st.multiselect(
        words("library.groups.title"),
        known,
        default=list(held),
        key=key,
        help=words("library.groups.hint"),
        placeholder=words("library.groups.all"),
        accept_new_options=reader.groups is None,
    )
