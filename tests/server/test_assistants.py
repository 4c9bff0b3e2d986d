"""The OpenAI paths and MCP in the one application: keys, limits and headers are those of all its paths."""

from __future__ import annotations

from typing import Any

import pytest

from kb.auth.throttle import Limiter
from tests.kb.hidden import GROUP, leaks
from tests.server.conftest import Served

QUESTION = {"model": "setu", "messages": [{"role": "user", "content": "Who audits the quantum ledger?"}]}
HEADERS = {"Accept": "application/json, text/event-stream"}


def called(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """A call of a tool in the protocol's newest version, which takes no session."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments, "_meta": meta}}


def over_mcp(served: Served, key: str | None, name: str, arguments: dict[str, Any]) -> Any:
    headers = {**HEADERS, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": name}
    return served.client(key).post("/mcp", json=called(name, arguments), headers=headers)


def test_a_key_sees_by_both_what_it_sees_elsewhere(served: Served) -> None:
    outsider, insider = served.key("outsider"), served.key("insider", groups=(GROUP,))
    with served.client():
        for key, sees in ((outsider, False), (insider, True)):
            assert leaks(served.client(key).post("/v1/chat/completions", json=QUESTION).json()) == sees
            told = over_mcp(served, key, "ask", {"question": "Who audits the quantum ledger?"})
            assert told.status_code == 200, told.text
            assert leaks(told.text) == sees


def test_without_a_good_key_each_refuses_in_its_own_shape(served: Served) -> None:
    error = served.client("setu_wrong").post("/v1/chat/completions", json=QUESTION)
    assert (error.status_code, error.json()["error"]["code"]) == (401, "invalid_api_key")
    elsewhere = served.client(None, host="setu.example", client=("10.0.0.9", 4000))
    assert elsewhere.get("/v1/models").status_code == 403


def test_who_asks_too_often_is_told_so_by_both(writable: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limiter, "wait", lambda *_args, **_named: 7.2)
    key = writable.key("busy")
    refused = writable.client(key).post("/v1/chat/completions", json=QUESTION)
    assert (refused.status_code, refused.headers["retry-after"], refused.json()["error"]["type"]) == (429, "8", "rate_limit_error")
    with writable.client():
        told = over_mcp(writable, key, "ask", {"question": "x"})
    assert "Ask again in 8 seconds" in told.text
    assert '"isError":true' in told.text


def test_a_body_that_is_too_large_is_refused_in_the_shape_of_openai(served: Served) -> None:
    body = {"model": "setu", "messages": [{"role": "user", "content": "x" * 2_000_000}]}
    assert served.client(served.key("outsider")).post("/v1/chat/completions", json=body).status_code == 413
