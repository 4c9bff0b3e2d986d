"""``/v1/chat/completions``: whole and as a stream."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import Executor
from contextlib import aclosing
from typing import Any

from starlette.responses import Response, StreamingResponse

from kb import event_log
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.openai_paths.answering import BEAT_S, Replied, Step, filters_of, pieces, reply, source_shape, url_citation, whole_reply
from server.openai_paths.conversation import done_for_window, helper_task, read_conversation
from server.openai_paths.openai_errors import NO_TOOLS, error_body, must_call, unsupported
from server.openai_paths.request_records import Completion
from server.streams import events_of

STREAM = "text/event-stream"
WORKING = ": working\n\n"
"""The comment that keeps a line open."""
FINGERPRINT = "setu"
"""Said because clients read it, Moodle among them; what an answer was made from is in its field `setu`."""
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def complete(seen: Seen, turns: EarlierTurns, body: Completion, pool: Executor) -> dict[str, Any] | Response:
    """Answer the last message, or begin to.

    A stream does its work in ``pool``.

    Raises:
        OpenAIError: the request asks for something that Setu does not do, or is none.
        KnowledgeBaseError: it cannot be answered.
    """
    _refuse(body)
    talk = read_conversation(body.messages)
    filters = filters_of(seen, body.model, body.setu)
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": body.model, "system_fingerprint": FINGERPRINT}
    if (task := helper_task(talk.question)) is not None:
        said = done_for_window(task, talk.question)
        return streaming(_streamed(head, body, in_pieces(said))) if body.stream else _whole(head, said)
    seen.count_question()
    if body.stream:
        steps = events_of(lambda: reply(seen, turns, talk, filters, body.setu), pool, BEAT_S)
        return streaming(_streamed(head, body, steps))
    replied = whole_reply(seen, turns, talk, filters, body.setu)
    return _whole(head, replied.shown, replied)


def streaming(lines: AsyncIterator[str]) -> Response:
    """The response that streams these."""
    return StreamingResponse(lines, media_type=STREAM, headers=HEADERS)


async def in_pieces(text: str) -> AsyncGenerator[Step, None]:
    """A text that is there already, as the steps of an answer."""
    for piece in pieces(text):
        yield piece


def annotated(replied: Replied) -> list[dict[str, Any]]:
    """Where each mark in the text leads; ``setu`` is its quote and where that stands."""
    return [
        {"type": "url_citation", "url_citation": url_citation(mark), "setu": source_shape(mark.source.number, mark.source.record)}
        for mark in replied.text.marks
    ]


def sse(data: Any) -> str:
    """An event of a stream."""
    return f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n"


def _refuse(body: Completion) -> None:
    """Raise what says that something cannot be done, before anything is."""
    if body.n not in (None, 1):
        raise unsupported("n", "there is one answer to a question.")
    for param in ("tool_choice", "function_call"):
        if must_call(getattr(body, param)):
            raise unsupported(param, NO_TOOLS)
    if body.audio or "audio" in (body.modalities or ()):
        raise unsupported("audio", "answers are text.")
    if body.logprobs:
        raise unsupported("logprobs", "answers are quotes, or sentences that were checked.")
    if (body.response_format or {}).get("type", "text") != "text":
        raise unsupported("response_format", "answers are text; the field setu holds them as JSON.")


def _usage(replied: Replied | None) -> dict[str, int]:
    sent, given = replied.usage if replied is not None else (0, 0)
    return {"prompt_tokens": sent, "completion_tokens": given, "total_tokens": sent + given}


def _whole(head: dict[str, Any], text: str, replied: Replied | None = None) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    message["annotations"] = annotated(replied) if replied is not None else []
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    made = {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(replied)}
    return {**made, "setu": replied.extension()} if replied is not None else made


async def _streamed(head: dict[str, Any], body: Completion, steps: AsyncGenerator[Step, None]) -> AsyncIterator[str]:
    """The text as it is certain, in a silence a comment now and then; at last where in it the sources stand."""
    yield sse(_chunk(head, {"role": "assistant", "content": ""}))
    replied = None
    try:
        async with aclosing(steps):
            async for step in steps:
                if isinstance(step, Replied):
                    replied = step
                else:
                    yield sse(_chunk(head, {"content": step})) if step is not None else WORKING
        for line in _ended(head, body, replied):
            yield line
    except Exception as error:  # noqa: BLE001 - the stream has begun: that it broke is told in it
        event_log.failure("openai", error)
        yield sse(error_body(500, "Setu could not finish this answer; its log says why.", "server_error"))
        yield sse("[DONE]")


def _ended(head: dict[str, Any], body: Completion, replied: Replied | None) -> Iterator[str]:
    if replied is not None:
        yield sse({**_chunk(head, {"annotations": annotated(replied)}), "setu": replied.extension()})
    yield sse(_chunk(head, {}, "stop"))
    if body.stream_options is not None and body.stream_options.include_usage:
        yield sse({**_chunk(head, {}), "choices": [], "usage": _usage(replied)})
    yield sse("[DONE]")


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**head, "object": "chat.completion.chunk", "choices": [choice]}
