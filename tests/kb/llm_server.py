"""An OpenAI-compatible server on loopback that says what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-4f9a1c7be2d84b"


@dataclass
class Reply:
    """One answer: pieces of text as they are streamed, ``pause`` seconds before each; or a status other than 200 and its body."""

    pieces: Sequence[str] = ()
    status: int = 200
    body: str = ""
    pause: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    tokens: int | None = None
    cut: bool = False
    """Whether the connection breaks after the pieces."""
    until: threading.Event | None = None
    """Set when the last piece may be sent; where that is not within `PATIENCE_S`, the reply ends without it."""
    raw: Iterable[bytes] | None = None
    """The body as it is sent, in place of all that."""


PATIENCE_S = 30.0


@dataclass
class Script:
    """What the server answers, in turn, the last again and again; or what a function makes of the request."""

    replies: list[Reply] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Reply] | None = None
    models: Sequence[str] | Reply = field(default_factory=lambda: Reply(status=404, body="{}"))
    """What it lists, or its whole reply to whoever asks for the list."""
    listed: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request for the list."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    sent: int = 0
    """Bytes of raw bodies."""

    def reply(self, request: dict[str, Any]) -> Reply:
        if self.answer is not None:
            return self.answer(request)
        return self.replies[min(len(self.requests), len(self.replies)) - 1]

    @property
    def said(self) -> str:
        """All that was sent to the model."""
        return "\n".join(message["content"] for request in self.requests for message in request["messages"])


def lines(*statements: dict[str, Any]) -> Reply:
    """A reply of JSON lines, in pieces of seven characters as servers cut them anywhere."""
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in statements)
    return Reply([text[i : i + 7] for i in range(0, len(text), 7)])


def statement(text: str, *quotes: tuple[str, str]) -> dict[str, Any]:
    return {"text": text, "quotes": [{"key": key, "quote": quote} for key, quote in quotes]}


def _list(path: str, models: Sequence[str]) -> str:
    if path.startswith("/api/tags"):
        return json.dumps({"models": [{"model": name, "name": name} for name in models]})
    return json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in models]})


SENTENCES = {
    "Marathi": "पावसाळ्यात शेतात पाणी साचते आणि गावातील शेतकरी आनंदी होतात.",
    "Hindi": "बारिश के मौसम में खेतों में पानी भर जाता है और गाँव का किसान खुश होता है।",
    "English": "When the rain comes, the fields of the village fill with water and the farmers are glad.",
    "Japanese": "雨が降ると、村の田んぼに水が満ち、農家の人々は喜びます。",
}


def polyglot(request: dict[str, Any]) -> Reply:
    """A model that writes the sentence that it is asked for, in two pieces."""
    asked = request["messages"][-1]["content"]
    text = next(sentence for language, sentence in SENTENCES.items() if language in asked)
    return Reply([text[:9], text[9:]], pause=0.02)


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """Serve the script; yields what ``SETU_LLM`` is set to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            script.requests.append(request)
            script.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = script.reply(request)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "text/event-stream" if reply.status == 200 else "application/json")
            self.end_headers()
            if reply.raw is not None:
                try:
                    for part in reply.raw:
                        self.wfile.write(part)
                        script.sent += len(part)
                except OSError:
                    script.hung_up.set()
                return
            if reply.status != 200:
                self.wfile.write(reply.body.encode())
                return
            try:
                for number, piece in enumerate(reply.pieces, 1):
                    time.sleep(reply.pause)
                    if reply.until is not None and number == len(reply.pieces) and not reply.until.wait(PATIENCE_S):
                        return
                    self._send({"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}]})
                if reply.cut:
                    self.connection.close()
                    return
                self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                if reply.tokens is not None:
                    usage = {"prompt_tokens": reply.tokens - 1, "completion_tokens": 1, "total_tokens": reply.tokens}
                    self._send({"choices": [], "usage": usage})
                self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                script.hung_up.set()

        def do_GET(self) -> None:
            script.listed.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            reply = script.models if isinstance(script.models, Reply) else Reply(body=_list(self.path, script.models))
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in reply.raw if reply.raw is not None else [reply.body.encode()]:
                    self.wfile.write(part)
            except OSError:
                script.hung_up.set()

        def _send(self, part: dict[str, Any]) -> None:
            whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", **part}
            self.wfile.write(f"data: {json.dumps(whole, ensure_ascii=False)}\n\n".encode())
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1#scripted"
    try:
        yield script.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
