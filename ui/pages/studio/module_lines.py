"""A line of a module: its words, what it is worth as sign and word, the places it rests on, and the door to editing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import streamlit as st

from kb.records import Citation, Status
from training.freshness import Reason, Stale
from training.records import Line, Module, Origin, Rendering
from ui.components import query_params
from ui.components.answer_wording import Numbers, findings, page_words
from ui.components.i18n import Strings
from ui.components.markup import html, label, status_html
from ui.pages.studio import studio_params

WARNING: Final = '<span aria-hidden="true">⚠</span>'
_DOCUMENT: Final = 48
_PATH: Final = 60
"""Characters of a chip that the name of a document and the path in it may take; the rest is told by its hint."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is edited: ``text`` is its wording, None where it has none of its own; ``gap`` where it needs exactly one gap.

    ``quote`` are the paper's words, where somebody or a model has put others in their place.
    """

    id: str
    text: str | None
    pinned: bool
    dropped: bool
    moves: bool = True
    drops: bool = True
    pins: bool = True
    item: bool = False
    gap: bool = False
    quote: str = ""


Form: TypeAlias = Callable[[Target], None]
"""Draws the form of what is being edited, at its place."""


@dataclass(slots=True)
class Desk:
    """A module on the page. ``form`` is None for those who may only look; ``stale`` are the lines whose sources changed, by id."""

    module: Module
    words: Strings
    stale: Mapping[str, Stale]
    form: Form | None = None
    number: Numbers = field(default_factory=Numbers)
    _keys: dict[str, int] = field(default_factory=dict)

    def key(self, one_id: str) -> str:
        """A key for a widget of a line, which may stand on the page more than once."""
        times = self._keys[one_id] = self._keys.get(one_id, 0) + 1
        return f"{one_id}-{times}"


def line_view(desk: Desk, line: Line, *, css: str = "setu-studio-text", target: Target | None = None, lead: str = "") -> None:
    """Draw a line with its marks, places and renderings; ``target`` is what its button edits, the line itself if None."""
    words = desk.words
    with st.container(key=f"studio-line-{desk.key(line.id)}", gap="xxsmall"):
        struck = " setu-struck" if line.dropped else ""
        before = f'<span class="setu-over">{html(lead)}</span> ' if lead else ""
        st.html(
            f'<div class="{css}{struck}">{before}<span lang="{line.language}">{html(line.text)}</span></div>'
            f"{marks_html(desk, line)}{why_html(line, words)}"
        )
        _feet(desk, line.id, line.citations, target or of_line(line))
        for rendering in line.beside:
            _beside(desk, line.id, rendering)
    form_view(desk, target or of_line(line))


def of_line(line: Line, *, moves: bool = True, drops: bool = True) -> Target:
    """A line as what is edited."""
    reworded = line.origin in ("edited", "written") and bool(line.citations)
    quote = " ".join(line.citations[0].quote.split()) if reworded else ""
    return Target(line.id, line.text, line.pinned, line.dropped, moves, drops, quote=quote)


def form_view(desk: Desk, target: Target) -> None:
    """Draw the form under what is being edited."""
    if desk.form is not None and studio_params.EDIT.get() == target.id:
        desk.form(target)


def marks_html(desk: Desk, line: Line) -> str:
    """What a line is worth and whose words it has, its language where that is another than the module's, and what was done to it."""
    words = desk.words
    said = [f"<span>{html(origin_words(line.origin, words))}</span>"]
    if line.origin != "own":
        said.insert(0, status_html(line.status, words(f"status.{line.status}")))
    if line.language not in (desk.module.language, "und"):
        said.append(f'<span class="setu-original">{html(words("chat.original", language=words(f"language.{line.language}")))}</span>')
    said += [flag_html(line.pinned, line.dropped, words), stale_html(desk.stale.get(line.id), words)]
    return f'<div class="setu-marks">{"".join(said)}</div>'


