"""Work that goes on in the background of a page: it belongs to the server process, so that the page may be left or loaded anew.

Of one kind of work one job is at work at a time; the others wait for their turn and can be stopped meanwhile. A job is seen and stopped by
its owner alone, under a key that cannot be guessed. What is done, and what is told of it, is the page's own: a `Work` and its progress.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar

from ingest.errors import IngestError
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import KnowledgeBaseError
from kb.telemetry import queues

log = logging.getLogger(__name__)

State: TypeAlias = Literal["waiting", "working", "done", "failed", "cancelled", "interrupted"]
"""``interrupted``: the process that did it ended before it."""
P = TypeVar("P")
Tell: TypeAlias = Callable[[P], None]
Stopped: TypeAlias = Callable[[], bool]
Work: TypeAlias = Callable[[Tell[P], Stopped], str]
"""Does it, tells how far it is, and returns the name or id of what was made, or ""; asked to stop, it raises `StoppedError`."""

KEPT: Final = 50
"""Finished jobs that can still be looked at."""
_TURN_S: Final = 0.2
_NOTED_S: Final = 1.0


class StoppedError(Exception):
    """The work ended early because somebody asked it to."""


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """How a job stands. ``made`` is what its work returned; ``trouble`` is why it failed, None for an error that nobody foresaw."""

    id: str
    owner: str
    progress: P
    state: State = "waiting"
    stopping: bool = False
    made: str = ""
    trouble: KnowledgeBaseError | IngestError | OSError | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("waiting", "working")


class Keeper(Protocol[P]):
    """Keeps jobs beyond the process that does them."""

    def keep(self, job: Job[P]) -> None:
        """Write down how a job stands. Raises `KnowledgeBaseError` when it cannot be written."""

    def get(self, key: str, owner: str) -> Job[P] | None:
        """A job of this owner, of whatever process."""

    def of(self, owner: str) -> tuple[Job[P], ...]:
        """The jobs of this owner, the newest first."""


class Jobs(Generic[P]):
    """The jobs of one kind in a server process. May be shared between threads."""

    def __init__(self, kind: str, most: int = MOST_WAITING, keeper: Keeper[P] | None = None) -> None:
        """``most``: unfinished jobs that one owner may have; ``keeper``: where they are kept; without one they end with the process."""
        self._keeper = keeper
        self._noted: dict[str, tuple[State, float]] = {}
        self._kind = kind
        self._most = most
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._all: dict[str, Job[P]] = {}
        queues.show(kind, self, Jobs.waiting)

    def start(self, owner: str, progress: P, work: Work[P]) -> str:
        """Begin, with what is to be shown before the work tells more; the key under which the job is found again.

        Raises:
            TooManyError: this owner has enough that waits.
        """
        key = secrets.token_urlsafe(9)
        with self._lock:
            if sum(job.owner == owner and not job.finished for job in self._all.values()) >= self._most:
                raise TooManyError
            finished = [one for one, job in self._all.items() if job.finished]
            for old in finished[: max(0, len(finished) - KEPT + 1)]:
                del self._all[old]
            self._all[key] = begun = Job(key, owner, progress)
        if self._keeper is not None:
            try:
                self._keeper.keep(begun)
            except BaseException:  # a job that nobody would find again is not begun
                with self._lock:
                    del self._all[key]
                raise
        threading.Thread(target=self._run, args=(key, work), name=f"{self._kind}-{key}", daemon=True).start()
        return key

    def get(self, key: str | None, owner: str) -> Job[P] | None:
        """A job of this owner as it is now; None where there is none."""
        with self._lock:
            found = self._all.get(key or "")
        if found is None and key and self._keeper is not None:
            return self._keeper.get(key, owner)
        return found if found is not None and found.owner == owner else None

    def of(self, owner: str) -> tuple[Job[P], ...]:
        """The jobs of this owner, the newest first."""
        with self._lock:
            here = tuple(job for job in reversed(self._all.values()) if job.owner == owner)
        kept = self._keeper.of(owner) if self._keeper is not None else ()
        known = {job.id for job in here}
        return here + tuple(job for job in kept if job.id not in known)

    def last(self, owner: str) -> Job[P] | None:
        """The newest job of this owner."""
        with self._lock:
            return next((job for job in reversed(self._all.values()) if job.owner == owner), None)

    def unfinished(self, owner: str) -> Job[P] | None:
        """The newest job of this owner that is still at work."""
        with self._lock:
            return next((job for job in reversed(self._all.values()) if job.owner == owner and not job.finished), None)

    def under_way(self) -> tuple[P, ...]:
        """How far everybody's unfinished jobs are."""
        with self._lock:
            return tuple(job.progress for job in self._all.values() if not job.finished)

    def waiting(self) -> int:
        """How many jobs wait for their turn."""
        with self._lock:
            return sum(job.state == "waiting" for job in self._all.values())

    def cancel(self, key: str, owner: str) -> None:
        """Ask a job to stop at the next good moment."""
        with self._lock:
            found = self._all.get(key)
            if found is not None and found.owner == owner and not found.finished:
                self._all[key] = replace(found, stopping=True)

    def forget(self, key: str, owner: str) -> None:
        """Let go of a finished job."""
        with self._lock:
            found = self._all.get(key)
            if found is not None and found.owner == owner and found.finished:
                del self._all[key]

    def _run(self, key: str, work: Work[P]) -> None:
        while not self._turn.acquire(timeout=_TURN_S):
            if self._stopping(key):
                self._put(key, state="cancelled")
                return
        end: dict[str, object] = {"state": "failed"}
        try:
            if self._stopping(key):
                raise StoppedError
            self._put(key, state="working")
            end = {"state": "done", "made": work(lambda progress: self._put(key, progress=progress), lambda: self._stopping(key))}
        except StoppedError:
            end = {"state": "cancelled"}
        except (KnowledgeBaseError, IngestError, OSError) as error:
            log.info("A job of kind %s failed: %s", self._kind, type(error).__name__)
            end["trouble"] = error
        except Exception:
            log.exception("A job of kind %s broke off.", self._kind)
        finally:
            self._turn.release()
            self._put(key, **end)

    def _stopping(self, key: str) -> bool:
        with self._lock:
            return self._all[key].stopping

    def _put(self, key: str, **changes: object) -> None:
        with self._lock:
            self._all[key] = now = replace(self._all[key], **changes)  # type: ignore[arg-type]
        self._note(now)

    def _note(self, job: Job[P]) -> None:
        """Keep how a job stands: each state, and once a second how far it is."""
        if self._keeper is None:
            return
        state, at = self._noted.get(job.id, ("waiting", 0.0))
        if job.state == state and time.monotonic() - at < _NOTED_S:
            return
        self._noted[job.id] = job.state, time.monotonic()
        try:
            self._keeper.keep(job)
        except (KnowledgeBaseError, OSError):
            log.warning("How a job stands could not be kept.", exc_info=True)
        if job.finished:
            self._noted.pop(job.id, None)
