"""Why a file could not be read.

    IngestError                  base: names the file, the reason and the remedy
    ├── NotFoundError            the path does not exist or may not be read
    ├── EmptyFileError           zero bytes, or no text and no image in it
    ├── UnsupportedFormatError   a kind of file that Setu does not read
    ├── DamagedFileError         truncated, corrupt, zero pages, or not what its name says
    │   └── ChangedFileError     somebody wrote to it while it was being read
    ├── EncryptedFileError       needs a password
    ├── TooLargeError            over a size, page or expansion limit
    ├── OutsideLinkError         a link that leads out of the folder that was named
    ├── SecretFileError          Setu's own data, or a file of passwords or keys
    └── ReaderFailedError        the process that read it crashed, hung or ran out of memory

Each is caught by the pipeline, which turns it into a *reject* and goes on with the batch.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ErrorName: TypeAlias = Literal[
    "IngestError", "NotFoundError", "EmptyFileError", "UnsupportedFormatError", "DamagedFileError", "EncryptedFileError", "TooLargeError",
    "ReaderFailedError", "OutsideLinkError", "SecretFileError",
]  # fmt: skip
"""The classes below by name, as a reading process names them."""


class IngestError(Exception):
    """A file was rejected. ``reason`` says what is wrong, ``remedy`` what a person can do about it."""

    def __init__(self, file: str, reason: str, remedy: str) -> None:
        super().__init__(f"{file}: {reason} {remedy}")
        self.file = file
        self.reason = reason
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[IngestError], tuple[str, str, str]]:
        return type(self), (self.file, self.reason, self.remedy)


class NotFoundError(IngestError):
    """The path does not exist or may not be read."""


class EmptyFileError(IngestError):
    """The file has no bytes, or neither text nor images."""


class UnsupportedFormatError(IngestError):
    """The file is of a kind that Setu does not read."""


class DamagedFileError(IngestError):
    """The file is truncated, corrupt, has no pages or is not what its name says."""


class ChangedFileError(DamagedFileError):
    """The file is not what was found there: somebody wrote to it while it was being read."""


class EncryptedFileError(IngestError):
    """The file needs a password."""


class TooLargeError(IngestError):
    """The file is over a limit on bytes, pages or expansion."""


class OutsideLinkError(IngestError):
    """The path goes through a link that leads out of the folder that was named."""


class SecretFileError(IngestError):
    """The file belongs to Setu's own data, or holds passwords or keys; a document that was made of it is withdrawn."""


class ReaderFailedError(IngestError):
    """The process that read the file crashed on it, took too long or ran out of memory."""
