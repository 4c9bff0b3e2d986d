"""A worker: claims what is in the queue, has it done, and writes down what came of it; what may pass is tried again, later each time.

One that is killed is given up for dead after a while, and another begins anew what it had: what was published then is found to be there,
and nothing is done twice. When the database goes, it waits until that is back.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from kb.errors import AccountsError, KnowledgeBaseError, OriginalsError, ShardError, VectorServiceError
from kb.queue import procrastinate_queue as tickets
from kb.queue.job_queue import Claim, JobQueue
from kb.settings import Settings

Told = Mapping[str, Any]
_NOTED_S: Final = 1.0
_LONGEST_WAIT_S: Final = 30.0
log = logging.getLogger(__name__)


class Performer(Protocol):
    """Does what is claimed."""

    def perform(self, claim: Claim, tell: Callable[[Told], None], stopped: Callable[[], bool]) -> tuple[str, Told]:
        """Do it, tell how far it is, and return the state that it ends in (``cancelled`` where it was stopped) and what came of it.

        ``stopped`` is to be asked several times a second. What is raised is tried again where it `may_pass`.
        """

    def failed(self, claim: Claim, error: Exception, again_s: float | None) -> Told:
        """What is to be told of an error; ``again_s``: it is tried again after so many seconds, None: no more."""


def may_pass(error: BaseException) -> bool:
    """Whether an error is one of the moment: of a database, a store or a disk, or that somebody else writes; not of what was asked."""
    if isinstance(error, AccountsError):
        return error.code in ("file", "busy")
    return (
        isinstance(error, OriginalsError | ShardError | VectorServiceError | OSError | SQLAlchemyError) or type(error) is KnowledgeBaseError
    )


class Worker:
    """One worker in this process; `run` does one thing after another."""

    def __init__(self, settings: Settings, queue: JobQueue, performer: Performer) -> None:
        self._url = settings.server_url or ""
        self._queue, self._performer = queue, performer
        self._ended = threading.Event()

    def end(self) -> None:
        """Have `run` end: what is being done is put back into the queue."""
        self._ended.set()

    def run(self, *, wait: bool = True) -> None:
        """Work until `end` is called, or a signal asks the process to end; or, without ``wait``, until nothing is left.

        Raises:
            MissingExtraError: Procrastinate is not installed.
            KnowledgeBaseError: the database cannot be used when it begins.
        """
        self._queue.prepare()
        self._queue.rescue()
        broken = 0
        with _signals(self._ended):
            while not self._ended.is_set():
                began = time.monotonic()
                try:
                    tickets.work(self._url, self._errand, self._queue.rescue, self._ended, wait=wait)
                except Exception as error:  # noqa: BLE001 - of Procrastinate, its pool or the driver: the base may be back in a moment
                    log.warning("the queue cannot be reached; the worker tries again: %s: %s", type(error).__name__, error)
                else:
                    if not wait:
                        return
                broken = broken + 1 if time.monotonic() - began < _LONGEST_WAIT_S else 1
                self._ended.wait(min(2.0**broken, _LONGEST_WAIT_S))

    def _errand(self, job: str, ordinal: int, tried: int, ending: Callable[[], bool]) -> None:
        try:
            claim = self._queue.claim(job, ordinal)
        except KnowledgeBaseError as error:
            raise tickets.AgainError(tickets.wait_s(tried)) from error
        if claim is None:
            return
        watch = _Watch(self._queue, claim, ending)
        try:
            state, told = self._performer.perform(claim, watch.tell, watch.stopped)
            if state == "cancelled" and watch.ends:
                self._queue.put_off(claim, {})
            else:
                self._queue.finish(claim, state, told)
        except Exception as error:  # noqa: BLE001 - it is told to whoever asked
            self._failed(claim, error, tried)

    def _failed(self, claim: Claim, error: Exception, tried: int) -> None:
        if not may_pass(error) or tried + 1 >= tickets.TRIES:
            self._queue.finish(claim, "failed", self._performer.failed(claim, error, None))
            return
        seconds = tickets.wait_s(tried)
        log.warning("A job of the queue is tried again in %.0f s: %s", seconds, error)
        try:
            self._queue.put_off(claim, self._performer.failed(claim, error, seconds))
        except (KnowledgeBaseError, SQLAlchemyError):
            log.warning("That it is tried again could not be written down.", exc_info=True)
        raise tickets.AgainError(seconds) from error


class _Watch:
    """Tells the queue once a second how far a claim is, and learns whether it is to go on."""

    def __init__(self, queue: JobQueue, claim: Claim, ending: Callable[[], bool]) -> None:
        self._queue, self._claim, self._ending = queue, claim, ending
        self._told: Told = {}
        self._at = 0.0
        self._stop = False

    @property
    def ends(self) -> bool:
        """Whether it was stopped only because the worker ends."""
        return not self._stop and self._ending()

    def tell(self, told: Told) -> None:
        self._told = told
        self._note()

    def stopped(self) -> bool:
        self._note()
        return self._stop or self._ending()

    def _note(self) -> None:
        if time.monotonic() - self._at < _NOTED_S:
            return
        self._at = time.monotonic()
        try:
            self._stop = not self._queue.tell(self._claim, self._told) or self._stop
        except (KnowledgeBaseError, SQLAlchemyError) as error:
            log.warning("How far a job of the queue is could not be written down: %s", error)


@contextmanager
def _signals(ended: threading.Event) -> Iterator[None]:
    """Have the signals that ask a process to end set an event meanwhile; not in a thread beside the main one, which gets none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
