"""The kept modules: what each is called, its languages, when it was changed, and whether its sources are still as they were."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import streamlit as st

from kb import KnowledgeBase
from kb.access import Reader
from kb.errors import KnowledgeBaseError
from kb.store.materials import MaterialInfo
from lang.codes import Language
from training import keep
from training.records import Audience
from ui.export.module_said import kept, unborne
from ui.history.days import local, zone
from ui.i18n import Strings
from ui.markup import STATUS_ICON, html, label
from ui.studio import place
from ui.studio.changed import by_id, changes_of
from ui.studio.lines import WARNING

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
    found = keep.listed(kb)
    if not found:
        hint = words("studio.empty_hint" if reader.may("trainer") else "studio.empty_viewer")
        st.html(f'<div class="setu-welcome"><h3>{html(words("studio.empty"))}</h3><p>{html(hint)}</p></div>')
        return False
    papers = tuple((info.id, info.version, info.state) for info in kb.documents())
    st.html(f'<h3 class="setu-heading">{html(words.count("studio.kept", len(found)))}</h3>')
    for info in found[: place.most()]:
        _row(kb, info, hash(papers), reader, words)
    if len(found) > place.most():
        st.button(words("studio.more"), key="studio-more", on_click=place.more, width="stretch")
    return True


def _row(kb: KnowledgeBase, info: MaterialInfo, papers: int, reader: Reader, words: Strings) -> None:
    # The id opens a module, so that only its digest stands in the names of the page.
    key = hashlib.blake2b(info.id.encode(), digest_size=6).hexdigest()
    with st.container(key=f"studio-row-{key}", gap="xxsmall"):
        st.button(
            label(info.title), key=f"studio-open-{key}", type="tertiary", icon=":material/auto_stories:", on_click=place.open_module,
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
            module = keep.load(kb, info.id)
            changed = len(by_id(changes_of(kb, module)))
            row: Row | str = Row(module.request.languages, module.request.audience, changed, unborne(kept(module)))
        except KnowledgeBaseError as error:
            row = str(error)
        rows[info.id] = mark, row
    return rows[info.id][1]
