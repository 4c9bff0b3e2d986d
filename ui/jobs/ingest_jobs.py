"""Work on the library that goes on while its page is looked at, left or reloaded: it belongs to the server process, under an id.

One job is at work at a time, so that no two wait for the writers' lock of the knowledge base; the others wait for their turn and can be
cancelled meanwhile. What a job has done file by file stays done when it is cancelled or the server stops.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol, TypeAlias

import regex

from ingest.errors import IngestError
from ingest.records import INSIDE
from kb.document_records import BadlyRead
from kb.errors import KnowledgeBaseError
from kb.records import IngestSummary, Progress
from ui.auth.rate_limits import MOST_WAITING, TooManyError

log = logging.getLogger(__name__)

State: TypeAlias = Literal["waiting", "working", "done", "rejected", "failed", "cancelled"]
"""``done``: what could be taken in of it is in; ``rejected``: nothing of it is; ``failed``: the work itself broke off."""
Result: TypeAlias = Literal["added", "updated", "unchanged", "rejected"]

KEPT: Final = 50
"""Finished jobs that can still be looked at."""
_TURN_S: Final = 0.2
_ON_A_PAGE: Final = regex.compile(r", page [^:]+: ")
_TWIN: Final = regex.compile(r"^(?P<file>.+): has the same content as (?P<other>.+), which is already known\.$")
"""As `kb.documents.ingestion` words the two."""


class Run(Protocol):
    """What is done for one file."""

    def __call__(self, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document of a file; ``remedy`` says what to do about a rejected one.

    ``kind`` is the class of the error by name. ``twin`` is the source of another document that has the same content, for which this one was
    passed over; ``source`` that of the one that was taken in.
    """

    name: str
    result: Result
    reason: str = ""
    remedy: str = ""
    twin: str = ""
    source: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a job. ``progress`` is its last step; ``trouble`` is why the work broke off, ``notes`` are warnings on what is in.

    ``badly_read`` are the papers in it that a better scan would make more of, each by its name beside the file.
    """

    name: str
    state: State = "waiting"
    progress: Progress | None = None
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    trouble: str = ""
    badly_read: tuple[BadlyRead, ...] = ()

    @property
    def unread(self) -> bool:
        """Whether a page of what is in was not read, or not read well: only warnings on pages name one."""
        return self.state == "done" and any(_ON_A_PAGE.search(note) for note in self.notes)

    @property
    def share(self) -> float:
        """How far it is, in [0, 1]: reading is taken for half of the work."""
        if self.state not in ("waiting", "working"):
            return 1.0
        step = self.progress
        if step is None:
            return 0.0
        if step.stage == "read":
            return 0.5 * step.pages_done / step.pages_total if step.pages_total else 0.0
        return 0.5 + (0.4 * step.done / step.total if step.stage == "embed" and step.total else 0.4)


@dataclass(frozen=True, slots=True)
class Job:
    """What a job has come to."""

    id: str
    owner: str
    items: tuple[Item, ...]
    stopping: bool = False
    finished: bool = False

    @property
    def share(self) -> float:
        """How far all of it is, in [0, 1]."""
        return sum(item.share for item in self.items) / len(self.items) if self.items else 1.0


@dataclass(slots=True)
class _Work:
    owner: str
    runs: list[Run]
    items: list[Item]
    stop: threading.Event = field(default_factory=threading.Event)
    finished: bool = False


class Jobs:
    """The jobs of a server process. May be shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._works: dict[str, _Work] = {}

    def start(self, owner: str, tasks: Sequence[tuple[str, Run]]) -> str:
        """Begin with what is to be done for each named file; the id of the job, which cannot be guessed.

        Raises:
            TooManyError: this owner has enough that waits.
        """
        key = secrets.token_urlsafe(9)
        work = _Work(owner, [run for _, run in tasks], [Item(name) for name, _ in tasks])
        with self._lock:
            if sum(one.owner == owner and not one.finished for one in self._works.values()) >= MOST_WAITING:
                raise TooManyError
            self._forget()
            self._works[key] = work
        threading.Thread(target=self._run, args=(work,), name=f"library-{key}", daemon=True).start()
        return key

    def get(self, key: str | None, owner: str) -> Job | None:
        """A job of this owner as it is now; None where there is none."""
        with self._lock:
            work = self._works.get(key or "")
            if work is None or work.owner != owner:
                return None
            return Job(key or "", work.owner, tuple(work.items), work.stop.is_set(), work.finished)

    def unfinished(self, owner: str) -> Job | None:
        """The newest job of this owner that is still at work."""
        with self._lock:
            keys = [key for key, work in self._works.items() if work.owner == owner and not work.finished]
        return self.get(keys[-1], owner) if keys else None

    def cancel(self, key: str, owner: str) -> None:
        """Ask a job to stop at the next good moment."""
        with self._lock:
            work = self._works.get(key)
            if work is not None and work.owner == owner:
                work.stop.set()

    def _forget(self) -> None:
        done = [key for key, work in self._works.items() if work.finished]
        for key in done[: max(0, len(done) - KEPT + 1)]:
            del self._works[key]

    def _run(self, work: _Work) -> None:
        try:
            while not self._turn.acquire(timeout=_TURN_S):
                if work.stop.is_set():
                    self._skip(work, 0)
                    return
            try:
                for at, run in enumerate(work.runs):
                    if work.stop.is_set():
                        self._skip(work, at)
                        return
                    self._one(work, at, run)
            finally:
                self._turn.release()
        finally:
            with self._lock:
                work.finished = True

    def _one(self, work: _Work, at: int, run: Run) -> None:
        def told(step: Progress) -> None:
            self._put(work, at, replace(work.items[at], progress=step))

        item = replace(work.items[at], state="working")
        self._put(work, at, item)
        try:
            summary = run(progress=told, cancelled=work.stop.is_set)
        except (KnowledgeBaseError, IngestError) as error:
            item = replace(item, state="failed", trouble=str(error))
        except OSError as error:
            item = replace(item, state="failed", trouble=f"{error.strerror or error}: {error.filename or item.name}")
        except Exception as error:
            log.exception("A job of the library broke off.")
            item = replace(item, state="failed", trouble=type(error).__name__)
        else:
            item = _settled(item, summary)
        self._put(work, at, item)

    def _skip(self, work: _Work, start: int) -> None:
        for at in range(start, len(work.items)):
            self._put(work, at, replace(work.items[at], state="cancelled"))

    def _put(self, work: _Work, at: int, item: Item) -> None:
        with self._lock:
            work.items[at] = item


