"""An example of what each operation answers, cut short, for the description of the paths."""

from __future__ import annotations

from typing import Any, Final

_CITATION: Final[dict[str, Any]] = {
    "document": "Memorandum of Cooperation", "document_id": 1, "source": "/papers/memorandum.pdf", "version": 1, "kind": "agreement",
    "date": "2025-03-05", "page": 1, "page_label": "1", "path": ["Article 2 Costs"], "start": 190, "end": 252, "language": "en",
    "quote": "The Ministry of Tides will bear the cost of the forty tide gauges.", "status": "verified", "variants": [],
    "counterparts": [], "context": None, "superseded_by": None, "ocr": None, "doubtful": [],
}  # fmt: skip
_DOCUMENT: Final[dict[str, Any]] = {
    "id": 1, "title": "Memorandum of Cooperation", "source": "/papers/memorandum.pdf", "version": 1, "kind": "agreement",
    "language": "en", "publisher": None, "date": "2025-03-05", "pages": 1, "chunks": 2, "state": "published", "note": "", "story": None,
    "variants": [], "groups": [], "collections": [], "in_house": False,
}  # fmt: skip
_VERSION: Final[dict[str, Any]] = {
    "version": 1, "state": "current", "created": "2026-01-02T10:00:00", "retired": None, "sha256": "9f86d081…", "media": "pdf",
    "size": 52000, "pages": 1, "characters": 300, "title": "Memorandum of Cooperation", "kind": "agreement", "language": "en",
    "date": "2025-03-05",
}  # fmt: skip
_JOB: Final[dict[str, Any]] = {
    "id": "3kP0aQ9sXw1L", "state": "done", "stopping": False, "share": 1.0,
    "files": [{"name": "memorandum.pdf", "state": "done", "trouble": "", "notes": [],
               "outcomes": [{"name": "memorandum.pdf", "result": "added", "reason": "", "remedy": ""}]}],
    "documents": [_DOCUMENT],
}  # fmt: skip

ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "ask": {
        "question": "Who bears the cost of the tide gauges?", "asked_as": None, "notes": [], "language": "en", "engine": "extractive",
        "skill": "lookup", "grade": "answers", "blocks": [], "model": None, "prompt": None, "sent": None,
        "ms": {"search": 12.0, "answer": 40.1, "total": 52.1},
        "statements": [{"text": _CITATION["quote"], "standing": "agreed", "side": "", "status": "verified", "marks": [[0, 21]],
                        "answering": [], "verdict": None, "citations": [_CITATION]}],
        "conflicts": [], "refusal": None,
    },
    "search": {
        "query": "tide gauges", "language": "en", "ms": 11.2, "terms": [], "notes": [],
        "hits": [{"rank": 1, "score": 4.2, "channels": {"dense": 0.87, "bm25": 9.1}, "document": "Memorandum of Cooperation",
                  "document_id": 1, "version": 1, "page": 1, "path": ["Article 2 Costs"], "start": 190, "end": 252,
                  "text": _CITATION["quote"]}],
    },
    "verify": {
        "statement": "The Ministry of Tides pays for fifty tide gauges.", "language": "en", "status": "unsupported",
        "sentences": [{"text": "The Ministry of Tides pays for fifty tide gauges.", "status": "unsupported",
                       "reasons": "Not borne out: “fifty”, the source says “forty”",
                       "verdict": {"status": "unsupported", "support": 0.41, "scorer": "trained",
                                   "findings": [{"check": "number", "said": "fifty", "shown": "forty"}]},
                       "citations": [_CITATION]}],
        "quotes": [],
    },
    "documents": {"documents": [_DOCUMENT], "next": None, "total": 1},
    "document": {
        **_DOCUMENT, "versions": [_VERSION],
        "facts": [{"field": "date", "value": "2025-03-05", "text": "5 March 2025", "start": 280, "end": 292, "page_label": "1", "path": [],
                   "sure": True, "origin": "text", "corrected": False, "changed": None, "extracted": "", "document_id": None}],
    },
    "page": {"number": 1, "label": "1", "method": "text", "quality": 1.0, "language": "en", "note": "", "start": 0, "end": 300,
             "text": "MEMORANDUM OF COOPERATION …", "doubtful": []},
    "passage": {
        "id": "1.1.190.252", "state": "current", "document": _DOCUMENT, "version": _VERSION, "text": _CITATION["quote"], "context": None,
        "page": 1, "page_label": "1", "path": ["Article 2 Costs"], "link": "http://127.0.0.1:8501/?passage=1.1.190.252",
    },
    "cards": {"documents": [_DOCUMENT]},
    "card": {"document_id": 1, "document": "Memorandum of Cooperation", "source": "/papers/memorandum.pdf", "version": 1,
             "language": "en", "superseded_by": None, "fields": [], "obligations": [], "lost": []},
    "obligations": {"today": "2026-03-01", "obligations": [], "replaced": [], "unread": [], "lost": []},
    "map": {"made": "2026-03-01T10:00:00", "papers": {"agreements": 1, "practices": 1, "others": 0, "without_areas": []}, "rows": []},
    "modules": {"modules": [{"id": "AbCdEfGhIjKlMnOp", "title": "Tide prediction", "created": "2026-03-01T10:00:00",
                             "changed": "2026-03-01T10:00:00"}]},
    "module": {"id": "AbCdEfGhIjKlMnOp", "title": "Tide prediction", "language": "en"},
    "jobs": {"jobs": [_JOB]},
    "job": _JOB,
}  # fmt: skip
"""Name of what is answered → an example of it."""

ASKED: Final[dict[str, dict[str, Any]]] = {
    "Question": {"question": "Who bears the cost of the tide gauges?"},
    "Query": {"query": "tide gauges", "k": 5},
    "Claim": {"statement": "The Ministry of Tides pays for fifty tide gauges."},
    "Correction": {"field": "date", "value": "2025-03-05"},
    "Said": {"conversation": "AbCdEfGhIjKlMnOp", "ordinal": 0, "good": False, "reason": "incomplete", "comment": "The annex is missing."},
}
"""Name of a body → an example of it."""
