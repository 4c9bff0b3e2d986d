"""The exchange map of a knowledge base, drawn from what its reader may see, and kept until the documents change.

There is one row for an area, although several language versions and several agreements name it. A map that is kept is opened at once, and
is never older than what it was made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import numpy as np
import regex

from kb import KnowledgeBase
from kb.records import Citation, DocumentInfo
from training.errors import MapCancelledError, NothingToMapError
from training.exchange_map.areas import areas_of, named, opening
from training.exchange_map.evidence import SPEAKS, Floats, belonging, evidence, evidence_weight, in_columns, lengths_of, seen_of, speaking
from training.exchange_map.kept_vectors import KeptVectors
from training.exchange_map.map_records import (
    COLUMNS,
    Area,
    Cell,
    Column,
    Confidence,
    ExchangeMap,
    FloatMatrix,
    Likeness,
    Match,
    Papers,
    Passage,
    Reason,
    Row,
    Said,
    read,
    written,
)
from training.exchange_map.passages import Piece, all_pieces, cite
from training.exchange_map.relevance import SHOWN, Weighed, weigh
from training.records import PRACTISED

JOINED: Final = 0.8
"""Least probability, both ways, that two agreements name one area."""
IN_ORDER: Final = 0.6
"""Least share of the items of two lists that are nearest to each other at the same place, for language versions of one list."""


def joined(agreements: Sequence[Sequence[Citation]], likeness: Likeness) -> list[tuple[Citation, ...]]:
    """The areas of all agreements, each once, with every text that names it.

    Two lists of one day, as long, in two languages, are versions of one when most items fit in order; then all are joined in order. Of
    other agreements, areas are joined that are each other's surest and sure.

    Args:
        agreements: the areas of each, in its order.
        likeness: of the knowledge base.
    """
    rows: list[list[Citation]] = []
    lists: list[tuple[Sequence[Citation], list[int]]] = []
    for areas in agreements:
        if not areas:
            continue
        places = next((of for others, of in lists if _versions(others, areas, likeness)), None) or _surest(rows, areas, likeness)
        at: list[int] = []
        for area, known in zip(areas, places, strict=True):
            place = known if known >= 0 else len(rows)
            if known < 0:
                rows.append([])
            rows[place].append(area)
            at.append(place)
        lists.append((areas, at))
    return [tuple(row) for row in rows]


def said(texts: Sequence[Citation]) -> list[Said]:
    """The texts of an area as they are compared."""
    return [Said(text.quote, text.language) for text in texts]


def _versions(known: Sequence[Citation], areas: Sequence[Citation], likeness: Likeness) -> bool:
    one, other = known[0], areas[0]
    if len(known) != len(areas) or len(areas) < 2 or one.language == other.language or one.date is None or one.date != other.date:
        return False
    near = _versions_weighed([[each] for each in known], areas, likeness)[1]
    return float(np.mean(near.argmax(axis=0) == np.arange(len(areas)))) >= IN_ORDER


def _surest(rows: Sequence[Sequence[Citation]], areas: Sequence[Citation], likeness: Likeness) -> list[int]:
    """For each area the row it belongs to, or -1; a row is given once."""
    if not rows:
        return [-1] * len(areas)
    there = _versions_weighed(rows, areas, likeness)[0]
    back = _versions_weighed([[area] for area in areas], [row[0] for row in rows], likeness)[0].T
    sure = np.minimum(there, back)
    found = []
    for at in range(len(areas)):
        row = int(sure[:, at].argmax())
        found.append(row if sure[row, at] >= JOINED and int(sure[row].argmax()) == at else -1)
    return found


def _versions_weighed(rows: Sequence[Sequence[Citation]], texts: Sequence[Citation], likeness: Likeness) -> tuple[np.ndarray, np.ndarray]:
    shown = [Passage(text.quote, text.language, "", at) for at, text in enumerate(texts)]
    weighed = weigh([said(row) for row in rows], shown, likeness)
    return weighed.probabilities(), weighed.signals["near"]


Step: TypeAlias = Literal["areas", "search", "compare"]
STEPS: Final[tuple[Step, ...]] = ("areas", "search", "compare")
Progress: TypeAlias = Callable[[Step, int, int], None]
"""Told which step is done, how much of it and of how much."""

IN_A_CELL: Final = 50
"""Passages of one cell; the surest."""
NOT_COVERED: Final = 0.25
"""Probability for the nearest area up to which a practice is said to belong to none; what lies between is left open."""
TELLS: Final = 0.8
"""Probability from which another clause of an agreement tells what one of its areas means."""
MOST_TOLD: Final = 2
NAMED: Final = 0.2
"""How far a sentence must name an area that its paragraph does not speak of."""
OF_A_REPORT: Final = 0.9
"""Share of the chapters of a report that are about what the report is about."""
_GENERIC: Final = regex.compile(
    r"summary|overview|results?|lessons|advice|recommend|outlook|reference|contact|evaluation|challenges|next steps"
    r"|सारांश|आढावा|निष्कर्ष|शिफारस|परिणाम|धडे|सल्ला|सार|सिफ़ारिश|सिफारिश|सबक|成果|課題|提言|まとめ|参考|おわりに|はじめに",
    regex.IGNORECASE,
)
"""Headings that say what a chapter is for, not what it is about."""


def draw(kb: KnowledgeBase, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None) -> ExchangeMap:
    """Draw the map of all documents that the knowledge base shows.

    Args:
        kb: where the papers are; what it does not show to its reader is not on the map.
        progress: told of each step.
        cancelled: asked between the steps and searches.

    Raises:
        NothingToMapError: no agreement names an area, and no report describes a practice.
        MapCancelledError: ``cancelled`` said yes.
    """
    tell = _Telling(progress, cancelled)
    documents = in_use(kb)
    made_of = _fingerprint(documents)  # before anything is read: a map must not be kept for papers that came in while it was drawn
    agreements = [d for d in documents if d.kind == "agreement"]
    practices = [d for d in documents if d.kind in PRACTISED]
    named_areas = []
    for at, info in enumerate(agreements):
        named_areas.append(areas_of(kb, info))
        tell("areas", at + 1, len(agreements))
    rows = joined(named_areas, kb.likeness)
    if not rows and not practices:
        raise NothingToMapError(
            "There is nothing to map: no agreement that names areas of cooperation, and no best-practice report, is in the knowledge base. "
            "Add them with `setu ingest`, or correct their kind with `setu docs correct ID kind agreement`."
        )
    done = iter(range(1, len(documents) + 1))
    compared = compare(kb, documents, rows, lambda: tell("search", next(done), len(documents)))
    belongs = belonging(compared.weighed, compared.chances, compared.lengths, compared.told)
    speaks = speaking(compared.weighed, compared.chances, compared.lengths)
    drawn = [_row(row, at, compared, belongs[at], speaks[at]) for at, row in enumerate(rows)]
    drawn += _not_covered(kb, documents, compared.found, compared.chances)
    tell("compare", 1, 1)
    without = tuple(info.title for info, areas in zip(agreements, named_areas, strict=True) if not areas)
    papers = Papers(len(agreements), len(practices), len(documents) - len(agreements) - len(practices), without)
    return ExchangeMap(datetime.now(UTC).replace(microsecond=0), made_of, papers, tuple(drawn))


@dataclass(frozen=True, slots=True)
class Compared:
    """The passages and their lengths, the signals and ``chances`` of each being about each area, and how sure each tells anything."""

    found: list[Piece]
    weighed: Weighed
    chances: FloatMatrix
    lengths: Floats
    told: Floats


def compare(
    kb: KnowledgeBase, documents: Sequence[DocumentInfo], rows: Sequence[Sequence[Citation]], step: Callable[[], None] = lambda: None
) -> Compared:
    """Compare all passages of documents with areas; ``step`` is called after each document."""
    vectors = KeptVectors(kb)

    def read_paper(info: DocumentInfo, here: Sequence[Piece]) -> None:
        vectors.prepare(info, [piece.compared for piece in here])
        step()

    found = all_pieces(kb, documents, read_paper)
    weighed = _passages_weighed(kb, rows, found, vectors)
    seen = seen_of(kb, found, vectors) if found else None
    placed, told = (in_columns(found, seen), evidence(seen)) if seen is not None else (found, np.zeros(0))
    return Compared(placed, weighed, as_chapters(weighed.probabilities(), placed), lengths_of(placed), told)


def as_chapters(own: FloatMatrix, found: Sequence[Piece]) -> FloatMatrix:
    """The probabilities with those of reports in them: a chapter is about what its report is about before all, `OF_A_REPORT` times.

    A report that is about no area rather than not has chapters that speak for themselves alone.
    """
    chances = own.copy()
    for at, piece in enumerate(found):
        if piece.report >= 0 and len(own) and own[:, piece.report].max() >= SHOWN:
            first = int(own[:, piece.report].argmax())
            chances[first, at] = 1 - (1 - own[first, at]) * (1 - OF_A_REPORT * own[first, piece.report])
    return chances


def _passages_weighed(kb: KnowledgeBase, rows: Sequence[Sequence[Citation]], found: Sequence[Piece], vectors: KeptVectors) -> Weighed:
    """The pieces against the areas, then once more with what the agreements say of each elsewhere."""
    areas, passages = [said(row) for row in rows], [_passage(piece) for piece in found]
    told = [[Said(text, area.language) for area in row if (text := opening(kb, area))] for row in rows]
    first = weigh(areas, passages, vectors, told)
    chances = first.probabilities()
    for at, row in enumerate(told):
        agreed = [j for j, piece in enumerate(found) if piece.citation.kind == "agreement" and chances[at, j] >= TELLS]
        row += [Said(found[j].text, passages[j].language) for j in sorted(agreed, key=lambda j: -chances[at, j])[:MOST_TOLD]]
    return weigh(areas, passages, vectors, told) if any(told) else first


def _names(weighed: Weighed, at: int, j: int) -> bool:
    """Whether a sentence names something of the area: by itself it is too short for nearness alone to tell."""
    return bool(weighed.signals["named"][at, j] >= NAMED or weighed.signals["words"][at, j] >= NAMED)


def in_use(kb: KnowledgeBase) -> list[DocumentInfo]:
    """The documents that can be on a map, in order."""
    return sorted((d for d in kb.documents() if d.in_use), key=lambda d: d.id)


def fingerprint(kb: KnowledgeBase) -> str:
    """Of the documents that the knowledge base shows: which, in which version, and what they are said to be."""
    return _fingerprint(in_use(kb))


def _fingerprint(documents: Sequence[DocumentInfo]) -> str:
    told = [(d.id, d.version, d.kind, d.title, d.language, str(d.date)) for d in documents]
    return hashlib.sha256(repr((_FORM, told)).encode()).hexdigest()[:24]


_FORM: Final = 7
"""Raised when maps are drawn by other rules, so that kept ones are drawn anew."""


class _Telling:
    def __init__(self, progress: Progress | None, cancelled: Callable[[], bool] | None) -> None:
        self._progress, self._cancelled = progress, cancelled

    def __call__(self, step: Step, done: int, total: int) -> None:
        if self._cancelled is not None and self._cancelled():
            raise MapCancelledError("The drawing of the map was stopped; nothing was changed.")
        if self._progress is not None:
            self._progress(step, done, total)


def _passage(piece: Piece) -> Passage:
    """As it is compared: a chapter under the title of its report, whose vector is stored; of a newspaper every paragraph by itself."""
    title, text = piece.compared
    return Passage(text, piece.citation.language, title, piece.citation.document_id)


def _row(texts: Sequence[Citation], at: int, compared: Compared, belongs: FloatMatrix, speaks: FloatMatrix) -> Row:
    found, weighed, chances = compared.found, compared.weighed, compared.chances

    def confidence(j: int) -> Confidence:
        return _confidence(weighed, at, j, found[j], (float(chances[at, j]), float(belongs[j]), float(compared.told[j])))

    def shown(j: int) -> bool:
        if found[j].citation.kind == "agreement":  # its items are short by nature, whatever they say
            return bool(chances[at, j] >= SHOWN)
        return bool(speaks[j] >= SPEAKS)

    def cell(column: Column) -> Cell:
        chosen = {j for j, piece in enumerate(found) if column in piece.columns and shown(j)}
        likely = [
            j for j in chosen if found[j].within not in chosen and (found[j].within < 0 or (belongs[j] >= SHOWN and _names(weighed, at, j)))
        ]
        best = sorted(likely, key=lambda j: (-speaks[j], j))[:IN_A_CELL]
        return Cell(
            column,
            tuple(Match(found[j].citation, confidence(j), found[j].versions) for j in best),
        )

    return Row(Area(key(texts[0]), tuple(texts)), tuple(cell(column) for column in COLUMNS))


def _confidence(weighed: Weighed, at: int, j: int, piece: Piece, of: tuple[float, float, float]) -> Confidence:
    chance, belongs, told = of
    own = weighed.confidence(at, j)
    reasons = (*own.reasons, Reason("evidence", round(told, 3), round(evidence_weight() * told, 3)))
    whole = weighed.confidence(at, piece.report).probability if piece.report >= 0 else 0.0
    return Confidence(chance, reasons, round(whole, 3) if whole >= SHOWN else None, round(belongs, 4))


def key(text: Citation) -> str:
    """The key of a row, by where its first text stands."""
    return f"{text.document_id}.{text.version}.{text.start}.{text.end}"


def _not_covered(kb: KnowledgeBase, documents: Sequence[DocumentInfo], found: Sequence[Piece], chances: FloatMatrix) -> Iterator[Row]:
    """Practices that no area covers: a whole report under its title, or chapters of one under their headings."""
    nearest = chances.max(axis=0) if len(chances) else [0.0] * len(found)
    for info in documents:
        here = [j for j, piece in enumerate(found) if piece.citation.document_id == info.id and "practised" in piece.columns]
        outside = [j for j in here if nearest[j] <= NOT_COVERED]
        if not outside or info.kind != "best_practice":
            continue
        if all(nearest[j] < SHOWN for j in here):
            head = _title(kb, info) or found[outside[0]].citation
            yield _uncovered(head, [(found[j], float(nearest[j])) for j in outside])
            continue
        for path in dict.fromkeys(found[j].citation.path[:1] for j in outside):
            if not path or _GENERIC.search(path[0]):
                continue
            chapter = [j for j in outside if found[j].citation.path[:1] == path]
            heading = _heading(kb, info, path)
            if heading is not None:
                yield _uncovered(heading, [(found[j], float(nearest[j])) for j in chapter])


def _uncovered(head: Citation, chapter: Sequence[tuple[Piece, float]]) -> Row:
    ordered = sorted(chapter, key=lambda one: one[1])[:IN_A_CELL]
    matches = tuple(Match(piece.citation, Confidence(1.0 - chance), piece.versions) for piece, chance in ordered)
    cells = tuple(Cell(column, matches if column == "practised" else ()) for column in COLUMNS)
    return Row(Area(key(head), (head,), covered=False), cells)


def _title(kb: KnowledgeBase, info: DocumentInfo) -> Citation | None:
    block = next((b for b in kb.outline(info.id) if b.role == "title"), None)
    return cite(kb, info, block.start, block.end, block.language) if block is not None else None


def _heading(kb: KnowledgeBase, info: DocumentInfo, path: tuple[str, ...]) -> Citation | None:
    block = next((b for b in kb.outline(info.id) if b.role == "heading" and b.path == path), None)
    span = named(block) if block is not None else None
    return cite(kb, info, *span) if span is not None else None


KIND: Final = "map"
MOST: Final = 6
"""Maps that are kept: readers of different access groups have different ones."""


def kept(kb: KnowledgeBase) -> ExchangeMap | None:
    """The map of the documents as they are now, every quote compared with the stored text; None where it has to be drawn first."""
    found = kb.materials.load(_id(fingerprint(kb)), KIND)
    if found is None:
        return None
    try:
        return read(found.body).checked(kb.text)
    except ValueError:
        return None  # kept by another version of Setu; it is drawn anew


def outdated(kb: KnowledgeBase) -> bool:
    """Whether a map was kept for other documents than there are now."""
    now = _id(fingerprint(kb))
    return any(info.id != now for info in kb.materials.list(KIND, 1))


def current(
    kb: KnowledgeBase, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None, anew: bool = False
) -> ExchangeMap:
    """The kept map, or a new one, which is kept; ``anew`` draws it in any case.

    Raises:
        NothingToMapError: there is nothing to map.
        MapCancelledError: ``cancelled`` said yes; nothing was changed.
    """
    found = None if anew else kept(kb)
    if found is not None:
        return found
    drawn = draw(kb, progress=progress, cancelled=cancelled)
    kb.materials.save(_id(drawn.fingerprint), KIND, "exchange map", written(drawn), shared=True)
    for old in kb.materials.list(KIND)[MOST:]:
        kb.materials.delete(old.id, KIND)
    return drawn


def _id(of: str) -> str:
    return f"map.{of}"
