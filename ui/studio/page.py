"""The page of the trainers' studio: the kept modules and the form for a new one, or an open module with its parts.

The address holds what is shown (`ui.studio.place`), so that a refresh or a bookmark shows the same thing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from training import keep
from training.errors import UnknownModuleError
from training.records import Module, Part
from ui import state
from ui.i18n import Strings
from ui.markup import html
from ui.source import beside_source, source_panel
from ui.studio import place
from ui.studio.change import told_view
from ui.studio.changed import by_id, changed_view, changed_words, changes_of, passages
from ui.studio.editing import editing
from ui.studio.form import begin_part, form, makings, watch
from ui.studio.head import gone, head
from ui.studio.lines import Desk
from ui.studio.listing import listing
from ui.studio.shown import part_view, parts_switch

STYLE: Final = Path(__file__).parent / "style.css"


def studio_page(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    """Draw the page; who may not make training material may read what is everybody's or their own."""
    st.html(STYLE)
    opened = state.opened()
    main, right = beside_source("studio")
    with main:
        title = st.container()
        with st.container():  # of which there is always one, so that what stands below it is not taken for something new
            watch(kb, reader, words)
        wanted = place.module()
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


def _quote(module: Module | None, opened: state.Opened) -> str | None:
    """What the module quotes from the open span."""
    cited = module.citations() if module is not None else ()
    return next((one.quote for one in cited if replace(state.Opened.of(one), page=opened.page) == opened), None)


def _title(words: Strings) -> None:
    st.html(f'<h2 class="setu-page-title">{html(words("studio.title"))}</h2><p class="setu-facts">{html(words("studio.about"))}</p>')
    told_view()


def _home(kb: KnowledgeBase, reader: Reader, words: Strings) -> None:
    place_of_form = st.container()
    there = listing(kb, reader, words)
    if reader.may("trainer"):
        with place_of_form:
            form(kb, reader, words, expanded=not there)


def _opened(kb: KnowledgeBase, reader: Reader, wanted: str, words: Strings) -> Module | None:
    try:
        module = keep.load(kb, wanted)
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
    making = makings().parts_of(module.id)
    if reader.may("trainer") and shown not in making:
        desk.form = partial(editing, kb, module, words)
    if shown == place.CHANGED:
        changed_view(kb, desk, found)
        return module
    if reader.may("trainer"):
        _again(kb, reader, module, shown, words, busy=bool(making))
    part_view(desk, shown)
    return module


def _again(kb: KnowledgeBase, reader: Reader, module: Module, part: Part, words: Strings, *, busy: bool) -> None:
    with st.popover(words("studio.again"), icon=":material/refresh:", disabled=busy):
        st.html(f"<p>{html(words('studio.again_hint'))}</p>")
        st.button(
            words("studio.again_yes", part=words(f"module.part.{part}")), key="studio-again", type="primary", on_click=begin_part,
            args=(kb, reader, module.id, module.request, part, words),
        )  # fmt: skip
