"""The documents of a knowledge base as one reader has them: what is known of each, and how they come in, change and go.

A document that the reader may not see is one that there is not: it raises the same errors with the same words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.page_cache import forget
from ingest.records import INSIDE, Block, Document, Kind, Links, Span
from kb import event_log
from kb.auth.roles import ANYONE, Reader
from kb.documents.document_access import DocumentAccess
from kb.errors import CorrectionError
from kb.records import Context, DocumentInfo, FactView, IngestSummary, KnownBy, PageView, Place, Progress, Superseding, VersionInfo
from kb.search.surrounding_text import around, blocks_within
from kb.settings import InForce, Settings
from kb.store.access_control import Audience, plain
from kb.store.catalogue import Catalogue
from kb.store.facts import fact_corrections, fact_views
from kb.store.facts.document_relations import named_by
from kb.store.facts.fact_corrections import Correction
from kb.store.facts.fact_views import put_in_force
from kb.store.publish import Publisher
from kb.store.source_files import version_history
from kb.store.user_data import materials
from kb.store.user_data.document_collections import Collections
from kb.sync.sync_state import SyncState
from kb.telemetry.spans import span

if TYPE_CHECKING:
    from kb.queue.job_queue import JobQueue
    from kb.store.shards.resharding import Resharding


class Documents(DocumentAccess):
    """Reading takes any role; what changes a document takes an editor, and raises `AccessError` for anybody else."""

    def __init__(self, settings: Settings, catalogue: Catalogue, publisher: Publisher, reader: Reader = ANYONE) -> None:
        super().__init__(catalogue, reader)
        self._in_force = InForce(settings)
        self.collections = Collections(catalogue, self.audit, reader)
        self._publisher = publisher

    @property
    def settings(self) -> Settings:
        """What is in force."""
        return self._in_force.now

    @property
    def shards(self) -> Resharding:
        """The databases that hold a part of the postings; for an admin of all groups, `AccessError` for anybody else."""
        from kb.store.shards.resharding import Resharding

        self._needs_all()
        return Resharding(self._catalogue, self._publisher)

    @property
    def queue(self) -> JobQueue | None:
        """Where uploads wait for workers; None where the process that is asked takes them in itself."""
        if self.settings.server_url is None or not self.settings.queue:
            return None
        from kb.queue.job_queue import JobQueue

        return JobQueue(self._catalogue)

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        kind: Kind | None = None,
        groups: Collection[str] = (),
        collections: Collection[int] = (),
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        prune: bool = False,
        links: Links = "inside",
        within: Path | None = None,
        known_as: str | None = None,
    ) -> IngestSummary:
        """Take in files and folders. A file that cannot be read is rejected with a reason; the others go on.

        Args:
            paths: Files and folders, and web addresses as strings; files whose content is known are skipped. Of an archive or mail that
                has changed, documents that are no longer in it are withdrawn.
            kind: What the documents are, whatever they seem to be.
            groups: The access groups of documents that were not there before; a new version of a document stays in its groups. Without
                them, what is new in an archive, mail or collection whose other documents are all in groups comes into those.
            collections: The collections that the documents come into, also those that were there before, beside any that they are in.
            progress: Told of every step, in this thread.
            cancelled: Asked several times a second; once it says yes, the ingest stops. What was published stays, and pages that were
                read are not read again by the next ingest.
            prune: Withdraw the documents of files that were taken in from these folders and are gone; without it they are only named.
            links: Whether symbolic links are followed also out of a folder among ``paths``; one that is not followed is a reject. Nothing
                in the home but what was sent to it, and no file of passwords or keys, is read in any case.
            within: A folder in which ``paths`` were found: links in them are followed as if it had been named.
            known_as: The path by which the one file of ``paths``, and what is packed into it, goes in the base, wherever it lies now.

        Raises:
            AccessError: the reader is no editor, or has not these groups.
            AccountsError: a group has a name that cannot be one.
            CollectionError: there is no such collection.
        """
        from kb.documents.ingestion import Intake
        from kb.documents.known_names import Alias

        audience = self._audience(groups, collections)
        intake = Intake(
            self._catalogue, self._publisher, self.settings, kind=kind, progress=progress, cancelled=cancelled, prune=prune,
            audience=audience, links=links, within=within, alias=Alias.of(paths, known_as),
        )  # fmt: skip
        with span("ingest"), event_log.ingest() as done:
            done.append(intake.run(paths))
        self._uploaded(done[0], intake.numbers)
        if audience.collections and (known := intake.known()):
            self.collections.put(known, audience.collections, also=True)
        return done[0]

    def ingest_documents(
        self,
        documents: Iterable[Document],
        *,
        groups: Collection[str] = (),
        collections: Collection[int] = (),
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestSummary:
        """Take in documents that were read elsewhere, each as a new version of its ``source.uri`` whatever it held before.

        Raises:
            AccessError: the reader is no editor, or has not these groups.
            CollectionError: there is no such collection.
        """
        from kb.documents.ingestion import Outcome

        audience = self._audience(groups, collections)
        started = time.monotonic()
        outcome = Outcome()

        def keyed(document: Document) -> Document:
            with self._catalogue.read() as conn:
                return replace(document, source=replace(document.source, uri=audience.key(conn, document.source.uri)))

        def may(_document: Document) -> bool:
            self.reader.still("editor")
            return True

        outcome.take(self._publisher.publish(map(keyed, documents), progress, audience, may))
        summary = outcome.summary(time.monotonic() - started)
        self._uploaded(summary, outcome.numbers)
        return summary

    def prune(self, folders: Sequence[Path]) -> IngestSummary:
        """Withdraw the documents of files that were taken in from these folders and are no longer there. Nothing is read."""
        from kb.documents.ingestion import Outcome
        from kb.documents.removed_files import missing

        self._needs("editor")
        started = time.monotonic()
        with self._writing():
            outcome = Outcome(missing=missing(self._catalogue, self._publisher, folders, prune=True))
        summary = outcome.summary(time.monotonic() - started)
        self._uploaded(summary, {})
        return summary

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document in its current version, and every rejected file."""
        return self._catalogue.documents()

    def history(self, document_id: int) -> tuple[VersionInfo, ...]:
        """Every version of a document, the oldest first; `UnknownDocumentError` when there is none of that id."""
        self._catalogue.document(document_id)
        with self._catalogue.read() as conn:
            return version_history(conn, document_id)

    def pages(self, document_id: int, version: int | None = None) -> tuple[PageView, ...]:
        """The pages of a version (the published one by default), in order."""
        return self._catalogue.pages(document_id, version)

    def word_boxes(self, document_id: int, page: int, version: int | None = None) -> bytes:
        """Where each word stands on a page that OCR read, for `ingest.pdf.render.span_rectangles`; b"" for a page with a text layer."""
        return self._catalogue.word_boxes(document_id, page, version)

    def doubtful(self, document_id: int, version: int | None, start: int, end: int) -> tuple[Span, ...]:
        """The words of ``[start, end)`` of a version that were read from a picture and may be misread, as spans of that stretch."""
        return self._catalogue.doubtful(document_id, start, end, version)

    def outline(self, document_id: int, version: int | None = None) -> tuple[Block, ...]:
        """The blocks of a version, in order, with their paths."""
        return self._catalogue.outline(document_id, version)

    def text(self, document_id: int, version: int | None = None) -> str:
        """The whole text of a version, to which the offsets of its citations refer."""
        return self._catalogue.text(document_id, version)

    def place(self, document_id: int, version: int, offset: int) -> Place:
        """The page, its label and the clause that an offset of a version stands in."""
        return self._catalogue.place(document_id, version, offset)

    def original(self, document_id: int, version: int | None = None) -> Path | None:
        """The kept copy of the file behind a version, if it came from a file; brought to this machine where it is kept elsewhere.

        Raises:
            OriginalsError: the place where it is kept cannot be used.
        """
        return self._catalogue.original(document_id, version)

    def original_name(self, document_id: int, version: int | None = None) -> str | None:
        """What that copy is called, without bringing it here; None where none is kept. Raises `OriginalsError`."""
        return self._catalogue.original_name(document_id, version)

    def context(self, document_id: int, version: int, start: int, end: int) -> Context | None:
        """What stands before and after a span in its clause, in whole sentences; None when there is nothing, or no such version."""
        with self._catalogue.read() as conn:
            return around(conn, document_id, version, start, end, self._catalogue.sight)

    def blocks_within(self, document_id: int, version: int, start: int, end: int) -> tuple[Block, ...]:
        """The blocks that lie within a span of a version, in order, without their text."""
        with self._catalogue.read() as conn:
            return blocks_within(conn, document_id, version, start, end, self._catalogue.sight)

    def replaced(self, document_id: int) -> Superseding | None:
        """The paper that took a document's place, or amended it last; None where no paper of the base says so."""
        with self._catalogue.read() as conn:
            found = sorted(named_by(conn, document_id, self._catalogue.sight), key=lambda n: str(n.fact["value"]["kind"]))
        return Superseding(found[-1].document_id, found[-1].title, found[-1].fact["value"]["kind"]) if found else None

    def facts(self, document_id: int, version: int | None = None) -> dict[str, Any]:
        """A version's facts, corrected: ``parties``, ``dates``, ``found`` (every fact with its place), ``corrected``."""
        return fact_views.facts(self._catalogue, document_id, version)

    def fact_views(self, document_id: int, version: int | None = None) -> tuple[FactView, ...]:
        """A version's facts as people are shown them: what is in force, where it stands, and what a person corrected."""
        return fact_views.fact_views(self._catalogue, document_id, version)

    def known_by(self) -> dict[int, KnownBy]:
        """By what people call each published document beside its title, by id."""
        return fact_views.known_by(self._catalogue)

    def correct(self, document_id: int, field: str, value: str) -> None:
        """Correct a fact of a document, for all its versions, also future ones; "none" says that it has no such fact.

        The correction wins over what is extracted, everywhere; what was extracted is kept beside it.

        Raises:
            AccessError: the reader is no editor.
            UnknownDocumentError: there is none of that id.
            CorrectionError: there is no such fact, the value is none of it, or the document is not in use.
            EmbedderMismatchError: the title or language is corrected and the index was built with another model.
        """
        self._needs("editor")
        self._put_in_force(document_id, field, Correction.of(field, fact_corrections.parse(field, value)))

    def clear_correction(self, document_id: int, field: str) -> None:
        """Take a correction back: what was extracted counts again.

        Raises:
            AccessError: the reader is no editor.
            UnknownDocumentError: there is none of that id.
            CorrectionError: there is no such fact, or nothing was corrected there.
        """
        self._needs("editor")
        fact_corrections.known(field)
        self._put_in_force(document_id, field, None)

    def _put_in_force(self, document_id: int, field: str, made: Correction | None) -> None:
        self.document(document_id)
        with self._writing():
            info = self.document(document_id)
            if info.state == "rejected":
                raise CorrectionError(f"“{info.title}” is not in use, so nothing of it can be corrected. {info.note}")
            if made is None and field not in self.facts(document_id)["corrected"]:
                raise CorrectionError(f"The {field} of “{info.title}” is not corrected, so there is nothing to take back.")
            put_in_force(self._catalogue, self._publisher, document_id, field, made)
        self.recorded("corrected", f"#{document_id} {info.title}: {field}{' taken back' if made is None else ''}")

    def delete(self, document_id: int) -> None:
        """Remove a document with all its versions; no channel finds it any more.

        Raises:
            AccessError: the reader is no editor.
            UnknownDocumentError: there is none of that id.
        """
        self._needs("editor")
        info = self.document(document_id)
        contents = {version.sha256 for version in self.history(document_id)}
        with self._writing():
            self._publisher.delete(document_id)
            if cache := self.settings.page_cache:
                for sha256 in contents:
                    forget(cache, sha256)
            SyncState(self._catalogue).let_go(plain(info.source).partition(INSIDE)[0])
        self.recorded("deleted", f"#{document_id} {info.title} ({info.source})")

    def _uploaded(self, summary: IngestSummary, numbers: Mapping[str, int]) -> None:
        if numbers:
            with self._catalogue.write() as conn:
                materials.drop_overviews(conn, numbers.values())
            updated = set(summary.updated)
            self.recorded("uploaded", *(f"#{n} {path}{' (new version)' if path in updated else ''}" for path, n in numbers.items()))
        if summary.withdrawn:
            self.recorded("withdrawn", *summary.withdrawn)

    def _audience(self, groups: Collection[str], collections: Collection[int]) -> Audience:
        self._needs("editor")
        into = tuple(self.collections.get(one).id for one in dict.fromkeys(collections))
        return Audience(tuple(sorted(self._own(groups))), self._catalogue.sight, into)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The turn to change documents, for which one may have to wait: whether the reader still may is asked once more when it comes."""
        with self._publisher.writing():
            self.reader.still("editor")
            yield
