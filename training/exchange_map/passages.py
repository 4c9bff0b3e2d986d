"""The passages that may stand in a cell: all of every paper, cut so that each speaks of one matter.

Each is a citation of its span, and is known as a pilot, something that is being tried out, by its words in four languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import regex

from ingest.records import Block, Kind
from kb import KnowledgeBase
from kb.answer.scoring.candidates import is_fragment
from kb.records import Citation, DocumentInfo
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
HEADINGS: Final = 30
"""Headings of a report that say what it is about."""
SHORTEST: Final = 30
"""Characters of a paragraph that says something; a Japanese one says it in half as many."""
LONGEST: Final = 1500
"""Characters of a part of a chapter; a Japanese one counts for two."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of one matter: what is compared (``text``), and what is cited.

    ``columns`` are those that it may stand in. ``within`` is the place, in the list of pieces, of the paragraph that a sentence is of: it
    stands in a cell only where its paragraph does not. ``report`` is the place of the piece that tells what the whole report is about,
    its title and headings; that one has no column. ``rows`` says that it is rows of a table.
    """

    citation: Citation
    text: str
    columns: tuple[Column, ...]
    versions: tuple[Citation, ...] = ()
    within: int = -1
    report: int = -1
    rows: bool = False

    @property
    def compared(self) -> tuple[str, str]:
        """Title and text as they are compared: a chapter under the title of its report; of a newspaper every paragraph by itself."""
        return self.citation.document if self.report >= 0 else "", self.text


def all_pieces(kb: KnowledgeBase, documents: Sequence[DocumentInfo], step: Callable[[DocumentInfo, Sequence[Piece]], None]) -> list[Piece]:
    """The passages of all documents, each once: of language versions that have as many, the first has the others' beside it.

    ``step`` is called with each document and its passages.
    """
    found: dict[int, list[Piece]] = {info.id: list(pieces(kb, info)) for info in documents}
    for versions in kb.parallels():
        first, *others = sorted(versions.intersection(found)) or [0]
        for other in others:
            if len(found[other]) == len(found[first]):
                pairs = zip(found[first], found.pop(other), strict=True)
                found[first] = [replace(piece, versions=(*piece.versions, beside.citation)) for piece, beside in pairs]
    placed: list[Piece] = []
    for info in documents:
        here = found.get(info.id, [])
        step(info, here)
        at = len(placed)
        placed += [
            replace(piece, within=piece.within + at if piece.within >= 0 else -1, report=piece.report + at if piece.report >= 0 else -1)
            for piece in here
        ]
    return placed


def pieces(kb: KnowledgeBase, info: DocumentInfo) -> Iterator[Piece]:
    """The passages of a document in order, their places counted from its first."""
    blocks = kb.outline(info.id)
    body = [block for block in blocks if block.role not in ("title", "heading")]
    at = 0
    report = -1
    if info.kind in PRACTISED and body:
        yield _subject(kb, info, blocks)
        at, report = 1, 0
    for run in _chapters(body) if info.kind in PRACTISED else _runs(body):
        for piece in _passages(kb, info, run, at, report):
            yield piece
            at += 1


def _subject(kb: KnowledgeBase, info: DocumentInfo, blocks: Sequence[Block]) -> Piece:
    """What a report says it is about: its title, and the headings of its chapters."""
    heads = list(dict.fromkeys(b.text for b in blocks if b.role == "heading"))[:HEADINGS]
    return Piece(cite(kb, info, 0, 0), "\n".join((info.title, *heads)), ())


def _passages(kb: KnowledgeBase, info: DocumentInfo, run: Sequence[Block], at: int, report: int) -> Iterator[Piece]:
    """A paragraph or part of a chapter, which stands at place ``at``, and its sentences where it is a paragraph of several matters."""
    text = "\n".join(block.text for block in run)
    columns = _columns(info.kind, "\n".join((*run[0].path[-1:], text)))
    if not columns or not _says_something(run) or (info.kind not in AGREED and len(run) == 1 and is_fragment(run[0].text)):
        return
    cited = cite(kb, info, run[0].start, run[-1].end, run[0].language)
    yield Piece(cited, text, columns, (), -1, report, run[0].role == "table_row")
    if info.kind in REPORTED and len(run) == 1:
        yield from _sentences(kb, info, run[0], at)


def _sentences(kb: KnowledgeBase, info: DocumentInfo, block: Block, paragraph: int) -> Iterator[Piece]:
    """The sentences of a paragraph that has several: it may speak of several matters."""
    spans = sentence_spans(block.text, block.language)
    for start, end in spans if len(spans) > 1 else ():
        if not is_fragment(block.text[start:end]):
            cited = cite(kb, info, block.start + start, block.start + end, block.language)
            yield Piece(cited, cited.quote, _columns(info.kind, cited.quote), (), paragraph)


def _chapters(body: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks under one heading together, cut where they are long; each by itself where there is no heading."""
    run: list[Block] = []
    for block in body:
        if run and (not block.path or block.path != run[-1].path or _length(run) + _length([block]) > LONGEST):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _runs(body: Sequence[Block]) -> list[list[Block]]:
    """The blocks one by one, but the rows of a table together."""
    runs: list[list[Block]] = []
    for block in body:
        if runs and block.role == "table_row" and runs[-1][-1].role == "table_row":
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs


def _length(run: Sequence[Block]) -> int:
    return sum(len(b.text) * (2 if b.language == "ja" else 1) for b in run)


def _says_something(run: Sequence[Block]) -> bool:
    return _length(run) >= SHORTEST


def _columns(kind: Kind, text: str) -> tuple[Column, ...]:
    """The columns, by the weight with which the paper speaks and whether it speaks of a pilot; the partner's own trials are practice."""
    standing: tuple[Column, ...] = ("practised",) if kind in PRACTISED else ("reported",) if kind in REPORTED else ()
    return (*standing, "piloted") if kind != "best_practice" and speaks_of_pilot(text) else standing
