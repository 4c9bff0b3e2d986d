"""The official client of the protocol over stdio, as an assistant starts it, and over HTTP on a port of loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import anyio
import httpx
import httpx2
import pytest
from fastapi import FastAPI
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from starlette.requests import Request

from kb import KnowledgeBase
from kb.auth.roles import Reader
from server.evidence.askers import NotLetInError, Seen
from server.mcp.http_transport import SignIn, mount_mcp
from tests.kb.hidden import INSIDER, SECRET, VIEWER, leaks
from tests.server.papers_with_hidden import served
from tests.support import PROJECT

QUESTION = "What does the flood-warning pilot cost?"
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SETU_HOME": str(home), "PYTHONPATH": str(PROJECT)}


def test_an_assistant_on_this_machine_starts_setu_mcp_and_asks(stocked_home: Path) -> None:
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "ui.cli.main", "mcp"], env=environment(stocked_home))

    async def run() -> Any:
        async with Client(stdio_client(parameters)) as client:
            return await client.list_tools(), await client.call_tool("ask", {"question": QUESTION})

    tools, answer = anyio.run(run)
    assert len(tools.tools) == 7
    assert "12.40 crore" in answer.structured_content["text"]


def test_nothing_but_the_protocol_is_on_stdout(stocked_home: Path) -> None:
    calls = [
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"query": QUESTION}}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "fetch", "arguments": {"id": "nothing"}}},
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli.main", "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=PROJECT, env=environment(stocked_home),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("".join(json.dumps(call) + "\n" for call in calls))
    process.stdin.write("this is no JSON\n")
    process.stdin.flush()
    lines = []
    while not {2, 3} <= {line.get("id") for line in lines}:
        lines.append(json.loads(process.stdout.readline()))
    rest, errors = process.communicate(timeout=20)
    lines += [json.loads(line) for line in rest.splitlines()]
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_home_that_cannot_be_opened_is_said_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("colour = 1", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", "mcp"], input="", capture_output=True, text=True, cwd=PROJECT, env=environment(tmp_path),
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "colour" in done.stderr


KEYS = {"key-of-vani": VIEWER, "key-of-ines": INSIDER}


@pytest.fixture(scope="module")
def address(stocked: KnowledgeBase) -> Iterator[str]:
    def who(request: Request) -> Seen:
        reader: Reader | None = KEYS.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if reader is None:
            raise NotLetInError("This takes a key.")
        return Seen(stocked.seen_by(reader), reader.id)

    app = FastAPI()
    mount_mcp(app, who, hosts=("127.0.0.1",), sign_in=SignIn("https://setu.example", ("https://login.example",)))
    with served(app) as at:
        yield at


def over_http(address: str, key: str, work: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    async def run() -> Any:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30) as web,
            Client(streamable_http_client(f"{address}/mcp", http_client=web), mode=mode) as client,  # type: ignore[arg-type]
        ):
            return await work(client)

    return anyio.run(run)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http_each_key_sees_its_own_papers(address, mode) -> None:
    async def look(client: Client) -> Any:
        steps: list[str | None] = []

        async def step(_progress: float, _total: float | None, message: str | None) -> None:
            steps.append(message)

        answer = await client.call_tool("ask", {"question": QUESTION}, progress_callback=step)
        return client.protocol_version, answer, await client.call_tool("list_documents", {"limit": 200}), steps

    version, answer, papers, steps = over_http(address, "key-of-vani", look, mode)
    assert version == ("2026-07-28" if mode == "auto" else "2025-11-25")
    assert "12.40 crore" in answer.structured_content["text"]
    assert "Searching the papers" in steps
    assert not leaks([answer, papers])
    assert SECRET in repr(over_http(address, "key-of-ines", look, mode)[2])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_without_a_key_nothing_is_told(address, headers) -> None:
    said = httpx.post(f"{address}/mcp", json=INITIALIZE, headers={**HEADERS, **headers})
    assert said.status_code == 401
    assert said.headers["www-authenticate"].startswith("Bearer")
    assert said.json()["error"]["message"] == "This takes a key."
    where = said.headers["www-authenticate"].partition('resource_metadata="')[2].rstrip('"')
    assert where == "https://setu.example/.well-known/oauth-protected-resource/mcp"
    told = httpx.get(f"{address}/.well-known/oauth-protected-resource/mcp").json()
    assert (told["resource"], told["authorization_servers"]) == ("https://setu.example/mcp", ["https://login.example/"])


def test_space_around_the_value_of_a_header_is_none_of_it(address) -> None:
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_documents", "arguments": {}, "_meta": meta}}
    named = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "  list_documents \t"}
    with closing(HTTPConnection(address.removeprefix("http://"))) as connection:  # httpx sends no such header
        connection.request("POST", "/mcp", json.dumps(body), {**HEADERS, **named, "Authorization": "Bearer key-of-vani"})
        assert connection.getresponse().status == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_a_page_elsewhere_cannot_reach_the_server_through_a_browser(address, headers) -> None:
    said = httpx.post(f"{address}/mcp", json=INITIALIZE, headers={**HEADERS, "Authorization": "Bearer key-of-vani", **headers})
    assert said.status_code in (403, 421)


def test_a_session_serves_only_who_opened_it(address) -> None:
    mine = {**HEADERS, "Authorization": "Bearer key-of-ines"}
    opened = httpx.post(f"{address}/mcp", json=INITIALIZE, headers=mine)
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": "2025-06-18"}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    assert httpx.post(f"{address}/mcp", json=listing, headers={**mine, **session}).status_code == 200
    theirs = {**HEADERS, "Authorization": "Bearer key-of-vani"}
    assert httpx.post(f"{address}/mcp", json=listing, headers={**theirs, **session}).status_code == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"jsonrpc": "2.0", "id": 1, "method": "sing"}', b"\xff" * 100, b"x" * 5_000_000])
def test_a_body_that_is_none_of_the_protocol_is_refused(address, body) -> None:
    said = httpx.post(f"{address}/mcp", content=body, headers={**HEADERS, "Authorization": "Bearer key-of-vani"})
    assert 400 <= said.status_code < 500
