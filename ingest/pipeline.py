"""Files → Documents, one by one. A file that cannot be read becomes a reject; it never stops the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, IngestError
from ingest.read.dispatch import read
from ingest.records import Document, Kind, Limits, RawDocument, Source
from ingest.understand.build import understand


def _unknown(_: Source) -> bool:
    return False


def _read_raw(source: Source, limits: Limits) -> RawDocument:
    """Read one file; what a reader library throws at a malformed file becomes a ``DamagedFileError``."""
    try:
        return read(source, limits)
    except IngestError:
        raise
    except Exception as error:
        raise DamagedFileError(
            source.uri,
            f"Reading it as {source.media} failed ({type(error).__name__}: {error}).",
            "Open it in its own program, save it again, and add the new file.",
        ) from error


def read_document(source: Source, *, kind: Kind | None = None, limits: Limits = Limits()) -> Document:
    """Read and understand one file.

    A document whose pages are images that nobody has read is returned with its pages' notes and no chunks.

    Raises:
        IngestError: the file cannot be read, or has neither text nor such pages.
    """
    document = understand(_read_raw(source, limits), kind=kind)
    if not document.chunks and not any(page.method == "none" for page in document.pages):
        raise EmptyFileError(source.uri, "There is no text in it.", "Check that it is the file you meant.")
    return document


def read_documents(
    paths: Sequence[Path],
    *,
    kind: Kind | None = None,
    limits: Limits = Limits(),
    known: Callable[[Source], bool] = _unknown,
) -> Iterator[Document | Source | IngestError]:
    """Find, read and understand files, in the order in which they are found.

    Args:
        paths: Files and folders; folders are walked.
        kind: What the documents are; None lets each file say.
        limits: What one file may cost.
        known: Whether the caller has this file already, by its hash; such a file is not read.

    Yields:
        The document; the ``Source`` of a known file; or the error of a file that was rejected.
    """
    for found in discover(paths, limits):
        if isinstance(found, IngestError) or known(found):
            yield found
            continue
        try:
            yield read_document(found, kind=kind, limits=limits)
        except IngestError as error:
            yield error