def _settled(item: Item, summary: IngestSummary) -> Item:
    results: tuple[Result, ...] = ("added", "updated", "unchanged")
    taken = [(file, result) for result in results for file in getattr(summary, result)]
    twins = {match["file"]: match["other"] for note in summary.notes if (match := _TWIN.match(note))}
    outcomes = [Outcome(member(file), result, twin=twins.get(file, ""), source=file) for file, result in taken]
    # A twin may be a document that the owner of the job must not see: who draws the job looks it up.
    notes = tuple(_without_folders(note, [file for file, _ in taken]) for note in summary.notes if not _TWIN.match(note))
    outcomes += [Outcome(member(r.file), "rejected", r.reason, r.remedy, kind=r.kind) for r in summary.rejected]
    state: State = "cancelled" if summary.cancelled else "done" if taken or not outcomes else "rejected"
    badly = tuple(replace(one, file=member(one.file)) for one in summary.badly_read)
    return replace(item, state=state, progress=None, outcomes=tuple(outcomes), notes=notes, badly_read=badly)


def _without_folders(note: str, files: Sequence[str]) -> str:
    """A warning names a file by its whole path, which is that of the server's own folder."""
    for file in sorted(files, key=len, reverse=True):
        note = note.replace(file, member(file))
    return note


def member(source: str) -> str:
    """How a document of a file is called beside it: its place in an archive or mail, else the last name of its path or address."""
    inside = source.partition(INSIDE)[2]
    if inside or "://" in source:
        return inside or source
    return source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
