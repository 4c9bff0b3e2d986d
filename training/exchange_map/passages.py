"""The passages that may stand in a cell: what the search finds for the areas, cut so that each speaks of one matter.

Each is a citation of its span, and is known as a pilot, something that is being tried out, by its words in four languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, cast

import regex

from ingest.records import Block, Kind
from kb import KnowledgeBase
from kb.answer.scoring.candidates import is_fragment
from kb.records import Citation, Counterpart, DocumentInfo, Filters, Hit
from lang.languages import Language
from lang.sentences import sentence_spans
from training.exchange_map.map_records import Column
from training.records import PRACTISED


def cite(kb: KnowledgeBase, info: DocumentInfo, start: int, end: int, language: str | None = None) -> Citation:
    """What stands at ``[start, end)`` of a document's version in force, with page and path.

    Raises:
        UnknownDocumentError: there is no such document.
    """
    place = kb.place(info.id, info.version, start)
    quote = kb.text(info.id, info.version)[start:end]
    spoken = cast(Language, language or info.language)
    return Citation(
        info.id, info.title, info.source, info.version, info.kind, info.date, place.page, place.page_label, place.path, start, end,
        spoken if spoken != "und" else info.language, quote, "verified", ocr=place.ocr,
        doubtful=kb.doubtful(info.id, info.version, start, end),
    )  # fmt: skip


_PILOT: Final = regex.compile(
    r"(?<!\b(?:train|trained|training|airline|fighter|new|student) )\bpilot(?:s|ed|ing)?\b(?! training)"
    r"|\btrial\s+(?:run|project|phase|period|operation)s?\b|\b(?:field|demonstration)\s+(?:trial|test|project)s?\b"
    r"|\bproof[- ]of[- ]concept\b|\btest\s?beds?\b|\bexperimental(?:ly)?\s+(?:basis|project)\w*|\bfirst\s+phase\b.{0,40}\bprojects?\b"
    r"|पथदर्शी|प्रायोगिक|प्रयोग(?:ाच|ात|ासाठी)?\p{M}*\s*(?:तत्त्वावर|तत्वावर|म्हणून|प्रभाग|केला|करण्यात)|पायलट"
    r"|प्रात्यक्षिक\s+प्रकल्प|चाचणी\s+(?:टप्पा|प्रकल्प)"
    r"|प्रायोगिक\s+(?:परियोजना|तौर|आधार)|परीक्षण\s+(?:परियोजना|के\s+तौर|चरण)|मार्गदर्शी\s+परियोजना|प्रदर्शन\s+परियोजना"
    r"|試行|試験(?:的|運用|導入|事業|実施)|実証(?:実験|事業|試験)?|パイロット|モデル事業",
    regex.IGNORECASE,
)


def speaks_of_pilot(text: str) -> bool:
    """Whether a text says that something is piloted, tried or demonstrated.

    The agreement's own word decides (pilot, पथदर्शी, प्रायोगिक, パイロット, 実証), not the topic: a report on a system that has run for
    years is no pilot, and one on trials at the partner's is left to the column of its practice.
    """
    return _PILOT.search(text) is not None


REPORTED: Final[tuple[Kind, ...]] = ("news", "other")
AGREED: Final[tuple[Kind, ...]] = ("agreement",)
FOUND: Final = 40
"""Passages that are looked at for one text of an area and one kind of paper."""
EVERY: Final = 3000
"""Passages of one report."""
HEADINGS: Final = 30
"""Headings of a report that say what it is about."""
SHORTEST: Final = 30
"""Characters of a paragraph that says something; a Japanese one says it in half as many."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of one matter: what is compared (``text``), and what is cited.

    ``columns`` are those that it may stand in. ``within`` is the place, in the list of pieces, of the paragraph that a sentence is of: it
    stands in a cell only where its paragraph does not. ``report`` is the place of the piece that tells what the whole report is about,
    its title and headings; that one has no column.
    """

    citation: Citation
    text: str
    columns: tuple[Column, ...]
    versions: tuple[Citation, ...] = ()
    within: int = -1
    report: int = -1


class Outlines:
    """The blocks of documents and what is known of them, each read once."""

    def __init__(self, kb: KnowledgeBase, documents: Sequence[DocumentInfo]) -> None:
        self._kb = kb
        self.info = {document.id: document for document in documents}
        self._blocks: dict[int, tuple[Block, ...]] = {}

    def all(self, document: int) -> tuple[Block, ...]:
        """Every block of a document's version in force."""
        if document not in self._blocks:
            self._blocks[document] = self._kb.outline(document)
        return self._blocks[document]

    def blocks(self, document: int, start: int, end: int) -> list[Block]:
        """The blocks of a document's version in force inside ``[start, end)``."""
        return [block for block in self.all(document) if start <= block.start and block.end <= end]


