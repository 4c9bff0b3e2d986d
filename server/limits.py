"""What holds for every request before a path sees it: how large its body may be; and the headers of every answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import ProblemError, answered

MOST_BODY: Final = 2**20
"""Bytes of a request that is no upload."""
_ENVELOPE: Final = 2**16
"""Bytes that stand around a file in a form."""
UPLOADS: Final = "/v1/documents"
HEADERS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Bodies:
    """Refuses bodies that are too large: at once where the request says so, else when so much of it has come."""

    def __init__(self, app: ASGIApp, most_upload: int) -> None:
        self._app = app
        self._most_upload = most_upload + _ENVELOPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most_upload if scope["method"] == "POST" and scope["path"] == UPLOADS else MOST_BODY
        detail = f"The body is larger than the {most / 2**20:.0f} MB that it may have."
        said = Headers(scope=scope).get("content-length", "")
        if said.isascii() and said.isdecimal() and (len(said) > 15 or int(said) > most):
            await answered(ProblemError(413, detail, headers={"Connection": "close"}))(scope, receive, send)
            return
        come = 0

        async def counted() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b"")) if message["type"] == "http.request" else 0
            if come > most:
                raise HTTPException(413, detail, {"Connection": "close"})
            return message

        await self._app(scope, counted, send)


class SafeHeaders:
    """Adds the headers that every answer has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
