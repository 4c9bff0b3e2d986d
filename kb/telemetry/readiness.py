"""Whether a node can answer, as often as anybody asks: looked at once a second at most, and waited for no longer than a probe waits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Final

from kb import event_log
from kb.store.health import of_database

FRESH_S: Final = 1.0
"""How long what was found counts."""
PATIENCE_S: Final = 3.0
"""How long a look may take; one of the database that does not answer goes on beside."""
SLOW: Final = f"The base has not answered within {PATIENCE_S:.0f} seconds. Look after the database, and at what else this machine does."


class Readiness:
    """Thread-safe. ``look`` says why the node cannot answer, or None; where it raises, that is why."""

    def __init__(self, look: Callable[[], str | None], patience_s: float = PATIENCE_S, fresh_s: float = FRESH_S) -> None:
        self._look, self._patience_s, self._fresh_s = look, patience_s, fresh_s
        self._thread = ThreadPoolExecutor(1, "setu-ready")
        self._lock = threading.Lock()
        self._looking: tuple[float, Future[str | None]] | None = None
        self._told: str | None = ""

    def fault(self) -> str | None:
        """Why the node cannot answer just now, in a sentence; None where it can."""
        with self._lock:
            now = time.monotonic()
            if self._looking is None or (self._looking[1].done() and now - self._looking[0] > self._fresh_s):
                self._looking = now, self._thread.submit(self._look)
            looking = self._looking[1]
        try:
            found = looking.result(self._patience_s)
        except NotYet:
            found = SLOW
        except Exception as error:  # noqa: BLE001 - a node that cannot tell cannot answer
            event_log.failure("ready", error)
            found = of_database(error) or f"This node cannot be used ({type(error).__name__}). Its log says where; run there: setu doctor"
        self._note(found)
        return found

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _note(self, found: str | None) -> None:
        """Log when it changes."""
        with self._lock:
            changed, self._told = found != self._told, found
        if changed:
            level = logging.INFO if found is None else logging.WARNING
            event_log.event("ready", level, outcome="ready" if found is None else "not_ready", why=found)
