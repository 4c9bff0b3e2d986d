"""The knowledge base: store, search, answer, verify.

with KnowledgeBase.open() as base:
print(base.answer("Who signed the memorandum?").statements[0].text)
"""

from kb.base import KnowledgeBase
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

__all__ = [
    "Answer", "Citation", "DocumentInfo", "EmbedderMismatchError", "Event", "Filters", "Hit", "IngestSummary", "KnowledgeBase",
    "KnowledgeBaseError", "MissingExtraError", "Progress", "Refusal", "SearchResult", "Settings", "SettingsError", "Statement",
    "UnknownDocumentError", "VectorServiceError",
]  # fmt: skip
