"""Files → Documents, one by one. A file that cannot be read becomes a reject; it never stops the batch."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.containers import contents
from ingest.discover import discover
from ingest.errors import DamagedFileError, EmptyFileError, IngestError
from ingest.read.dispatch import read
from ingest.records import Document, Kind, Limits, RawDocument, Source
from ingest.understand.build import understand

if TYPE_CHECKING:
    from ingest.reading import Meter
    from ingest.workers import Effort


def _unknown(_: Source) -> bool:
    return False


@contextmanager
def as_rejects(source: Source) -> Iterator[None]:
    """What a reader library throws at a malformed file becomes a ``DamagedFileError``; running out of memory is none of it."""
    try:
        yield
    except (IngestError, MemoryError):
        raise
    except Exception as error:
        raise DamagedFileError(
            source.uri,
            f"Reading it as {source.media} failed ({type(error).__name__}: {error}).",
            "Open it in its own program, save it again, and add the new file.",
        ) from error


def finish(raw: RawDocument, *, kind: Kind | None = None) -> Document:
    """Understand what was read.

    Raises:
        EmptyFileError: there is neither text nor a page that nobody has read yet.
    """
    document = understand(raw, kind=kind)
    if not document.chunks and not any(page.method == "none" for page in document.pages):
        raise EmptyFileError(raw.source.uri, "There is no text in it.", "Check that it is the file you meant.")
    return document


def read_document(source: Source, *, kind: Kind | None = None, limits: Limits = Limits()) -> Document:
    """Read and understand one file.

    A document whose pages are images that nobody has read is returned with its pages' notes and no chunks.

    Raises:
        IngestError: the file cannot be read, or has neither text nor such pages.
    """
    with as_rejects(source):
        return finish(read(source, limits), kind=kind)


def read_documents(
    paths: Sequence[Path | str],
    *,
    kind: Kind | None = None,
    limits: Limits = Limits(),
    known: Callable[[Source], bool] = _unknown,
    effort: Effort | None = None,
    watch: Callable[[Meter], None] | None = None,
) -> Generator[Document | Source | IngestError, None, None]:
    """Find, read and understand files, and yield what becomes of each in the order in which they are found.

    Args:
        paths: Files and folders, which are walked; web addresses as strings.
        kind: What the documents are; None lets each file say.
        limits: What one file may cost.
        known: Whether the caller has this file already, by its hash; such a file is not read. With ``effort``, another thread asks.
        effort: With how many processes to read; None reads in this one, where a crash or a hang of a reader is ours.
        watch: Told several times a second how far the reading processes are. What it raises comes out here and ends the reading.

    Yields:
        The document; the ``Source`` of a known file; or the error of a file that was rejected.
    """
    if effort is not None:
        from ingest.reading import Reading

        reading = Reading(discover(paths, limits), effort, kind=kind, limits=limits, known=known)
        yield from reading.results((lambda: watch(reading.meter())) if watch is not None else (lambda: None))
        return
    for found in discover(paths, limits):
        if isinstance(found, IngestError) or known(found):
            yield found
            continue
        try:
            yield read_document(found, kind=kind, limits=limits)
        except IngestError as error:
            yield error


__all__ = ["as_rejects", "contents", "finish", "read_document", "read_documents"]
