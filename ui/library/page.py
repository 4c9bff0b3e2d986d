"""The page of the library: the list of all documents with its uploads, or the one document that the address names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from ui.collection_choice import chosen_collections
from ui.i18n import Strings
from ui.library import address, uploading
from ui.library.collections import manage
from ui.library.document import document_page
from ui.library.listing import listing
from ui.markup import html, label

STYLE: Final = Path(__file__).parent / "style.css"


def library_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page."""
    st.html(STYLE)
    with st.container(key="library"):
        if note := st.session_state.pop("library_note", None):
            st.success(label(note), icon=":material/check:")
        chosen = address.document()
        if chosen is not None:
            document_page(kb, reader, chosen, words)
            return
        everything = kb.documents()
        documents = kb.within(chosen_collections(kb, everything, words)).documents()
        st.html(f'<h2 class="setu-page-title">{html(words("library.title"))}</h2><p class="setu-facts">{html(words("library.about"))}</p>')
        if reader.may("editor"):
            uploading.upload_form(kb, reader, words, expanded=not everything and not uploading.address_job())
            uploading.watch(kb, reader, words)
            if everything:
                manage(kb, words)
        if everything:
            listing(kb, reader, documents, words)
            return
        st.html(f'<div class="setu-welcome"><h2>{html(words("empty.title"))}</h2><p>{html(words("library.empty"))}</p></div>')
