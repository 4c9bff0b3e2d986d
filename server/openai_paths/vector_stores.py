"""``/v1/vector_stores``: the collections as stores, each of which is searched as Setu searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from typing import Any, Final, get_args

from ingest.records import KINDS
from kb.document_records import Filters, Hit
from kb.sanitize import visible
from lang.languages import Language
from server.evidence.askers import Seen
from server.openai_paths.openai_errors import OpenAIError
from server.openai_paths.request_records import SearchBody
from ui.components.answer_wording import place_of
from ui.components.i18n import strings
from ui.components.permalinks import Passage

ALL: Final = "all"
_LISTS: Final = {"kind": "kinds", "language": "languages", "document_id": "documents"}


def list_stores(seen: Seen) -> dict[str, Any]:
    """All papers, and each collection that the asker sees."""
    stores = [store(seen, ALL), *(store(seen, str(one.id)) for one in seen.kb.collections.list())]
    return {"object": "list", "data": stores, "first_id": stores[0]["id"], "last_id": stores[-1]["id"], "has_more": False}


def store(seen: Seen, name: str) -> dict[str, Any]:
    """A store; `OpenAIError` where there is none of that id."""
    inside = _collection(seen, name)
    shown = [info for info in seen.kb.documents() if info.in_use and Filters(collections=inside).collected(info.collections)]
    one = seen.kb.collections.get(inside[0]) if inside else None
    counts = {"in_progress": 0, "completed": len(shown), "failed": 0, "cancelled": 0, "total": len(shown)}
    return {
        "id": name, "object": "vector_store", "created_at": 0, "name": (one.name or one.role) if one else "Setu", "usage_bytes": 0,
        "file_counts": counts, "status": "completed", "metadata": {"description": one.description} if one and one.description else {},
        "last_active_at": None,
    }  # fmt: skip


def search_store(seen: Seen, name: str, body: SearchBody) -> dict[str, Any]:
    """A page of passages, best first, in the shape of OpenAI's search.

    ``score`` is how near the passage is in meaning, from 0 to 1; the order is that of Setu's whole search, which weighs more than that.

    Raises:
        OpenAIError: there is no such store, or the filters ask for something that is not known of papers.
    """
    limits = replace(_filters(body.filters or {}), collections=_collection(seen, name))
    least = (body.ranking_options or {}).get("score_threshold") or 0.0
    if not isinstance(least, int | float):
        raise OpenAIError("score_threshold is a number from 0 to 1.", code="invalid_value", param="ranking_options")
    queries = [body.query] if isinstance(body.query, str) else body.query
    if not all(query.strip() for query in queries):
        raise OpenAIError("The query is empty.", code="invalid_value", param="query")
    seen.count_question()
    found = [seen.kb.search(query, k=body.max_num_results, filters=limits).hits for query in queries]
    merged = {str(Passage.of(hit)): hit for rank in zip_longest(*found) for hit in rank if hit is not None}
    data = [_result(seen, hit) for hit in merged.values()]
    kept = [one for one in data if one["score"] >= least][: body.max_num_results]
    return {"object": "vector_store.search_results.page", "search_query": queries, "data": kept, "has_more": False, "next_page": None}


def _result(seen: Seen, hit: Hit) -> dict[str, Any]:
    passage = Passage.of(hit)
    near = hit.channels.get("dense")
    attributes: dict[str, str | float | bool] = {
        "id": str(passage), "url": passage.url(seen.address), "title": _short(place_of(hit, strings("en"))), "document_id": hit.document_id,
        "version": hit.version, "kind": hit.kind, "language": hit.language, "date": hit.date.isoformat() if hit.date else "",
        "page": hit.page, "page_label": hit.page_label, "path": _short(" › ".join(hit.path)), "start": hit.start, "end": hit.end,
    }  # fmt: skip
    return {
        "file_id": f"document-{hit.document_id}", "filename": hit.document, "score": round(min(max(near or 0.0, 0.0), 1.0), 4),
        "attributes": attributes, "content": [{"type": "text", "text": hit.text}],
    }  # fmt: skip


def _short(text: str) -> str:
    return visible(text)[:512]


def _collection(seen: Seen, name: str) -> tuple[int, ...]:
    """The collection of a store; () for all papers."""
    if name == ALL:
        return ()
    for one in seen.kb.collections.list():
        if name in (str(one.id), one.name, one.role):
            return (one.id,)
    raise OpenAIError(f"There is no vector store {name[:80]!r}; {ALL!r} has all papers.", status=404, code="not_found", param="id")


def _filters(wanted: Mapping[str, Any]) -> Filters:
    """OpenAI's filters of attributes, as far as papers have them: kind, language, document_id (eq, in) and date (eq, gte, lte)."""
    if not wanted:
        return Filters()
    if wanted.get("type") == "and":
        made = Filters()
        for one in wanted.get("filters") or ():
            if not isinstance(one, Mapping):
                raise _bad()
            part = _filters(one)
            both = {name: value for name in (*_LISTS.values(), "date_from", "date_to") if (value := getattr(part, name))}
            if any(getattr(made, name) for name in both):
                raise _bad()
            made = replace(made, **both)
        return made
    key, kind, value = wanted.get("key"), wanted.get("type"), wanted.get("value")
    if key in _LISTS and kind in ("eq", "in"):
        values = tuple(value) if kind == "in" and isinstance(value, list) else (value,)
        return Filters(**{_LISTS[key]: _known(key, values)})  # type: ignore[arg-type]
    if key == "date" and kind in ("eq", "gte", "lte"):
        day = _day(value)
        return Filters(date_from=day if kind != "lte" else None, date_to=day if kind != "gte" else None)
    raise _bad()


def _known(key: str, values: Sequence[Any]) -> tuple[Any, ...]:
    if key == "document_id":
        if not all(isinstance(value, int | float) and value == int(value) for value in values):
            raise _bad()
        return tuple(map(int, values))
    if not set(map(str, values)) <= set(KINDS if key == "kind" else get_args(Language)):
        raise _bad()
    return tuple(values)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _bad() from error


def _bad() -> OpenAIError:
    said = "Filters are of kind, language and document_id (eq, in) and of date (eq, gte, lte; YYYY-MM-DD), each once, joined by and."
    return OpenAIError(said, code="invalid_value", param="filters")
