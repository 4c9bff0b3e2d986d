"""Syncing sources in the background of a server process: by the button of the page, and on their schedule."""

from __future__ import annotations

from functools import cache
from typing import Final

from kb import KnowledgeBase
from kb.sync.sync_records import SyncProgress
from kb.sync.sync_schedule import Schedule
from ui.jobs.runner import Jobs, Stopped, StoppedError, Tell

ADMINS: Final = ""
"""Whose jobs they are: every admin of all groups sees them."""
_SCHEDULES: dict[int, Schedule] = {}


@cache
def sync_jobs(home: str) -> Jobs[tuple[str, SyncProgress]]:
    """The jobs of a home in this process; what is told of one is the name of the source and how far it is."""
    return Jobs(f"sync-{hash(home)}", most=20)


def start_sync(kb: KnowledgeBase, name: str) -> str:
    """Begin to sync a source; the key of the job.

    Raises:
        TooManyError: enough of them wait.
    """

    def work(tell: Tell[tuple[str, SyncProgress]], stopped: Stopped) -> str:
        run = kb.sources.sync(name, progress=lambda step: tell((name, step)), cancelled=stopped)
        if run.outcome == "stopped":
            raise StoppedError
        return name

    return sync_jobs(str(kb.settings.home)).start(ADMINS, (name, SyncProgress("list")), work)


def start_schedule(kb: KnowledgeBase) -> None:
    """Sync what is due from now on, unless the setting says no; `stop_schedule` ends it."""
    if kb.settings.sync_schedule:
        _SCHEDULES[id(kb)] = Schedule(kb).start()


def stop_schedule(kb: KnowledgeBase) -> None:
    """Sync by the schedule no more."""
    if (schedule := _SCHEDULES.pop(id(kb), None)) is not None:
        schedule.stop()