def passage_pieces(kb: KnowledgeBase, outlines: Outlines, areas: Sequence[Citation], step: Callable[[], None]) -> list[Piece]:
    """The passages that may be about the areas, in the order of the documents; ``step`` is called after each search.

    All passages of what the partner practises are there, so that what no area covers is seen; of other papers, what the search finds.
    """
    hits: dict[tuple[int, int], Hit] = {}
    for info in outlines.info.values():
        if info.kind in PRACTISED:
            whole = kb.search(info.title or info.source, k=EVERY, filters=Filters(documents=(info.id,)), channels=("dense",))
            hits |= {(hit.document_id, hit.start): hit for hit in whole.hits}
            step()
    for area in areas:
        for kinds in (REPORTED, AGREED):
            for hit in kb.search(area.quote, k=FOUND, filters=Filters(kinds=kinds)).hits:
                if hit.document_id in outlines.info and not _has(hits, hit):
                    hits[hit.document_id, hit.start] = hit
            step()
    found: list[Piece] = []
    for info in outlines.info.values():
        here = sorted((hit for hit in hits.values() if hit.document_id == info.id), key=lambda hit: hit.start)
        report = -1
        if info.kind in PRACTISED and here:
            report = len(found)
            found.append(_subject(kb, info, outlines))
        for hit in here:
            found += _cut(kb, outlines, hit, report, len(found))
    return found


def _subject(kb: KnowledgeBase, info: DocumentInfo, outlines: Outlines) -> Piece:
    """What a report says it is about: its title, and the headings of its chapters."""
    blocks = outlines.all(info.id)
    heads = list(dict.fromkeys(b.text for b in blocks if b.role == "heading"))[:HEADINGS]
    return Piece(cite(kb, info, 0, 0), "\n".join((info.title, *heads)), ())


def _has(hits: dict[tuple[int, int], Hit], hit: Hit) -> bool:
    """Whether a passage is there already, in this language version or another."""
    return (hit.document_id, hit.start) in hits or any((c.document_id, c.start) in hits for c in hit.counterparts)


def _cut(kb: KnowledgeBase, outlines: Outlines, hit: Hit, report: int, first: int) -> list[Piece]:
    """The pieces of a passage, the first of which will stand at place ``first``."""
    info = outlines.info[hit.document_id]
    body = [b for b in outlines.blocks(hit.document_id, hit.start, hit.end) if b.role not in ("title", "heading")]
    if hit.kind in PRACTISED and hit.path:
        return _section(kb, info, hit, body, report)
    found: list[Piece] = []
    for run in _runs(body):
        text = "\n".join(b.text for b in run)
        columns = _columns(hit.kind, "\n".join((*hit.path[-1:], text)))
        if not columns or not _says_something(run) or (hit.kind not in AGREED and is_fragment(run[0].text)):
            continue
        index = body.index(run[0])
        versions = tuple(v for c in hit.counterparts if (v := _same_place(kb, outlines, c, index, len(run), len(body))) is not None)
        paragraph = first + len(found)
        found.append(Piece(cite(kb, info, run[0].start, run[-1].end, run[0].language), text, columns, versions, -1, report))
        if hit.kind in REPORTED and len(run) == 1:
            found += _sentences(kb, info, run[0], paragraph)
    return found


def _sentences(kb: KnowledgeBase, info: DocumentInfo, block: Block, paragraph: int) -> list[Piece]:
    """The sentences of a paragraph that has several: it may speak of several matters."""
    spans = sentence_spans(block.text, block.language)
    if len(spans) < 2:
        return []
    found = []
    for start, end in spans:
        columns = _columns(info.kind, block.text[start:end])
        if not is_fragment(block.text[start:end]):
            cited = cite(kb, info, block.start + start, block.start + end, block.language)
            found.append(Piece(cited, cited.quote, columns, (), paragraph))
    return found


def _section(kb: KnowledgeBase, info: DocumentInfo, hit: Hit, body: Sequence[Block], report: int) -> list[Piece]:
    columns = _columns(hit.kind, hit.text)
    if not body or not columns or not _says_something(body):
        return []
    return [Piece(cite(kb, info, body[0].start, body[-1].end, hit.language), hit.text, columns, (), -1, report)]


def _runs(body: Sequence[Block]) -> list[list[Block]]:
    """The blocks one by one, but the rows of a table together."""
    runs: list[list[Block]] = []
    for block in body:
        if runs and block.role == "table_row" and runs[-1][-1].role == "table_row":
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs


def _says_something(run: Sequence[Block]) -> bool:
    length = sum(len(b.text) * (2 if b.language == "ja" else 1) for b in run)
    return length >= SHORTEST


def _columns(kind: Kind, text: str) -> tuple[Column, ...]:
    """The columns, by the weight with which the paper speaks and whether it speaks of a pilot; the partner's own trials are practice."""
    standing: tuple[Column, ...] = ("practised",) if kind in PRACTISED else ("reported",) if kind in REPORTED else ()
    return (*standing, "piloted") if kind != "best_practice" and speaks_of_pilot(text) else standing


def _same_place(kb: KnowledgeBase, outlines: Outlines, other: Counterpart, index: int, count: int, of: int) -> Citation | None:
    """The blocks at the same place of the passage in another language version, where it is made of as many."""
    info = outlines.info.get(other.document_id)
    if info is None or info.version != other.version:
        return None
    body = [b for b in outlines.blocks(other.document_id, other.start, other.end) if b.role not in ("title", "heading")]
    if len(body) != of:
        return None
    return cite(kb, info, body[index].start, body[index + count - 1].end, body[index].language)
