"""Jobs of the library as they are kept in the database of accounts, so that they are found again after a restart."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, cast

from kb.auth.background.job_records import JobRecord, JobRecords
from ui.jobs.ingest_jobs import Item, Items, Outcome
from ui.jobs.runner import Job, State

LIBRARY = "library"
_FIELDS = ("name", "state", "outcomes", "notes", "trouble")


class KeptJobs:
    """Keeps what became of each file, not how far its reading is; `ui.jobs.runner.Keeper`."""

    def __init__(self, records: JobRecords) -> None:
        self._records = records

    def keep(self, job: Job[Items]) -> None:
        """Write down how a job stands. Raises `AccountsError`."""
        told = [{name: value for name, value in asdict(item).items() if name in _FIELDS} for item in job.progress]
        self._records.keep(JobRecord(job.id, job.owner, LIBRARY, job.state, json.dumps(told, ensure_ascii=False)))

    def get(self, key: str, owner: str) -> Job[Items] | None:
        """A job of this owner, of whatever process. Raises `AccountsError`."""
        found = self._records.get(key, owner)
        return _job(found) if found is not None and found.kind == LIBRARY else None

    def of(self, owner: str) -> tuple[Job[Items], ...]:
        """The jobs of this owner, the newest first. Raises `AccountsError`."""
        return tuple(map(_job, self._records.of(owner, LIBRARY)))


def _job(kept: JobRecord) -> Job[Items]:
    return Job(kept.id, kept.owner, tuple(map(_item, json.loads(kept.progress))), cast(State, kept.state))


def _item(held: dict[str, Any]) -> Item:
    outcomes = tuple(Outcome(**one) for one in held["outcomes"])
    return Item(held["name"], held["state"], None, outcomes, tuple(held["notes"]), held["trouble"])
