"""The page of the trainers' studio: the kept modules and the form for a new one, or an open module with its parts.

The address holds what is shown (`ui.pages.studio.studio_params`), so that a refresh or a bookmark shows the same thing. Of a kept module
stands what it is called, its languages, when it was changed, and whether its sources are still as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from kb.store.user_data.materials import MaterialInfo
from lang.languages import Language
from training import module_store
from training.errors import UnknownModuleError
from training.records import Audience, Module, Part
from ui.components import query_params
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON, html, label
from ui.components.source_panel import beside_source, source_panel
from ui.export.training_modules.module_content import kept, unborne
from ui.jobs.training_jobs import parts_of
from ui.pages.chat.history import local, zone
from ui.pages.studio import module_preview, studio_params
from ui.pages.studio.module_editing import by_id, changed_view, changed_words, changes_of, editing, passages, told_view
from ui.pages.studio.module_form import begin_part, form, makings, watch
from ui.pages.studio.module_header import gone, head
from ui.pages.studio.module_lines import WARNING, Desk
from ui.pages.studio.module_parts import part_view, parts_switch
from ui.pages.studio.own_additions import additions

_ROWS: Final = "studio_rows"


@dataclass(frozen=True, slots=True)
class Row:
    """What the list says of a module: how many of its lines have sources that changed, and how many are not verified."""

    languages: tuple[Language, ...]
    audience: Audience
    changed: int
    unborne: int


def listing(kb: KnowledgeBase, reader: Reader, words: Strings) -> bool:
    """Draw the list; whether there is anything in it."""
    found = module_store.listed(kb)
    if not found:
        hint = words("studio.empty_hint" if reader.may("trainer") else "studio.empty_viewer")
        st.html(f'<div class="setu-welcome"><h3>{html(words("studio.empty"))}</h3><p>{html(hint)}</p></div>')
        return False
    papers = tuple((info.id, info.version, info.state) for info in kb.documents())
    st.html(f'<h3 class="setu-heading">{html(words.count("studio.kept", len(found)))}</h3>')
    most = studio_params.MOST.get()
    for info in found[:most]:
        _row(kb, info, hash(papers), reader, words)
    if len(found) > most:
        more = most + studio_params.STEP
        st.button(words("studio.more"), key="studio-more", on_click=studio_params.MOST.put, args=(more,), width="stretch")
    return True


def _row(kb: KnowledgeBase, info: MaterialInfo, papers: int, reader: Reader, words: Strings) -> None:
    # The id opens a module, so that only its digest stands in the names of the page.
    key = hashlib.blake2b(info.id.encode(), digest_size=6).hexdigest()
    with st.container(key=f"studio-row-{key}", gap="xxsmall"):
        st.button(
            label(info.title), key=f"studio-open-{key}", type="tertiary", icon=":material/auto_stories:",
            on_click=studio_params.open_module,
            args=(info.id,),
        )  # fmt: skip
        changed = local(info.changed, zone(st.context.timezone))
        when = words("studio.changed", date=words.date(changed.date()), time=f"{changed:%H:%M}")
        row = _read(kb, info, papers)
        if isinstance(row, str):
            st.html(f'<div class="setu-facts">{html(when)}</div>')
            st.warning(label(words("studio.unreadable", reason=row)))
            return
        facts = [
            " · ".join(words(f"language.{x}") for x in row.languages),
            words(f"studio.for.{row.audience}"),
            when,
            _whose(info, reader, words),
        ]
        st.html(f'<div class="setu-facts">{html(" · ".join(f for f in facts if f))}</div>{_flags(row, words)}')


def _flags(row: Row, words: Strings) -> str:
    said = []
    if row.changed:
        said.append(f'<span class="setu-status setu-partial">{WARNING} {html(words.count("studio.stale", row.changed))}</span>')
    if row.unborne:
        sign = f'<span aria-hidden="true">{STATUS_ICON["partial"]}</span>'
        said.append(f'<span class="setu-status setu-partial">{sign} {html(words.count("studio.unborne", row.unborne))}</span>')
    if not said:
        sign = f'<span aria-hidden="true">{STATUS_ICON["verified"]}</span>'
        said.append(f'<span class="setu-status setu-verified">{sign} {html(words("studio.all_borne"))}</span>')
    return f'<div class="setu-studio-flags">{"".join(said)}</div>'


def _whose(info: MaterialInfo, reader: Reader, words: Strings) -> str:
    """Whose it is, where people sign in."""
    if not reader.id:
        return ""
    if not info.owner:
        return words("studio.everybodys")
    return words("studio.yours") if info.owner == reader.id else info.owner_name


def _read(kb: KnowledgeBase, info: MaterialInfo, papers: int) -> Row | str:
    """What is said of a module, read again only when it or a document has changed; or why it cannot be read."""
    rows: dict[str, tuple[object, Row | str]] = st.session_state.setdefault(_ROWS, {})
    mark = (info.changed, papers)
    if info.id not in rows or rows[info.id][0] != mark:
        try:
            module = module_store.load(kb, info.id)
            changed = len(by_id(changes_of(kb, module)))
            row: Row | str = Row(module.request.languages, module.request.audience, changed, unborne(kept(module)))
        except KnowledgeBaseError as error:
            row = str(error)
        rows[info.id] = mark, row
    return rows[info.id][1]


STYLE: Final = Path(__file__).parent / "style.css"


def studio_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page; who may not make training material may read what is everybody's or their own."""
    st.html(STYLE)
    opened = query_params.opened()
    main, right = beside_source("studio")
    with main:
        title = st.container()
        with st.container():  # of which there is always one, so that what stands below it is not taken for something new
            watch(kb, reader, words)
        wanted = studio_params.MODULE.get()
        module = None
        if wanted is None:
            with title:
                _title(words)
            _home(kb, reader, words)
        else:
            module = _opened(kb, reader, wanted, words)
    if opened is not None and right is not None:
        with right:
            source_panel(kb, opened, _quote(module, opened), words)


