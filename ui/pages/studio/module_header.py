"""The head of an open module: its title, what it is, what one should know of it, and what can be done with the whole of it.

As a file it is made while one waits, then saved. What hinders it is said, and the module stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

import streamlit as st

from ingest.errors import IngestError
from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from lang.languages import Language
from training import edit, module_store
from training.errors import UnknownModuleError
from training.phrases import phrase
from training.records import Module
from ui.components.downloads import address
from ui.components.i18n import Strings, strings
from ui.components.markup import html, label
from ui.export import ExportError
from ui.export.training_modules.module_content import kept, long_words, unborne
from ui.export.training_modules.module_formats import CONTENTS, MODULE_FORMATS, Contents, ModuleFormat, export_module, file_name
from ui.pages.studio import studio_params
from ui.pages.studio.module_editing import Told, change, tell, told_view
from ui.pages.studio.module_lines import WARNING

log = logging.getLogger(__name__)

_MADE: Final = "studio_file"
_ID: Final = 6
"""Characters of a module's id that the audit log has: the whole of it would open the module."""


def files(kb: KnowledgeBase, module: Module, words: Strings) -> None:
    """Draw the choice of a kind of file, the button that makes it and, once it is made, the one that saves it."""
    with st.popover(words("studio.take_away"), icon=":material/download:"):
        contents: Contents = st.selectbox(
            words("studio.contents"), list(CONTENTS), format_func=lambda one: words(f"module.contents.{one}"),
            key=f"studio-contents-{words.language}",
        )  # fmt: skip
        kinds = list(CONTENTS[contents])
        into: ModuleFormat = st.selectbox(
            words("studio.file_kind"), kinds, format_func=lambda one: words(f"studio.file.{one}"),
            key=f"studio-into-{words.language}-{'' if contents == 'module' else contents}",
        )  # fmt: skip
        beside = _beside(module, into, words) if contents in ("module", "handout") else None
        wanted = (module, into, beside, words.language, contents)
        st.button(
            words("studio.make_file"), key="studio-make-file", type="primary", icon=":material/description:", on_click=_make,
            args=(kb, module, into, beside, words, contents),
        )  # fmt: skip
        made, data, trouble = st.session_state.get(_MADE, (None, b"", ""))
        if made == wanted and trouble:
            st.error(label(words("studio.no_file", reason=trouble)))
        elif made == wanted:
            name = file_name(module, into, beside, contents)
            st.download_button(
                words("studio.save_file", name=name), data=_still(kb, module.id, data), file_name=name,
                mime=MODULE_FORMATS[into].mime, key="studio-save-file", on_click="ignore", icon=":material/download:", width="stretch",
            )  # fmt: skip
        if contents != "module":
            st.caption(words(f"studio.contents_hint.{contents}"))
        st.caption(words("studio.file_hint"))


def _still(kb: KnowledgeBase, module_id: str, data: bytes) -> Callable[[], bytes]:
    """What gives a file that was made before to somebody who still may read the module when they press."""

    def given() -> bytes:
        kb.reader.still("viewer")
        module_store.load(kb, module_id)
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


def _make(kb: KnowledgeBase, module: Module, into: ModuleFormat, beside: Language | None, words: Strings, contents: Contents) -> None:
    wanted = (module, into, beside, words.language, contents)
    if (MODULE_FORMATS[into].quiz or contents in ("pre", "post")) and not any(not item.dropped for item in module.quiz):
        st.session_state[_MADE] = wanted, b"", words("studio.no_questions")
        return
    to = address(kb).removesuffix("/studio")
    try:
        data = export_module(
            kb, module, into, strings(module.language), today=date.today(), address=to, beside=beside, contents=contents
        )  # fmt: skip
        kb.exported(f"the module {module.id[:_ID]}… ({contents}) as {into}")
    except (KnowledgeBaseError, IngestError, ExportError, OSError) as error:
        log.warning("A training module was not written as %s.", into, exc_info=error)
        st.session_state[_MADE] = wanted, b"", str(error)
        return
    st.session_state[_MADE] = wanted, data, ""


_TITLE: Final = 200


def head(kb: KnowledgeBase, reader: Reader, module: Module, words: Strings, *, changed: str, outdated: bool) -> None:
    """Draw it; ``changed`` says how many lines are no longer as in the papers, ``outdated`` whether there is any change to look at."""
    st.button(words("studio.back"), key="studio-back", on_click=studio_params.leave_module, icon=":material/arrow_back:", type="tertiary")
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
        long_words(module, words), words("module.made", date=words.date(module.made.date())),
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
    if outdated and studio_params.PART.get() != studio_params.CHANGED:
        st.button(
            words("studio.look_at_changed"),
            key="studio-changed",
            on_click=studio_params.show,
            args=(studio_params.CHANGED,),
            icon=":material/update:",
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
    found = kb.materials.load(module.id, module_store.KIND)
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
        copy = module_store.copied(kb, module.id, title)
    except KnowledgeBaseError as error:
        tell(Told("", words("studio.not_kept", reason=str(error)), well=False))
        return
    studio_params.open_module(copy.id)
    tell(Told("", words("studio.copied", title=title)))


def _share(kb: KnowledgeBase, module_id: str, words: Strings) -> None:
    _pass_on(partial(module_store.share, kb, module_id), words("studio.shared"), words)


def _unshare(kb: KnowledgeBase, module_id: str, words: Strings) -> None:
    _pass_on(partial(module_store.unshare, kb, module_id), words("studio.unshared"), words)


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
        module_store.delete(kb, module_id)
    except UnknownModuleError:
        tell(Told("", words("studio.gone"), well=False))
    except KnowledgeBaseError as error:
        tell(Told("", words("studio.not_deleted", reason=str(error)), well=False))
        return
    else:
        tell(Told("", words("studio.deleted")))
    studio_params.leave_module()


def gone(words: Strings, reason: str | None = None) -> None:
    """Draw that the module of the address is not there, or cannot be read, and the way back."""
    st.warning(words("studio.gone") if reason is None else label(words("studio.unreadable", reason=reason)))
    st.button(words("studio.back"), key="studio-back", on_click=studio_params.leave_module, icon=":material/arrow_back:")
