"""What can go wrong while a card is made.

KnowledgeBaseError
└── CardError
    ├── NotAnAgreementError    the document is of another kind; a card can be made all the same
    ├── NoTextError            there is no text to read, e.g. a scan that nobody has read
    └── UnknownCardLineError   a correction names a line that the card does not have
"""

from __future__ import annotations

from kb.errors import KnowledgeBaseError

__all__ = ["CardError", "NoTextError", "NotAnAgreementError", "UnknownCardLineError"]


class CardError(KnowledgeBaseError):
    """Base of the errors of agreement cards; the message says what happened and what to do next."""


class NotAnAgreementError(CardError):
    """The document is of another kind. ``kind`` is the one that it has."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class NoTextError(CardError):
    """The document has no text that could be read."""


class UnknownCardLineError(CardError):
    """There is no such line on the card."""