def _quote(module: Module | None, opened: query_params.Opened) -> str | None:
    """What the module quotes from the open span."""
    cited = module.citations() if module is not None else ()
    return next((one.quote for one in cited if replace(query_params.Opened.of(one), page=opened.page) == opened), None)


def _title(words: Strings) -> None:
    st.html(f'<h2 class="setu-page-title">{html(words("studio.title"))}</h2><p class="setu-facts">{html(words("studio.about"))}</p>')
    told_view()


def _home(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    place_of_form = st.container()
    there = listing(kb, reader, words)
    if reader.may("trainer"):
        with place_of_form:
            asked = form(kb, reader, words, expanded=not there)
            if asked is not None:
                module_preview.ask(*asked)
            module_preview.draw(kb, reader, words)


def _opened(kb: KnowledgeBase, reader: Reader, wanted: str, words: Strings) -> Module | None:
    try:
        module = module_store.load(kb, wanted)
        found = changes_of(kb, module)
    except UnknownModuleError:
        gone(words)
        return None
    except KnowledgeBaseError as error:
        gone(words, str(error))
        return None
    head(kb, reader, module, words, changed=changed_words(found, words), outdated=bool(found))
    desk = Desk(module, words, by_id(found))
    shown = parts_switch(desk, len(passages(found)))
    making = parts_of(makings(), module.id)
    if reader.may("trainer") and shown not in making:
        desk.form = partial(editing, kb, module, words)
    if shown == studio_params.CHANGED:
        changed_view(kb, desk, found)
        return module
    if reader.may("trainer"):
        _again(kb, reader, module, shown, words, busy=bool(making))
    part_view(desk, shown)
    if desk.form is not None:
        additions(kb, module, words, shown)
    return module


def _again(kb: KnowledgeBase, reader: Reader, module: Module, part: Part, words: Strings, *, busy: bool) -> None:
    with st.popover(words("studio.again"), icon=":material/refresh:", disabled=busy):
        st.html(f"<p>{html(words('studio.again_hint'))}</p>")
        st.button(
            words("studio.again_yes", part=words(f"module.part.{part}")), key="studio-again", type="primary", on_click=begin_part,
            args=(kb, reader, module.id, module.request, part, words),
        )  # fmt: skip
