"""What a presentation looks like: the layout of each kind of slide, and the room that title and text have on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ui.export.training_modules.deck.text_room import Room

SlideLayout: TypeAlias = Literal["title", "content", "table"]
"""Kinds of slides: the opening, a title with text, a title above a table, chart or picture."""


@dataclass(frozen=True, slots=True)
class Page:
    """A layout of python-pptx, and where title and text stand on its slides; on a ``table``, where the table stands."""

    layout: Any
    title: Room
    body: Room


@dataclass(frozen=True, slots=True)
class Look:
    """A presentation without slides, and how each kind of slide is made in it. ``wide`` and ``high`` are those of a slide, in inches."""

    presentation: Any
    pages: Mapping[SlideLayout, Page]

    @property
    def wide(self) -> float:
        """Width of a slide in inches."""
        return float(self.presentation.slide_width.inches)

    @property
    def high(self) -> float:
        """Height of a slide in inches."""
        return float(self.presentation.slide_height.inches)
