"""Records as the JSON that ``setu … --json`` prints: answers, searches, papers, versions, pages and facts.

Fields may be added here, never renamed or dropped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Final

from ingest.records import Block as DocumentBlock
from ingest.records import Document, Facts, Page, Span, found_shape
from kb.document_records import BadlyRead
from kb.records import (
    Answer,
    Citation,
    Conflict,
    Counterpart,
    DocumentInfo,
    FactView,
    Hit,
    IngestSummary,
    PageView,
    Refusal,
    Reject,
    SearchResult,
    Statement,
    Superseding,
    Variant,
    Verdict,
    VersionInfo,
)
from lang.languages import LANGUAGES
from ui.components.answer_wording import badly_read_words
from ui.components.i18n import strings

_PAGE: Final = "number label method quality language note start end text doubtful"
_FIELDS: Final[Mapping[type, str]] = {
    Answer: "question asked_as notes language engine skill grade blocks model prompt sent ms statements conflicts refusal",
    BadlyRead: "file pages doubtful advice",
    Citation: "document document_id source version kind date page page_label path start end language quote status variants counterparts"
    " context superseded_by ocr doubtful",
    Conflict: "what weight said against note one other",
    Counterpart: "document document_id source version language page page_label path start end",
    Document: "source kind language facts pages blocks",
    DocumentBlock: "page role path language start end text",
    DocumentInfo: "id title source version kind language publisher date pages chunks state note story variants groups collections in_house",
    Facts: "title publisher date dates parties found",
    FactView: "field value text start end page_label path sure origin corrected changed extracted document_id",
    Hit: "rank score channels document document_id source version kind language date chunk page page_label path start end text counterparts"
    " context variants",
    IngestSummary: "added updated unchanged rejected notes vanished withdrawn moved badly_read cancelled seconds",
    Page: _PAGE,
    PageView: _PAGE,
    Refusal: "reason message nearest",
    Reject: "file reason remedy",
    SearchResult: "query language ms terms notes hits",
    Statement: "text standing side status marks answering verdict citations",
    Superseding: "document document_id relation",
    Variant: "document document_id source publisher date",
    Verdict: "status support scorer findings",
    VersionInfo: "version state created retired sha256 media size pages characters title kind language date",
}
"""What is told of a record, in order. A record that is not here is told as it is; what is not a field or property is in ``_MADE``."""

_DIGITS: Final = {
    "score": 6,
    "channels": 6,
    "quality": 4,
    "support": 3,
    "ocr": 3,
    "seconds": 3,
    "ms": 1,
    "search": 1,
    "answer": 1,
    "total": 1,
}
"""Decimals to which the numbers of a field are rounded."""


def dump(value: Any) -> str:
    """JSON of records and what is plain already as people read it: indented, in the original scripts."""
    return json.dumps(shape(value), ensure_ascii=False, indent=2)


def shape(value: Any, digits: int | None = None) -> Any:
    """A record as JSON has it, and all that it holds; numbers are rounded to so many ``digits``, days and times written out."""
    if is_dataclass(value):
        kind = type(value)
        names = _FIELDS[kind].split() if kind in _FIELDS else [field.name for field in fields(value)]
        made = ((name, _MADE.get((kind, name))) for name in names)
        return {name: make(value) if make else shape(getattr(value, name), _DIGITS.get(name)) for name, make in made}
    if isinstance(value, Mapping):
        return {key: shape(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [shape(one, digits) for one in value]
    if isinstance(value, float) and digits is not None:
        return round(value, digits)
    return value.isoformat() if isinstance(value, date) else value


def _blocks(answer: Answer) -> list[dict[str, Any]]:
    """The parts of an answer that is laid out; ``citations`` are those of all its cells, ``cited`` the statements of one, by index."""
    told = []
    for block in answer.blocks:
        cited = dict.fromkeys(at for row in block.rows for cell in row for at in cell.cited)
        told.append({**shape(block), "citations": [shape(c) for at in cited for c in answer.statements[at].citations]})
    return told


def _doubtful(text: str, spans: Iterable[Span], start: int = 0) -> list[dict[str, Any]]:
    """The words at these spans of a text that begins at ``start``."""
    return [{"start": a - start, "end": b - start, "text": text[a - start : b - start]} for a, b in spans]


def _advice(one: BadlyRead) -> dict[str, str]:
    return {language: badly_read_words(one, strings(language)) for language in LANGUAGES}


_MADE: Final[Mapping[tuple[type, str], Callable[[Any], Any]]] = {
    (Answer, "blocks"): _blocks,
    (BadlyRead, "advice"): _advice,
    (Citation, "doubtful"): lambda citation: _doubtful(citation.quote, citation.doubtful),
    (Citation, "status"): lambda citation: citation.shown,
    (Document, "kind"): lambda document: document.facts.kind,
    (Document, "language"): lambda document: document.facts.language,
    (Document, "source"): lambda document: document.source.uri,
    (Facts, "found"): lambda facts: found_shape(facts.found),
    (FactView, "corrected"): lambda fact: fact.origin == "person",
    (IngestSummary, "moved"): lambda summary: [{"from": old, "to": new} for old, new in summary.moved],
    (Page, "doubtful"): lambda page: _doubtful(page.text, page.doubtful, page.start),
    (PageView, "doubtful"): lambda page: _doubtful(page.text, page.doubtful, page.start),
    (VersionInfo, "version"): lambda version: version.number,
}
"""Fields that are made, or have another name in the record."""
