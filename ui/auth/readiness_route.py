"""The address ``/ready`` of the chat: whether it can answer, for what sends people to it. It names no server, file or paper."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kb.telemetry.readiness import Readiness
from ui.auth.authentication import base_path, knowledge_base

READY: Final = "/ready"


def readiness_route() -> Route:
    """The route, which looks at the one knowledge base of this server process, and opens it where nobody has yet."""
    readiness = Readiness(lambda: knowledge_base().fault())

    async def ready(_request: Request) -> Response:
        fault = await run_in_threadpool(readiness.fault)
        return PlainTextResponse("ok" if fault is None else fault, 200 if fault is None else 503, {"Cache-Control": "no-store"})

    return Route(f"{base_path()}{READY}", ready, methods=["GET"])
