"""What can go wrong in the knowledge base.

KnowledgeBaseError
├── SettingsError           a setting is unknown or makes no sense
├── EmbedderMismatchError   the index was built with another model
├── MissingExtraError       a configured feature needs a package that is not installed
├── VectorServiceError      the vector store does not answer
├── ShardError              a database that holds a part of the postings cannot be used
├── OriginalsError          the place of the kept files cannot be used, or a file in it is not what was taken in
├── BackupError             a backup cannot be made, or is none that can be restored
├── AccessError             the reader may not do this, whatever it is done to
├── AccountsError           an account cannot be made or changed, or the accounts cannot be used
├── CollectionError         a collection cannot be made or changed as asked, or there is none of that name
├── CardError               there is no card of a document, or a line of it cannot be corrected (`kb.agreements.card_records`)
├── CorrectionError         a correction names no such fact, or its value is not one
└── UnknownDocumentError    no such document, version or page
"""

from __future__ import annotations


class KnowledgeBaseError(Exception):
    """Base of all errors of the knowledge base; the message says what happened and what to do next."""


class SettingsError(KnowledgeBaseError):
    """A setting is unknown or makes no sense."""


class EmbedderMismatchError(KnowledgeBaseError):
    """The index was built with another embedding model than the one configured."""


class MissingExtraError(KnowledgeBaseError):
    """A configured feature needs a package that is not installed; the message names the extra."""


class VectorServiceError(KnowledgeBaseError):
    """The vector store could not be started or does not answer."""


class ShardError(KnowledgeBaseError):
    """A database that holds a part of the postings cannot be reached, or is not the one that was meant."""


class OriginalsError(KnowledgeBaseError):
    """The place of the kept files does not answer, lets nobody in or is full, or a file in it is not what was taken in."""


class CorrectionError(KnowledgeBaseError):
    """A correction names no fact that can be corrected, or its value is not one for that fact."""


class CollectionError(KnowledgeBaseError):
    """A collection cannot be made or changed as asked, or there is none of that name or number."""


class UnknownDocumentError(KnowledgeBaseError):
    """There is no such document, version or page."""


class BackupError(KnowledgeBaseError):
    """A backup cannot be made here, or an archive is damaged, newer than this Setu, or none of ours."""


class AccessError(KnowledgeBaseError):
    """The reader's role or groups do not allow this. It never tells of a document: one that may not be seen is an unknown one."""


class AccountsError(KnowledgeBaseError):
    """The accounts cannot be used, or an account cannot be made or changed as asked; ``code`` says which, for a page to say."""

    def __init__(self, message: str, code: str = "file") -> None:
        super().__init__(message)
        self.code = code
