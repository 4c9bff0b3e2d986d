"""Many programs at once, slow ones among them, and a server that is killed while files are sent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from kb import KnowledgeBase, Settings
from kb.auth.api_keys import ApiKeys
from tests.kb.make import document
from tests.server.conftest import Served, opened
from tests.server.papers_with_hidden import served
from tests.support import PROJECT
from tests.test_deploy import free_port

pytestmark = pytest.mark.slow

ASKERS = 50
TOWNS = [f"{first}{last}" for first in ("Otter", "Wren", "Karel", "Hosh", "Brack") for last in (
    "mouth", "field", "und", "imori", "ley", "ton", "haven", "gate", "ford", "wick",
)]  # fmt: skip


def question(town: str) -> str:
    return f"How high is the beacon of {town}?"


@pytest.fixture(scope="module")
def beacons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A server over fifty papers, one of each town, and its address."""
    home = tmp_path_factory.mktemp("beacons") / "home"
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        kb.ingest_documents(
            document(f"Beacon of {town}", "en", "report", [f"The beacon of {town} is {100 + at} metres high and is lit at dusk."])
            for at, town in enumerate(TOWNS)
        )
        kb.collections.make("Harbour ledger")  # as `opened` asks for
    for made in opened(home):
        with served(made.app) as address:
            yield made, address


def said(answer: dict[str, Any]) -> list[Any]:
    """What of an answer is the same whenever it is asked."""
    return [
        answer["question"],
        [(one["text"], [c["document"] for c in one["citations"]]) for one in answer["statements"]],
        answer["refusal"],
    ]


def test_fifty_askers_at_once_each_get_their_own_answer(beacons: tuple[Served, str], tmp_path: Path) -> None:
    made, address = beacons
    keys = [made.key(f"asker-{at}") for at in range(ASKERS)]
    alone = []
    with httpx.Client(base_url=address, timeout=120) as client:
        for key, town in zip(keys, TOWNS, strict=True):
            asked = client.post("/v1/ask", json={"question": question(town)}, headers={"Authorization": f"Bearer {key}"})
            alone.append(said(asked.raise_for_status().json()))
    assert sum(f" {100 + at} metres" in repr(one) for at, one in enumerate(alone)) >= 45

    async def run() -> list[tuple[float, Any]]:
        async with httpx.AsyncClient(base_url=address, timeout=120, limits=httpx.Limits(max_connections=ASKERS)) as client:

            async def one(key: str, town: str) -> tuple[float, Any]:
                began = time.monotonic()
                asked = await client.post("/v1/ask", json={"question": question(town)}, headers={"Authorization": f"Bearer {key}"})
                return time.monotonic() - began, said(asked.raise_for_status().json())

            return await asyncio.gather(*(one(key, town) for key, town in zip(keys, TOWNS, strict=True)))

    load, began = os.getloadavg()[0], time.monotonic()
    together = asyncio.run(run())
    seconds = time.monotonic() - began
    assert [answer for _s, answer in together] == alone
    taken = [one for one, _answer in together]
    p95 = statistics.quantiles(taken, n=20)[-1]
    told = f"p50 {statistics.median(taken):.1f} s, p95 {p95:.1f} s, all in {seconds:.1f} s, load before {load:.1f}"
    (tmp_path / "figures.txt").write_text(told, encoding="utf-8")
    assert p95 < 100, told


def test_slow_readers_of_streams_hold_nobody_up(beacons: tuple[Served, str]) -> None:
    made, address = beacons
    key, port = made.key("slow"), int(address.rpartition(":")[2])
    body = json.dumps({"question": question(TOWNS[0])}).encode()
    head = (
        f"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        for _ in range(40):  # more than are worked on at once
            reader = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            reader.sendall(head + body)
        time.sleep(1)
        for town in TOWNS[:3]:
            asked = httpx.post(
                f"{address}/v1/ask", json={"question": question(town)}, headers={"Authorization": f"Bearer {key}"}, timeout=90
            )
            assert asked.raise_for_status().json()["question"] == question(town)


FILES = int(os.environ.get("LOAD_FILES", "40"))
"""Five hundred take a quarter of an hour where the machine is busy."""


class _Server:
    """`setu serve` in a process of its own, which may be killed and started again."""

    def __init__(self, home: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "SETU_HOME": str(home), "PYTHONPATH": str(PROJECT), "SETU_UPLOADS_PER_HOUR": "0", "SETU_READERS": "1"}
        command = [sys.executable, "-m", "ui.cli.main", "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, env=environment, cwd=PROJECT, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.address}/openapi.json", timeout=5)
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError("setu serve did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _text(at: int) -> bytes:
    return f"Notice {at} of the harbour\n\nBerth {at} is closed on day {at} for repairs.\n".encode()


def _send(client: httpx.Client, at: int) -> str:
    """Send a file, waiting for one's turn; the id of its job."""
    for _ in range(600):
        sent = client.post("/v1/documents", files={"file": (f"notice-{at}.txt", _text(at))}, headers={"Idempotency-Key": f"notice-{at}"})
        if sent.status_code != 429:
            return str(sent.raise_for_status().json()["id"])
        time.sleep(0.2)
    raise AssertionError("no turn came")


def _finish(client: httpx.Client, job: str) -> None:
    """Wait until a job is done; one that is not known any more was done long ago."""
    for _ in range(6000):
        asked = client.get(f"/v1/jobs/{job}")
        if asked.status_code == 404 or (state := asked.raise_for_status().json()["state"]) not in ("waiting", "working"):
            assert asked.status_code == 404 or state == "done", state
            return
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_files_sent_to_a_server_that_is_killed_are_each_there_once(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    keys = ApiKeys(home)
    token = keys.create("feeder", "editor", ())[1]
    keys.close()
    headers, jobs = {"Authorization": f"Bearer {token}"}, list[str]()
    server = _Server(home, port)
    try:
        with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
            for at in range(FILES // 4):
                jobs.append(_send(client, at))
            _finish(client, jobs[FILES // 8])
        server.kill()
        server = _Server(home, port)
        with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
            began = client.get("/v1/documents", params={"limit": 1}).raise_for_status().json()["total"]
            assert 0 < began <= FILES // 4
            for job in [_send(client, at) for at in range(FILES)]:  # who heard no answer sends again, all of it
                _finish(client, job)
            found, cursor = [], None
            while True:
                part = (
                    client.get("/v1/documents", params={"limit": 500, **({"cursor": cursor} if cursor else {})}).raise_for_status().json()
                )
                found += part["documents"]
                cursor = part["next"]
                if cursor is None:
                    break
            contents = []
            for one in found:
                file = client.get(f"/v1/documents/{one['id']}/versions/{one['version']}/file").raise_for_status()
                contents.append(file.content)
                assert one["version"] == 1
    finally:
        server.kill()
    assert sorted(contents) == sorted(_text(at) for at in range(FILES))
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        assert kb.verify() == ()
