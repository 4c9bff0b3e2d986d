"""Which collections are asked and looked at: chosen beside each page, kept in the address, and told on the start page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.found import DEFAULT
from kb.records import DocumentInfo
from kb.samples import remove
from kb.store.collections import Collection
from kb.store.samples import SAMPLES
from ui import state
from ui.collections import EVERYTHING, called, facts, summed
from ui.i18n import Strings
from ui.markup import html, label

_NOTE = "collections_note"


def chosen_collections(kb: KnowledgeBase, documents: Sequence[DocumentInfo], words: Strings) -> tuple[int, ...]:
    """Draw in the sidebar which collections are asked, a box for each, and return them: () is all papers.

    ``documents`` are all of the base. Where there is nothing to choose from, nothing is drawn; what the address names and is not there
    (any more) is not chosen.
    """
    offered = _offered(kb, documents)
    there = {one.id for one in offered}
    named = state.collections()
    chosen = tuple(one for one in named if one in there)
    if named and chosen != named:
        state.choose_collections(chosen)
    if len(offered) < 2 and not chosen:
        return ()
    at = words.language
    keys = {one.id: f"collection-{one.id}-{at}" for one in offered}

    def ticked() -> None:
        state.choose_collections([one for one, key in keys.items() if st.session_state[key]])

    def every() -> None:
        state.choose_collections(())

    said = ", ".join(called(one, words) for one in offered if one.id in chosen) or words("collections.all")
    title = words("collections.chosen", names=label(said))
    with st.sidebar, st.expander(title, expanded=bool(chosen), icon=":material/folder:", key=f"collections-{at}"):
        st.session_state[f"collection-all-{at}"] = not chosen
        st.checkbox(words("collections.all"), key=f"collection-all-{at}", on_change=every)
        for one in offered:
            st.session_state[keys[one.id]] = one.id in chosen
            shown = words("collections.option", name=called(one, words), n=summed(one.id, documents).papers)
            st.checkbox(label(shown), key=keys[one.id], on_change=ticked)
    return chosen


def start_page(kb: KnowledgeBase, reader: Reader, documents: Sequence[DocumentInfo], chosen: Sequence[int], words: Strings) -> None:
    """Draw whose papers are asked and what is in them; ``documents`` are all of the base, ``chosen`` () is all papers."""
    if note := st.session_state.pop(_NOTE, None):
        st.success(label(note), icon=":material/check:")
    offered = _offered(kb, documents)
    apart = next((one for one in offered if one.role == SAMPLES), None)
    alone = apart is not None and len(offered) == 1
    if alone and apart is not None:
        _told(called(apart, words), apart.description, apart.id, documents, words)
        _samples(kb, reader, words("collections.samples_here"), words)
        return
    picked = [one for one in offered if one.id in chosen]
    if not picked:
        own = [info for info in documents if apart is None or apart.id not in info.collections or len(info.collections) > 1]
        _told(words("collections.all"), "", EVERYTHING, own, words)
    for one in picked:
        _told(called(one, words), one.description, one.id, documents, words)
    others = [one for one in offered if one.id not in chosen and one.role != SAMPLES and (one.id != DEFAULT or picked)]
    if others and (picked or len(others) > 1 or others[0].id != DEFAULT):
        with st.container(horizontal=True, gap="small", key="collections-others"):
            for one in others:
                shown = words("collections.option", name=called(one, words), n=summed(one.id, documents).papers)
                st.button(
                    label(shown), key=f"collection-ask-{one.id}", icon=":material/folder:", type="tertiary",
                    on_click=state.choose_collections, args=((one.id,),),
                )  # fmt: skip
    if apart is not None and apart.id not in chosen:
        _samples(kb, reader, words.count("collections.samples_apart", summed(apart.id, documents).papers), words, ask=apart.id)
    elif apart is not None:
        _samples(kb, reader, words("collections.samples_here"), words)


def _offered(kb: KnowledgeBase, documents: Sequence[DocumentInfo]) -> list[Collection]:
    """The collections that have a paper, or that somebody has named."""
    return [one for one in kb.collections.list() if (one.name and one.role != SAMPLES) or summed(one.id, documents).papers]


def _told(name: str, description: str, collection: int, documents: Sequence[DocumentInfo], words: Strings) -> None:
    held = summed(collection, documents)
    line = f'<p class="setu-facts">{html(description)}</p>' if description else ""
    told = html(" · ".join(facts(held, words)))
    if held.newest is not None:
        title = html(held.newest.title)
        told = told.replace(title, f'<span lang="{held.newest.language}">{title}</span>')
    st.html(f'<div class="setu-whose"><h3 class="setu-title">{html(name)}</h3>{line}<p class="setu-facts">{told}</p></div>')


def _samples(kb: KnowledgeBase, reader: Reader, said: str, words: Strings, ask: int | None = None) -> None:
    """What the samples are, and the way to them, and to be rid of them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="samples"):
        st.html(f'<span class="setu-note">{html(said)}</span>', width="content" if ask is not None else "stretch")
        if ask is not None:
            st.button(
                words("collections.ask"), key="samples-ask", type="tertiary", icon=":material/folder:", on_click=state.choose_collections,
                args=((ask,),),
            )  # fmt: skip
        if reader.may("editor"):
            st.button(
                words("collections.samples_remove"), key="samples-remove", icon=":material/delete:", on_click=_remove, args=(kb, words)
            )


def _remove(kb: KnowledgeBase, words: Strings) -> None:
    try:
        gone = remove(kb)
    except (KnowledgeBaseError, OSError) as error:
        st.session_state[_NOTE] = words("collections.bulk.left", reason=str(error))
        return
    state.choose_collections(())
    st.session_state[_NOTE] = words.count("collections.samples_removed", gone)
