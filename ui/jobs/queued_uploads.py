"""Uploads that workers take in: what a page or the API sends is put into the queue, and how it stands is read from there.

It is the same from every machine. A worker does what the process would do that was asked (`ui.jobs.ingest_tasks`), as whoever sent it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final, cast

from ingest.errors import NotFoundError
from kb import KnowledgeBase
from kb.auth.account_store import AccountStore
from kb.auth.background.askers_later import AskersLater
from kb.auth.background.live_processes import this_process
from kb.document_records import BadlyRead
from kb.queue.job_queue import Asked, Claim, JobQueue, QueuedItem, QueuedJob
from kb.queue.worker import Told, may_pass
from kb.records import Progress
from kb.settings import UPLOADS
from ui.jobs import ingest_jobs
from ui.jobs.errands import Queued
from ui.jobs.ingest_jobs import Item, Items, Outcome, Run, Task, taken_in, trouble_of
from ui.jobs.ingest_tasks import WAITING, Choice, known_name, run_again, run_reread
from ui.jobs.runner import Job, State

_UNFINISHED: Final = ("waiting", "working")


class QueuedUploads:
    """The jobs of the library as the queue has them: as `ui.jobs.runner.Jobs` is used by pages and the API."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    def begin(self, owner: str, tasks: Sequence[Task]) -> str:
        """Put tasks into the queue; the key of the job.

        Raises:
            TooManyError: this owner has enough that waits.
            KnowledgeBaseError: the queue cannot be written.
        """
        return self._queue.add(owner, [_asked(name, run) for name, run in tasks])

    def get(self, key: str | None, owner: str) -> Job[Items] | None:
        """A job of this owner. Raises `KnowledgeBaseError`."""
        found = self._queue.get(key, owner) if key else None
        return _job(found) if found is not None else None

    def of(self, owner: str) -> tuple[Job[Items], ...]:
        """The jobs of this owner, the newest first. Raises `KnowledgeBaseError`."""
        return tuple(map(_job, self._queue.of(owner)))

    def unfinished(self, owner: str) -> Job[Items] | None:
        """The newest job of this owner that is not finished. Raises `KnowledgeBaseError`."""
        return next((job for job in self.of(owner) if not job.finished), None)

    def cancel(self, key: str, owner: str) -> None:
        """Ask a job to stop at the next good moment. Raises `KnowledgeBaseError`."""
        self._queue.cancel(key, owner)


class Taker:
    """Takes in what is claimed, as whoever sent it; `Performer` of `kb.queue.worker`."""

    def __init__(self, kb: KnowledgeBase, queue: JobQueue) -> None:
        self._kb, self._queue = kb, queue
        self._accounts = AccountStore.of(kb.settings)
        self._askers = AskersLater(self._accounts)

    def close(self) -> None:
        """Close the connections to the accounts."""
        self._accounts.close()

    def perform(self, claim: Claim, tell: Callable[[Told], None], stopped: Callable[[], bool]) -> tuple[str, Told]:
        """Take it in. What may pass is raised."""
        kb = self._kb.seen_by(self._askers.reader(claim.errand["reader"]))
        uploads = kb.settings.home / UPLOADS
        uploads.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(dir=uploads, prefix=f"{WAITING}{this_process(kb.settings.home)}-"))
        try:
            kb.reader.still("editor")
            run = self._run(kb, claim, own)
            item = taken_in(Item(claim.name, "working"), run, lambda now: tell(asdict(now)), stopped, may_pass)
        finally:
            shutil.rmtree(own, ignore_errors=True)
        return item.state, asdict(item)

    def failed(self, claim: Claim, error: Exception, again_s: float | None) -> Told:
        """The item with the error, in words."""
        trouble = trouble_of(error, claim.name)
        if again_s is not None:
            trouble = f"{trouble} It is tried again in {again_s:.0f} seconds."
        return asdict(Item(claim.name, "failed" if again_s is None else "waiting", trouble=trouble))

    def _run(self, kb: KnowledgeBase, claim: Claim, own: Path) -> Run:
        what = claim.errand["do"]
        if what in ("again", "reread"):
            info = kb.document(claim.errand["document"])
            return run_again(kb, info) if what == "again" else run_reread(kb, info)
        choice = Choice.of(claim.errand["choice"])
        if what == "address":
            return partial(kb.ingest, [claim.errand["address"]], **choice.options)
        file = own / claim.name
        try:
            self._queue.bring(claim, file)
        except FileNotFoundError as error:
            raise NotFoundError(claim.name, "The file that was sent is not kept any more.", "Add it again.") from error
        known = known_name(self._kb, kb, claim.name, choice)
        return partial(kb.ingest, [file], within=kb.settings.home / UPLOADS, known_as=known, **choice.options)


def _asked(name: str, run: Run) -> Asked:
    if isinstance(run, Queued):
        return Asked(name, run.errand, run.stream)
    # Refused before it was written, as for its size: it has ended before a worker could come to it.
    item = taken_in(Item(name, "working"), run, lambda _: None, lambda: False)
    return Asked(name, {}, ended=(item.state, asdict(item)))


def _job(found: QueuedJob) -> Job[Items]:
    items = tuple(map(_item, found.items))
    states = {item.state for item in items}
    state: State = "done"
    if states & set(_UNFINISHED):
        state = "waiting" if states == {"waiting"} else "working"
    elif "cancelled" in states:
        state = "cancelled"
    return Job(found.id, found.owner, items, state, found.stopping)


def _item(one: QueuedItem) -> Item:
    held = dict(one.told)
    if not held:
        return Item(one.name, cast(ingest_jobs.State, one.state))
    step = held["progress"]
    return Item(
        one.name, cast(ingest_jobs.State, one.state), Progress(**step) if step and one.state in _UNFINISHED else None,
        tuple(Outcome(**each) for each in held["outcomes"]), tuple(held["notes"]), held["trouble"],
        tuple(BadlyRead(**(each | {"pages": tuple(each["pages"])})) for each in held["badly_read"]),
    )  # fmt: skip
