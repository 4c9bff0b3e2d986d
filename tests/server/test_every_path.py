"""Role × group × collection × key × every path that there is, also OpenAI's and MCP's: what a key may not see is in no answer.

The paths are taken from the application itself: one that is added without a decision here fails the first test.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from kb.auth.roles import ROLES
from server.evidence.asker_views import seen
from server.mcp.tool_list import TOOLS
from server.openai_paths.openai_router import openai_router
from tests.kb.hidden import GROUP, SECRET, number
from tests.server.conftest import INSIDER, Served
from tests.server.papers_with_hidden import served as on_a_port

LEDGER = "Who audits the quantum ledger?"
CHAT = {"messages": [{"role": "user", "content": LEDGER}], "model": "setu"}


@dataclass(frozen=True)
class Asked:
    """How a path is asked for what is hidden; ``shows``: whoever may see it is told of it by this path."""

    body: dict[str, Any] | None = None
    query: str = ""
    shows: bool = True


HIDDEN: dict[str, Asked] = {
    "POST /v1/ask": Asked({"question": LEDGER}),
    "POST /v1/search": Asked({"query": "quantum ledger of the port", "k": 50}),
    "POST /v1/verify": Asked({"statement": "The quantum ledger of the port is audited by Amberline every third winter."}),
    "GET /v1/documents": Asked(query="?limit=500"),
    "POST /v1/documents": Asked(shows=False),
    "GET /v1/documents/{document}": Asked(),
    "PATCH /v1/documents/{document}": Asked({"field": "publisher", "value": "Taken"}),
    "DELETE /v1/documents/{document}": Asked(shows=False),
    "GET /v1/documents/{document}/versions/{version}/file": Asked(shows=False),
    "GET /v1/documents/{document}/versions/{version}/pages/{page}": Asked(),
    "GET /v1/documents/{document}/versions/{version}/pages/{page}/image": Asked(shows=False),
    "GET /v1/passages/{passage}": Asked(),
    "GET /v1/cards": Asked(),
    "GET /v1/cards/{document}": Asked(query="?any_kind=true"),
    "GET /v1/obligations": Asked(query="?replaced=true"),
    "GET /v1/map": Asked(),
    "GET /v1/modules": Asked(shows=False),
    "GET /v1/modules/{module}": Asked(shows=False),
    "GET /v1/modules/{module}/file": Asked(shows=False),
    "POST /v1/feedback": Asked({"conversation": "TALK", "ordinal": 0, "good": True}, shows=False),
    "GET /v1/jobs": Asked(),
    "GET /v1/jobs/{job}": Asked(),
    "DELETE /v1/jobs/{job}": Asked(),
    "GET /v1/models": Asked(),
    "GET /v1/models/{name}": Asked(),
    "POST /v1/chat/completions": Asked(CHAT),
    "POST /v1/responses": Asked({"input": LEDGER, "model": "setu"}),
    "POST /v1/embeddings": Asked({"input": "quantum ledger", "model": "setu-embeddings"}, shows=False),
    "GET /v1/vector_stores": Asked(),
    "GET /v1/vector_stores/{store_id}": Asked(),
    "POST /v1/vector_stores/{store_id}/search": Asked({"query": "quantum ledger of the port"}),
}
TOOL_ARGUMENTS: dict[str, dict[str, Any]] = {
    "search": {"query": "quantum ledger of the port", "k": 20},
    "fetch": {"id": "DOCUMENT"},
    "ask": {"question": LEDGER},
    "verify": {"statement": "The quantum ledger of the port is audited by Amberline every third winter."},
    "list_documents": {"limit": 100},
    "agreement_card": {"document": "DOCUMENT"},
    "obligations": {},
}
OUTSIDE = [
    *((role, groups, False) for role, groups in product(ROLES, ((), ("water",)))),
    *((role, groups, True) for role, groups in product(ROLES[:3], ((), ("water",), (GROUP,), None))),
]
"""Role, groups, and whether the key is kept to a collection of open papers: none of these may see a hidden paper."""


@dataclass
class House:
    """What is hidden, by number; ``own``: a collection, a job and a conversation of whoever sees it."""

    served: Served
    hidden: int
    filled: dict[str, str]

    def ask(self, client: TestClient, operation: str) -> str:
        """What an answer says, without what was sent."""
        method, _, path = operation.partition(" ")
        asked = HIDDEN[operation]
        for name, value in self.filled.items():
            path = path.replace(f"{{{name}}}", value)
        body = json.loads(json.dumps(asked.body).replace("TALK", self.filled["talk"])) if asked.body is not None else None
        sent = {"files": {"file": ("empty.bin", b"\0")}} if operation == "POST /v1/documents" else {"json": body}
        answer = client.request(method, path + asked.query, **(sent if method in ("POST", "PATCH") else {}))
        assert answer.status_code < 500, answer.text
        return answer.text + str(answer.headers)


@pytest.fixture
def house(writable: Served) -> House:
    """Hidden papers, and a collection, a job and a conversation of whoever sees them."""
    hidden = number(writable.base, f"test:{SECRET} tides")
    insider = writable.client(writable.key("insider", **INSIDER))
    vault = writable.base.collections.make(f"{SECRET} vault")
    writable.base.collections.put([hidden], [vault.id])
    sent = insider.post("/v1/documents", files={"file": (f"{SECRET}.txt", b"The vault opens at noon.")}, data={"group": GROUP})
    job = sent.json()["id"]
    while insider.get(f"/v1/jobs/{job}").json()["state"] in ("waiting", "working"):
        time.sleep(0.05)
    talk = insider.post("/v1/ask", json={"question": LEDGER, "conversation": "new"}).json()["conversation"]["id"]
    at = {"document": str(hidden), "version": "1", "page": "1", "passage": f"{hidden}.1.0.40", "module": "none", "job": job, "talk": talk}
    return House(writable, hidden, {**at, "name": f"setu/{SECRET} vault", "store_id": str(vault.id)})


def keys(served: Served) -> Iterator[tuple[str, str]]:
    for at, (role, groups, kept) in enumerate(OUTSIDE):
        name = f"{role}-{at}"
        yield f"{role} {groups} {kept}", served.key(name, role, groups, collections=[served.ledger] if kept else None)


def operations(described: dict[str, Any]) -> set[str]:
    return {f"{method.upper()} {path}" for path, found in described["paths"].items() for method in found}


def test_every_path_and_tool_has_a_decision(served: Served) -> None:
    openai = FastAPI()
    openai.include_router(openai_router(seen))
    assert operations(served.app.openapi()) | operations(openai.openapi()) == set(HIDDEN)
    assert set(TOOLS) == set(TOOL_ARGUMENTS)
    others = {getattr(route, "path", None) for route in served.app.routes} - {None}
    assert others <= {"/mcp", "/openapi.json", "/docs", "/live", "/ready"} | {operation.partition(" ")[2] for operation in HIDDEN}


@pytest.mark.slow
def test_what_a_key_may_not_see_is_in_no_answer_of_any_path(house: House) -> None:
    outside = list(keys(house.served))
    leaks = [
        (operation, who)
        for operation in HIDDEN
        for who, key in outside
        if SECRET.casefold() in house.ask(house.served.client(key), operation).replace(house.filled["name"], "").casefold()
    ]
    assert leaks == []
    insider = house.served.client(house.served.key("insider", **INSIDER))
    shows = {operation: SECRET in house.ask(insider, operation) for operation in sorted(HIDDEN, key=lambda one: one.startswith("DELETE"))}
    assert {operation for operation, shown in shows.items() if not shown} == {one for one, asked in HIDDEN.items() if not asked.shows}


@pytest.mark.slow
def test_what_a_key_may_not_see_is_in_no_tool_resource_or_completion(house: House) -> None:
    async def told(at: str, key: str) -> dict[str, str]:
        found = {}
        http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60)
        async with http, Client(streamable_http_client(f"{at}/mcp", http_client=http)) as client:
            for name, arguments in TOOL_ARGUMENTS.items():
                sent = {key: (house.hidden if name == "agreement_card" else str(house.hidden)) if value == "DOCUMENT" else value
                        for key, value in arguments.items()}  # fmt: skip
                found[name] = (await client.call_tool(name, sent)).model_dump_json()
            found["resources"] = (await client.list_resources()).model_dump_json()
        return found

    with on_a_port(house.served.app) as at:
        leaks = [(who, name) for who, key in keys(house.served) for name, text in anyio.run(told, at, key).items() if SECRET in text]
        assert leaks == []
        insider = anyio.run(told, at, house.served.key("insider", **INSIDER))
    assert {name for name, text in insider.items() if SECRET not in text} <= {"obligations"}
