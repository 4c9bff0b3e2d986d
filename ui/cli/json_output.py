"""Records as the JSON that ``setu … --json`` prints: answers, searches, papers, versions, pages and facts.

Fields may be added here, never renamed or dropped.
"""

from __future__ import annotations

import json
from typing import Any

from ingest.records import Document, found_shape
from kb.records import (
    Answer,
    Citation,
    Conflict,
    Context,
    Counterpart,
    DocumentInfo,
    FactView,
    Hit,
    IngestSummary,
    PageView,
    Refusal,
    SearchResult,
    Statement,
    Superseding,
    Variant,
    Verdict,
    VersionInfo,
)
from kb.records import Block as AnswerBlock
from ui.components.answer_wording import badly_read_shape, doubtful_shape

Json = dict[str, Any]


def dump(value: Any) -> str:
    """JSON as people read it: indented, in the original scripts."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def hit_shape(hit: Hit) -> Json:
    """One passage that was found."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "channels": {name: None if score is None else round(score, 6) for name, score in hit.channels.items()},
        "document": hit.document,
        "document_id": hit.document_id,
        "source": hit.source,
        "version": hit.version,
        "kind": hit.kind,
        "language": hit.language,
        "date": hit.date.isoformat() if hit.date else None,
        "chunk": hit.chunk,
        "page": hit.page,
        "page_label": hit.page_label,
        "path": list(hit.path),
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "counterparts": [counterpart_shape(c) for c in hit.counterparts],
        "context": context_shape(hit.context),
        "variants": [variant_shape(v) for v in hit.variants],
    }


def context_shape(context: Context | None) -> Json | None:
    """What stands around a passage or quote."""
    return {"before": context.before, "after": context.after} if context is not None else None


def counterpart_shape(counterpart: Counterpart) -> Json:
    """Where a passage stands in another language version."""
    return {
        "document": counterpart.document,
        "document_id": counterpart.document_id,
        "source": counterpart.source,
        "version": counterpart.version,
        "language": counterpart.language,
        "page": counterpart.page,
        "page_label": counterpart.page_label,
        "path": list(counterpart.path),
        "start": counterpart.start,
        "end": counterpart.end,
    }


def variant_shape(variant: Variant) -> Json:
    """Another document that tells the same story."""
    return {
        "document": variant.document,
        "document_id": variant.document_id,
        "source": variant.source,
        "publisher": variant.publisher,
        "date": variant.date.isoformat() if variant.date else None,
    }


def search_shape(result: SearchResult) -> Json:
    """What ``setu search --json`` prints."""
    return {
        "query": result.query,
        "language": result.language,
        "ms": round(result.ms, 1),
        "terms": [{"surface": t.surface, "names": {language: list(names) for language, names in t.names.items()}} for t in result.terms],
        "notes": list(result.notes),
        "hits": [hit_shape(h) for h in result.hits],
    }


def citation_shape(citation: Citation) -> Json:
    """A quote and where it stands."""
    return {
        "document": citation.document,
        "document_id": citation.document_id,
        "source": citation.source,
        "version": citation.version,
        "kind": citation.kind,
        "date": citation.date.isoformat() if citation.date else None,
        "page": citation.page,
        "page_label": citation.page_label,
        "path": list(citation.path),
        "start": citation.start,
        "end": citation.end,
        "language": citation.language,
        "quote": citation.quote,
        "status": citation.shown,
        "variants": [variant_shape(v) for v in citation.variants],
        "counterparts": [counterpart_shape(c) for c in citation.counterparts],
        "context": context_shape(citation.context),
        "superseded_by": superseding_shape(citation.superseded_by),
        "ocr": round(citation.ocr, 3) if citation.ocr is not None else None,
        "doubtful": doubtful_shape(citation.quote, citation.doubtful),
    }


def superseding_shape(by: Superseding | None) -> Json | None:
    """The paper that amends the cited one, or took its place."""
    return {"document": by.document, "document_id": by.document_id, "relation": by.relation} if by is not None else None


def conflict_shape(conflict: Conflict) -> Json:
    """Where two sources disagree; ``one`` weighs more where ``weight`` says why."""
    return {
        "what": conflict.what,
        "weight": conflict.weight,
        "said": conflict.said,
        "against": conflict.against,
        "note": conflict.note,
        "one": citation_shape(conflict.one),
        "other": citation_shape(conflict.other),
    }


def statement_shape(statement: Statement) -> Json:
    """One sentence of an answer."""
    return {
        "text": statement.text,
        "standing": statement.standing,
        "side": statement.side,
        "status": statement.status,
        "marks": [list(span) for span in statement.marks],
        "answering": [list(span) for span in statement.answering],
        "verdict": verdict_shape(statement.verdict) if statement.verdict is not None else None,
        "citations": [citation_shape(c) for c in statement.citations],
    }


def block_shape(block: AnswerBlock, answer: Answer) -> Json:
    """A part of an answer that is laid out; ``citations`` are those of all its cells, ``cited`` the statements of one, by index."""
    cited = dict.fromkeys(at for row in block.rows for cell in row for at in cell.cited)
    return {
        "kind": block.kind,
        "text": block.text,
        "items": list(block.items),
        "columns": list(block.columns),
        "rows": [[{"text": cell.text, "cited": list(cell.cited)} for cell in row] for row in block.rows],
        "citations": [citation_shape(c) for at in cited for c in answer.statements[at].citations],
    }


