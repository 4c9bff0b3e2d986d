"""What can go wrong while training material or an exchange map is made or kept.

KnowledgeBaseError
├── TrainingError
│   ├── BadRequestError, NotCoveredError, OtherLanguageError, NoPapersError     what was asked for cannot be made of the papers
│   ├── MakingCancelledError                                a person stopped it
│   └── UnknownModuleError, UnknownLineError, DamagedModuleError
└── MapError
    ├── NothingToMapError     no document names an area of cooperation, and none describes a practice
    └── MapCancelledError     a person stopped it
"""

from __future__ import annotations

from kb.errors import KnowledgeBaseError
from lang.languages import Language


class TrainingError(KnowledgeBaseError):
    """Base of the errors of the studio; the message says what happened and what to do next."""


class BadRequestError(TrainingError):
    """A field of the request makes no sense."""


class NotCoveredError(TrainingError):
    """The papers say nothing of the topic. ``nearest`` are headings of theirs that come closest, which may be chosen instead."""

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class OtherLanguageError(TrainingError):
    """The papers speak of the topic in other languages than the module's; ``languages`` are theirs, the one they say most in first."""

    def __init__(self, message: str, languages: tuple[Language, ...] = ()) -> None:
        super().__init__(message)
        self.languages = languages


class NoPapersError(TrainingError):
    """There is no document to make anything of, or those chosen are not in use."""


class MakingCancelledError(TrainingError):
    """A person stopped it; nothing was kept."""


class UnknownModuleError(TrainingError):
    """There is no such module."""


class UnknownLineError(TrainingError):
    """There is no such line, slide, item or entry in the module."""


class DamagedModuleError(TrainingError):
    """What is kept of a module cannot be read."""


class MapError(KnowledgeBaseError):
    """The map cannot be drawn; the message says why and what to do."""


class NothingToMapError(MapError):
    """Neither areas of cooperation nor practices are in the documents."""


class MapCancelledError(MapError):
    """A person stopped the drawing; nothing was kept."""


__all__ = [
    "BadRequestError",
    "DamagedModuleError",
    "MakingCancelledError",
    "MapCancelledError",
    "MapError",
    "NoPapersError",
    "NotCoveredError",
    "NothingToMapError",
    "OtherLanguageError",
    "TrainingError",
    "UnknownLineError",
    "UnknownModuleError",
]
