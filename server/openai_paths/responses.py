"""``/v1/responses``: whole and as a stream. Nothing is stored: the conversation comes with each request."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from concurrent.futures import Executor
from contextlib import aclosing
from itertools import count
from typing import Any

from starlette.responses import Response

from kb import event_log
from server.evidence.askers import Seen
from server.evidence.earlier_turns import EarlierTurns
from server.openai_paths.answering import BEAT_S, Replied, Step, filters_of, reply, source_shape, url_citation, whole_reply
from server.openai_paths.chat_completions import WORKING, in_pieces, streaming
from server.openai_paths.conversation import done_for_window, helper_task, read_conversation
from server.openai_paths.openai_errors import NO_TOOLS, must_call, unsupported
from server.openai_paths.request_records import Item, ResponseBody
from server.streams import events_of


def respond(seen: Seen, turns: EarlierTurns, body: ResponseBody, pool: Executor) -> dict[str, Any] | Response:
    """Answer the last message of the input, or begin to.

    A stream does its work in ``pool``.

    Raises:
        OpenAIError: the request asks for something that Setu does not do, or is none.
        KnowledgeBaseError: it cannot be answered.
    """
    _refuse(body)
    talk = read_conversation([Item(content=body.input)] if isinstance(body.input, str) else body.input)
    filters = filters_of(seen, body.model, body.setu)
    made = _Response(body)
    if (task := helper_task(talk.question)) is not None:
        said = done_for_window(task, talk.question)
        if body.stream:
            return streaming(made.streamed(in_pieces(said)))
        made.text = said
        return made.shape("completed")
    seen.count_question()
    if body.stream:
        return streaming(made.streamed(events_of(lambda: reply(seen, turns, talk, filters, body.setu), pool, BEAT_S)))
    made.take(whole_reply(seen, turns, talk, filters, body.setu))
    return made.shape("completed")


def _refuse(body: ResponseBody) -> None:
    for param in ("previous_response_id", "conversation"):
        if getattr(body, param):
            raise unsupported(param, "nothing is stored. Send the conversation as input.")
    if body.background:
        raise unsupported("background", "an answer is given to the request that asks for it.")
    if must_call(body.tool_choice):
        raise unsupported("tool_choice", NO_TOOLS)
    if ((body.text or {}).get("format") or {}).get("type", "text") != "text":
        raise unsupported("text.format", "answers are text; the field setu holds them as JSON.")


class _Response:
    """A response in the making."""

    def __init__(self, body: ResponseBody) -> None:
        self._body = body
        self._id, self._message = f"resp_{uuid.uuid4().hex}", f"msg_{uuid.uuid4().hex}"
        self._at: dict[str, Any] = {"output_index": 0, "content_index": 0, "item_id": self._message}
        self._created = int(time.time())
        self._replied: Replied | None = None
        self.text = ""

    def take(self, replied: Replied) -> None:
        """Have an answer."""
        self._replied, self.text = replied, replied.shown

    def shape(self, status: str, error: dict[str, str] | None = None) -> dict[str, Any]:
        """The response as it is now."""
        sent, given = self._replied.usage if self._replied is not None else (0, 0)
        usage = {
            "input_tokens": sent, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": given,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": sent + given,
        }  # fmt: skip
        shape: dict[str, Any] = {
            "id": self._id, "object": "response", "created_at": self._created, "status": status, "error": error,
            "incomplete_details": None, "instructions": self._body.instructions, "metadata": self._body.metadata or {},
            "model": self._body.model, "output": [self._item("completed")] if status == "completed" else [], "parallel_tool_calls": False,
            "previous_response_id": None, "store": False, "temperature": None, "text": {"format": {"type": "text"}}, "tool_choice": "none",
            "tools": [], "top_p": None, "truncation": "disabled", "usage": usage if status == "completed" else None,
        }  # fmt: skip
        return {**shape, "setu": self._replied.extension()} if self._replied is not None else shape

    async def streamed(self, steps: AsyncGenerator[Step, None]) -> AsyncIterator[str]:
        """The events of a stream: that it is worked on, the text as it is certain, at last where in it the sources stand."""
        numbers = count()
        yield self._event(numbers, "response.created", response=self.shape("in_progress"))
        yield self._event(numbers, "response.in_progress", response=self.shape("in_progress"))
        try:
            async with aclosing(steps):
                async for step in steps:
                    if isinstance(step, Replied):
                        self.take(step)
                    elif step is None:
                        yield WORKING
                    else:
                        for line in self._more(numbers, step):
                            yield line
            for line in self._ended(numbers):
                yield line
        except Exception as error:  # noqa: BLE001 - the stream has begun: that it broke is told in it
            event_log.failure("openai", error)
            failed = self.shape("failed", {"code": "server_error", "message": "Setu could not finish this answer; its log says why."})
            yield self._event(numbers, "response.failed", response=failed)

    def _more(self, numbers: count[int], piece: str) -> Iterator[str]:
        """The events of more of the text; the first piece opens the message."""
        at = self._at
        if not self.text:
            empty = {"type": "output_text", "text": "", "annotations": []}
            yield self._event(numbers, "response.output_item.added", output_index=0, item={**self._item("in_progress"), "content": []})
            yield self._event(numbers, "response.content_part.added", **at, part=empty)
        self.text += piece
        yield self._event(numbers, "response.output_text.delta", **at, delta=piece, logprobs=[])

    def _ended(self, numbers: count[int]) -> Iterator[str]:
        """The events after the text: its annotations, and that all of it is there."""
        at = self._at
        for index, annotation in enumerate(self._annotations()):
            yield self._event(numbers, "response.output_text.annotation.added", **at, annotation_index=index, annotation=annotation)
        yield self._event(numbers, "response.output_text.done", **at, text=self.text, logprobs=[])
        yield self._event(numbers, "response.content_part.done", **at, part=self._part())
        yield self._event(numbers, "response.output_item.done", output_index=0, item=self._item("completed"))
        yield self._event(numbers, "response.completed", response=self.shape("completed"))

    def _event(self, numbers: count[int], kind: str, **fields: Any) -> str:
        data = {"type": kind, "sequence_number": next(numbers), **fields}
        return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

    def _item(self, status: str) -> dict[str, Any]:
        return {"id": self._message, "type": "message", "role": "assistant", "status": status, "content": [self._part()]}

    def _part(self) -> dict[str, Any]:
        return {"type": "output_text", "text": self.text, "annotations": self._annotations(), "logprobs": []}

    def _annotations(self) -> list[dict[str, Any]]:
        marks = self._replied.text.marks if self._replied is not None else ()
        return [
            {"type": "url_citation", **url_citation(mark), "setu": source_shape(mark.source.number, mark.source.record)} for mark in marks
        ]
