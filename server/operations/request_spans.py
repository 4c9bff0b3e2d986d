"""Each request as a stretch of work that a node is watched by; in place only where somebody watches."""

from __future__ import annotations

from http import HTTPMethod
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.telemetry.spans import span

NOWHERE: Final = "none"
"""The template of a path that there is not."""
_METHODS: Final = frozenset(HTTPMethod)
_UNHEARD: Final = 499
"""The status of a request that nobody waited for, as nginx counts it."""


class RequestSpans:
    """Notes method, status and the template of the path, so that no id and no word of a stranger becomes a figure."""

    def __init__(self, app: ASGIApp, fixed: frozenset[str]) -> None:
        """``fixed``: the paths that are their own template, of which the router says nothing."""
        self._app = app
        self._fixed = fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _UNHEARD

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with span("request") as watched:
            try:
                await self._app(scope, receive, noted)
            finally:
                watched.note(method=scope["method"] if scope["method"] in _METHODS else "other", path=self._template(scope), status=status)

    def _template(self, scope: Scope) -> str:
        route = scope.get("route")
        return str(getattr(route, "path", scope["path"] if scope["path"] in self._fixed else NOWHERE))
