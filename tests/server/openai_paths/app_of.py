"""The paths over papers of which some are of a group, on a port of loopback, for the clients that people use."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request

from kb import KnowledgeBase
from server.evidence.askers import NotLetInError, Seen
from server.openai_paths.openai_router import openai_router
from tests.kb.hidden import INSIDER, VIEWER

KEYS = {"key-of-vani": VIEWER, "key-of-ines": INSIDER}
BUSY = "key-of-a-busy-one"


def app_of(kb: KnowledgeBase) -> FastAPI:
    """An app with these paths alone, and a key for each of two readers and for one who asked too much."""

    def who(request: Request) -> Seen:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key == BUSY:
            return Seen(kb.seen_by(VIEWER), "busy", lambda: 12.3)
        if key not in KEYS:
            raise NotLetInError("This takes a key.")
        return Seen(kb.seen_by(KEYS[key]), KEYS[key].id)

    app = FastAPI()
    app.include_router(openai_router(who))
    return app
