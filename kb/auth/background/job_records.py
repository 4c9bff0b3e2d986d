"""Jobs as they are kept: who has them, how far they are, and whose process does them. One whose process has ended is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select

from kb.auth.account_records import to_utc
from kb.auth.account_schema import background_jobs as jobs
from kb.auth.account_store import AccountStore
from kb.auth.background.live_processes import is_alive, this_process

KEPT: Final = timedelta(days=7)
"""How long a job is kept after it last changed."""
INTERRUPTED: Final = "interrupted"
_UNFINISHED: Final = ("waiting", "working")


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job: ``state`` as of `ui.jobs.runner`, ``progress`` is JSON of the kind of job."""

    id: str
    owner: str
    kind: str
    state: str
    progress: str


class JobRecords:
    """The jobs of a home, of all its processes. May be shared between threads."""

    def __init__(self, store: AccountStore, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def keep(self, one: JobRecord) -> None:
        """Write down how a job of this process stands. Raises `AccountsError` when it cannot be written."""
        now = to_utc(self._clock())
        row = {
            **{"owner": one.owner, "kind": one.kind, "state": one.state, "progress": one.progress, "changed": now},
            "process": this_process(self._store.home),
        }
        with self._store.writing() as conn:
            if not conn.execute(jobs.update().where(jobs.c.id == one.id).values(row)).rowcount:
                conn.execute(jobs.delete().where(jobs.c.changed < now - KEPT))
                conn.execute(jobs.insert().values(id=one.id, begun=now, **row))

    def get(self, key: str, owner: str) -> JobRecord | None:
        """A job of this owner. Raises `AccountsError` when it cannot be read."""
        found = self._store.rows(select(jobs).where(jobs.c.id == key, jobs.c.owner == owner))
        return self._read(found[0]) if found else None

    def of(self, owner: str, kind: str) -> tuple[JobRecord, ...]:
        """The jobs of this owner, the newest first. Raises `AccountsError` when they cannot be read."""
        found = self._store.rows(select(jobs).where(jobs.c.owner == owner, jobs.c.kind == kind).order_by(jobs.c.begun.desc()))
        return tuple(map(self._read, found))

    def _read(self, row: Row[Any]) -> JobRecord:
        lost = row.state in _UNFINISHED and not is_alive(self._store.home, row.process)
        return JobRecord(row.id, row.owner, row.kind, INTERRUPTED if lost else row.state, row.progress)
