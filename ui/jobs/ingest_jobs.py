"""Taking documents in, in the background: a job goes through its files one by one and tells of each what became of it.

What a job has done file by file stays done when it is stopped or the server ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

import regex

from ingest.errors import IngestError
from ingest.records import INSIDE
from kb.document_records import BadlyRead
from kb.errors import KnowledgeBaseError
from kb.records import IngestSummary, Progress
from ui.jobs.runner import Job, Jobs, Stopped, StoppedError, Tell

log = logging.getLogger(__name__)

State: TypeAlias = Literal["waiting", "working", "done", "rejected", "failed", "cancelled", "interrupted"]
"""``done``: what could be taken in of it is in; ``rejected``: nothing of it is; ``failed``: the work itself broke off."""
Result: TypeAlias = Literal["added", "updated", "unchanged", "rejected"]

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


_UNFINISHED: Final = ("waiting", "working")
Task: TypeAlias = tuple[str, Run]
"""The name of a file, and what is done for it."""
Items: TypeAlias = tuple[Item, ...]
"""How far a job is, file by file."""


class LibraryJobs(Protocol):
    """The jobs of the library, done in this process (`ui.jobs.runner.Jobs`) or by workers (`ui.jobs.queued_uploads`)."""

    def get(self, key: str | None, owner: str) -> Job[Items] | None: ...  # noqa: D102

    def of(self, owner: str) -> tuple[Job[Items], ...]: ...  # noqa: D102

    def unfinished(self, owner: str) -> Job[Items] | None: ...  # noqa: D102

    def cancel(self, key: str, owner: str) -> None: ...  # noqa: D102


@runtime_checkable
class ByWorkers(LibraryJobs, Protocol):
    """Jobs that workers do."""

    def begin(self, owner: str, tasks: Sequence[Task]) -> str: ...  # noqa: D102


def start(jobs: LibraryJobs, owner: str, tasks: Sequence[Task]) -> str:
    """Begin with what is to be done for each file; the key of the job.

    Raises:
        TooManyError: this owner has enough that waits.
        KnowledgeBaseError: the queue of the workers cannot be written.
    """
    if isinstance(jobs, ByWorkers):
        return jobs.begin(owner, tasks)
    if not isinstance(jobs, Jobs):
        raise TypeError(f"no jobs of the library: {type(jobs).__name__}")
    return jobs.start(owner, tuple(Item(name) for name, _ in tasks), partial(_take_in, list(tasks)))


def items_of(job: Job[Items]) -> Items:
    """The files of a job; where it was stopped those not begun are cancelled, where its process ended the unfinished are interrupted."""
    if job.state == "interrupted":
        return tuple(replace(item, state="interrupted", progress=None) if item.state in _UNFINISHED else item for item in job.progress)
    if job.state != "cancelled":
        return job.progress
    return tuple(replace(item, state="cancelled") if item.state == "waiting" else item for item in job.progress)


def share_of(items: Items) -> float:
    """How far all of it is, in [0, 1]."""
    return sum(item.share for item in items) / len(items) if items else 1.0


def _take_in(tasks: Sequence[Task], tell: Tell[Items], stopped: Stopped) -> str:
    items = [Item(name) for name, _ in tasks]

    def put(at: int, item: Item) -> None:
        items[at] = item
        tell(tuple(items))

    for at, (name, run) in enumerate(tasks):
        if stopped():
            raise StoppedError
        put(at, Item(name, "working"))
        put(at, taken_in(items[at], run, partial(put, at), stopped))
    if any(item.state == "cancelled" for item in items):
        raise StoppedError
    return ""


def taken_in(item: Item, run: Run, tell: Tell[Item], stopped: Stopped, raised: Callable[[BaseException], bool] = lambda _: False) -> Item:
    """What became of one file; that its work broke off stops no other, but for an error that is to be ``raised``."""
    try:
        return _settled(item, run(progress=lambda step: tell(replace(item, progress=step)), cancelled=stopped))
    except Exception as error:
        if raised(error):
            raise
        return replace(item, state="failed", trouble=trouble_of(error, item.name))


def trouble_of(error: Exception, name: str) -> str:
    """Why taking in a file broke off, in words; an error that nobody foresaw by its name."""
    if isinstance(error, KnowledgeBaseError | IngestError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename or name}"
    log.error("Taking in a file broke off.", exc_info=error)
    return type(error).__name__


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
