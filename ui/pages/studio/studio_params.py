"""What the page of the studio shows, in its address.

``module`` the module that is open, ``part`` what of it is shown (a part, or `CHANGED`), ``slide`` which slide, ``edit`` the line, slide,
question, entry or step that is being edited, ``making`` the one that is watched, ``n`` how many modules are listed, and the open source
(`ui.components.query_params`).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import streamlit as st

from training.records import PARTS, Part
from ui.components import query_params
from ui.pages.library.library_params import put

MODULE_KEY: Final = "module"
PART_KEY: Final = "part"
EDIT_KEY: Final = "edit"
SLIDE_KEY: Final = "slide"
MAKING_KEY: Final = "making"
MOST_KEY: Final = "n"

Shown: TypeAlias = Part | Literal["changed"]
CHANGED: Final = "changed"
"""In place of a part: what is no longer as in the papers."""

STEP: Final = 10
"""Modules that are listed at first, and that one more press adds."""


def module() -> str | None:
    """The id of the open module."""
    return st.query_params.get(MODULE_KEY) or None


def part() -> Shown:
    """What of the module is shown."""
    chosen = st.query_params.get(PART_KEY)
    return CHANGED if chosen == CHANGED else next((one for one in PARTS if one == chosen), PARTS[0])


def slide() -> str | None:
    """The id of the slide that is shown."""
    return st.query_params.get(SLIDE_KEY) or None


def edited() -> str | None:
    """The id of what is being edited."""
    return st.query_params.get(EDIT_KEY) or None


def making() -> str | None:
    """The key of the making that is watched."""
    return st.query_params.get(MAKING_KEY)


def most() -> int:
    """How many modules are listed."""
    value = st.query_params.get(MOST_KEY, "")
    return min(int(value), 200) if value.isascii() and value.isdecimal() and len(value) < 5 and int(value) > 0 else STEP


def open_module(module_id: str) -> None:
    """Open a module."""
    leave_module()
    put(MODULE_KEY, module_id)


def leave_module() -> None:
    """Back to the list."""
    for key in (MODULE_KEY, PART_KEY, SLIDE_KEY, EDIT_KEY):
        put(key, None)
    query_params.close_source()


def show(part: Shown) -> None:
    """Show a part of the module."""
    put(PART_KEY, part)
    put(EDIT_KEY, None)


def turn_to(slide_id: str) -> None:
    """Show another slide."""
    put(SLIDE_KEY, slide_id)
    put(EDIT_KEY, None)


def edit(one_id: str | None) -> None:
    """Edit something, or nothing any more."""
    put(EDIT_KEY, one_id)


def watch(key: str | None) -> None:
    """Watch a making, or none any more."""
    put(MAKING_KEY, key)


def more() -> None:
    """List more modules."""
    put(MOST_KEY, most() + STEP)