def flag_html(pinned: bool, dropped: bool, words: Strings) -> str:
    """That something is pinned or dropped."""
    said = ([words("studio.pinned")] if pinned else []) + ([words("studio.dropped")] if dropped else [])
    return "".join(f'<span class="setu-flag">{html(one)}</span>' for one in said)


def stale_html(stale: Stale | None, words: Strings) -> str:
    """That the source of something has changed."""
    if stale is None:
        return ""
    return f'<span class="setu-status setu-partial">{WARNING} {html(reason_words(stale.reason, words))}</span>'


def reason_words(reason: Reason, words: Strings) -> str:
    """What became of a source."""
    return words(f"studio.reason.{reason}")


def origin_words(origin: Origin, words: Strings) -> str:
    """Whose words a line has."""
    return words(f"studio.origin.{origin}")


def why_html(line: Line | Rendering, words: Strings) -> str:
    """Why a line is not verified; "" where it is."""
    why = findings(line.verdict, line.status, words) if line.origin != "own" else ""
    return f'<div class="setu-note">{html(why)}</div>' if why else ""


def status_line(status: Status, words: Strings) -> str:
    """A status on a line of its own."""
    return f'<div class="setu-marks">{status_html(status, words(f"status.{status}"))}</div>'


def _beside(desk: Desk, one_id: str, rendering: Rendering) -> None:
    words = desk.words
    marks = [
        status_html(rendering.status, words(f"status.{rendering.status}")),
        f'<span class="setu-original">{html(words(f"language.{rendering.language}"))}</span>',
        f"<span>{html(origin_words(rendering.origin, words))}</span>",
    ]
    st.html(
        f'<div class="setu-studio-beside"><span lang="{rendering.language}">{html(rendering.text)}</span></div>'
        f'<div class="setu-marks">{"".join(marks)}</div>{why_html(rendering, words)}'
    )
    _feet(desk, f"{one_id}-{rendering.language}", rendering.citations, None)


def _feet(desk: Desk, one_id: str, citations: Iterable[Citation], target: Target | None) -> None:
    cited = tuple(citations)
    if not cited and (target is None or desk.form is None):
        return
    with st.container(horizontal=True, gap="small", key=f"studio-feet-{desk.key(one_id)}"):
        for citation in cited:
            chip(desk, one_id, citation)
        if target is not None:
            edit_button(desk, target)


def edit_button(desk: Desk, target: Target) -> None:
    """Draw the button that opens the form of something, for those who may edit."""
    if desk.form is None:
        return
    open_now = studio_params.EDIT.get() == target.id
    st.button(
        desk.words("studio.leave" if open_now else "studio.edit"), key=f"studio-edit-{target.id}", type="tertiary",
        icon=":material/close:" if open_now else ":material/edit:", on_click=studio_params.EDIT.put,
        args=(None if open_now else target.id,),
        help=desk.words("studio.edit_hint"),
    )  # fmt: skip


def chip(desk: Desk, one_id: str, cited: Citation, text: str | None = None) -> None:
    """Draw the button that opens a place; ``text`` stands on it in place of number and place."""
    whole = _place(cited, desk.words)
    short = _place(cited, desk.words, _DOCUMENT, _PATH)
    target = query_params.Opened.of(cited)
    opened = query_params.opened()
    shown = opened is not None and replace(opened, page=target.page) == target
    st.button(
        label(text if text is not None else f"[{desk.number(cited)}] {short}"), key=f"chip-studio-{desk.key(one_id)}",
        on_click=query_params.open_source, args=(target,), type="primary" if shown else "secondary",
        help=label(whole) if text is not None or short != whole else None,
    )  # fmt: skip


def _place(cited: Citation, words: Strings, document: int = 0, path: int = 0) -> str:
    parts = [_short(cited.document, document), _short(" › ".join(cited.path), path), page_words(cited, words)]
    return " · ".join(part for part in parts if part)


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if not most or len(line) <= most else f"{line[: most - 1].rstrip()}…"
