"""All paths together are worked on by the threads of one pool, and no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from kb.records import Searching
from server.app import create_app
from server.streams import AT_ONCE
from tests.server.conftest import Served
from tests.server.papers_with_hidden import served as on_a_port

EACH = 10


class Counter:
    """How many questions are worked on at once."""

    def __init__(self) -> None:
        self.lock, self.let = threading.Lock(), threading.Event()
        self.now = self.most = self.all = 0

    def ask(self, *_: object, **__: object) -> Iterator[Searching]:
        with self.lock:
            self.now += 1
            self.all += 1
            self.most = max(self.most, self.now)
        try:
            yield Searching("x", "en")
            self.let.wait(30)
        finally:
            with self.lock:
                self.now -= 1


def test_v1_the_openai_paths_and_mcp_share_one_pool(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter()
    monkeypatch.setattr("kb.base.KnowledgeBase.ask", counter.ask)
    chat = {"model": "setu", "messages": [{"role": "user", "content": "What does the pilot cost?"}]}

    def post(at: str, path: str, body: object) -> None:
        httpx.post(f"{at}{path}", json=body, timeout=60)

    def by_mcp(at: str) -> None:
        async def call() -> None:
            async with Client(streamable_http_client(f"{at}/mcp")) as client, anyio.create_task_group() as group:
                for _ in range(EACH):
                    group.start_soon(client.call_tool, "ask", {"question": "What does the pilot cost?"})

        anyio.run(call)

    with on_a_port(create_app(served.base, served.base.settings)) as at, ThreadPoolExecutor(3 * EACH + 1) as clients:
        clients.submit(by_mcp, at)
        for body in (chat, {**chat, "stream": True}):
            for _ in range(EACH // 2):
                clients.submit(post, at, "/v1/chat/completions", body)
        for _ in range(EACH):
            clients.submit(post, at, "/v1/ask", {"question": "What does the pilot cost?"})
        until = time.monotonic() + 20
        while counter.now < AT_ONCE and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.5)  # were there more threads, more would have begun by now
        assert counter.now == AT_ONCE
        counter.let.set()
    assert counter.most == AT_ONCE
    assert counter.all == 3 * EACH
