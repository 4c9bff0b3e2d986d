"""When sources are synced by themselves: a thread of a server process looks every half a minute which are due.

How long ago a source was synced is told by a clock that only goes forward, once this process has synced it; before that by the time of
day, and one that lies ahead counts as long ago.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kb.errors import KnowledgeBaseError
from kb.sync.sync_records import SyncSource

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

log = logging.getLogger(__name__)
LOOK_S: Final = 30.0


def is_due(source: SyncSource, now: datetime | None = None) -> bool:
    """Whether the schedule of a source says that it is to be synced now (``now`` is UTC, without a zone)."""
    if not source.every_minutes:
        return False
    if source.begun is None:
        return True
    elapsed = ((now or datetime.now(UTC).replace(tzinfo=None)) - source.begun).total_seconds()
    return elapsed < 0 or elapsed >= source.every_minutes * 60


class Schedule:
    """Syncs what is due, until it is stopped. Several processes may have one: of a source one run is at work at a time."""

    def __init__(self, kb: KnowledgeBase, look_s: float = LOOK_S) -> None:
        self._kb = kb
        self._look_s = look_s
        self._stop = threading.Event()
        self._synced: dict[int, float] = {}
        self._thread = threading.Thread(target=self._run, name="setu-sync", daemon=True)

    def start(self) -> Schedule:
        """Begin, in a thread of its own."""
        self._thread.start()
        return self

    def stop(self, patience_s: float = 10.0) -> None:
        """End; a run that is at work stops at the next good moment."""
        self._stop.set()
        self._thread.join(patience_s)

    def look(self) -> None:
        """Sync each source that is due, one after the other. What goes wrong with one is noted with it and stops no other."""
        for source in self._kb.sources.list():
            if self._stop.is_set():
                return
            at = self._synced.get(source.id)
            due = is_due(source) if at is None else bool(source.every_minutes) and time.monotonic() - at >= source.every_minutes * 60
            if not due:
                continue
            self._synced[source.id] = time.monotonic()
            try:
                run = self._kb.sources.sync(source.id, cancelled=self._stop.is_set)
            except KnowledgeBaseError as error:
                log.warning("The source %s was not synced: %s", source.id, type(error).__name__)
            except Exception:
                log.exception("Syncing the source %s broke off.", source.id)
            else:
                log.info("The source %s was synced: %s", source.id, run.outcome)

    def _run(self) -> None:
        while not self._stop.wait(self._look_s):
            try:
                self.look()
            except Exception:
                log.exception("The schedule of sources broke off.")
