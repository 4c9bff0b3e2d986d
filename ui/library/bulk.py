"""What is done to several papers at once: those whose boxes are ticked in the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from ui.collections import called
from ui.door import knowledge_base
from ui.i18n import Strings
from ui.library import uploading
from ui.library.collections import NOTE, told
from ui.library.intake import again_task, discard, reread_task
from ui.markup import html, label
from ui.standing import entrusted

_TICKED: Final = "library_ticked"
_ROUND: Final = "library_round"


def ticked(shown: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Those of the papers on this page of the list that are ticked."""
    chosen = st.session_state.get(_TICKED, ())
    return [info for info in shown if info.id in chosen]


def tick(chosen: Sequence[int], of: Collection[int] = ()) -> None:
    """Keep which papers are ticked, of those that have boxes in one table; of no table, these alone are."""
    before = st.session_state.get(_TICKED, ()) if of else ()
    st.session_state[_TICKED] = (*(one for one in before if one not in of), *chosen)


def bulk(kb: KnowledgeBase, reader: Reader, shown: Sequence[DocumentInfo], words: Strings) -> None:
    """Draw what can be done to the ticked papers; nothing where none is."""
    chosen = ticked(shown)
    if not chosen:
        return
    at, ids = words.language, [info.id for info in chosen]
    known = {one.id: called(one, words) for one in kb.collections.list()}
    with st.container(border=True, key="library-bulk", gap="small"):
        st.html(f'<div class="setu-over" role="status">{html(words.count("collections.ticked", len(chosen)))}</div>')
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            into = st.selectbox(words("collections.bulk.into"), list(known), format_func=lambda one: known[one], key=f"library-into-{at}")
            moved = st.button(words("collections.bulk.move"), key="library-bulk-move", icon=":material/drive_file_move:")
            again = st.button(words("collections.bulk.read"), key="library-bulk-read", icon=":material/refresh:")
            st.button(words("collections.bulk.clear"), key="library-bulk-clear", type="tertiary", on_click=tick, args=((),))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            sure = st.checkbox(words("collections.bulk.sure"), key=f"library-bulk-sure-{st.session_state.get(_ROUND, 0)}-{at}")
            gone = st.button(words("collections.bulk.delete"), key="library-bulk-delete", icon=":material/delete:", disabled=not sure)
    if moved:
        _move(kb, ids, into, known[into], words)
    elif again:
        trusted = entrusted(kb)
        tasks = [again_task(trusted, info) if info.state == "rejected" else reread_task(trusted, info) for info in chosen]
        if uploading.start(reader, tasks, words):
            tick(())
            st.rerun()
    elif gone:
        _delete(kb, chosen, words)


def _move(kb: KnowledgeBase, ids: Sequence[int], into: int, name: str, words: Strings) -> None:
    try:
        narrowed = kb.collections.put(ids, [into])
    except KnowledgeBaseError as error:
        st.error(label(str(error)))
        return
    tick(())
    st.session_state[NOTE] = told(words.count("collections.bulk.moved", len(ids), name=name), narrowed, words)
    st.rerun()


def _delete(kb: KnowledgeBase, chosen: Sequence[DocumentInfo], words: Strings) -> None:
    done = 0
    for info in chosen:
        try:
            kb.delete(info.id)
            discard(knowledge_base(), info.source)
        except (KnowledgeBaseError, IngestError) as error:
            st.error(label(words("collections.bulk.left", reason=str(error))))
            break
        except OSError as error:
            st.error(label(words("collections.bulk.left", reason=f"{error.strerror or error}: {error.filename or info.source}")))
            break
        done += 1
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    tick([info.id for info in chosen[done:]])
    if done:
        st.session_state[NOTE] = words.count("collections.bulk.deleted", done)
    if done == len(chosen):
        st.rerun()
