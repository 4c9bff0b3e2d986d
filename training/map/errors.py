"""What can keep a map from being drawn.

KnowledgeBaseError
└── MapError
    ├── NothingToMapError     no document names an area of cooperation, and none describes a practice
    └── MapCancelledError     a person stopped it
"""

from __future__ import annotations

from kb.errors import KnowledgeBaseError

__all__ = ["MapCancelledError", "MapError", "NothingToMapError"]


class MapError(KnowledgeBaseError):
    """The map cannot be drawn; the message says why and what to do."""


class NothingToMapError(MapError):
    """Neither areas of cooperation nor practices are in the documents."""


class MapCancelledError(MapError):
    """A person stopped the drawing; nothing was kept."""
