"""A web server on loopback that answers as a table says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

DRIPS, DRIP_S = 150, 0.2


class Site(BaseHTTPRequestHandler):
    """Status, headers and body by path; ``drip`` sends `DRIPS` bytes, each after `DRIP_S` seconds, ``flood`` 40 MB of no stated length."""

    answers: ClassVar[dict[str, tuple[int, dict[str, str], bytes]]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        status, headers, body = self.answers.get(self.path, (404, {}, b"gone"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body not in (b"drip", b"flood") and "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if body == b"drip":
                for _ in range(DRIPS):
                    self.wfile.write(b"x")
                    time.sleep(DRIP_S)
            elif body == b"flood":
                for _ in range(40):
                    self.wfile.write(b"w" * 1_000_000)
            else:
                self.wfile.write(body)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def site() -> Iterator[str]:
    """The address of a running `Site`, whose table is empty at first."""
    Site.answers.clear()
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
