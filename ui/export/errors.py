"""What can go wrong when an answer is set on paper."""

from __future__ import annotations

from kb.errors import KnowledgeBaseError

__all__ = ["ExportError"]


class ExportError(KnowledgeBaseError):
    """The file cannot be made on this machine; the message says what is missing and how to get it."""
