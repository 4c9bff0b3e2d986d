"""``/v1/ask``: an answer with its citations, as ``setu ask --json`` prints it, whole or event by event."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field, StrictStr

from kb import KnowledgeBase
from kb.records import (
    Answer,
    Done,
    Engine,
    Event,
    EvidenceFound,
    LaidOut,
    Looking,
    Refused,
    Searching,
    StatementReady,
    Turn,
    Waiting,
    Writing,
)
from kb.user_records import Exchange, answer_key
from server.access import Asker, questioner
from server.bodies import Narrowed, Text
from server.description import answers
from server.problems import ProblemError, problem_of
from server.replies import told
from server.serving import serving
from server.streams import events_of
from ui.cli.json_output import shape

router = APIRouter(tags=["ask"])
STREAM: Final = "text/event-stream"
_LOOK_S: Final = 0.5
"""How often it is looked whether whoever asked has hung up."""
_STAGES: Final = {Searching: "searching", EvidenceFound: "evidence", Waiting: "waiting", Looking: "looking", Writing: "writing"}


class Question(Narrowed):
    """A question."""

    question: StrictStr = Field(max_length=20_000)
    """In one of the four languages."""
    after: list[Text] = Field(default_factory=list, max_length=5)
    """Questions that were asked before, oldest first, so that this one may lean on them."""
    engine: Engine | None = None
    """Quote the papers, or have the language model write; by default as Setu is set up."""
    conversation: StrictStr | None = Field(default=None, max_length=64)
    """Keep question and answer: "new" begins a conversation, the id that came back goes on with it."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where an answer is kept."""

    id: str
    ordinal: int


@router.post("/v1/ask", summary="Answer a question from the documents", **answers("ask", 404, 413, 429))
async def ask(request: Request, question: Question, who: Annotated[Asker, Depends(questioner)]) -> Response:
    """Statements with citations, or a refusal with the nearest passages; both are answers (200).

    With the header `Accept: text/event-stream` the answer comes as server-sent events: `progress`, `statement`, `laid_out`, `refusal`, and
    `done` with the whole answer, or `problem`. `heartbeat` comes when nothing else did for a while. Who hangs up stops the work.
    """
    if question.after and question.conversation:
        raise ProblemError(422, "Send the questions before in `after`, or name a conversation, not both.")
    if STREAM in request.headers.get("accept", ""):
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_streamed(request, question, who), 200, headers, STREAM)
    have, began = serving(request), time.monotonic()
    looked = began
    async with aclosing(events_of(lambda: _events(question, who.base), have.pool, _LOOK_S)) as events:
        async for one in events:
            if time.monotonic() - began > have.seconds:
                raise ProblemError(504, f"This took longer than the {have.seconds:g} seconds that a request may take. Ask for a stream.")
            if time.monotonic() - looked >= _LOOK_S:
                looked = time.monotonic()
                if await request.is_disconnected():
                    return Response(status_code=499)
            if isinstance(one, tuple):
                return told(_answered(*one))
    raise ProblemError(500, "The answer broke off.")


async def _streamed(request: Request, question: Question, who: Asker) -> AsyncIterator[bytes]:
    have = serving(request)
    try:
        async with aclosing(events_of(lambda: _events(question, who.base), have.pool, have.heartbeat)) as events:
            async for one in events:
                yield _event(*_told(one))
    except asyncio.CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - the answer has begun, so the problem is its last event
        problem = problem_of(error)
        yield _event("problem", {"type": "about:blank", "status": problem.status, "detail": problem.detail, **problem.more})


def _events(question: Question, base: KnowledgeBase) -> Generator[Event | tuple[Answer, _Kept | None], None, None]:
    """The events of an answer; in the place of the last one the answer, and where it is kept."""
    filters = question.of(base)
    talk = None
    history: list[Turn] = []
    if question.conversation is not None:
        talk = base.conversations.new() if question.conversation == "new" else base.conversations.load(question.conversation)
        if talk is None:
            raise ProblemError(404, "There is no conversation of that id that is yours.")
        history = [Turn(one.question, one.answer) for one in talk.exchanges if one.answer is not None and one.complete]
    for earlier in question.after:
        history.append(Turn(earlier, base.answer(earlier, history=history, filters=filters, engine=question.engine)))
        yield Searching(earlier, history[-1].answer.language)
    for event in base.ask(question.question, history=history, filters=filters, engine=question.engine):
        if not isinstance(event, Done):
            yield event
            continue
        kept = None
        if talk is not None:
            kept = _Kept(talk.id, len(talk.exchanges))
            base.conversations.save(talk.with_new(Exchange(question.question, filters, event.answer, True)))
        yield event.answer, kept


def _answered(answer: Answer, kept: _Kept | None) -> dict[str, Any]:
    found: dict[str, Any] = shape(answer)
    if kept is not None:
        found["conversation"] = {"id": kept.id, "ordinal": kept.ordinal, "key": answer_key(kept.id, kept.ordinal)}
    return found


def _told(one: Event | tuple[Answer, _Kept | None] | None) -> tuple[str, dict[str, Any]]:
    """The name of an event and what it says."""
    if one is None:
        return "heartbeat", {}
    if isinstance(one, tuple):
        return "done", _answered(*one)
    if isinstance(one, StatementReady):
        return "statement", shape(one.statement)
    if isinstance(one, Refused):
        return "refusal", shape(one.refusal)
    if isinstance(one, LaidOut):
        return "laid_out", shape(one.answer)
    said: dict[str, Any] = {"stage": _STAGES.get(type(one), "working")}
    if isinstance(one, Searching):
        said |= {"language": one.language, "asked_as": one.asked_as}
    if isinstance(one, EvidenceFound):
        said |= {"passages": len(one.hits)}
    return "progress", said


def _event(name: str, said: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
