"""``/v1/search``: the passages nearest to a query, as ``setu search --json`` prints them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictBool, StrictInt

from server.access import Asker, questioner
from server.bodies import Narrowed, Text
from server.description import answers
from server.problems import ProblemError
from server.replies import told
from server.serving import worked

router = APIRouter(tags=["ask"])


class Query(Narrowed):
    """A query."""

    query: Text
    """What is looked for, in one of the four languages."""
    k: Annotated[StrictInt, Field(ge=1, le=100)] = 10
    """How many passages."""
    context: StrictBool = True
    """Whether each is given what stands around it."""


@router.post("/v1/search", summary="Find the passages nearest to a query", **answers("search", 404, 413, 429))
async def search(request: Request, query: Query, who: Annotated[Asker, Depends(questioner)]) -> Response:
    """The best passages; one that two language versions of a document have is there once."""
    most = who.base.settings.max_question_chars
    if len(query.query) > most:
        raise ProblemError(422, f"The query has {len(query.query)} characters, and may have {most}.")
    return told(await worked(request, lambda: who.base.search(query.query, k=query.k, filters=query.of(who.base), context=query.context)))
