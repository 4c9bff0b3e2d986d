"""The records of syncing: a source, what is kept of each of its papers, a plan of what would change, and what a run did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from ingest.records import Kind
from ingest.sources.entries import Entry

DAY: Final = 24.0
Outcome: TypeAlias = Literal["", "done", "partly", "stopped", "failed"]
"""``partly``: some papers could not be read, all else is in; ``failed``: the place could not be listed, or broke off; "": never run."""


@dataclass(frozen=True, slots=True)
class SyncSource:
    """A place that papers come from. Times are UTC.

    ``rights``: None: what comes from there is for ``groups``; else a paper is for the groups whose name, after this mapping, the place
    gives the right to read, and for ``groups`` where everybody may. ``every_minutes`` 0: by hand only. ``listed``: when it was last listed
    to the end; ``told``: what the last run had to say.
    """

    id: int
    name: str
    kind: str
    address: str
    options: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    collections: tuple[int, ...] = ()
    rights: Mapping[str, str] | None = None
    paper_kind: Kind | None = None
    every_minutes: int = 0
    grace_hours: float = 7 * DAY
    cursor: str = ""
    listed: datetime | None = None
    begun: datetime | None = None
    outcome: Outcome = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a paper of a source. ``file`` is where its copy, or it itself, lies here; "" where nothing of it was taken in.

    ``missing_s``: how long it has been missing there, in seconds; None: it was there when the place was last listed.
    """

    entry: Entry
    file: str = ""
    sha256: str = ""
    missing_s: float | None = None

    @property
    def key(self) -> str:
        """The key of its entry."""
        return self.entry.key


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync would do, as far as a listing tells. Of a pair the first is what is kept, the second what is there now.

    ``gone``: missing for the first time, or still; ``expired``: of these, missing for longer than the grace; ``back``: were missing and are
    there again; ``held``: not for anybody here, by the rights there; ``closed``: kept, and now so. ``emptied``: nothing at all is
    there any more, which is more likely a place that is not mounted than one that was emptied: nothing is gone then.
    """

    new: tuple[Entry, ...] = ()
    changed: tuple[tuple[Kept, Entry], ...] = ()
    moved: tuple[tuple[Kept, Entry], ...] = ()
    gone: tuple[Kept, ...] = ()
    expired: tuple[Kept, ...] = ()
    back: tuple[Kept, ...] = ()
    regrouped: tuple[tuple[Kept, Entry], ...] = ()
    held: tuple[Entry, ...] = ()
    closed: tuple[Kept, ...] = ()
    unchanged: tuple[tuple[Kept, Entry], ...] = ()
    emptied: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change here."""
        return not (self.new or self.changed or self.moved or self.gone or self.back or self.regrouped or self.closed)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("new", "changed", "moved", "gone", "expired", "back", "regrouped", "held", "closed", "unchanged")
        return {name: len(getattr(self, name)) for name in names}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A paper of a source that was not taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncRun:
    """What a run did: paths as they are called at the place. ``told`` is what else a person should know."""

    source: str
    outcome: Outcome
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    unchanged: int = 0
    waiting: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    regrouped: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    rejected: tuple[Trouble, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    told: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("added", "updated", "moved", "waiting", "withdrawn", "back", "regrouped", "held", "rejected", "troubles")
        return {**{name: len(getattr(self, name)) for name in names}, "unchanged": self.unchanged}


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a run is: ``list`` the place, ``fetch`` its papers, ``read`` them into the knowledge base; ``total`` 0: not known."""

    stage: Literal["list", "fetch", "read"]
    done: int = 0
    total: int = 0
    name: str = ""
