"""``/live`` and ``/ready``: whether this process runs, and whether it can answer; for what starts nodes and sends requests to them.

Anybody may ask: neither says more than whether, and why not in a sentence that names no server, file or paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kb.telemetry.readiness import Readiness
from server.problems import ProblemError, answered

LIVE: Final = "/live"
READY: Final = "/ready"
_FRESH: Final = {"Cache-Control": "no-store"}


def mount_health(app: FastAPI, look: Callable[[], str | None]) -> Readiness:
    """Serve both paths; ``look`` says why nothing can be answered, or None. What is returned is closed with the app."""
    readiness = Readiness(look)

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True}, headers=_FRESH)

    async def ready(_request: Request) -> Response:
        fault = await run_in_threadpool(readiness.fault)
        return JSONResponse({"ready": True}, headers=_FRESH) if fault is None else answered(ProblemError(503, fault))

    app.router.routes += [Route(LIVE, live, methods=["GET"]), Route(READY, ready, methods=["GET"])]
    return readiness
