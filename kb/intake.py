"""One ingest: files are found, read by the reading processes, published batch by batch, and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.errors import IngestError
from ingest.page_cache import evict
from ingest.pipeline import read_documents
from ingest.reading import Meter
from ingest.records import Document, Kind, Limits, Source
from ingest.workers import Effort
from kb.records import IngestSummary, Progress, Reject
from kb.settings import Settings
from kb.store.catalogue import Catalogue
from kb.store.containers import Containers
from kb.store.publish import Published, Publisher
from kb.vanished import Missing, missing

_MIN_S = 1.0


class _CancelledError(Exception):
    """Somebody asked to stop; what was published stays."""


@dataclass(slots=True)
class Outcome:
    """What became of the files so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cancelled: bool = False
    missing: Missing = field(default_factory=Missing)

    def take(self, published: Iterable[Published]) -> None:
        """Count documents as they are published."""
        for one in published:
            (self.updated if one.updated else self.added).append(one.source)

    def summary(self, seconds: float) -> IngestSummary:
        """The record that callers get."""
        return IngestSummary(
            tuple(self.added),
            tuple(self.updated),
            tuple(self.unchanged),
            tuple(self.rejected),
            (*self.notes, *self.missing.notes),
            seconds,
            cancelled=self.cancelled,
            vanished=self.missing.vanished,
            withdrawn=self.missing.withdrawn,
        )


class Intake:
    """Takes files in, once. ``progress`` is told of every step; ``cancelled`` is asked several times a second."""

    def __init__(
        self,
        catalogue: Catalogue,
        publisher: Publisher,
        settings: Settings,
        *,
        kind: Kind | None,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
        prune: bool,
    ) -> None:
        self._catalogue = catalogue
        self._publisher = publisher
        self._settings = settings
        self._kind = kind
        self._progress = progress
        self._cancelled = cancelled
        self._prune = prune
        self._outcome = Outcome()
        self._started = time.monotonic()
        self._meter = Meter(0, 0, 0, 0, 0, "")
        self._handed_on = 0
        self._published = 0
        self._contents: dict[str, str] = {}
        self._containers = Containers()

    def run(self, paths: Sequence[Path | str]) -> IngestSummary:
        """Find, read and publish. A file that cannot be read is rejected; the others go on."""
        with self._publisher.writing():
            try:
                with closing(self._documents(paths)) as documents:
                    self._outcome.take(self._publisher.publish(documents, self._step))
                self._outcome.notes += self._containers.settle(self._catalogue, self._publisher)
                self._outcome.missing = missing(self._catalogue, self._publisher, paths, prune=self._prune)
            except _CancelledError:
                self._outcome.cancelled = True
                self._publisher.undo()
        if cache := self._settings.page_cache:
            evict(cache, self._settings.page_cache_mb * 2**20)
        return self._outcome.summary(time.monotonic() - self._started)

    def _documents(self, paths: Sequence[Path | str]) -> Generator[Document, None, None]:
        settings = self._settings
        limits = Limits(max_bytes=settings.max_file_mb * 2**20, max_pages=settings.max_pages, private_addresses=settings.web_private)
        effort = Effort(settings.readers, settings.file_seconds, settings.file_memory_mb, settings.page_cache)
        found_files = read_documents(paths, kind=self._kind, limits=limits, known=self._is_known, effort=effort, watch=self._watch)
        with closing(found_files) as files:
            for found in files:
                if isinstance(found, IngestError):
                    self._containers.rejected(found.file)
                    self._publisher.reject(found)
                    self._outcome.rejected.append(Reject(found.file, found.reason, found.remedy))
                elif isinstance(found, Source) or self._is_twin(found):
                    self._unchanged(found if isinstance(found, Source) else found.source)
                else:
                    self._contents[found.source.sha256] = found.source.uri
                    self._outcome.notes += [f"{found.source.uri}, page {p.label}: {p.note}" for p in found.pages if p.note]
                    self._handed_on += len(found.pages)
                    yield found

    def _is_known(self, source: Source) -> bool:
        self._containers.found(source)
        return self._catalogue.knows(source, self._kind) or self._catalogue.twin(source) is not None

    def _is_twin(self, document: Document) -> bool:
        """Whether another file of this very run had the same content."""
        other = self._contents.get(document.source.sha256)
        return other is not None and other != document.source.uri and not self._catalogue.has_published(document.source.uri)

    def _unchanged(self, source: Source) -> None:
        self._outcome.unchanged.append(source.uri)
        twin = self._catalogue.twin(source) or self._contents.get(source.sha256)
        if twin is not None and twin != source.uri:
            self._outcome.notes.append(f"{source.uri}: has the same content as {twin}, which is already known.")

    def _watch(self, meter: Meter) -> None:
        changed = meter != self._meter
        self._meter = meter
        if changed or self._cancelled is not None:
            self._step(Progress("read", meter.file, meter.files, meter.files_total))

    def _step(self, step: Progress) -> None:
        if step.stage == "publish":
            self._published = self._handed_on
        if self._progress is not None:
            self._progress(self._measured(step))
        if step.stage != "publish" and self._cancelled is not None and self._cancelled():
            raise _CancelledError

    def _measured(self, step: Progress) -> Progress:
        """The step with how many pages are done, how fast, and how long it will take."""
        meter, seconds = self._meter, time.monotonic() - self._started
        rate = meter.fresh / seconds if seconds > _MIN_S else 0.0
        left = None
        if self._published and seconds > _MIN_S:
            reading = (meter.pages_total - meter.pages) / rate if rate else 0.0
            left = max(reading, (meter.pages_total - self._published) * seconds / self._published)
        elif rate:
            left = (meter.pages_total - meter.pages) / rate
        return replace(
            step,
            files_total=meter.files_total,
            pages_done=meter.pages,
            pages_total=meter.pages_total,
            pages_per_s=rate,
            seconds_left=left,
        )
