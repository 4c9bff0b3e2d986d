"""The knowledge base: the one way by which everyone else reaches store, search and answers.

A search loads what it needs and no more: the rooms of answers, cards and models are imported by the methods that need them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import cache, partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from kb import event_log
from kb.auth.roles import Reader
from kb.documents.management import Documents
from kb.embed.cache import CachedEmbedder, CachedReader, Turns
from kb.embed.embedder import Embedder, FloatMatrix, bundled_states, open_embedder, open_reader, open_request_reader
from kb.errors import UnknownDocumentError
from kb.files import private_folder
from kb.index.chroma import ChromaIndex
from kb.index.glossary import Glossary, open_glossary
from kb.records import Answer, Citation, DocumentInfo, Done, Engine, Event, Filters, Progress, SearchResult, Turn, Verdict
from kb.search.ranking_signals import Preferences
from kb.search.rerank import open_reranker
from kb.search.retrieval import CHANNELS, Retriever
from kb.settings import InForce, Settings
from kb.store import health as store_health
from kb.store.catalogue import Catalogue
from kb.store.publish import Publisher
from kb.store.user_data import materials
from kb.store.user_data.audit_log import asked
from kb.store.user_data.conversations import Conversations, Feedback
from kb.store.user_data.materials import Materials
from kb.store.user_data.model_usage import DayBudget
from kb.store.user_data.obligation_handling import Handlings
from kb.store.user_data.personal_data import People
from kb.store.vectors.chroma_projection import VectorProjection
from kb.store.vectors.exact_search import ScanFiles
from kb.store.webhooks.webhook_queue import Webhooks
from kb.telemetry.spans import spanned
from lang.languages import Language

if TYPE_CHECKING:
    from kb.answer.overview.overview import Overview
    from kb.embed.cross_encoders import Reading
    from kb.generate.paraphrase import Rewritten, Wanted
    from kb.generate.writer import Pen, Pens
    from kb.ports import Ports
    from kb.search.phrase_similarity import Likeness
    from kb.sync.sources import Sources
    from kb.verify.verdict import Verifier

_PATIENCE_S = 20.0
"""How long a look at the whole waits for a writer to finish."""


class KnowledgeBase(Documents):
    """Documents in, cited answers out. Open it with `open`, close it when done (it is a context manager).

    One object may be shared by the threads of a process; other processes may use the same home at the same time. It shows everything;
    `seen_by` gives what somebody may see and do.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._embedder = embedder
        chroma = ChromaIndex(settings)  # first: it takes a share in the home, which a restore must have to itself
        try:
            catalogue = Catalogue(settings)
            self._vectors = VectorProjection(catalogue, chroma, settings)
        except BaseException:
            chroma.close()
            raise
        super().__init__(settings, catalogue, Publisher(catalogue, self._vectors, embedder, settings.home / "write.lock"))
        self._is_view = False
        self._within: tuple[int, ...] | None = None
        self._asking = CachedEmbedder(embedder)
        self._reading = CachedReader(lambda: open_reader(settings))
        self._scan = ScanFiles(settings.home / "scan", embedder, self._vectors.indexes)
        glossary = open_glossary(settings.glossary, settings.home)
        self._reranker = open_reranker(settings)
        self._retriever = Retriever(
            self._catalogue, self._vectors, self._scan, self._asking, Preferences.of(settings), glossary, self._reranker
        )
        self._warm = cache(partial(self._retriever.search, store_health.PROBE, 1, Filters()))
        self._likeness = cache(partial(_likeness, self._catalogue, self._asking, glossary))
        self._verifier = verifier = cache(partial(_verifier, self._asking, settings))
        self._pens = cache(partial(_pens, self._in_force, verifier))  # not by way of self, which it would keep alive
        self._turns = Turns()
        self._publisher.heal()
        self._catalogue.originals.sweep()
        self.conversations = Conversations(self._catalogue, settings.home)
        self.feedback = Feedback(self._catalogue)
        self.materials = Materials(self._catalogue)
        self.handlings = Handlings(self._catalogue)
        self.people = People(self._catalogue)
        self.webhooks = Webhooks(self._catalogue)

    @classmethod
    def open(cls, settings: Settings | None = None) -> KnowledgeBase:
        """Open the knowledge base of a home folder, which is made when it is not there.

        Raises:
            SettingsError: a setting is wrong.
            MissingExtraError: the embedder needs a package that is not installed.
            KnowledgeBaseError: the catalogue cannot be opened.
        """
        chosen = settings if settings is not None else Settings.load()
        private_folder(chosen.home)
        private_folder(chosen.home / "cache")
        return cls(chosen, open_embedder(chosen))

    def seen_by(self, reader: Reader) -> KnowledgeBase:
        """The same knowledge base as somebody may see and change it; it costs nothing to make, and needs no closing.

        What this reader may not see is not there: it is in no hit, count, error, name or score. Of one that is seen by somebody already,
        another gets no more than both may.
        """
        view = copy.copy(self)
        view._is_view = True
        view.reader = reader.within(self.reader)
        view._catalogue = self._catalogue.seen_by(view.reader.sight)
        view.audit, view.conversations = self.audit.seen_by(view.reader), self.conversations.seen_by(view.reader)
        view.feedback, view.materials = self.feedback.seen_by(view.reader), self.materials.seen_by(view.reader)
        view.people, view.handlings = self.people.seen_by(view.reader), self.handlings.seen_by(view.reader)
        view.collections, view.webhooks = self.collections.seen_by(view.reader), self.webhooks.seen_by(view.reader)
        return view

    @property
    def sources(self) -> Sources:
        """The places that papers come from again and again."""
        from kb.sync.sources import Sources

        return Sources(self, self._catalogue, self._publisher)

    def within(self, collections: Sequence[int]) -> KnowledgeBase:
        """The same knowledge base with the papers of these collections alone in what is listed, searched and answered.

        Of none, these are all papers, but without the samples where there are others. One document can be opened as before.
        """
        return self._kept(tuple(collections))

    def _kept(self, collections: tuple[int, ...] | None) -> KnowledgeBase:
        view = copy.copy(self)
        view._is_view, view._within = True, collections
        return view

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document in its current version, and every rejected file; of a view of collections, those in them."""
        found = super().documents()
        if self._within is None:
            return found
        limits = self._limits(Filters())
        return tuple(info for info in found if limits.collected(info.collections))

    def _limits(self, filters: Filters) -> Filters:
        """The filters, with the collections that are asked where none and no document is chosen; what they have stays."""
        if filters.collections:
            return filters
        if self._within:
            return replace(filters, collections=self._within)
        return filters if filters.documents else replace(filters, collections=self.collections.asked())

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
        result = self._retriever.search(query, k, self._limits(filters), channels, sight=self._catalogue.sight)
        if not context:
            return result
        return replace(result, hits=tuple(replace(h, context=self.context(h.document_id, h.version, h.start, h.end)) for h in result.hits))

    @property
    def likeness(self) -> Likeness:
        """How near phrases, passages and sentences are to one another in meaning."""
        return self._likeness()

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> Sequence[Reading]:
        """How surely each passage, a title and a text, answers a question or speaks of a topic: see `PassageReader`."""
        return self._reading.read(question, passages)

    def vectors(self, texts: Sequence[str], *, queries: bool = False) -> FloatMatrix:
        """The unit vectors of texts by the model of the search, shape ``(len(texts), dimension)``: as passages, or as ``queries``."""
        return np.stack([self._asking.query(text) for text in texts]) if queries else self._asking.passages(texts)

    def parallels(self) -> tuple[frozenset[int], ...]:
        """The sets of published documents, by id, that are one text in several languages: of those that the reader may see."""
        return self._retriever.parallels(self._catalogue.sight)

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), engine: Engine | None = None
    ) -> Generator[Event, None, None]:
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
        from kb.answer.ask import ask

        pen = self._pen() if engine == "generative" or (engine is None and self.settings.llm) else None
        filters = self._limits(filters)
        kept = self._kept(filters.collections or None)
        events = ask(question, ports=kept._ports(), filters=filters, history=history, pen=pen)
        return spanned("answer", asked(self.audit, self.reader, event_log.told(question, events)))

    def _pen(self) -> Pen:
        """What writes for the reader, on what they may spend today."""
        return replace(self._pens().pen(), purse=DayBudget.of(self.settings, self._catalogue, self.reader))

    def overview(self, document_id: int, language: Language) -> Overview:
        """A paper at a glance for a reader of a language: the points of its summary, each cited, and questions that it answers.

        Of a text that is held in several languages the reader's is told, where they may see it. It is made when it is asked for first,
        which takes seconds, and kept until the paper is read again, corrected, or made by other rules.

        Raises:
            UnknownDocumentError: there is none of that id.
            NoTextError: it is not in use, or no text of it was read.
        """
        from kb.agreements.card_records import NoTextError
        from kb.answer.document_selection.language_versions import one_version_each
        from kb.answer.overview.overview import overview, overview_key, read_kept, to_json

        ports = self._ports().for_one_question()
        info = self.document(document_id)
        if info.state == "rejected" or not info.version or not self.text(document_id).strip():
            raise NoTextError(f"“{info.title}” has no text that could be told. {info.note}".strip())
        paper = one_version_each([info], language, ports)[0]
        key = overview_key(paper, ports.facts(paper.id), self._embedder.name)
        stored = materials.kept_overview(self._catalogue, paper.id, language, key)
        found = read_kept(stored, paper, language, ports) if stored is not None else None
        if found is None:
            stored = to_json(overview(paper, language, ports))
            materials.keep_overview(self._catalogue, paper.id, language, key, stored)
            found = read_kept(stored, paper, language, ports)
        if found is None:
            raise UnknownDocumentError(document_id)
        return found

    def _ports(self) -> Ports:
        """What an answer needs of this base, as its reader sees it."""
        from kb.agreements.cards import card_of
        from kb.ports import Ports
        from kb.search.follow_up import Carrying, leaning_odds

        return Ports(
            search=lambda query, k, limits: self._retriever.search(query, k, self._limits(limits), once=False, sight=self._catalogue.sight),
            embedder=self._asking,
            reads=self._reading.read,
            wants=lambda message: open_request_reader(self.settings).read(message),
            rewriter=Carrying(partial(leaning_odds, self.settings)),
            text=self.text,
            place=self.place,
            is_empty=self._catalogue.is_empty,
            max_question_chars=self.settings.max_question_chars,
            context=self.context,
            replaced=self.replaced,
            doubtful=self.doubtful,
            outline=self.blocks_within,
            papers=lambda: [paper for paper in self.documents() if paper.state == "published"],
            facts=self.fact_views,
            known_by=self.known_by,
            card=lambda paper: card_of(self, paper),
            parallels=self.parallels,
            counterparts=lambda document, version, start, end: self._retriever.counterparts(
                document, version, start, end, sight=self._catalogue.sight
            ),
            handlings=self.handlings.of,
            in_house=self._in_house,
            turn=self._turns.turn,
        )

    def answer(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), engine: Engine | None = None) -> Answer:
        """The answer alone, without the events on the way; see `ask`."""
        return next(e.answer for e in self.ask(question, history=history, filters=filters, engine=engine) if isinstance(e, Done))

    def judge(self, statement: str, citations: Sequence[Citation]) -> Verdict:
        """Compare a sentence with what it cites, as is done with what a language model writes; `kb.verify.verdict.judge`."""
        return self._verifier().judge(statement, citations)

    def silent_on(self, statement: str, filters: Filters = Filters()) -> bool:
        """Whether no paper speaks of what a sentence says, as `ask` finds that none answers a question; `kb.answer.scoring.silence`."""
        from kb.answer.scoring.silence import is_silent

        return is_silent(statement, filters, self._ports())

    def rewrite(self, wanted: Sequence[Wanted], language: Language, stopped: Callable[[int], bool] = lambda _done: False) -> Rewritten:
        """Have the model of ``SETU_LLM`` word quotes in a language, each held against its quote; `kb.generate.paraphrase`.

        Raises `SettingsError` and `MissingExtraError` as `ask` does.
        """
        from kb.generate.paraphrase import rewrite

        return rewrite(wanted, language, self._pen(), stopped, self._in_house())

    def write_with(self, settings: Settings) -> None:
        """Have the language model that these name write from the next question on, for every view; it takes an admin of all groups."""
        self._needs_all()
        self._in_force.now = self.settings.model_copy(update={name: getattr(settings, name) for name in ("llm", "llm_key", "secrets")})
        if settings.llm:
            self.recorded("model_set", settings.llm)
        else:
            self.recorded("model_off")

    def verify(self, *, files: bool = True) -> tuple[str, ...]:
        """What is inconsistent between catalogue, kept files, keyword index and vectors; empty when all is well.

        It takes an admin of all groups. The scan files are read and held against their checksums; one that is damaged is made again.
        Without ``files`` the kept files are not looked at.
        """
        from kb.store.maintenance import verify

        self._needs_all()
        self._scan.reopen()
        with self._catalogue.read() as conn:
            self._scan.select(conn, Filters())
        with self._publisher.lock.quiet(_PATIENCE_S) as quiet:
            return verify(self._catalogue, self._vectors, self._embedder, settled=quiet, files=files)

    def reindex(self, *, progress: Callable[[Progress], None] | None = None) -> None:
        """Rebuild keyword index and vectors, embedding only what has no vector of the configured model; it takes an admin of all groups."""
        from kb.store.maintenance import reindex

        self._needs_all()
        self._scan.clear()
        reindex(self._catalogue, self._vectors, self._embedder, self._publisher, progress)
        self._scan.clear()
        self.recorded("reindexed")

    def health(self) -> dict[str, str]:
        """Versions of the parts that must answer: the embedder's name and the vector store's version. It takes an admin."""
        self._needs("admin")
        return {"embedder": self._embedder.name, "vectors": self._vectors.state(), "catalogue": str(self._catalogue.engine.url)}

    def fault(self) -> str | None:
        """Why nothing can be searched just now, in a sentence without a name or an address; None where all is well."""
        return store_health.fault(self._catalogue, self._asking, self._warm)

    def close(self) -> None:
        """Let go of the store; what `seen_by` gave lets go of nothing."""
        if self._is_view:
            return
        if self._reranker is not None:
            self._reranker.close()
        self._vectors.chroma.close()
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _likeness(catalogue: Catalogue, embedder: CachedEmbedder, glossary: Glossary) -> Likeness:
    from kb.search.phrase_similarity import Likeness

    return Likeness(catalogue, embedder, glossary)


def _verifier(embedder: CachedEmbedder, settings: Settings) -> Verifier:
    from kb.verify.verdict import Verifier

    return Verifier(embedder, settings.verifier, settings.allow_download, bundled_states(settings))


def _pens(in_force: InForce, verifier: Callable[[], Verifier]) -> Pens:
    from kb.generate.writer import Pens

    return Pens(in_force, verifier())
