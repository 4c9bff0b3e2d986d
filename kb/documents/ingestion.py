"""One ingest: files are found, read by the reading processes, published batch by batch, and counted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.errors import ChangedFileError, IngestError, NotFoundError
from ingest.page_cache import evict
from ingest.pipeline import Meter, contents, forget_containers, is_address, read_documents
from ingest.processes.pool import Effort
from ingest.records import INSIDE, Document, Kind, Limits, Links, Page, Source
from kb.classify.document_classifier import classified
from kb.document_records import BadlyRead
from kb.documents.known_names import ITS_PATH, Alias
from kb.documents.removed_files import Containers, Missing, missing
from kb.records import IngestSummary, Progress, Reject
from kb.settings import Settings
from kb.store.access_control import EVERYBODY, Audience, plain
from kb.store.catalogue import Catalogue
from kb.store.publish import Published, Publisher
from kb.store.source_files import keep_original, move_document, moved_from, put_original

WELL_READ = 0.7
"""Share of the words of a page thought to be right, below which OCR read it badly."""
MANY = 0.05
"""Share of the letters of a page in doubtful words, from which it counts as badly read too."""
_MIN_S = 1.0
_TRIES = 3
"""How often a file is read that is written to meanwhile."""


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
    moved: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The documents that were added or updated, by path."""
    badly_read: dict[str, BadlyRead] = field(default_factory=dict)

    def take(self, published: Iterable[Published]) -> None:
        """Count documents as they are published."""
        for one in published:
            self.numbers[one.source] = one.document_id
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
            moved=tuple((old, new) for new, old in self.moved.items()),
            badly_read=tuple(one for file, one in self.badly_read.items() if file in self.numbers),
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
        audience: Audience = EVERYBODY,
        links: Links = "inside",
        within: Path | None = None,
        alias: Alias = ITS_PATH,
    ) -> None:
        self._catalogue = catalogue
        self._publisher = publisher
        self._settings = settings
        self._kind = kind
        self._progress = progress
        self._cancelled = cancelled
        self._prune = prune
        self._audience = audience
        self._links = links
        self._folders = [within] if within is not None else []
        self._alias = alias
        self._outcome = Outcome()
        self._started = time.monotonic()
        self._meter = Meter(0, 0, 0, 0, 0, "")
        self._handed_on = 0
        self._published = 0
        self._contents: dict[str, str] = {}
        self._twins: list[Source] = []
        self._passed: list[Source] = []
        self._changed: list[str] = []
        self._containers = Containers()

    @property
    def numbers(self) -> Mapping[str, int]:
        """The documents that were added or updated, by path."""
        return self._outcome.numbers

    def known(self) -> tuple[int, ...]:
        """The documents of the files that were there before: of a copy, the one that it is a copy of."""
        with self._catalogue.read() as conn:
            found = [self._audience.holder(conn, source) for source in self._passed]
        return tuple(dict.fromkeys(one for one in (*found, *self.numbers.values()) if one is not None))

    def run(self, paths: Sequence[Path | str]) -> IngestSummary:
        """Find, read and publish. A file that cannot be read is rejected; the others go on."""
        self._folders += [path for path in paths if isinstance(path, Path) and path.is_dir()]
        try:
            self._take_in(paths)
            with self._publisher.writing():
                self._outcome.notes += self._containers.settle(self._catalogue, self._publisher)
            if bereft := self._bereft():
                self._take_in(bereft)
            with self._publisher.writing():
                self._outcome.missing = missing(self._catalogue, self._publisher, paths, prune=self._prune)
        except _CancelledError:
            self._outcome.cancelled = True
        finally:
            forget_containers()
        if cache := self._settings.page_cache:
            evict(cache, self._settings.page_cache_mb * 2**20)
        return self._outcome.summary(time.monotonic() - self._started)

    def _take_in(self, paths: Sequence[Path | str]) -> None:
        """Take files in, those again that somebody wrote to meanwhile; one that never stands still is rejected."""
        again: Sequence[Path | str] = paths
        for left in reversed(range(_TRIES)):
            with closing(self._documents(again, is_last=not left)) as documents:
                self._outcome.take(self._publisher.publish(documents, self._step, self._audience, self._is_wanted))
            again = [file if is_address(file) else Path(file) for file in dict.fromkeys(self._changed)]
            self._changed.clear()
            if not again:
                return
        for file in again:
            self._reject(ChangedFileError(str(file), "The file was changed each time it was read.", "Add it again when it is complete."))

    def _is_wanted(self, document: Document) -> bool:
        """Asked when nobody else can write: whether it is still to be published, as the file is now, of which the copy is kept at once.

        A file that goes a moment later then still has its copy, which no look at the file afterwards could promise.
        """
        source = document.source
        if self._catalogue.knows(source, self._kind) or self._twin(source) is not None:
            self._unchanged(source)  # another process took it in meanwhile
            return False
        try:
            data = contents(replace(source, uri=self._alias.path_of(plain(source.uri))), self._limits)
        except IngestError:
            self._changed.append(self._alias.path_of(_file(source.uri)))
            return False
        put_original(self._catalogue, source, data)
        return True

    def _bereft(self) -> list[Path]:
        """Files that were passed over for having the content of another document, which has got a new version or gone since."""
        lost = [source for source in self._twins if self._twin(source) is None and not self._catalogue.has_published(source.uri)]
        for path in (plain(source.uri) for source in lost):
            self._outcome.unchanged.remove(path)
            self._outcome.notes = [note for note in self._outcome.notes if not note.startswith(f"{path}: has the same content")]
        return [Path(self._alias.path_of(file)) for file in dict.fromkeys(_file(source.uri) for source in lost)]

    def _twin(self, source: Source) -> str | None:
        return self._catalogue.twin(source, self._audience)

    def _keyed(self, source: Source) -> Source:
        """The source under the key by which its document is kept."""
        with self._catalogue.read() as conn:
            return replace(source, uri=self._audience.key(conn, self._alias.named(source.uri)))

    @property
    def _limits(self) -> Limits:
        limits = self._settings.limits
        return replace(limits, access=replace(limits.access, links=self._links, folders=tuple(map(str, self._folders))))

    def _documents(self, paths: Sequence[Path | str], *, is_last: bool) -> Generator[Document, None, None]:
        settings = self._settings
        effort = Effort(settings.readers, settings.file_seconds, settings.file_memory_mb, settings.page_cache)
        found_files = read_documents(paths, kind=self._kind, limits=self._limits, known=self._is_known, effort=effort, watch=self._watch)
        with closing(found_files) as files:
            for found in files:
                if isinstance(found, ChangedFileError) and not is_last:
                    self._changed.append(_file(found.file))
                    continue
                if isinstance(found, IngestError):
                    self._reject(found)
                    continue
                source = self._keyed(found if isinstance(found, Source) else found.source)
                if isinstance(found, Source) or self._is_twin(source):
                    self._unchanged(source)
                else:
                    found = replace(found, source=self._alias.source(found.source))  # noqa: PLW2901 - from here on it goes by its name
                    self._contents[source.sha256] = found.source.uri
                    self._outcome.notes += [f"{found.source.uri}, page {p.label}: {p.note}" for p in found.pages if p.note]
                    self._handed_on += len(found.pages)
                    if (badly := badly_read(found)) is not None:
                        self._outcome.badly_read[found.source.uri] = badly
                    yield classified(replace(found, source=source), self._publisher.embedder)

    def _reject(self, error: IngestError) -> None:
        file = _file(error.file)
        if isinstance(error, NotFoundError) and not os.path.lexists(file) and any(Path(file).is_relative_to(one) for one in self._folders):
            self._outcome.notes.append(f"{error.file}: was there for a moment, and gone before it could be read.")
            return
        error = self._alias.error(error)
        self._containers.rejected(error.file)
        self._publisher.reject(error, self._audience)
        reject = Reject(error.file, error.reason, error.remedy, type(error).__name__)
        if reject not in self._outcome.rejected:  # a mail over a limit is told as a mail and as a container
            self._outcome.rejected.append(reject)

    def _is_known(self, found: Source) -> bool:
        source = self._keyed(found)
        self._containers.found(replace(source, parts=tuple(map(self._alias.named, source.parts))))
        with self._catalogue.read() as conn:  # what a worker has lies elsewhere: that a path is not on its machine says nothing
            old = moved_from(conn, source, self._audience) if not self._alias.name else None
        if old is not None:
            with self._catalogue.write() as conn:  # another process may have moved it since
                if moved_from(conn, source, self._audience) == old:
                    move_document(conn, old, source.uri)
                    self._outcome.moved[plain(source.uri)] = plain(old)
        return self._catalogue.knows(source, self._kind) or self._twin(source) is not None

    def _is_twin(self, source: Source) -> bool:
        """Whether another file of this very run had the same content."""
        other = self._contents.get(source.sha256)
        return other is not None and other != plain(source.uri) and not self._catalogue.has_published(source.uri)

    def _unchanged(self, source: Source) -> None:
        path = plain(source.uri)
        if path in self._outcome.unchanged or path in self._outcome.numbers:
            return
        self._outcome.unchanged.append(path)
        self._passed.append(source)
        keep_original(self._catalogue, replace(source, uri=self._alias.path_of(path)))  # the copy of a known file that was lost comes back
        twin = self._twin(source) or self._contents.get(source.sha256)
        if twin is not None and twin != path:
            self._twins.append(source)
            self._outcome.notes.append(f"{path}: has the same content as {twin}, which is already known.")

    def _watch(self, meter: Meter) -> None:
        changed = meter != self._meter
        self._meter = meter
        if changed or self._cancelled is not None:
            self._step(Progress("read", self._alias.named(meter.file), meter.files, meter.files_total))

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


def badly_read(document: Document) -> BadlyRead | None:
    """The pages of a document that OCR read badly, or many words of which may be misread; None where there are none."""
    pages = [page for page in document.pages if page.method == "ocr" and (page.quality < WELL_READ or _many(page))]
    count = sum(len(page.doubtful) for page in document.pages)
    return BadlyRead(document.source.uri, tuple(page.label for page in pages), count) if pages else None


def _many(page: Page) -> bool:
    return sum(end - start for start, end in page.doubtful) > MANY * len(page.text)


def _file(key: str) -> str:
    """The file or address outside, of a document's key or a file's name."""
    return plain(key).partition(INSIDE)[0]
