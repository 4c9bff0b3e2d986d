"""A small HTTP server in a thread: files as WebDAV has them (PROPFIND and GET), and as a web site has them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit


@dataclass
class Served:
    """What a server has by path, and what it does: ``redirects`` lead on, ``broken`` paths answer 500, ``asked`` is what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    password: str = ""
    address: str = ""

    def children(self, folder: str) -> dict[str, bytes | None]:
        """The names in a folder; None is a folder."""
        prefix = folder.rstrip("/") + "/"
        found: dict[str, bytes | None] = {}
        for path, data in self.files.items():
            if path.startswith(prefix):
                name, slash, _ = path[len(prefix) :].partition("/")
                found[prefix + name] = None if slash else data
        return found


@contextmanager
def serving(served: Served) -> Iterator[Served]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def _refused(self, path: str) -> bool:
            import base64

            served.asked.append(path)
            wanted = f"Basic {base64.b64encode(f'asha:{served.password}'.encode()).decode()}"
            if served.password and self.headers.get("Authorization") != wanted:
                self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
            elif path in served.broken:
                self._answer(500, b"broken")
            elif path in served.forbidden:
                self._answer(403, b"no")
            elif path in served.redirects:
                self._answer(302, b"", {"Location": served.redirects[path]})
            else:
                return False
            return True

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

        def do_PROPFIND(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(urlsplit(self.path).path).rstrip("/") or ""
            if self._refused(path):
                return
            here: dict[str, bytes | None] = {path: served.files.get(path)}
            if here[path] is None and not served.children(path):
                self._answer(404, b"")
                return
            if self.headers.get("Depth") != "0" and here[path] is None:
                here |= served.children(path)
            body = "".join(_response(name, data) for name, data in here.items())
            self._answer(
                207, f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{body}</d:multistatus>'.encode(), {"Content-Type": "text/xml"}
            )

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
            if self._refused(path):
                return
            data = served.files.get(path)
            if data is None:
                self._answer(404, b"")
                return
            headers = {"Content-Type": served.types.get(path, "text/html"), "ETag": f'"{hashlib.md5(data).hexdigest()}"'}
            if path in served.cut:
                self._answer(200, data[: len(data) // 2], headers, len(data))
                self.close_connection = True
            else:
                self._answer(200, data, headers)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def do_HEAD(self) -> None:
            data = served.files.get(unquote(self.path), b"")
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _response(path: str, data: bytes | None) -> str:
    kind = "<d:resourcetype><d:collection/></d:resourcetype>" if data is None else "<d:resourcetype/>"
    told = (
        f'<d:getetag>"{hashlib.md5(data).hexdigest()}"</d:getetag><d:getcontentlength>{len(data)}</d:getcontentlength>'
        if data is not None
        else ""
    )
    return (
        f"<d:response><d:href>{quote(path) + ('/' if data is None else '')}</d:href><d:propstat><d:prop>{kind}{told}"
        f"<d:getlastmodified>{formatdate(1e9, usegmt=True)}</d:getlastmodified></d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
