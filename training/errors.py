"""What can go wrong while training material is made or kept.

KnowledgeBaseError
└── TrainingError
    ├── BadRequestError        what was asked for makes no sense; the message names the field
    ├── NotCoveredError        the papers say nothing of the topic; ``nearest`` are headings that they do have
    ├── NoPapersError          there is no document to make anything of, or those chosen are withdrawn
    ├── MakingCancelledError   a person stopped it
    ├── UnknownModuleError     there is no such module, or it is somebody else's
    ├── UnknownLineError       there is no such line in the module
    └── DamagedModuleError     what is kept of a module cannot be read
"""

from __future__ import annotations

from kb.errors import KnowledgeBaseError

__all__ = [
    "BadRequestError", "DamagedModuleError", "MakingCancelledError", "NoPapersError", "NotCoveredError", "TrainingError",
    "UnknownLineError", "UnknownModuleError",
]  # fmt: skip


class TrainingError(KnowledgeBaseError):
    """Base of the errors of the studio; the message says what happened and what to do next."""


class BadRequestError(TrainingError):
    """A field of the request makes no sense."""


class NotCoveredError(TrainingError):
    """The papers say nothing of the topic. ``nearest`` are headings of theirs that come closest, which may be chosen instead."""

    def __init__(self, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


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
