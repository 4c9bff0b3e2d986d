"""Work that goes on in the background of a page: it belongs to the server process, so that the page may be left or loaded anew.

Of one kind of work one job is at work at a time; the others wait for their turn and can be stopped meanwhile. A job is seen and stopped by
its owner alone, under a key that cannot be guessed. What is done, and what is told of it, is the page's own: a `Work` and its progress.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from ingest.errors import IngestError
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import KnowledgeBaseError

log = logging.getLogger(__name__)

State: TypeAlias = Literal["waiting", "working", "done", "failed", "cancelled"]
P = TypeVar("P")
Tell: TypeAlias = Callable[[P], None]
Stopped: TypeAlias = Callable[[], bool]
Work: TypeAlias = Callable[[Tell[P], Stopped], str]
"""Does it, tells how far it is, and returns the name or id of what was made, or ""; asked to stop, it raises `StoppedError`."""

KEPT: Final = 50
"""Finished jobs that can still be looked at."""
_TURN_S: Final = 0.2


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
        return self.state in ("done", "failed", "cancelled")


class Jobs(Generic[P]):
    """The jobs of one kind in a server process. May be shared between threads."""

    def __init__(self, kind: str, most: int = MOST_WAITING) -> None:
        """``most``: unfinished jobs that one owner may have."""
        self._kind = kind
        self._most = most
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._all: dict[str, Job[P]] = {}

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
            self._all[key] = Job(key, owner, progress)
        threading.Thread(target=self._run, args=(key, work), name=f"{self._kind}-{key}", daemon=True).start()
        return key

    def get(self, key: str | None, owner: str) -> Job[P] | None:
        """A job of this owner as it is now; None where there is none."""
        with self._lock:
            found = self._all.get(key or "")
        return found if found is not None and found.owner == owner else None

    def of(self, owner: str) -> tuple[Job[P], ...]:
        """The jobs of this owner, the newest first."""
        with self._lock:
            return tuple(job for job in reversed(self._all.values()) if job.owner == owner)

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
            self._all[key] = replace(self._all[key], **changes)  # type: ignore[arg-type]
