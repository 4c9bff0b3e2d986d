"""The records that travel from the knowledge base to people and programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from ingest.records import Kind, Language

Standing: TypeAlias = Literal["agreed", "reported", "practised", "inferred"]
"""With what weight a statement speaks: a signed text, a newspaper, a description of practice, or our own inference."""

Status: TypeAlias = Literal["verified", "partial", "unsupported"]
Check: TypeAlias = Literal["quote", "number", "date", "clause", "name", "negation", "modality", "scope", "support"]
"""What of a statement was compared with its evidence."""
RefusalReason: TypeAlias = Literal["not_in_documents", "empty_knowledge_base", "bad_question"]

STANDING: dict[Kind, Standing] = {
    "agreement": "agreed",
    "news": "reported",
    "best_practice": "practised",
    "report": "practised",
    "other": "reported",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may return; an empty tuple or None means no limit. ``documents`` are document ids. Dates are inclusive."""

    kinds: tuple[Kind, ...] = ()
    languages: tuple[Language, ...] = ()
    documents: tuple[int, ...] = ()
    date_from: date | None = None
    date_to: date | None = None

    @property
    def active(self) -> bool:
        """Whether anything is limited at all."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Where the same passage stands in another language version of the document."""

    document_id: int
    document: str
    source: str
    version: int
    language: Language
    chunk: int
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ExpandedTerm:
    """A term of the glossary that a question names, and what else it is called, by language."""

    surface: str
    names: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. ``channels`` gives each channel's own score, None where it has nothing to say.

    ``text`` equals the document text at ``[start, end)`` of that version. ``chunk`` is the catalogue's row id.
    """

    rank: int
    score: float
    channels: Mapping[str, float | None]
    chunk: int
    document_id: int
    document: str
    source: str
    version: int
    kind: Kind
    language: Language
    date: date | None
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    counterparts: tuple[Counterpart, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, the language the query was taken to be in, and the milliseconds it took.

    ``terms`` are the glossary's terms in the query; ``notes`` say what a person should know of the search.
    """

    query: str
    language: Language
    hits: tuple[Hit, ...]
    ms: float
    terms: tuple[ExpandedTerm, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an offset of a document stands: the page, its printed label, and the path of the block there."""

    page: int
    page_label: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands. ``quote`` must equal the text of that document version at ``[start, end)``.

    ``status`` is derived from the stored text each time a citation is shown; it is never persisted.
    """

    document_id: int
    document: str
    source: str
    version: int
    kind: Kind
    date: date | None
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int
    language: Language
    quote: str
    status: Status


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a statement that its evidence does not bear out: ``said`` there, ``shown`` instead in the evidence ("" if nothing)."""

    check: Check
    said: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with its evidence and its standing."""

    text: str
    standing: Standing
    citations: tuple[Citation, ...]

    @property
    def status(self) -> Status:
        """The weakest status among the citations; ``unsupported`` when there is none."""
        order: tuple[Status, ...] = ("unsupported", "partial", "verified")
        return min((c.status for c in self.citations), key=order.index, default="unsupported")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, said in the language of the question, and the nearest passages that were found."""

    reason: RefusalReason
    message: str
    nearest: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent searching, composing the answer, and in all."""

    search: float
    answer: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question: statements, or a refusal.

    ``asked_as`` is the question as it was searched for, where a follow-up had to be made whole from the conversation; ``notes`` are
    those of the search.
    """

    question: str
    language: Language
    engine: str
    statements: tuple[Statement, ...]
    refusal: Refusal | None
    ms: Timings
    asked_as: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Searching:
    """The question was understood and the search has begun; ``asked_as`` as in `Answer`."""

    question: str
    language: Language
    asked_as: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages that the answer will be made from."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class StatementReady:
    """One finished statement, in the order it should be shown."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Refused:
    """The question will not be answered."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Done:
    """The last event: the whole answer."""

    answer: Answer


Event: TypeAlias = Searching | EvidenceFound | StatementReady | Refused | Done


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """One document of the catalogue in its current version. ``state`` is ``published``, ``needs_ocr`` or ``rejected``."""

    id: int
    title: str
    source: str
    version: int
    kind: Kind
    language: Language
    publisher: str | None
    date: date | None
    pages: int
    chunks: int
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that was not taken in, why, and what to do."""

    file: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What became of each file, by path. ``notes`` are warnings on files that were taken in, e.g. pages that need OCR."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    rejected: tuple[Reject, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False
    """Stopped on request: what is listed is in, the rest was not looked at."""
    vanished: tuple[str, ...] = ()
    """Files known from the folders of this ingest that are no longer there."""
    withdrawn: tuple[str, ...] = ()
    """Those of the vanished whose documents were taken out of the search."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of an ingest: ``stage`` is ``read``, ``embed`` or ``publish``; ``done`` of ``total`` files or chunks.

    ``pages_total`` is an estimate until every file was opened; ``pages_per_s`` counts pages that were read in this run.
    ``seconds_left`` is None as long as nothing can be said.
    """

    stage: Literal["read", "embed", "publish"]
    file: str
    done: int
    total: int
    files_total: int = 0
    pages_done: int = 0
    pages_total: int = 0
    pages_per_s: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation and the answer it got."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class PageView:
    """A page of one stored version, for the source viewer; ``text`` equals the version's text at ``[start, end)``."""

    document: DocumentInfo
    version: int
    number: int
    label: str
    text: str
    start: int
    end: int
    method: str
    quality: float
    language: Language
    note: str = field(default="")
