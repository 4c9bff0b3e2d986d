"""What clients of the OpenAI API and of MCP are served, each as whoever the key of the request is of."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request

from server.access import asker
from server.evidence.askers import NotLetInError, Seen
from server.mcp.http_transport import mount_mcp
from server.openai_paths.openai_router import openai_router
from server.problems import ProblemError
from server.serving import serving


def serve_assistants(app: FastAPI) -> None:
    """Serve the paths of the OpenAI API under ``/v1``, which its own description tells of, and MCP at ``/mcp``."""
    app.include_router(openai_router(seen), include_in_schema=False)
    mount_mcp(app, seen)


def seen(request: Request) -> Seen:
    """Who sent a request, as these paths see them.

    Raises:
        NotLetInError: nobody who is served (`server.access.asker`).
    """
    try:
        who = asker(request)
    except ProblemError as problem:
        raise NotLetInError(problem.detail, problem.status, problem.headers) from problem
    have = serving(request)
    return Seen(who.base, who.key_id or who.reader.id, lambda: have.questions.wait(who.visitor, have.settings.questions_per_minute))
