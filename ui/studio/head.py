"""The head of an open module: its title, what it is, what one should know of it, and what can be done with the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from training import edit, keep
from training.errors import UnknownModuleError
from training.phrases import phrase
from training.records import Module
from ui.export.module_said import kept, unborne
from ui.i18n import Strings
from ui.markup import html, label
from ui.studio import place
from ui.studio.change import Told, change, tell, told_view
from ui.studio.files import files
from ui.studio.lines import WARNING

_TITLE: Final = 200


def head(kb: KnowledgeBase, reader: Reader, module: Module, words: Strings, *, changed: str, outdated: bool) -> None:
    """Draw it; ``changed`` says how many lines are no longer as in the papers, ``outdated`` whether there is any change to look at."""
    st.button(words("studio.back"), key="studio-back", on_click=place.leave_module, icon=":material/arrow_back:", type="tertiary")
    told_view()
    st.html(f'<h2 class="setu-page-title"><span lang="{module.language}">{html(module.title)}</span></h2>{_facts(module, words)}')
    _warnings(module, words, changed, outdated)
    with st.container(horizontal=True, gap="small", key="studio-acts"):
        files(kb, module, words)
        if reader.may("trainer"):
            _acts(kb, reader, module, words)


def _facts(module: Module, words: Strings) -> str:
    request = module.request
    facts = [
        " · ".join(words(f"language.{x}") for x in request.languages), words(f"studio.for.{request.audience}"),
        words("studio.long", minutes=request.minutes), words("module.made", date=words.date(module.made.date())),
    ]  # fmt: skip
    model = f"<br>{html(words('module.by_model', model=module.model))}" if module.model else ""
    topic = f"<br>{html(words('studio.made_of', topic=request.topic))}" if request.topic != module.title else ""
    return f'<p class="setu-facts">{html(" · ".join(facts))}{topic}{model}</p>'


def _warnings(module: Module, words: Strings, changed: str, outdated: bool) -> None:
    said = [changed] if changed else []
    if bad := unborne(kept(module)):
        said.append(words.count("studio.unborne", bad))
    for one in said:
        st.html(f'<div class="setu-marks"><span class="setu-status setu-partial">{WARNING} {html(one)}</span></div>')
    if outdated and place.part() != place.CHANGED:
        st.button(
            words("studio.look_at_changed"), key="studio-changed", on_click=place.show, args=(place.CHANGED,), icon=":material/update:"
        )
    notes = [phrase(f"note.{note.code}", words.language, about=note.about) for note in module.notes]
    if notes:
        listed = "".join(f"<li>{html(note)}</li>" for note in notes)
        st.html(f'<details class="setu-note"><summary>{html(words.count("studio.notes", len(notes)))}</summary><ul>{listed}</ul></details>')


def _acts(kb: KnowledgeBase, reader: Reader, module: Module, words: Strings) -> None:
    with st.popover(words("studio.rename"), icon=":material/edit:"):
        key = f"studio-title-{module.id}"
        with st.form("studio-rename", border=False):
            st.text_input(words("studio.name"), value=module.title, key=key, max_chars=_TITLE)
            st.form_submit_button(words("studio.rename"), type="primary", on_click=_rename, args=(kb, module.id, key, words))
    st.button(words("studio.copy"), key="studio-copy", icon=":material/content_copy:", on_click=_copy, args=(kb, module, words))
    found = kb.materials.load(module.id, keep.KIND)
    if reader.id and found is not None and found.info.owner == reader.id:
        with st.popover(words("studio.share"), icon=":material/group:"):
            st.html(f"<p>{html(words('studio.share_hint'))}</p>")
            st.button(words("studio.share_yes"), key="studio-share", type="primary", on_click=_share, args=(kb, module.id, words))
    elif reader.id and found is not None and found.info.sharer == reader.id:
        with st.popover(words("studio.unshare"), icon=":material/person:"):
            st.html(f"<p>{html(words('studio.unshare_hint'))}</p>")
            st.button(words("studio.unshare_yes"), key="studio-unshare", type="primary", on_click=_unshare, args=(kb, module.id, words))
    with st.popover(words("studio.delete"), icon=":material/delete:"):
        st.html(f"<p><strong>{html(module.title)}</strong></p><p>{html(words('studio.delete_hint'))}</p>")
        st.button(words("studio.delete_yes"), key="studio-delete", type="primary", on_click=_delete, args=(kb, module.id, words))


def _rename(kb: KnowledgeBase, module_id: str, key: str, words: Strings) -> None:
    title = str(st.session_state.get(key, "")).strip()
    if not title:
        tell(Told("", words("studio.no_name"), well=False))
        return
    change(kb, module_id, partial(_renamed, title), words, done=words("studio.renamed"))


def _renamed(title: str, module: Module) -> Module:
    return edit.rename(module, title)


def _copy(kb: KnowledgeBase, module: Module, words: Strings) -> None:
    title = words("studio.copy_of", title=module.title)[:_TITLE]
    try:
        copy = keep.copied(kb, module.id, title)
    except KnowledgeBaseError as error:
        tell(Told("", words("studio.not_kept", reason=str(error)), well=False))
        return
    place.open_module(copy.id)
    tell(Told("", words("studio.copied", title=title)))


def _share(kb: KnowledgeBase, module_id: str, words: Strings) -> None:
    _pass_on(partial(keep.share, kb, module_id), words("studio.shared"), words)


def _unshare(kb: KnowledgeBase, module_id: str, words: Strings) -> None:
    _pass_on(partial(keep.unshare, kb, module_id), words("studio.unshared"), words)


def _pass_on(act: Callable[[], None], done: str, words: Strings) -> None:
    try:
        act()
    except UnknownModuleError:
        tell(Told("", words("studio.gone"), well=False))
    except KnowledgeBaseError as error:
        tell(Told("", words("studio.not_kept", reason=str(error)), well=False))
    else:
        tell(Told("", done))


def _delete(kb: KnowledgeBase, module_id: str, words: Strings) -> None:
    try:
        keep.delete(kb, module_id)
    except UnknownModuleError:
        tell(Told("", words("studio.gone"), well=False))
    except KnowledgeBaseError as error:
        tell(Told("", words("studio.not_deleted", reason=str(error)), well=False))
        return
    else:
        tell(Told("", words("studio.deleted")))
    place.leave_module()


def gone(words: Strings, reason: str | None = None) -> None:
    """Draw that the module of the address is not there, or cannot be read, and the way back."""
    st.warning(words("studio.gone") if reason is None else label(words("studio.unreadable", reason=reason)))
    st.button(words("studio.back"), key="studio-back", on_click=place.leave_module, icon=":material/arrow_back:")
