"""A part of the map: of some agreements, from some papers, in some languages, of some days."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from ingest.records import Kind
from kb.found import Day
from kb.records import Citation
from lang.codes import Language
from training.map.records import Cell, ExchangeMap, Gap, Match, Row


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