def verdict_shape(verdict: Verdict) -> Json:
    """What the comparison of a statement with its quotes gave."""
    return {
        "status": verdict.status,
        "support": round(verdict.support, 3),
        "scorer": verdict.scorer,
        "findings": [{"check": f.check, "said": f.said, "shown": f.shown} for f in verdict.findings],
    }


def refusal_shape(refusal: Refusal) -> Json:
    """Why there is no answer, and the nearest passages."""
    return {"reason": refusal.reason, "message": refusal.message, "nearest": [hit_shape(h) for h in refusal.nearest]}


def answer_shape(answer: Answer) -> Json:
    """What ``setu ask --json`` prints."""
    return {
        "question": answer.question,
        "asked_as": answer.asked_as,
        "notes": list(answer.notes),
        "language": answer.language,
        "engine": answer.engine,
        "skill": answer.skill,
        "grade": answer.grade,
        "blocks": [block_shape(block, answer) for block in answer.blocks],
        "model": answer.model,
        "prompt": answer.prompt,
        "ms": {"search": round(answer.ms.search, 1), "answer": round(answer.ms.answer, 1), "total": round(answer.ms.total, 1)},
        "statements": [statement_shape(s) for s in answer.statements],
        "conflicts": [conflict_shape(c) for c in answer.conflicts],
        "refusal": refusal_shape(answer.refusal) if answer.refusal else None,
    }


def summary_shape(summary: IngestSummary) -> Json:
    """What ``setu ingest --json`` prints."""
    return {
        "added": list(summary.added),
        "updated": list(summary.updated),
        "unchanged": list(summary.unchanged),
        "rejected": [{"file": r.file, "reason": r.reason, "remedy": r.remedy} for r in summary.rejected],
        "notes": list(summary.notes),
        "vanished": list(summary.vanished),
        "withdrawn": list(summary.withdrawn),
        "moved": [{"from": old, "to": new} for old, new in summary.moved],
        "badly_read": [badly_read_shape(one) for one in summary.badly_read],
        "cancelled": summary.cancelled,
        "seconds": round(summary.seconds, 3),
    }


def extract_shape(document: Document) -> Json:
    """What ``setu extract --json`` prints."""
    facts = document.facts
    return {
        "source": document.source.uri,
        "kind": facts.kind,
        "language": facts.language,
        "facts": {
            "title": facts.title,
            "publisher": facts.publisher,
            "date": facts.date.isoformat() if facts.date else None,
            "dates": [{"role": d.role, "value": d.value.isoformat(), "text": d.text, "start": d.start, "end": d.end} for d in facts.dates],
            "parties": list(facts.parties),
            "found": found_shape(facts.found),
        },
        "pages": [
            {
                "number": p.number,
                "label": p.label,
                "method": p.method,
                "quality": round(p.quality, 4),
                "language": p.language,
                "note": p.note,
                "start": p.start,
                "end": p.end,
                "text": p.text,
                "doubtful": doubtful_shape(p.text, ((a - p.start, b - p.start) for a, b in p.doubtful)),
            }
            for p in document.pages
        ],
        "blocks": [
            {
                "page": b.page,
                "role": b.role,
                "path": list(b.path),
                "language": b.language,
                "start": b.start,
                "end": b.end,
                "text": b.text,
            }
            for b in document.blocks
        ],
    }


def document_shape(info: DocumentInfo) -> Json:
    """One document of the catalogue."""
    return {
        "id": info.id,
        "title": info.title,
        "source": info.source,
        "version": info.version,
        "kind": info.kind,
        "language": info.language,
        "publisher": info.publisher,
        "date": info.date.isoformat() if info.date else None,
        "pages": info.pages,
        "chunks": info.chunks,
        "state": info.state,
        "note": info.note,
        "story": info.story,
        "variants": [variant_shape(v) for v in info.variants],
        "groups": list(info.groups),
        "collections": list(info.collections),
    }


def fact_shape(fact: FactView) -> Json:
    """One fact of a stored document, with where it stands and whether a person corrected it."""
    return {
        "field": fact.field,
        "value": fact.value,
        "text": fact.text,
        "start": fact.start,
        "end": fact.end,
        "page_label": fact.page_label,
        "path": list(fact.path),
        "sure": fact.sure,
        "origin": fact.origin,
        "corrected": fact.origin == "person",
        "changed": fact.changed.isoformat() if fact.changed else None,
        "extracted": fact.extracted,
        "document_id": fact.document_id,
    }


def version_shape(version: VersionInfo) -> Json:
    """One version of a document; times are UTC."""
    return {
        "version": version.number,
        "state": version.state,
        "created": version.created.isoformat(),
        "retired": version.retired.isoformat() if version.retired else None,
        "sha256": version.sha256,
        "media": version.media,
        "size": version.size,
        "pages": version.pages,
        "characters": version.characters,
        "title": version.title,
        "kind": version.kind,
        "language": version.language,
        "date": version.date.isoformat() if version.date else None,
    }


def page_shape(page: PageView) -> Json:
    """One page of a stored version."""
    return {
        "number": page.number,
        "label": page.label,
        "method": page.method,
        "quality": round(page.quality, 4),
        "language": page.language,
        "note": page.note,
        "start": page.start,
        "end": page.end,
        "text": page.text,
        "doubtful": doubtful_shape(page.text, ((a - page.start, b - page.start) for a, b in page.doubtful)),
    }
