"""Papers, their versions, pages and facts as the JSON that ``setu … --json`` prints. Fields may be added here, never renamed or dropped."""

from __future__ import annotations

from ingest.found import found_shape
from ingest.records import Document
from kb.records import DocumentInfo, FactView, PageView, VersionInfo
from ui.doubt import doubtful_shape
from ui.shapes import Json, variant_shape


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
