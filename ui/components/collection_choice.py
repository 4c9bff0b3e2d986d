"""Choosing collections: which are asked and looked at, beside each page and in the address, and which one a paper is added to.

In the library they are made, renamed and removed. The start page says what the samples are.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.document_records import DEFAULT
from kb.documents.sample_papers import remove
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from kb.store.user_data.collection_members import SAMPLES
from kb.store.user_data.document_collections import MOST_DESCRIPTION, MOST_NAME, Collection
from ui.components import query_params
from ui.components.collection_names import EVERYTHING, called, facts, named_or_made, summed
from ui.components.i18n import Strings
from ui.components.markup import html, label

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
        at_hand = next((one for one in query_params.COLLECTION.get() if one in known), None)
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
                query_params.choose_collections([one for one in query_params.COLLECTION.get() if one != old.id])
                said = words("collections.removed", name=called(old, words))
            else:
                named = None if name == called(old, words) else name
                said = words("collections.saved", name=called(kb.collections.rename(old.id, named, line), words))
        except KnowledgeBaseError as error:
            st.error(label(str(error)))
            return
        st.session_state[NOTE] = said
        st.rerun()


_NOTE = "collections_note"


def chosen_collections(kb: KnowledgeBase, documents: Sequence[DocumentInfo], words: Strings) -> tuple[int, ...]:
    """Draw in the sidebar which collections are asked, a box for each, and return them: () is all papers.

    ``documents`` are all of the base. Where there is nothing to choose from, nothing is drawn; what the address names and is not there
    (any more) is not chosen.
    """
    offered = _offered(kb, documents)
    there = {one.id for one in offered}
    named = query_params.COLLECTION.get()
    chosen = tuple(one for one in named if one in there)
    if named and chosen != named:
        query_params.choose_collections(chosen)
    if len(offered) < 2 and not chosen:
        return ()
    at = words.language
    keys = {one.id: f"collection-{one.id}-{at}" for one in offered}

    def ticked() -> None:
        query_params.choose_collections([one for one, key in keys.items() if st.session_state[key]])

    def every() -> None:
        query_params.choose_collections(())

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
                    on_click=query_params.choose_collections, args=((one.id,),),
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
                words("collections.ask"), key="samples-ask", type="tertiary", icon=":material/folder:",
                on_click=query_params.choose_collections,
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
    query_params.choose_collections(())
    st.session_state[_NOTE] = words.count("collections.samples_removed", gone)
