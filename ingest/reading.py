"""Reading ahead: a thread keeps the reading processes busy while its owner embeds and publishes what they have read."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.errors import IngestError
from ingest.records import Document, Kind, Limits, Source
from ingest.workers import Effort, Job, Readers

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
