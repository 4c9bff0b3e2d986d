"""Files → Documents, one by one. A file that cannot be read becomes a reject; it never stops the batch.

With several processes a thread reads ahead: it keeps them busy while its owner embeds and publishes what they have read.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ingest.containers import Submissions, contents, forget_containers
from ingest.discover import discover, is_address
from ingest.document.build import build_document
from ingest.errors import DamagedFileError, EmptyFileError, IngestError, TooLargeError
from ingest.parse.dispatch import read
from ingest.processes.pool import Effort, Job, Readers
from ingest.records import Document, Kind, Limits, RawDocument, Source

_AHEAD = 4
"""Files that are read or being read for each process; more would only fill memory."""
_TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class Meter:
    """How far reading is. ``pages`` counts those that were read in an earlier run, ``fresh`` does not.

    ``pages_total`` is an estimate as long as there are files that were not opened yet.
    """

    files: int
    files_total: int
    pages: int
    pages_total: int
    fresh: int
    file: str


class Reading:
    """What was found, in the order in which it was found, each with what became of it. Iterate once; close it when done."""

    def __init__(
        self,
        found: Iterator[Source | IngestError],
        effort: Effort,
        *,
        kind: Kind | None,
        limits: Limits,
        known: Callable[[Source], bool],
    ) -> None:
        self._found = found
        self._known = known
        self._readers = Readers(effort, kind, limits)
        self._ahead = effort.processes * _AHEAD
        self._changed = threading.Condition()
        self._line: deque[Job | Source | IngestError] = deque()
        self._backlog: deque[Job] = deque()
        self._jobs: list[Job] = []
        self._under_way = 0
        self._complete = False
        self._stopped = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="reading", daemon=True)

    def results(self, tick: Callable[[], None] = lambda: None) -> Iterator[Document | Source | IngestError]:
        """Start reading and yield what becomes of each file; ``tick`` is called several times a second while waiting."""
        self._thread.start()
        try:
            while True:
                with self._changed:
                    item = self._head()
                    if item is None:
                        if self._failure is not None:
                            raise self._failure
                        if self._complete and not self._line:
                            return
                        self._changed.wait(_TICK_S)
                tick()
                if item is not None:
                    yield item
        finally:
            self.close()

    def meter(self) -> Meter:
        """How far it is now."""
        with self._changed:
            jobs = list(self._jobs)
        opened = [job for job in jobs if job.pages is not None]
        pages = sum(job.pages or 0 for job in opened)
        size = sum(job.source.size for job in opened)
        unopened = [job for job in jobs if job.pages is None and not job.done]
        expected = sum(max(1.0, job.source.size * pages / size if size else 1.0) for job in unopened)
        done = sum((job.pages or 0) if job.done else min(job.kept + job.read, job.pages or 0) for job in jobs)
        current = next((job.source.uri for job in jobs if not job.done and (job.read or job.pages)), "")
        finished = sum(job.done for job in jobs)
        fresh = sum((job.pages or 0) - job.kept if job.done else job.read for job in jobs)
        return Meter(finished, len(jobs), done, pages + round(expected), max(0, fresh), current)

    def close(self) -> None:
        """Stop reading and kill the processes."""
        self._stopped = True
        if self._thread.ident is not None:
            self._thread.join()

    def _head(self) -> Document | Source | IngestError | None:
        """What is next in line, once it is done."""
        if not self._line:
            return None
        first = self._line[0]
        if isinstance(first, Job):
            outcome: Document | Source | IngestError | None = first.take()
            if outcome is None:
                return None
            self._under_way -= 1
        else:
            outcome = first
        self._line.popleft()
        self._changed.notify_all()
        return outcome

    def _run(self) -> None:
        try:
            while not self._stopped and not (self._complete and not self._unfinished()):
                if not self._complete:
                    self._discover()
                with self._changed:
                    while self._backlog and self._under_way < self._ahead:
                        self._under_way += 1
                        self._readers.add(self._backlog.popleft())
                if self._readers.is_busy:
                    self._readers.step(_TICK_S if self._complete else 0.0)
                with self._changed:
                    self._changed.notify_all()
                    if self._complete and not self._readers.is_busy:
                        self._changed.wait(_TICK_S)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            with self._changed:
                self._failure = error
                self._changed.notify_all()
        finally:
            self._readers.close()

    def _unfinished(self) -> bool:
        with self._changed:
            return any(isinstance(item, Job) and not item.done for item in self._line)

    def _discover(self) -> None:
        item = next(self._found, None)
        if item is None:
            with self._changed:
                self._complete = True
                self._changed.notify_all()
            return
        known = isinstance(item, IngestError) or self._known(item)
        with self._changed:
            if known or isinstance(item, IngestError):
                self._line.append(item)
            else:
                job = Job(item)
                self._jobs.append(job)
                self._backlog.append(job)
                self._line.append(job)
            self._changed.notify_all()


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
    document = build_document(raw, kind=kind)
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


__all__ = ["Meter", "Reading", "as_rejects", "contents", "finish", "forget_containers", "is_address", "read_document", "read_documents"]
