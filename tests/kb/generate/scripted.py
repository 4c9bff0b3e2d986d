"""Language models and checks that do what a test says, without a server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence

from kb.generate.chat_model import Message, Piece
from kb.records import Citation, Verdict


def said(text: str, key: str, quote: str) -> str:
    """A statement as a model writes it."""
    return json.dumps({"text": text, "quotes": [{"key": key, "quote": quote}]}, ensure_ascii=False) + "\n"


class Scripted:
    """A model that answers with what a function makes of all that it was sent, and keeps that."""

    name = "scripted"

    def __init__(self, answer: Callable[[str], str]) -> None:
        self.sent: list[str] = []
        self._answer = answer
        self._lock = threading.Lock()

    def stream(self, messages: Sequence[Message], _most: int, _seconds_left: Callable[[], float]) -> Iterator[Piece]:
        whole = "\n".join(text for _, text in messages)
        with self._lock:
            self.sent.append(whole)
        yield Piece(self._answer(whole))


class Believing:
    """A check that every statement passes."""

    class scorer:
        name = "believing"

    injections = None

    def judge(self, _statement: str, _citations: Sequence[Citation]) -> Verdict:
        return Verdict("verified", 1.0)
