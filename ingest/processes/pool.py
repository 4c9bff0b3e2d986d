"""Files are read by several processes, in the order in which they are found, and no file can take the others down.

PDFium is not safe across threads, and a malformed file may crash a reader, hang it or make it eat memory: so every file is
read by a process that can be killed. A long PDF is shared out by page ranges; its pages meet in the page cache.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path

from ingest.errors import IngestError, ReaderFailedError
from ingest.processes.messages import (
    Finished,
    MalformedReplyError,
    Opened,
    PageRead,
    PagesDone,
    ReadFile,
    ReadPages,
    Rejected,
    Reply,
    Setup,
    Split,
    Task,
    received,
)
from ingest.processes.sandbox import ReadingProcess, living
from ingest.records import Document, Kind, Limits, Source

log = logging.getLogger(__name__)

RANGE = 16
"""Pages that one process reads of a long PDF before it is given others."""
FREE_PAGES = 50
"""Pages that the time limit of a file is meant for; a longer file may take longer, in proportion."""
_TICK_S = 0.25
_CRASHES = 2


@dataclass(frozen=True, slots=True)
class Effort:
    """With how many processes files are read and what one file may cost them.

    ``seconds`` is the time for a file of up to `FREE_PAGES` pages, ``memory_mb`` what reading it may add to a process. ``cache``
    keeps pages for the next run; without one, a file is read by one process.
    """

    readers: int = 0
    """0: one for every core."""
    seconds: float = 900.0
    memory_mb: int = 2048
    cache: Path | None = None

    @property
    def processes(self) -> int:
        """How many processes: as many as there are cores, unless told."""
        cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
        return self.readers or cores


@dataclass(slots=True)
class Job:
    """A file on its way. ``pages`` is None until it was opened; ``kept`` of them were read in an earlier run.

    ``outcome`` is there from when it is ``done`` until it is taken.
    """

    source: Source
    pages: int | None = None
    kept: int = 0
    read: int = 0
    outcome: Document | IngestError | None = None
    done: bool = False
    spent: float = 0.0
    crashes: int = 0
    open_ranges: int = 0

    def finish(self, outcome: Document | IngestError) -> None:
        """The first outcome counts: another page range of a rejected file may still be read."""
        if self.done:
            return
        self.done, self.outcome = True, outcome
        if isinstance(outcome, Document):
            self.pages = len(outcome.pages)

    def take(self) -> Document | IngestError | None:
        """The outcome, which is then forgotten here: documents are large."""
        outcome, self.outcome = self.outcome, None
        return outcome

    def allowed(self, seconds: float) -> float:
        """Seconds that may be spent on it."""
        return seconds * max(1.0, (self.pages or 0) / FREE_PAGES)


@dataclass(slots=True)
class _Busy:
    process: ReadingProcess
    job: Job
    task: Task


@dataclass(slots=True)
class Readers:
    """The processes of one ingest: `add` puts a file in line, `step` moves everything on until the job has its outcome."""

    effort: Effort
    kind: Kind | None
    limits: Limits
    _todo: deque[tuple[Job, Task]] = field(default_factory=deque)
    _busy: list[_Busy] = field(default_factory=list)
    _idle: list[ReadingProcess] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to wait for."""
        return bool(self._busy or self._todo)

    def add(self, job: Job) -> None:
        """Put a file in line."""
        self._todo.append((job, ReadFile(job.source, may_split=self.effort.processes > 1)))

    def step(self, seconds: float = _TICK_S) -> None:
        """Hand out tasks, then wait for replies for at most so long."""
        self._hand_out()
        if not self._busy:
            return
        ready = wait([busy.process.connection.fileno() for busy in self._busy], seconds)
        for busy in [b for b in self._busy if b.process.connection.fileno() in ready]:
            try:
                for reply in busy.process.receive():
                    self._heard(busy, reply)
            except EOFError:
                self._died(busy)
            except MalformedReplyError as error:
                self._misled(busy, error)
        for busy in list(self._busy):
            if busy.process.is_over(busy.job.allowed(self.effort.seconds) - busy.job.spent):
                self._overdue(busy)

    def close(self) -> None:
        """Kill every process."""
        for process in [*self._idle, *(busy.process for busy in self._busy)]:
            process.kill()
        self._idle.clear()
        self._busy.clear()

    def _hand_out(self) -> None:
        while self._todo and (self._idle or len(self._busy) < self.effort.processes):
            job, task = self._todo.popleft()
            if not job.done:
                process = living(self._idle) or self._new()
                process.begin(task)
                self._busy.append(_Busy(process, job, task))

    def _new(self) -> ReadingProcess:
        effort = self.effort
        run = f"{os.getpid()}-{id(self):x}"
        return ReadingProcess(Setup(self.kind, self.limits, effort.memory_mb * 2**20, effort.seconds, effort.cache, run))

    def _heard(self, busy: _Busy, reply: Reply) -> None:
        job = busy.job
        self._check(busy, reply)
        if isinstance(reply, Opened):
            job.pages, job.kept = reply.pages, reply.kept if not job.read else job.kept
        elif isinstance(reply, PageRead):
            job.read += 1
        elif isinstance(reply, Finished | Rejected):
            job.finish(received(reply, job.source))
            self._release(busy, for_good=isinstance(reply, Rejected) and reply.exhausted)
        elif isinstance(reply, Split):
            self._release(busy)
            ranges = [reply.missing[at : at + RANGE] for at in range(0, len(reply.missing), RANGE)]
            job.open_ranges = len(ranges)
            self._todo.extendleft((job, ReadPages(job.source, some)) for some in reversed(ranges))
        elif isinstance(reply, PagesDone):
            self._release(busy)
            job.open_ranges -= 1
            if not job.open_ranges:
                self._todo.appendleft((job, ReadFile(job.source, may_split=False)))

    def _check(self, busy: _Busy, reply: Reply) -> None:
        """Refuse a reply that does not answer this task now: it could keep the file, and with it the ingest, going for ever."""
        job, task = busy.job, busy.task
        fits = busy in self._busy
        if isinstance(reply, Opened):
            fits &= 0 <= reply.kept <= reply.pages <= self.limits.max_pages and isinstance(task, ReadFile)
        elif isinstance(reply, Split):
            once = set(reply.missing)
            fits &= isinstance(task, ReadFile) and task.may_split and not job.open_ranges and len(once) == len(reply.missing) > 0
            fits &= once <= set(range(1, (job.pages or 0) + 1))
        elif isinstance(reply, PagesDone):
            fits &= isinstance(task, ReadPages)
        elif isinstance(reply, Finished):
            fits &= isinstance(task, ReadFile)
        else:
            fits &= isinstance(reply, PageRead | Rejected)
        if not fits:
            raise MalformedReplyError(f"{type(reply).__name__} does not answer {type(task).__name__}")

    def _release(self, busy: _Busy, *, for_good: bool = False) -> None:
        busy.job.spent += busy.process.spent
        self._busy.remove(busy)
        if for_good:
            busy.process.kill()
        else:
            self._idle.append(busy.process)

    def _died(self, busy: _Busy) -> None:
        self._busy.remove(busy)
        job = busy.job
        job.spent += busy.process.spent
        job.crashes += 1
        said = busy.process.last_words()
        how = busy.process.stop()
        log.warning("a reading process died on %s (%s): %s", job.source.uri, how, said)
        if job.crashes < _CRASHES:
            self._todo.appendleft((job, busy.task))  # it may have been the victim of another program: once more, in a new process
            return
        remedy = f"Open it in its own program and save it again, or raise the memory limit (SETU_FILE_MEMORY_MB={self.effort.memory_mb})."
        _fail(job, f"The program that reads files crashes on it ({how}).", remedy)

    def _misled(self, busy: _Busy, error: MalformedReplyError) -> None:
        if busy in self._busy:
            self._busy.remove(busy)
        if busy.process in self._idle:
            self._idle.remove(busy.process)
        busy.process.kill()
        log.warning("a reading process was killed, for what it said of %s: %s", busy.job.source.uri, error)
        remedy = "The file may be made to do harm. If you trust it, open it in its own program, save it again, and add the new file."
        _fail(busy.job, f"The program that reads files gave an answer that makes no sense ({error}).", remedy)

    def _overdue(self, busy: _Busy) -> None:
        self._busy.remove(busy)
        busy.process.kill()
        remedy = "Split it or save it again in its own program, or raise the limit (SETU_FILE_SECONDS)."
        _fail(busy.job, f"Reading it takes more than {busy.job.allowed(self.effort.seconds):.0f} s.", remedy)


def _fail(job: Job, reason: str, remedy: str) -> None:
    job.finish(ReaderFailedError(job.source.uri, reason, remedy))
