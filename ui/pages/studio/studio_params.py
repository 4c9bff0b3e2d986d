"""What the page of the studio shows, in its address; the open source is there too (`ui.components.query_params`)."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from training.records import PARTS, Part
from ui.components.query_params import Param, clear, close_source, counted, one_of, word

Shown: TypeAlias = Part | Literal["changed"]
CHANGED: Final = "changed"
"""In place of a part: what is no longer as in the papers."""
STEP: Final = 10
"""Modules that are listed at first, and that one more press adds."""

MODULE: Final = word("module")
"""The id of the open module."""
PART: Final[Param[Shown]] = one_of("part", (*PARTS, CHANGED), PARTS[0])
"""What of it is shown."""
SLIDE: Final = word("slide")
"""The id of the slide that is shown."""
EDIT: Final = word("edit")
"""The id of the line, slide, question, entry or step that is being edited."""
MAKING: Final = word("making")
"""The key of the job that is watched."""
MOST: Final = counted("n", STEP, 200)
"""How many modules are listed."""


def open_module(module_id: str) -> None:
    """Open a module."""
    leave_module()
    MODULE.put(module_id)


def leave_module() -> None:
    """Back to the list."""
    clear(MODULE, PART, SLIDE, EDIT)
    close_source()


def show(part: Shown) -> None:
    """Show a part of the module."""
    PART.put(part)
    EDIT.clear()


def turn_to(slide_id: str) -> None:
    """Show another slide."""
    SLIDE.put(slide_id)
    EDIT.clear()
