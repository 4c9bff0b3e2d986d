"""The records of searches and documents: filters and hits, what is known of a document, what becomes of files that come in.

Callers take them from `kb.records`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from ingest.records import Kind, Span
from lang.languages import Language

Day: TypeAlias = date
"""The type of fields that are called ``date``: in their class, that name is the field, and pydantic could not read its type."""


DEFAULT: Final = 0
"""The collection of the papers that are in no other one; it is there always, and has no row."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search may return; an empty tuple or None means no limit. ``documents`` are document ids. Dates are inclusive.

    ``collections`` are ids of collections, one of which a document must be in.
    """

    kinds: tuple[Kind, ...] = ()
    languages: tuple[Language, ...] = ()
    documents: tuple[int, ...] = ()
    date_from: Day | None = None
    date_to: Day | None = None
    collections: tuple[int, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything is limited at all."""
        return self != Filters()

    def collected(self, collections: Sequence[int]) -> bool:
        """Whether a document that is in these collections (of none: the default one) is let through."""
        return not self.collections or not set(self.collections).isdisjoint(collections or (DEFAULT,))


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
class Context:
    """What stands before and after a passage or quote in its clause, in whole sentences; "" where there is nothing."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another document that tells the same story: the agency copy as another paper printed it."""

    document_id: int
    document: str
    source: str
    publisher: str | None
    date: Day | None

    @property
    def name(self) -> str:
        """The paper, or where it does not say which it is, the headline."""
        return self.publisher or self.document


@dataclass(frozen=True, slots=True)
class ExpandedTerm:
    """A term of the glossary that a question names, and what else it is called, by language."""

    surface: str
    names: Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. ``channels`` gives each channel's own score, None where it has nothing to say.

    ``text`` equals the document text at ``[start, end)`` of that version. ``chunk`` is the catalogue's row id. ``variants`` are the
    other documents that tell the document's story (see `kb.store.facts.near_duplicates`); not every one of them need hold this passage.
    ``counterparts`` are the passage in other language versions; ``context`` is given where it was asked for.
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
    date: Day | None
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    counterparts: tuple[Counterpart, ...] = ()
    variants: tuple[Variant, ...] = ()
    context: Context | None = None


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
class VersionInfo:
    """One version of a document. ``state`` is ``current`` or ``superseded``, since ``retired`` (UTC; None where that was not noted).

    ``size`` is the file's in bytes (None for a version from before sizes were kept), ``characters`` that of its text.
    """

    number: int
    state: Literal["current", "superseded"]
    created: datetime
    retired: datetime | None
    sha256: str
    media: str
    kind: Kind
    title: str
    language: Language
    date: date | None
    size: int | None
    pages: int
    characters: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that was not taken in, why, and what to do; ``kind`` is the class of the error by name (`ingest.errors`)."""

    file: str
    reason: str
    remedy: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class BadlyRead:
    """A paper that was taken in and of which pages were badly read from their pictures.

    ``pages`` are their labels, in order; ``doubtful`` is how many words of the whole paper may be misread.
    """

    file: str
    pages: tuple[str, ...]
    doubtful: int


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
    moved: tuple[tuple[str, str], ...] = ()
    """Old and new paths of files that were moved or renamed; their documents keep their history."""
    badly_read: tuple[BadlyRead, ...] = ()
    """The papers that a better scan, or the file they were printed from, would make more of."""


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
class FactView:
    """One fact of a document as people are shown it.

    ``origin`` says who says it: the ``text`` (then ``text`` equals the document text at ``[start, end)``, with its page and clause),
    the ``file``'s own metadata, a ``person`` who corrected it (then ``extracted`` is what was read instead, and ``changed`` the UTC
    time of it), or another ``document`` that says it amends or supersedes this one (then ``text``, page and clause are of that one).
    ``sure`` is false where the text says it less than outright. ``document_id`` is the other document of the base that the fact names.
    """

    field: str
    value: str
    text: str = ""
    start: int | None = None
    end: int | None = None
    page_label: str | None = None
    path: tuple[str, ...] = ()
    sure: bool = True
    origin: Literal["text", "file", "person", "document"] = "text"
    changed: datetime | None = None
    extracted: str = ""
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class KnownBy:
    """By what people call a document beside its title: its parties, signatories and place, and how its text begins."""

    names: tuple[str, ...] = ()
    head: str = ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """One document of the catalogue in its current version. ``state`` is ``published``, ``needs_ocr`` or ``rejected``.

    ``variants`` are the other papers' documents of the same story, and ``story`` is the document that leads it: None for one alone.
    ``groups`` are the access groups that it belongs to, as far as the reader has them; one of no group is seen by everybody.
    ``collections`` are the ids of those it is in; one of none is in the default one. ``reject`` is why its file was not taken in, as the
    class of the error by name; "" where it was, or that is not known. ``in_house``: no text of it goes to a language model outside.
    """

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
    variants: tuple[Variant, ...] = ()
    story: int | None = None
    groups: tuple[str, ...] = ()
    collections: tuple[int, ...] = ()
    reject: str = ""
    in_house: bool = False

    @property
    def in_use(self) -> bool:
        """Whether it was taken in and a version of it is in force."""
        return bool(self.version) and self.state != "rejected"


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
    doubtful: tuple[Span, ...] = ()
    """Spans of the version's text that OCR may have misread on the page."""
