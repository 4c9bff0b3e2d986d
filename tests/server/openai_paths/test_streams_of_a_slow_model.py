"""What a client reads of a stream while a language model is still writing, by both paths."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from kb import KnowledgeBase
from kb.generate.chat_model import Message, Piece
from kb.generate.writer import Pen
from kb.records import StatementReady
from server.openai_paths import chat_completions, responses
from tests.kb.generate.scripted import Believing, said
from tests.server.openai_paths.app_of import app_of
from tests.server.papers_with_hidden import served

QUESTION = "What does the flood-warning pilot cost?"
SAYS = ("The pilot costs Rs 12.40 crore.", "It is a pilot.", "It warns of floods.", "That is its cost.")
PATHS = ("chat/completions", "responses")
PATIENCE_S = 20.0


class OneAndTheRest:
    """A model that writes one statement, and the others only when it is let go on; knows when it was left."""

    name = "scripted"

    def __init__(self) -> None:
        self.go_on, self.left = threading.Event(), threading.Event()

    def stream(self, messages: Sequence[Message], _most: int, seconds_left: Any) -> Iterator[Piece]:
        (first, *_) = (json.loads(line) for line in messages[-1][1].splitlines() if line.startswith('{"key": "E'))
        one, *rest = (said(text, first["key"], first["text"]) for text in SAYS)
        yield Piece(one)
        while not self.go_on.wait(0.02):
            if not seconds_left():
                self.left.set()
                return
        yield Piece("".join(rest))


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    with served(app_of(stocked)) as at:
        yield at


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> OneAndTheRest:
    made = OneAndTheRest()
    pen = Pen(made, Believing(), seconds=PATIENCE_S)  # type: ignore[arg-type]
    monkeypatch.setattr(KnowledgeBase, "_pen", lambda _kb: pen)
    return made


def body_of(path: str, stream: bool) -> dict[str, Any]:
    asked = {"messages": [{"role": "user", "content": QUESTION}]} if path == PATHS[0] else {"input": QUESTION}
    return {"model": "setu", "setu": {"engine": "generative"}, "stream": stream, **asked}


@contextmanager
def streamed(address: str, path: str) -> Iterator[Iterator[Any]]:
    """What is sent, event by event; None for a comment."""
    headers = {"Authorization": "Bearer key-of-vani"}
    with httpx.stream("POST", f"{address}/v1/{path}", json=body_of(path, True), headers=headers, timeout=PATIENCE_S) as stream:
        yield (
            json.loads(line.removeprefix("data: ")) if line.startswith("data: {") else None
            for line in stream.iter_lines()
            if line.startswith(("data: {", ":"))
        )


def text_of(event: Any) -> str:
    """The text that an event brings; "" where it brings none."""
    if event is None:
        return ""
    if event.get("object") == "chat.completion.chunk":
        return event["choices"][0]["delta"].get("content") or ""
    return event["delta"] if event.get("type") == "response.output_text.delta" else ""


def read_to(events: Iterator[Any], words: str) -> str:
    """The text up to some words."""
    text = ""
    for event in events:
        text += text_of(event)
        if words in text:
            return text
    raise AssertionError(text)


@pytest.mark.parametrize("path", PATHS)
def test_the_first_statement_is_read_while_the_model_still_writes_and_all_of_it_is_the_whole_answer(address, model, path) -> None:
    with streamed(address, path) as events:
        begun = read_to(events, "[1]")
        assert not model.go_on.is_set()
        assert f"{SAYS[0]} [1]" in begun
        assert SAYS[1] not in begun
        model.go_on.set()
        rest = list(events)
    text = begun + "".join(map(text_of, rest))
    whole = httpx.post(
        f"{address}/v1/{path}", json=body_of(path, False), headers={"Authorization": "Bearer key-of-vani"}, timeout=PATIENCE_S
    ).json()
    part = whole["choices"][0]["message"] if path == PATHS[0] else whole["output"][0]["content"][0]
    assert text == part.get("content", part.get("text"))
    assert all(words in text for words in SAYS)
    silent = [event for event in rest if event is not None and not text_of(event)]
    if path == PATHS[0]:
        (told,) = (event["choices"][0]["delta"]["annotations"] for event in silent if "setu" in event)
    else:
        told = [event["annotation"] for event in silent if event["type"] == "response.output_text.annotation.added"]
        assert [event["part"]["text"] for event in silent if event["type"] == "response.content_part.done"] == [text]
    assert told == part["annotations"]
    last = max(at for at, event in enumerate(rest) if text_of(event))
    assert all(event is None or "annotation" not in json.dumps(event) for event in rest[:last])


@pytest.mark.parametrize("path", PATHS)
def test_a_stream_is_alive_between_two_statements_and_who_hangs_up_stops_the_model(address, model, monkeypatch, path) -> None:
    for module in (chat_completions, responses):
        monkeypatch.setattr(module, "BEAT_S", 0.05)
    with streamed(address, path) as events:
        read_to(events, "[1]")
        assert any(event is None for event in events)
    assert model.left.wait(PATIENCE_S / 2)


@pytest.mark.parametrize("path", PATHS)
def test_an_error_after_the_first_statement_is_told_after_it(address, monkeypatch, path) -> None:
    ask = KnowledgeBase.ask

    def broken(self: KnowledgeBase, question: str, **named: Any) -> Iterator[Any]:
        for event in ask(self, question, **(named | {"engine": "extractive"})):
            yield event
            if isinstance(event, StatementReady):
                raise ZeroDivisionError("of the inside")

    monkeypatch.setattr(KnowledgeBase, "ask", broken)
    with streamed(address, path) as events:
        told = list(events)
    assert "[1]" in "".join(map(text_of, told))
    last = told[-1] if path == PATHS[0] else told[-1]["response"]
    assert "could not finish" in last["error"]["message"]
    assert "of the inside" not in json.dumps(told)
