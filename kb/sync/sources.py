"""The sources of a knowledge base: making, looking at, previewing, syncing and removing them. It takes an admin of all access groups."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import Timeout
from pydantic import SecretStr

from ingest.records import INSIDE
from ingest.sources.connect import KINDS, connect
from ingest.sources.entries import Address, Entry, Listing, Place, SourceError
from kb.auth.accounts import checked_groups
from kb.errors import AccessError, KnowledgeBaseError
from kb.files import private_folder, private_lock
from kb.settings import SYNCED, scrub
from kb.store.access_control import plain
from kb.store.catalogue import Catalogue
from kb.store.publish import Publisher
from kb.sync.mirror import Mirror
from kb.sync.source_secrets import keep_secret, secret_of
from kb.sync.sync_plan import counted, plan
from kb.sync.sync_records import Kept, Plan, SyncProgress, SyncRun, SyncSource
from kb.sync.sync_run import Run, withdraw_files
from kb.sync.sync_state import SyncError, SyncState

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

REMOVED: Final = "The source {name}, where it came from, was removed."
MOST_GRACE_H: Final = 24.0 * 366
Open = Callable[[Address], Place]


class Sources:
    """The sources as a reader has them. Safe to share between threads; of one source one run is at work at a time."""

    def __init__(self, kb: KnowledgeBase, catalogue: Catalogue, publisher: Publisher, opened: Open = connect) -> None:
        """``opened`` connects to a place."""
        self._kb = kb
        self._publisher = publisher
        self._state = SyncState(catalogue)
        self._opened = opened

    def list(self) -> tuple[SyncSource, ...]:
        """Every source, by name. Raises `AccessError` to who is no admin of all groups."""
        self._needs_all()
        return self._state.sources()

    def get(self, name: str | int) -> SyncSource:
        """One source, by name or id.

        Raises:
            AccessError: the reader is no admin of all groups.
            SyncError: there is none.
        """
        self._needs_all()
        return self._state.source(name)

    def add(self, source: SyncSource, secret: str = "") -> SyncSource:
        """Make a source; nothing is fetched yet.

        Raises:
            AccessError: the reader is no admin of all groups.
            SyncError: something said of it cannot be, or there is one of that name.
            AccountsError: a group has a name that cannot be one.
            CollectionError: there is no such collection.
        """
        self._needs_all()
        self._check(source)
        kept = self._state.add(replace(source, groups=tuple(sorted(checked_groups(source.groups) or ()))))
        if secret:
            keep_secret(self._kb.settings.home, kept.id, kept.address, secret)
        self._kb.recorded("source_added", f"{kept.name}: {kept.kind} {kept.address}")
        return kept

    def change(
        self, name: str, secret: str | None = None, *, every_minutes: int | None = None, grace_hours: float | None = None
    ) -> SyncSource:
        """Change the schedule, the grace or the secret of a source. Raises as `add`."""
        source = self.get(name)
        now = replace(
            source,
            every_minutes=source.every_minutes if every_minutes is None else every_minutes,
            grace_hours=source.grace_hours if grace_hours is None else grace_hours,
        )
        self._check(now)
        self._state.change(now)
        if secret is not None:
            keep_secret(self._kb.settings.home, source.id, source.address, secret)
        self._kb.recorded("source_changed", source.name)
        return now

    def remove(self, name: str, *, withdraw: bool = False) -> SyncSource:
        """Forget a source. Its papers stay in use unless they are to be withdrawn.

        Raises:
            AccessError: the reader is no admin of all groups.
            SyncError: there is none of that name, or it is being synced.
        """
        source = self.get(name)
        with self._alone(source):
            if withdraw:
                files = [one.file for one in self._state.kept(source.id).values() if one.file]
                withdraw_files(self._kb, self._publisher, self._state, files, REMOVED.format(name=source.name))
                shutil.rmtree(Mirror(self._kb.settings.home, source.id).folder, ignore_errors=True)
            self._state.remove(source.id)
            keep_secret(self._kb.settings.home, source.id, source.address, "")
        self._kb.recorded("source_removed", source.name)
        return source

    def preview(self, name: str | int, *, thorough: bool = False, emptied: bool = False) -> Plan:
        """What a sync would do now; nothing is changed.

        Raises:
            AccessError: the reader is no admin of all groups.
            SyncError: the place cannot be listed to the end.
        """
        source = self.get(name)
        kept = self._state.kept(source.id)
        with self._in_words(source), closing(self._place(source)) as place:
            listing = place.listing(_known(kept), source.cursor)
        return self._plan(source, kept, listing, _now(), thorough=thorough, emptied=emptied)

    def sync(
        self,
        name: str | int,
        *,
        progress: Callable[[SyncProgress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
        thorough: bool = False,
        emptied: bool = False,
    ) -> SyncRun:
        """Bring the knowledge base to the state of a source.

        Args:
            name: of the source, or its id.
            progress: told of every step, in this thread.
            cancelled: asked often; once it says yes, the run stops. What was taken in stays.
            thorough: read everything again, whatever the listing says.
            emptied: a place that has nothing at all any more is believed to have been emptied.

        Raises:
            AccessError: the reader is no admin of all groups.
            SyncError: the place cannot be listed to the end; nothing was changed. Or it is being synced by another.
            KnowledgeBaseError: the knowledge base cannot be written.
        """
        source = self.get(name)
        with self._alone(source), self._told(source), self._in_words(source):
            source = self._state.source(source.id)
            now = _now()
            self._state.begin(source.id, now)
            progress(SyncProgress("list"))
            kept = self._state.kept(source.id)
            with closing(self._place(source)) as place:
                listing = place.listing(_known(kept), source.cursor)
                wanted = self._plan(source, kept, listing, now, thorough=thorough, emptied=emptied)
                self._state.listed(source.id, now, wanted.gone, wanted.back)
                run = Run(
                    self._kb, self._publisher, self._state, source, place, progress=progress, cancelled=cancelled, thorough=thorough
                ).carry_out(wanted, listing)
            told = [self._clean(source, one) for one in run.told]
            troubles = [self._clean(source, f"{one.path}: {one.reason}") for one in (*run.troubles, *run.rejected)][:20]
            self._state.end(source.id, run.outcome, run.counts, (*told, *troubles), listing.cursor if run.outcome == "done" else None)
            return replace(run, told=tuple(told))

    def origin_of(self, document_id: int) -> tuple[str, str] | None:
        """The name of the source that a document came from and where there it lies, in words; None for one that came otherwise.

        Raises:
            UnknownDocumentError: there is none of that id, for the reader.
        """
        return self._state.origin(plain(self._kb.document(document_id).source).partition(INSIDE)[0])

    def _plan(
        self, source: SyncSource, kept: Mapping[str, Kept], listing: Listing, now: datetime, *, thorough: bool, emptied: bool
    ) -> Plan:
        step = counted(source, (now - source.listed).total_seconds()) if source.listed is not None else 0.0
        lost = [key for key, one in kept.items() if one.file and not Path(one.file).exists()]
        return plan(source, kept, listing, step_s=step, lost=lost, thorough=thorough, emptied=emptied)

    def _place(self, source: SyncSource) -> Place:
        rights = {"rights": "yes"} if source.rights is not None and "rights" in KINDS[source.kind].options else {}
        return self._opened(Address(source.kind, source.address, {**source.options, **rights}, self._secret(source)))

    def _secret(self, source: SyncSource) -> str:
        return secret_of(self._kb.settings.home, source.id, source.address)

    def _clean(self, source: SyncSource, text: str) -> str:
        """A sentence without the secret, should a server have sent it back."""
        return " ".join(scrub(text, [SecretStr(self._secret(source))]).split())

    @contextmanager
    def _told(self, source: SyncSource) -> Iterator[None]:
        """Note with the source why a run failed, which its page shows."""
        try:
            yield
        except KnowledgeBaseError as error:
            self._state.end(source.id, "failed", {}, [self._clean(source, str(error))])
            raise

    @contextmanager
    def _in_words(self, source: SyncSource) -> Iterator[None]:
        """Have it be an error of ours that a place cannot be listed."""
        try:
            yield
        except SourceError as error:
            said = self._clean(source, str(error))
            raise SyncError(f"The source {source.name} could not be listed, and nothing was changed. {said}") from None

    @contextmanager
    def _alone(self, source: SyncSource) -> Iterator[None]:
        folder = self._kb.settings.home / SYNCED
        private_folder(folder)
        lock = private_lock(folder / f"{source.id}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise SyncError(f"The source {source.name} is being synced already. Wait until that is done.") from None
        try:
            yield
        finally:
            lock.release()

    def _check(self, source: SyncSource) -> None:
        if not source.name.strip() or len(source.name) > 120 or source.name != " ".join(source.name.split()):
            raise SyncError("A source needs a name of at most 120 characters, without line breaks or doubled spaces.")
        if source.every_minutes < 0 or not 0 <= source.grace_hours <= MOST_GRACE_H:
            raise SyncError("The schedule is in whole minutes from 1 on (0: by hand), the grace in hours up to a year.")
        if source.rights is not None and not KINDS[source.kind].tells_rights:
            raise SyncError(f"A source of kind {source.kind} does not tell who may read; name the groups instead (--group).")
        for one in source.collections:
            self._kb.collections.get(one)
        try:
            self._opened(Address(source.kind, source.address, dict(source.options))).close()
        except SourceError as error:
            raise SyncError(str(error)) from error

    def _needs_all(self) -> None:
        reader = self._kb.reader
        if not reader.may("admin") or reader.groups is not None or reader.collections is not None:
            raise AccessError("Sources concern every document and take an admin of all access groups. Ask one.")
        reader.still("admin")


def _known(kept: Mapping[str, Kept]) -> dict[str, Entry]:
    """What was taken in wholly and was there at the last listing."""
    return {key: one.entry for key, one in kept.items() if one.missing_s is None and (one.sha256 or one.entry.empty)}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
