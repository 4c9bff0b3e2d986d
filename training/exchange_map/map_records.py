"""The records of the exchange map, what is compared for it, and a part of it by agreement, paper, language or day."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from ingest.records import Kind
from kb.document_records import Day
from kb.errors import UnknownDocumentError
from kb.records import Citation
from lang.languages import Language

Column: TypeAlias = Literal["practised", "piloted", "reported"]
"""What the partner describes as its practice, what is tried out here, what newspapers and notices report."""
COLUMNS: Final[tuple[Column, ...]] = get_args(Column)

Gap: TypeAlias = Literal["no_practice", "no_pilot", "no_report", "not_covered"]
"""What is missing: an area of an agreement has nothing in a column, or a practice belongs to no area of any agreement."""
GAP_OF: Final[dict[Column, Gap]] = {"practised": "no_practice", "piloted": "no_pilot", "reported": "no_report"}

Signal: TypeAlias = Literal["near", "margin", "rival", "theme", "terms", "named", "words", "evidence"]
"""What a confidence rests on; see `training.exchange_map.relevance`."""
SIGNALS: Final[tuple[Signal, ...]] = get_args(Signal)[:-1]
"""Those of how near a passage and an area are; the last, evidence, is of the passage alone."""

Sureness: TypeAlias = Literal["sure", "likely", "possible"]
SURE: Final = 0.8
"""Probability from which a match that has earned it is called sure; below `training.exchange_map.relevance.SHOWN` none is in a cell."""
EARNED: Final = 0.8
"""Probability of belonging from which it has."""
LIKELY: Final = 0.6


@dataclass(frozen=True, slots=True)
class Reason:
    """One signal of a match: its value, and how much it moves the log-odds for or against."""

    signal: Signal
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """The calibrated probability that a passage is about an area, and what it rests on, the heaviest first.

    ``report`` is the probability that the whole report is about the area, None for what is no chapter of one. ``belongs`` is the
    probability that the passage belongs to the area: it is about it, and tells something (`training.exchange_map.evidence`).
    """

    probability: float
    reasons: tuple[Reason, ...] = ()
    report: float | None = None
    belongs: float = 0.0

    @property
    def sureness(self) -> Sureness:
        """The probabilities in a word; *sure* has to be earned by both."""
        return "sure" if self.probability >= SURE and self.belongs >= EARNED else "likely" if self.probability >= LIKELY else "possible"


@dataclass(frozen=True, slots=True)
class Match:
    """A passage in a cell. ``versions`` are the same passage in other language versions of its document."""

    citation: Citation
    confidence: Confidence
    versions: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What one area has in one column, the surest first."""

    column: Column
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A row's head: an area of cooperation where the agreements name it, in every language version and every agreement.

    For a practice that no area covers, ``texts`` are the headings of the report and ``covered`` is False.
    """

    key: str
    texts: tuple[Citation, ...]
    covered: bool = True

    def named_in(self, language: str) -> Citation:
        """The text in a language, else the first."""
        return next((text for text in self.texts if text.language == language), self.texts[0])


@dataclass(frozen=True, slots=True)
class Row:
    """An area and its cells, one for each of `COLUMNS`, in their order."""

    area: Area
    cells: tuple[Cell, ...]

    def cell(self, column: Column) -> Cell:
        """The cell of a column."""
        return self.cells[COLUMNS.index(column)]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing, in the order of the columns."""
        if not self.area.covered:
            return ("not_covered",)
        return tuple(GAP_OF[cell.column] for cell in self.cells if not cell.matches)

    def matches(self) -> Iterator[Match]:
        """Every match of the row."""
        return (match for cell in self.cells for match in cell.matches)


