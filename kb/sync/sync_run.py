"""One run of a sync: the place is listed, what has changed there is fetched and taken in, what is gone for long enough is withdrawn.

A run may end at any moment, killed or because the place dies. Before papers are taken in, it is noted that they are about to be; what was
left half done is looked at again by the next run, and what was done is found done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.sources.entries import Entry, EntryError, Listing, Place, SourceError, digest
from kb.records import IngestSummary
from kb.store.publish import Publisher
from kb.sync.mirror import Mirror
from kb.sync.sync_plan import groups_of, is_same
from kb.sync.sync_records import Kept, Outcome, Plan, SyncProgress, SyncRun, SyncSource, Trouble
from kb.sync.sync_state import SyncState

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

log = logging.getLogger(__name__)

BATCH: Final = 100
"""Papers that are fetched before they are taken in together."""
BROKEN: Final = 3
"""Papers one after the other at which a place breaks off before it is taken to be dead; a single one stops no other."""
BATCH_BYTES: Final = 200 * 2**20
GONE: Final = "It is no longer where it came from, at the source {name}."
CLOSED: Final = "The source {name} no longer lets anybody read it who may read here."
REMEDY: Final = "Put it back there and sync again, or delete it here (setu docs delete)."


class StoppedError(Exception):
    """Somebody asked to stop."""


@dataclass(slots=True)
class _Fetched:
    """A paper whose content is here: ``file`` is where it belongs, ``draft`` where it lies until it is put there."""

    entry: Entry
    file: Path
    sha256: str
    size: int
    before: Kept | None
    same: bool
    draft: Path | None = None
    source: Kept | None = None
    """What it was under another key, from which it was moved."""


@dataclass(slots=True)
class _Done:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    regrouped: list[str] = field(default_factory=list)
    rejected: list[Trouble] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unchanged: int = 0


class Run:
    """Carries out a plan. Use it once."""

    def __init__(
        self,
        kb: KnowledgeBase,
        publisher: Publisher,
        state: SyncState,
        source: SyncSource,
        place: Place,
        *,
        progress: Callable[[SyncProgress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
        thorough: bool = False,
    ) -> None:
        self._kb = kb
        self._publisher = publisher
        self._state = state
        self._source = source
        self._place = place
        self._mirror = Mirror(kb.settings.home, source.id)
        self._progress = progress
        self._cancelled = cancelled
        self._thorough = thorough
        self._done = _Done()
        self._moved: set[str] = set()
        self._broken = 0
        self._fetched = 0
        self._total = 0

    def carry_out(self, plan: Plan, listing: Listing) -> SyncRun:
        """Do what a plan says. What cannot be read is told and tried again by the next run.

        Raises:
            KnowledgeBaseError: nothing can be written.
        """
        started = time.monotonic()
        self._mirror.clear()
        done = self._done
        outcome: Outcome = "done"
        try:
            self._close(plan)
            self._regroup(plan)
            self._take_in(plan)
        except StoppedError:
            outcome = "stopped"
        except SourceError as error:
            outcome = "failed"
            done.told.append(str(error))
        self._mirror.clear()
        if outcome == "done":  # what is gone may be among what was not fetched yet, elsewhere
            self._expire(plan.expired)
        if outcome != "stopped":
            self._fill_gaps()
            self._state.keep(self._source.id, [replace(one, entry=now, missing_s=None) for one, now in plan.unchanged if one.entry != now])
        if plan.emptied:
            done.told.append("The place has nothing at all any more; nothing was withdrawn. If it was emptied: setu sources sync --emptied")
        if outcome == "done" and (done.troubles or done.rejected):
            outcome = "partly"
        expired = {one.key for one in plan.expired}
        return SyncRun(
            self._source.name,
            outcome,
            tuple(done.added),
            tuple(done.updated),
            tuple(done.moved),
            done.unchanged + len(plan.unchanged),
            tuple(one.entry.path for one in plan.gone if one.key not in expired | self._moved and one.file),
            tuple(done.withdrawn),
            tuple(one.entry.path for one in plan.back),
            tuple(done.regrouped),
            tuple(one.path for one in plan.held),
            tuple(done.rejected),
            tuple(done.troubles),
            (*plan.notes, *done.told),
            time.monotonic() - started,
        )

    def _close(self, plan: Plan) -> None:
        """Withdraw at once what nobody here may read any more."""
        self._withdraw(plan.closed, CLOSED)
        self._state.keep(self._source.id, (), [one.key for one in plan.closed])

    def _regroup(self, plan: Plan) -> None:
        for before, entry in plan.regrouped:
            for held in self._state.documents_of(before.file):
                self._kb.put_in_groups(held.id, groups_of(self._source, entry) or ())
            self._done.regrouped.append(entry.path)
            self._state.keep(self._source.id, [replace(before, entry=replace(before.entry, rights=entry.rights), missing_s=None)])

    def _take_in(self, plan: Plan) -> None:
        work: list[tuple[Kept | None, Kept | None, Entry]] = [(None, None, entry) for entry in plan.new]
        work += [(before, None, entry) for before, entry in plan.changed]
        for before, entry in plan.moved:
            work.append((before, None, entry) if before.key == entry.key else (None, before, entry))
        self._total = len(work)
        by_content: dict[str, list[Kept]] = {}
        for one in plan.gone:
            if one.sha256 and one.file:
                by_content.setdefault(one.sha256, []).append(one)
        for batch in self._batches(work):
            for fetched in batch:
                if fetched.before is None and fetched.source is None and (found := by_content.get(fetched.sha256)):
                    fetched.source = found.pop(0)
            self._put_in(batch)

    def _batches(self, work: Sequence[tuple[Kept | None, Kept | None, Entry]]) -> Iterator[list[_Fetched]]:
        """What was fetched, so much at a time; where the place dies, what came before comes out first."""
        batch: list[_Fetched] = []
        try:
            for before, source, entry in work:
                if self._cancelled():
                    raise StoppedError
                self._progress(SyncProgress("fetch", self._fetched, self._total, entry.path))
                if entry.empty or self._is_renamed(before, entry):
                    self._note(before, entry)
                elif (one := self._fetch(before, source, entry)) is not None:
                    batch.append(one)
                self._fetched += 1
                if len(batch) >= BATCH or sum(one.size for one in batch) >= BATCH_BYTES:
                    yield batch
                    batch = []
        except SourceError:
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _is_renamed(self, before: Kept | None, entry: Entry) -> bool:
        """Whether all that has changed is what it is called there."""
        same = before is not None and before.sha256 and not self._thorough and is_same(before.entry, entry)
        return bool(same and before and Path(before.file).exists() and str(self._mirror.target(before, entry)) == before.file)

    def _note(self, before: Kept | None, entry: Entry) -> None:
        """Keep what an entry says, of which nothing need be read."""
        if before is not None and not entry.empty:
            self._done.moved.append((before.entry.path, entry.path))
            self._state.keep(self._source.id, [replace(before, entry=entry, missing_s=None)])
            return
        if before is not None and before.file:
            self._withdraw([before], GONE)
        self._state.keep(self._source.id, [Kept(entry)])

    def _fetch(self, before: Kept | None, source: Kept | None, entry: Entry) -> _Fetched | None:
        try:
            if (local := self._place.local(entry)) is not None:
                sha256, size = digest(local), local.stat().st_size
                return _Fetched(entry, local, sha256, size, before, self._is_same(before, sha256, local), None, source)
            draft, sha256 = self._mirror.fetch(self._place, entry, self._kb.settings.limits.max_bytes)
            self._broken = 0
            target = self._mirror.target(before, entry)
            size, same = draft.stat().st_size, self._is_same(before, sha256, target)
            if same:
                draft.unlink()
            return _Fetched(entry, target, sha256, size, before, same, None if same else draft, source)
        except EntryError as error:
            self._done.troubles.append(Trouble(entry.path, str(error)))
        except SourceError as error:
            self._broken += 1
            if self._broken >= BROKEN:
                raise
            self._done.troubles.append(Trouble(entry.path, str(error)))
        except OSError as error:
            self._done.troubles.append(Trouble(entry.path, error.strerror or type(error).__name__))
        return None

    def _is_same(self, before: Kept | None, sha256: str, file: Path) -> bool:
        """Whether this very content was taken in from this file before."""
        return not self._thorough and before is not None and before.sha256 == sha256 and before.file == str(file) and file.exists()

    def _intend(self, fresh: Sequence[_Fetched]) -> None:
        """Note what is about to be taken in: whatever happens now, the next run looks at it again."""
        unknown = [replace(one.entry, etag="", size=None, modified=None, trace="") for one in fresh]
        self._state.keep(self._source.id, [Kept(entry, str(one.file), "") for entry, one in zip(unknown, fresh, strict=True)])

    def _put_in(self, batch: Sequence[_Fetched]) -> None:
        fresh = [one for one in batch if not one.same]
        self._done.unchanged += len(batch) - len(fresh)
        self._intend(fresh)
        for one in fresh:
            if one.before is not None and one.before.file not in ("", str(one.file)):  # its name tells another kind of file now
                self._mirror.drop(one.before.file)
                self._withdraw_files([one.before.file], GONE)
            if one.draft is not None:
                self._mirror.put(one.draft, one.file)
            if one.source is not None:
                self._mirror.drop(one.source.file)  # so that the document is known to have moved, with all its versions
        kept = [Kept(one.entry, str(one.file), one.sha256) for one in batch if one.same]
        for groups in dict.fromkeys(groups_of(self._source, one.entry) or () for one in fresh):
            part = [one for one in fresh if (groups_of(self._source, one.entry) or ()) == groups]
            self._set_groups([str(one.file) for one in part], groups)
            summary = self._ingest([one.file for one in part], groups)
            self._set_groups([str(one.file) for one in part], groups)
            self._tell(part, summary)
            if summary.cancelled:
                self._state.keep(self._source.id, kept)
                raise StoppedError
            kept += [Kept(one.entry, str(one.file), one.sha256) for one in part]
        # A document cannot move to where another one was: that one comes to be in use again, with a further version (`_fill_gaps`).
        self._withdraw_files([one.source.file for one in fresh if one.source is not None and one.source.file], GONE)
        moved = {one.source.key for one in fresh if one.source is not None}
        self._moved |= moved
        self._state.keep(self._source.id, kept, moved)

    def _ingest(self, files: Sequence[Path], groups: tuple[str, ...]) -> IngestSummary:
        source = self._source
        within = self._mirror.folder if source.kind != "folder" else Path(source.address).expanduser().absolute()
        known = {one.id for one in self._kb.collections.list()}
        return self._kb.ingest(
            files,
            kind=source.paper_kind,
            groups=groups,
            collections=[one for one in source.collections if one in known],
            progress=lambda step: self._progress(SyncProgress("read", self._fetched, self._total, Path(step.file).name)),
            cancelled=self._cancelled,
            links="follow" if source.options.get("links") == "follow" else "inside",
            within=within,
        )

    def _set_groups(self, files: Sequence[str], groups: tuple[str, ...]) -> None:
        """Where rights are taken over: have documents that were there before, or moved there, be for these groups and no others."""
        if self._source.rights is None:
            return
        for held in (one for file in files for one in self._state.documents_of(file)):
            if set(self._kb.document(held.id).groups) != set(groups):
                self._kb.put_in_groups(held.id, groups)

    def _tell(self, batch: Sequence[_Fetched], summary: IngestSummary) -> None:
        paths = {str(one.file): one.entry.path for one in batch}
        rejects = {reject.file: f"{reject.reason} {reject.remedy}" for reject in summary.rejected}
        self._done.rejected += [Trouble(_shown(file, paths), said) for file, said in rejects.items()]
        for one in batch:
            name = str(one.file)
            if one.source is not None:
                self._done.moved.append((one.source.entry.path, one.entry.path))
            elif any(file == name or file.startswith(f"{name} ") for file in summary.added):
                self._done.added.append(one.entry.path)
            elif any(file == name or file.startswith(f"{name} ") for file in summary.updated):
                self._done.updated.append(one.entry.path)
            elif name not in rejects:
                self._done.unchanged += 1

    def _expire(self, expired: Sequence[Kept]) -> None:
        """Withdraw what is gone for longer than the grace; a document whose content lies elsewhere in a source goes on there."""
        if not expired:
            return
        files = {one.file for one in expired if one.file}
        for file in files:
            self._mirror.drop(file)
        if twins := self._state.twins(self._source.id, {one.sha256 for one in expired if one.sha256}, files):
            self._again(twins)
        self._withdraw(expired, GONE)
        self._state.keep(self._source.id, (), [one.key for one in expired])

    def _fill_gaps(self) -> None:
        if orphans := self._state.orphans(self._source.id):
            self._again(orphans)

    def _again(self, files: Iterable[str]) -> None:
        """Take in files of which nothing changed, because another paper with their content has changed or gone."""
        entries = {one.file: one.entry for one in self._state.kept(self._source.id).values()}
        for file in files:
            entry = entries.get(file)
            if entry is not None and Path(file).exists():
                groups = groups_of(self._source, entry) or ()
                self._set_groups([file], groups)
                self._ingest([Path(file)], groups)
                self._set_groups([file], groups)

    def _withdraw(self, papers: Sequence[Kept], reason: str) -> None:
        withdrawn = self._withdraw_files([one.file for one in papers if one.file], reason)
        self._done.withdrawn += [one.entry.path for one in papers if one.file in withdrawn]
        for one in papers:
            self._mirror.drop(one.file)

    def _withdraw_files(self, files: Sequence[str], reason: str) -> set[str]:
        return withdraw_files(self._kb, self._publisher, self._state, files, reason.format(name=self._source.name))


def withdraw_files(kb: KnowledgeBase, publisher: Publisher, state: SyncState, files: Sequence[str], reason: str) -> set[str]:
    """Take what came from files out of the search, and forget those of which nothing was ever read; the files of which something was.

    Raises:
        KnowledgeBaseError: another process has been writing for ten minutes.
    """
    found = {file: state.documents_of(file) for file in files}
    if not any(found.values()):
        return set()
    with publisher.writing():
        kb.reader.still("admin")
        for one in (one for held in found.values() for one in held):
            if one.read:
                publisher.withdraw(one.id, reason, REMEDY)
            else:
                publisher.delete(one.id)  # all that was known of it is why it could not be read
    gone = {file for file, held in found.items() if any(one.read for one in held)}
    if gone:
        kb.recorded("withdrawn", *sorted(gone))
    return gone


def _shown(file: str, paths: dict[str, str]) -> str:
    """A file, or a member of one, as the place calls it."""
    known = next((one for one in paths if file == one or file.startswith(f"{one} ")), None)
    return file.replace(known, paths[known], 1) if known is not None else file
