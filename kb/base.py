"""The knowledge base: the one door through which everyone else reaches store, search and answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.page_cache import forget
from ingest.records import Block, Document, Kind
from kb import logs
from kb.answer.ask import Ports, ask
from kb.answer.generate.pens import Pens
from kb.answer.verify.verifier import Verifier
from kb.errors import CorrectionError
from kb.intake import Intake, Outcome
from kb.records import (
    Answer,
    Citation,
    Context,
    DocumentInfo,
    Done,
    Engine,
    Event,
    FactView,
    Filters,
    IngestSummary,
    PageView,
    Place,
    Progress,
    SearchResult,
    Superseding,
    Turn,
    Verdict,
    VersionInfo,
)
from kb.represent.cache import CachedEmbedder
from kb.represent.embed import Embedder, open_embedder
from kb.represent.glossary import open_glossary
from kb.search.context import around
from kb.search.likeness import Likeness
from kb.search.refine import Preferences
from kb.search.rerank import open_reranker
from kb.search.retrieve import CHANNELS, Retriever
from kb.settings import Settings
from kb.store import correctable, factviews
from kb.store.catalogue import Catalogue
from kb.store.conversations import Conversations
from kb.store.corrections import Correction
from kb.store.feedback import Feedback
from kb.store.history import history
from kb.store.maintain import reindex, verify
from kb.store.materials import Materials
from kb.store.publish import Publisher
from kb.store.reissue import put_in_force
from kb.store.relations import named_by
from kb.store.scan import ScanFiles
from kb.store.vectors import VectorIndex
from kb.vanished import missing

_PATIENCE_S = 20.0
"""How long a look at the whole waits for a writer to finish."""


class KnowledgeBase:
    """Documents in, cited answers out. Open it with `open`, close it when done (it is a context manager).

    One object may be shared by the threads of a process; other processes may use the same home at the same time.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self.settings = settings
        self._embedder = embedder
        self._vectors = VectorIndex(settings)  # first: it takes a share in the home, which a restore must have to itself
        try:
            self._catalogue = Catalogue(settings)
        except BaseException:
            self._vectors.close()
            raise
        self._publisher = Publisher(self._catalogue, self._vectors, embedder, settings.home / "write.lock")
        self._asking = CachedEmbedder(embedder)
        self._scan = ScanFiles(settings.home / "scan", embedder)
        glossary = open_glossary(settings.glossary, settings.home)
        self._reranker = open_reranker(settings)
        self._retriever = Retriever(
            self._catalogue, self._vectors, self._scan, self._asking, Preferences.of(settings), glossary, self._reranker
        )
        self.likeness = Likeness(self._catalogue, self._asking, glossary)
        self._verifier = Verifier(self._asking, settings.verifier, settings.allow_download)
        self._pens = Pens(settings, self._verifier)
        self._publisher.heal()
        self.conversations = Conversations(self._catalogue, settings.home)
        self.feedback = Feedback(self._catalogue)
        self.materials = Materials(self._catalogue)

    @classmethod
    def open(cls, settings: Settings | None = None) -> KnowledgeBase:
        """Open the knowledge base of a home folder, which is made when it is not there.

        Raises:
            SettingsError: a setting is wrong.
            MissingExtraError: the configured embedder needs a package that is not installed.
            KnowledgeBaseError: the catalogue cannot be opened.
        """
        chosen = settings if settings is not None else Settings.load()
        chosen.home.mkdir(parents=True, exist_ok=True)
        return cls(chosen, open_embedder(chosen))

    def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        kind: Kind | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        prune: bool = False,
    ) -> IngestSummary:
        """Take in files and folders. A file that cannot be read is rejected with a reason; the others go on.

        Args:
            paths: Files and folders, and web addresses as strings; files whose content is known are skipped. Of an archive or mail that
                has changed, documents that are no longer in it are withdrawn.
            kind: What the documents are, whatever they seem to be.
            progress: Told of every step, in this thread.
            cancelled: Asked several times a second; once it says yes, the ingest stops. What was published stays, and pages that were
                read are not read again by the next ingest.
            prune: Withdraw the documents of files that were taken in from these folders and are no longer there; without it they are
                only named.
        """
        intake = Intake(self._catalogue, self._publisher, self.settings, kind=kind, progress=progress, cancelled=cancelled, prune=prune)
        with logs.ingest() as done:
            done.append(intake.run(paths))
        return done[0]

    def ingest_documents(self, documents: Iterable[Document], *, progress: Callable[[Progress], None] | None = None) -> IngestSummary:
        """Take in documents that were read elsewhere, each as a new version of its ``source.uri`` whatever it held before."""
        started = time.monotonic()
        outcome = Outcome()
        with self._publisher.writing():
            outcome.take(self._publisher.publish(documents, progress))
        return outcome.summary(time.monotonic() - started)

    def prune(self, folders: Sequence[Path]) -> IngestSummary:
        """Withdraw the documents of files that were taken in from these folders and are no longer there. Nothing is read."""
        started = time.monotonic()
        with self._publisher.writing():
            outcome = Outcome(missing=missing(self._catalogue, self._publisher, folders, prune=True))
        return outcome.summary(time.monotonic() - started)

    def search(
        self, query: str, *, k: int = 10, filters: Filters = Filters(), channels: Sequence[str] = CHANNELS, context: bool = False
    ) -> SearchResult:
        """The ``k`` best passages; one that two language versions of a document have is there once.

        Args:
            query: in one of the four languages.
            k: how many.
            filters: which documents may be found.
            channels: by what passages are found.
            context: whether each hit is given what stands around it.

        Raises:
            EmbedderMismatchError: the index was built with another model than the one configured.
        """
        result = self._retriever.search(query, k, filters, channels)
        if not context:
            return result
        hits = (replace(hit, context=self.context(hit.document_id, hit.version, hit.start, hit.end)) for hit in result.hits)
        return replace(result, hits=tuple(hits))

    def context(self, document_id: int, version: int, start: int, end: int) -> Context | None:
        """What stands before and after a span in its clause, in whole sentences; None when there is nothing, or no such version."""
        with self._catalogue.read() as conn:
            return around(conn, document_id, version, start, end)

    def replaced(self, document_id: int) -> Superseding | None:
        """The paper that took a document's place, or amended it last; None where no paper of the base says so."""
        with self._catalogue.read() as conn:
            found = sorted(named_by(conn, document_id), key=lambda n: str(n.fact["value"]["kind"]))
        return Superseding(found[-1].document_id, found[-1].title, found[-1].fact["value"]["kind"]) if found else None

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), engine: Engine | None = None
    ) -> Iterator[Event]:
        """Answer a question, event by event; the last event is `Done` and carries the whole `Answer`.

        Args:
            question: in one of the four languages.
            history: the conversation so far.
            filters: which documents may answer.
            engine: ``extractive`` quotes; ``generative`` has the model of ``SETU_LLM`` write, and is the default where that is set.

        Raises:
            SettingsError: ``generative`` was asked for, and ``SETU_LLM`` names no model or a wrong one, or its key cannot be read.
            MissingExtraError: the package that reaches the model is not installed.
        """
        pen = self._pens.pen() if engine == "generative" or (engine is None and self.settings.llm) else None
        ports = Ports(
            search=lambda query, k, limits: self._retriever.search(query, k, limits, once=False),
            embedder=self._asking,
            text=self.text,
            place=self.place,
            is_empty=self._catalogue.is_empty,
            max_question_chars=self.settings.max_question_chars,
            context=self.context,
            replaced=self.replaced,
        )
        return logs.told(question, ask(question, ports=ports, filters=filters, history=history, pen=pen))

    def answer(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), engine: Engine | None = None) -> Answer:
        """The answer alone, without the events on the way; see `ask`."""
        events = self.ask(question, history=history, filters=filters, engine=engine)
        return next(event.answer for event in events if isinstance(event, Done))

    def judge(self, statement: str, citations: Sequence[Citation]) -> Verdict:
        """Compare a sentence with what it cites, as is done with what a language model writes; `kb.answer.verify.verdict.judge`."""
        return self._verifier.judge(statement, citations)

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document in its current version, and every rejected file."""
        return self._catalogue.documents()

    def document(self, document_id: int) -> DocumentInfo:
        """One document; `UnknownDocumentError` when there is none of that id."""
        return self._catalogue.document(document_id)

    def history(self, document_id: int) -> tuple[VersionInfo, ...]:
        """Every version of a document, the oldest first.

        Raises:
            UnknownDocumentError: there is none of that id.
        """
        self._catalogue.document(document_id)
        with self._catalogue.read() as conn:
            return history(conn, document_id)

    def pages(self, document_id: int, version: int | None = None) -> tuple[PageView, ...]:
        """The pages of a version (the published one by default), in order."""
        return self._catalogue.pages(document_id, version)

    def word_boxes(self, document_id: int, page: int, version: int | None = None) -> bytes:
        """Where each word stands on a page that OCR read, for `ingest.read.render.span_rectangles`; b"" for a page with a text layer."""
        return self._catalogue.word_boxes(document_id, page, version)

    def outline(self, document_id: int, version: int | None = None) -> tuple[Block, ...]:
        """The blocks of a version, in order, with their paths."""
        return self._catalogue.outline(document_id, version)

    def facts(self, document_id: int, version: int | None = None) -> dict[str, Any]:
        """A version's facts, corrected: ``parties``, ``dates``, ``found`` (every fact with its place), ``corrected``."""
        return factviews.facts(self._catalogue, document_id, version)

    def fact_views(self, document_id: int, version: int | None = None) -> tuple[FactView, ...]:
        """A version's facts as people are shown them: what is in force, where it stands, and what a person corrected."""
        return factviews.fact_views(self._catalogue, document_id, version)

    def correct(self, document_id: int, field: str, value: str) -> None:
        """Correct a fact of a document, for all its versions, also future ones; "none" says that it has no such fact.

        The correction wins over what is extracted, everywhere; what was extracted is kept beside it.

        Raises:
            UnknownDocumentError: there is none of that id.
            CorrectionError: there is no such fact, the value is none of it, or the document is not in use.
            EmbedderMismatchError: the title or language is corrected and the index was built with another model.
        """
        self._put_in_force(document_id, field, Correction.of(field, correctable.parse(field, value)))

    def clear_correction(self, document_id: int, field: str) -> None:
        """Take a correction back: what was extracted counts again.

        Raises:
            UnknownDocumentError: there is none of that id.
            CorrectionError: there is no such fact, or nothing was corrected there.
        """
        correctable.known(field)
        self._put_in_force(document_id, field, None)

    def _put_in_force(self, document_id: int, field: str, made: Correction | None) -> None:
        self.document(document_id)
        with self._publisher.writing():
            info = self.document(document_id)
            if info.state == "rejected":
                raise CorrectionError(f"“{info.title}” is not in use, so nothing of it can be corrected. {info.note}")
            if made is None and field not in self.facts(document_id)["corrected"]:
                raise CorrectionError(f"The {field} of “{info.title}” is not corrected, so there is nothing to take back.")
            put_in_force(self._catalogue, self._publisher, document_id, field, made)

    def text(self, document_id: int, version: int | None = None) -> str:
        """The whole text of a version, to which the offsets of its citations refer."""
        return self._catalogue.text(document_id, version)

    def place(self, document_id: int, version: int, offset: int) -> Place:
        """The page, its label and the clause that an offset of a version stands in."""
        return self._catalogue.place(document_id, version, offset)

    def original(self, document_id: int, version: int | None = None) -> Path | None:
        """The kept copy of the file behind a version, if it came from a file."""
        return self._catalogue.original(document_id, version)

    def delete(self, document_id: int) -> None:
        """Remove a document with all its versions; no channel finds it any more.

        Raises:
            UnknownDocumentError: there is none of that id.
        """
        self._catalogue.document(document_id)
        contents = {version.sha256 for version in self.history(document_id)}
        with self._publisher.writing():
            self._publisher.delete(document_id)
            if cache := self.settings.page_cache:
                for sha256 in contents:
                    forget(cache, sha256)

    def verify(self) -> tuple[str, ...]:
        """What is inconsistent between catalogue, keyword index and vectors; empty when all is well."""
        with self._publisher.quiet(_PATIENCE_S) as quiet:
            return verify(self._catalogue, self._vectors, self._embedder, settled=quiet)

    def reindex(self, *, progress: Callable[[Progress], None] | None = None) -> None:
        """Rebuild keyword index and vectors from the catalogue, embedding only what has no vector of the configured model."""
        self._scan.clear()
        reindex(self._catalogue, self._vectors, self._embedder, self._publisher, progress)
        self._scan.clear()

    def health(self) -> dict[str, str]:
        """Versions of the parts that must answer: the embedder's name and the vector store's version."""
        return {"embedder": self._embedder.name, "vectors": self._vectors.heartbeat(), "catalogue": str(self._catalogue.engine.url)}

    def close(self) -> None:
        """Let go of the store."""
        if self._reranker is not None:
            self._reranker.close()
        self._vectors.close()
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
