"""One writer at a time: the lock that a process holds while it changes what is stored, for as short as it can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import Timeout

from kb.errors import KnowledgeBaseError
from kb.private import private_lock

LOCK_WAIT_S = 600.0


class WriteLock:
    """A lock between threads and processes; the thread that holds it may take it again."""

    def __init__(self, file: Path) -> None:
        self._lock = private_lock(file)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it.

        Raises:
            KnowledgeBaseError: another process has been writing for ten minutes.
        """
        try:
            self._lock.acquire(timeout=LOCK_WAIT_S)
        except Timeout as error:
            raise KnowledgeBaseError("Another process is adding documents. Wait until it is done, then try again.") from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def quiet(self, timeout: float = 0.0) -> Iterator[bool]:
        """Keep writers out for a look at the whole; False when one is at work and does not finish in time."""
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()
