"""A language model that says what somebody wrote beforehand: an OpenAI-compatible server on loopback, for measuring without a model.

    python -m tools.replay.server replies.jsonl --wanted wanted.jsonl
    SETU_LLM=http://127.0.0.1:8765/v1#replay python -m eval tasks ...

Each line of the replies is ``{"prompt": DIGEST, "reply": TEXT}``. A prompt that has none gets the line for "the passages do not answer",
and is written to the file of those wanted, ``{"prompt": DIGEST, "messages": [...]}``, once: somebody reads it as a model would, and writes
the reply. What is sent back a second time for repair is a prompt of its own.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

SILENT = '{"silent": true}\n'
PIECE = 40
"""Characters that are sent at once."""


def digest(messages: list[dict[str, Any]]) -> str:
    """What names a prompt: roles and texts, whatever model and limits it is sent with."""
    said = [[message["role"], message["content"]] for message in messages]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def read(file: Path) -> dict[str, str]:
    """The replies of a file by prompt; none where it is not there yet.

    Raises:
        click.ClickException: a line is no reply.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines() if file.is_file() else (), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[row["prompt"]] = row["reply"]
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(
                f'{file}:{number} is no {{"prompt": …, "reply": …}} ({error}). Correct or delete the line.'
            ) from error
    return found


class Replayer(ThreadingHTTPServer):
    """Answers each prompt with its reply; counts those that had none."""

    daemon_threads = True

    def __init__(self, replies: Mapping[str, str], wanted: Path | None, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.unknown = 0
        self._replies, self._wanted = replies, wanted
        known = wanted.read_text(encoding="utf-8").splitlines() if wanted and wanted.is_file() else []
        self._told = {json.loads(line)["prompt"] for line in known}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """What ``SETU_LLM`` is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1#replay"

    def reply(self, messages: list[dict[str, Any]]) -> str:
        """The reply to a prompt."""
        name = digest(messages)
        if name in self._replies:
            return self._replies[name]
        with self._lock:
            self.unknown += 1
            if self._wanted is not None and name not in self._told:
                self._told.add(name)
                with self._wanted.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"prompt": name, "messages": messages}, ensure_ascii=False) + "\n")
        return SILENT


class _Handler(BaseHTTPRequestHandler):
    server: Replayer

    def do_GET(self) -> None:
        self._send("application/json", [json.dumps({"object": "list", "data": [{"id": "replay", "object": "model"}]})])

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._send("text/event-stream", _streamed(self.server.reply(asked["messages"])))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""

    def _send(self, kind: str, parts: Iterator[str] | list[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        for part in parts:
            self.wfile.write(part.encode())
            self.wfile.flush()


def _streamed(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        choice = {"index": 0, "delta": {"content": text[start : start + PIECE]}, "finish_reason": None}
        piece = {"id": "r", "object": "chat.completion.chunk", "created": 0, "model": "replay", "choices": [choice]}
        yield f"data: {json.dumps(piece)}\n\n"
    yield "data: [DONE]\n\n"


@click.command()
@click.argument("replies", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--wanted", type=click.Path(dir_okay=False, path_type=Path), help="Where prompts that have no reply are written.")
@click.option("--port", default=8765, show_default=True)
def main(replies: Path, wanted: Path | None, port: int) -> None:
    """Serve what somebody wrote until it is interrupted."""
    with Replayer(read(replies), wanted, port) as server:
        click.echo(f"SETU_LLM={server.url}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo(f"{server.unknown} prompts had no reply.")


if __name__ == "__main__":
    main()
