"""The records of a search: what it may return, and what it found. Callers take them from `kb.records`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from ingest.records import Kind
from lang.codes import Language

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
    other documents that tell the document's story (see `kb.store.variants`); not every one of them need hold this passage.
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