@dataclass(frozen=True, slots=True)
class Papers:
    """Of what a map was made: how many documents of each sort there are, and the agreements in which no area could be found."""

    agreements: int
    practices: int
    others: int
    without_areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExchangeMap:
    """The whole map. ``fingerprint`` tells whether the documents are still those it was made of; ``made`` is in UTC."""

    made: datetime
    fingerprint: str
    papers: Papers
    rows: tuple[Row, ...]

    def citations(self) -> Iterator[Citation]:
        """Every citation on the map."""
        for row in self.rows:
            yield from row.area.texts
            for match in row.matches():
                yield match.citation
                yield from match.versions

    def checked(self, text_of: Callable[[int, int], str]) -> ExchangeMap:
        """The map with the status of every citation found out again from the stored text, which is never kept."""
        texts: dict[tuple[int, int], str] = {}

        def again(citation: Citation) -> Citation:
            at = (citation.document_id, citation.version)
            if at not in texts:
                try:
                    texts[at] = text_of(*at)
                except UnknownDocumentError:
                    texts[at] = ""
            stands = bool(citation.quote) and texts[at][citation.start : citation.end] == citation.quote
            return replace(citation, status="verified" if stands else "unsupported")

        def match_again(match: Match) -> Match:
            return replace(match, citation=again(match.citation), versions=tuple(map(again, match.versions)))

        rows = tuple(
            Row(
                replace(row.area, texts=tuple(map(again, row.area.texts))),
                tuple(replace(cell, matches=tuple(map(match_again, cell.matches))) for cell in row.cells),
            )
            for row in self.rows
        )
        return replace(self, rows=rows)


_ADAPTER: Final = TypeAdapter(ExchangeMap)


def written(drawn: ExchangeMap) -> str:
    """A map as JSON."""
    return _ADAPTER.dump_json(drawn).decode()


def read(body: str) -> ExchangeMap:
    """A map from its JSON; its citations still have to be checked.

    Raises:
        ValueError: it is not what `written` writes.
    """
    return _ADAPTER.validate_json(body)


FloatMatrix: TypeAlias = NDArray[np.float32]


class Likeness(Protocol):
    """What is asked of the knowledge base; `kb.search.phrase_similarity.Likeness`."""

    def cosines(self, phrases: Sequence[str], passages: Sequence[tuple[str, str]]) -> FloatMatrix:
        """Cosines of phrases with passages (title and text)."""

    def terms(self, text: str, language: Language) -> frozenset[str]:
        """The glossary's terms in a text."""

    def names(self, text: str, language: Language) -> Mapping[Language, tuple[str, ...]]:
        """What these terms are called in each language."""


@dataclass(frozen=True, slots=True)
class Said:
    """An area, or a passage, in words of one language."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Passage:
    """What may be about an area. ``theme`` is the document: passages of one share it."""

    text: str
    language: Language
    title: str
    theme: int


@dataclass(frozen=True, slots=True)
class Sift:
    """What is to be shown; an empty tuple or None means no limit. Dates are inclusive; a paper without a date is in no span of them.

    ``agreements`` are document ids: an area stays when one of them names it, and practices outside all areas go. ``gaps`` keeps the rows
    that lack one of these, ``named`` those whose area has this in one of its texts, in whatever case and width of letters.
    """

    agreements: tuple[int, ...] = ()
    languages: tuple[Language, ...] = ()
    kinds: tuple[Kind, ...] = ()
    date_from: Day | None = None
    date_to: Day | None = None
    gaps: tuple[Gap, ...] = ()
    named: str = ""

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Sift()


def sifted(drawn: ExchangeMap, sift: Sift) -> ExchangeMap:
    """The part of the map. What is a gap is found out again: a cell may be empty only because of what was left out."""
    rows = (_row(row, sift) for row in drawn.rows if _named(row, sift))
    return replace(drawn, rows=tuple(row for row in rows if (row.area.covered or any(row.matches())) and _lacks(row, sift)))


def _named(row: Row, sift: Sift) -> bool:
    if (wanted := _plain(sift.named)) and not any(wanted in _plain(text.quote) for text in row.area.texts):
        return False
    if not sift.agreements:
        return True
    return row.area.covered and any(text.document_id in sift.agreements for text in row.area.texts)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _lacks(row: Row, sift: Sift) -> bool:
    return not sift.gaps or any(gap in sift.gaps for gap in row.gaps)


def _row(row: Row, sift: Sift) -> Row:
    return replace(row, cells=tuple(Cell(cell.column, tuple(m for m in cell.matches if _stays(m, sift))) for cell in row.cells))


def _stays(match: Match, sift: Sift) -> bool:
    return any(_fits(citation, sift) for citation in (match.citation, *match.versions))


def _fits(citation: Citation, sift: Sift) -> bool:
    if sift.languages and citation.language not in sift.languages:
        return False
    if sift.kinds and citation.kind not in sift.kinds:
        return False
    if citation.date is None:
        return sift.date_from is None and sift.date_to is None
    return (sift.date_from is None or citation.date >= sift.date_from) and (sift.date_to is None or citation.date <= sift.date_to)
