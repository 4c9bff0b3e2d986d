"""The knowledge base: store, search, answer, verify.

with KnowledgeBase.open() as base:
print(base.answer("Who signed the memorandum?").statements[0].text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.errors import (
    EmbedderMismatchError,
    KnowledgeBaseError,
    MissingExtraError,
    SettingsError,
    UnknownDocumentError,
    VectorServiceError,
)
from kb.records import Answer, Citation, DocumentInfo, Event, Filters, Hit, IngestSummary, Progress, Refusal, SearchResult, Statement
from kb.settings import Settings

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

__all__ = [
    "Answer", "Citation", "DocumentInfo", "EmbedderMismatchError", "Event", "Filters", "Hit", "IngestSummary", "KnowledgeBase",
    "KnowledgeBaseError", "MissingExtraError", "Progress", "Refusal", "SearchResult", "Settings", "SettingsError", "Statement",
    "UnknownDocumentError", "VectorServiceError",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """`KnowledgeBase` on first use: it brings all rooms along, and commands that only look at settings or health need none."""
    if name != "KnowledgeBase":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from kb.base import KnowledgeBase

    globals()[name] = KnowledgeBase
    return KnowledgeBase
