"""The paths, each of which asks who the request is from."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Depends
from starlette.requests import Request

from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.openai_paths.answering import MODEL, filters_of
from server.openai_paths.chat_completions import complete
from server.openai_paths.openai_errors import OpenAIError, OpenAIRoute, unsupported
from server.openai_paths.request_records import Completion, EmbeddingBody, Limits, ResponseBody, SearchBody
from server.openai_paths.responses import respond
from server.openai_paths.vector_stores import list_stores, search_store, store
from server.streams import done_in, new_pool

EMBEDDINGS: Final = "setu-embeddings"
MOST_TEXTS: Final = 256
MOST_CHARS: Final = 200_000


def openai_router(ask: Callable[[Request], Seen], pool: Executor | None = None) -> APIRouter:
    """The paths of the OpenAI API under ``/v1``; ``ask`` gives the asker of a request, in a worker thread; the work is done in ``pool``."""
    pool = pool or new_pool()
    router = APIRouter(prefix="/v1", route_class=OpenAIRoute, tags=["OpenAI-compatible"])
    turns = EarlierTurns()

    def asked(request: Request) -> Seen:
        return ask(request)

    asker = Depends(asked)

    @router.get("/models", summary="The models: Setu over all papers, over each collection, and its embeddings")
    async def models(seen: Seen = asker) -> dict[str, Any]:
        return {"object": "list", "data": [_model(name) for name in await done_in(pool, _models, seen)]}

    @router.get("/models/{name:path}", summary="One model")
    async def model(name: str, seen: Seen = asker) -> dict[str, Any]:
        if name != EMBEDDINGS:
            await done_in(pool, filters_of, seen, name, Limits())
        return _model(name)

    @router.post("/chat/completions", summary="Answer the last message of a conversation, with its sources as annotations")
    async def chat_completions(body: Completion, seen: Seen = asker) -> Any:
        return await done_in(pool, complete, seen, turns, body, pool)

    @router.post("/responses", summary="The same in the shape of the Responses API")
    async def responses(body: ResponseBody, seen: Seen = asker) -> Any:
        return await done_in(pool, respond, seen, turns, body, pool)

    @router.post("/embeddings", summary="Embed texts with the model that the search uses")
    async def embeddings(body: EmbeddingBody, seen: Seen = asker) -> dict[str, Any]:
        return await done_in(pool, _embedded, seen, body)

    @router.get("/vector_stores", summary="All papers, and each collection, as vector stores")
    async def vector_stores(seen: Seen = asker) -> dict[str, Any]:
        return await done_in(pool, list_stores, seen)

    @router.get("/vector_stores/{store_id}", summary="One vector store")
    async def vector_store(store_id: str, seen: Seen = asker) -> dict[str, Any]:
        return await done_in(pool, store, seen, store_id)

    @router.post("/vector_stores/{store_id}/search", summary="Search the papers of a store")
    async def search(store_id: str, body: SearchBody, seen: Seen = asker) -> dict[str, Any]:
        return await done_in(pool, search_store, seen, store_id, body)

    return router


def _models(seen: Seen) -> list[str]:
    return [MODEL, *(f"{MODEL}/{one.name or one.role}" for one in seen.kb.collections.list()), EMBEDDINGS]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "setu"}


def _embedded(seen: Seen, body: EmbeddingBody) -> dict[str, Any]:
    """The vectors of texts, of unit length; no tokens are counted."""
    if body.model != EMBEDDINGS:
        raise OpenAIError(f"There is no model {body.model[:80]!r}; embeddings are of {EMBEDDINGS}.", status=404, code="model_not_found")
    given = [body.input] if isinstance(body.input, str) else body.input
    texts = [text for text in given if isinstance(text, str)]
    if len(texts) != len(given):
        raise unsupported("input", "texts are wanted, no tokens (langchain-openai: check_embedding_ctx_length=False).")
    if not texts or len(texts) > MOST_TEXTS or sum(map(len, texts)) > MOST_CHARS or not all(text.strip() for text in texts):
        said = f"From 1 to {MOST_TEXTS} texts, none of them empty, of {MOST_CHARS} characters in all, can be embedded at once."
        raise OpenAIError(said, code="invalid_value", param="input")
    vectors = seen.kb.vectors(texts, queries=body.input_type == "query")
    if body.dimensions not in (None, vectors.shape[1]):
        raise unsupported("dimensions", f"the vectors of this model have {vectors.shape[1]}.")
    rows: list[Any] = vectors.astype(np.float32).tolist()
    if body.encoding_format == "base64":
        rows = [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    return {"object": "list", "data": data, "model": body.model, "usage": {"prompt_tokens": 0, "total_tokens": 0}}
