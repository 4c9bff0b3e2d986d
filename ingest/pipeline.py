"""Files → Documents, one by one. A file that cannot be read becomes a reject; it never stops the batch."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.containers import contents, forget_containers
from ingest.discover import discover, is_address
from ingest.errors import DamagedFileError, EmptyFileError, IngestError, TooLargeError
from ingest.read.dispatch import read
from ingest.records import Document, Kind, Limits, RawDocument, Source
from ingest.submissions import Submissions
from ingest.understand.build import understand

if TYPE_CHECKING:
    from ingest.reading import Meter, Reading
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
        raw = read(source, limits)
        characters = sum(len(block.text) for page in raw.pages for block in page.blocks)
        if characters > limits.max_characters:
            reason = f"It has {characters:,} characters, over the limit of {limits.max_characters:,}."
            raise TooLargeError(source.uri, reason, "Split it, or raise the limit (SETU_MAX_CHARACTERS).")
        return finish(raw, kind=kind)


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
        yield from _read_ahead(discover(paths, limits), effort, kind, limits, known, watch or (lambda _: None))
        return
    submissions = Submissions(limits, math.inf)
    for found in discover(paths, limits):
        if isinstance(found, IngestError) or known(found):
            yield found
            continue
        try:
            yield submissions.refusal(found) or submissions.take(read_document(found, kind=kind, limits=limits))
        except IngestError as error:
            yield error


class _OverError(Exception):
    """A container took too long."""


def _read_ahead(
    found: Iterator[Source | IngestError],
    effort: Effort,
    kind: Kind | None,
    limits: Limits,
    known: Callable[[Source], bool],
    watch: Callable[[Meter], None],
) -> Iterator[Document | Source | IngestError]:
    """Read with several processes; what is packed into a file goes by its limits together.

    Once a container is over a limit, the reading that was begun of its other members is broken off, and goes on with what comes after.
    """
    from ingest.reading import Reading

    submissions = Submissions(limits, effort.seconds)
    while True:
        line: deque[Source | IngestError] = deque()  # what was found and has not come out yet
        reading = Reading(_noted(found, line), effort, kind=kind, limits=limits, known=known)
        if (yield from _until_over(reading, line, submissions, watch)):
            return
        found = chain(((submissions.refusal(one) or one) if isinstance(one, Source) else one for one in line), found)


def _until_over(
    reading: Reading, line: deque[Source | IngestError], submissions: Submissions, watch: Callable[[Meter], None]
) -> Generator[Document | Source | IngestError, None, bool]:
    """What becomes of the files in line, until a container goes over a limit (False) or all are done (True)."""
    since = time.monotonic()

    def tick() -> None:
        nonlocal since
        watch(reading.meter())
        since, waited = time.monotonic(), time.monotonic() - since
        if line and isinstance(line[0], Source) and submissions.waited(line[0], waited):
            raise _OverError

    try:
        for outcome in reading.results(tick):
            line.popleft()
            out = submissions.take(outcome) if isinstance(outcome, Document) else outcome
            yield out
            since = time.monotonic()
            if isinstance(outcome, Document) and out is not outcome and outcome.source.parts:
                return False
    except _OverError:
        return False
    finally:
        reading.close()
    return True


def _noted(found: Iterator[Source | IngestError], line: deque[Source | IngestError]) -> Iterator[Source | IngestError]:
    for one in found:
        line.append(one)
        yield one


__all__ = ["as_rejects", "contents", "finish", "forget_containers", "is_address", "read_document", "read_documents"]
