"""``/v1/feedback``: what whoever asks thinks of an answer of theirs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, StrictBool, StrictInt, StrictStr

from kb.user_records import MAX_COMMENT, Opinion, Reason
from server.access import Asker, asker
from server.bodies import Body
from server.description import answers
from server.problems import ProblemError
from server.serving import worked

router = APIRouter(tags=["ask"])


class Said(Body):
    """An opinion of an answer; another one of the same answer takes its place."""

    conversation: StrictStr = Field(min_length=1, max_length=64)
    """As `/v1/ask` gave it."""
    ordinal: Annotated[StrictInt, Field(ge=0, le=100_000)]
    """Which answer of the conversation, from 0."""
    good: StrictBool
    """Whether the answer was good."""
    reason: Reason | None = None
    """What was wrong with it."""
    comment: StrictStr = Field(default="", max_length=MAX_COMMENT)
    """In words."""


@router.post("/v1/feedback", status_code=204, summary="Say what you think of an answer", **answers("", 404, 413, 429, status=204))
async def give(request: Request, said: Said, who: Annotated[Asker, Depends(asker)]) -> Response:
    """Keep an opinion of an answer that was kept in a conversation of one's own."""

    def done() -> None:
        talk = who.base.conversations.load(said.conversation)
        if talk is None or said.ordinal >= len(talk.exchanges):
            raise ProblemError(404, "There is no such answer that is yours.")
        who.base.feedback.give(said.conversation, said.ordinal, Opinion(said.good, said.reason, said.comment))

    await worked(request, done)
    return Response(status_code=204)
