"""A served knowledge base of open and hidden papers, and keys of several kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from kb import KnowledgeBase, Settings
from kb.auth.api_keys import ApiKeys
from kb.auth.roles import Reader
from server.app import create_app
from tests.embedded import embedded_once
from tests.kb.hidden import GROUP, stock
from tests.once import copied, once

LOCAL = ("127.0.0.1", 50_000)


@pytest.fixture(scope="package", autouse=True)
def _embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with embedded_once(tmp_path_factory):
        yield


@dataclass
class Served:
    """An application over a home, and the keys that its tests ask with."""

    home: Path
    base: KnowledgeBase
    app: FastAPI
    keys: ApiKeys
    made: dict[str, str] = field(default_factory=dict)
    ledger: int = 0

    def key(self, name: str, *more: Any, **options: Any) -> str:
        """A key of a name, made once."""
        if name not in self.made:
            self.made[name] = self.keys.create(name, *more, **options)[1]
        return self.made[name]

    def client(self, key: str | None = None, host: str = "127.0.0.1:8600", client: tuple[str, int] = LOCAL, **options: Any) -> TestClient:
        """A client on this machine, or another one."""
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return TestClient(self.app, f"http://{host}", headers=headers, client=client, **options)


def stocked(home: Path) -> None:
    """Open and hidden papers, two of the open ones in a collection of their own."""
    with KnowledgeBase.open(Settings.load(home=home)) as base:
        stock(base)
        ledger = base.collections.make("Harbour ledger")
        mine = [info.id for info in base.seen_by(Reader("v", "viewer", frozenset())).documents() if "arbour" in info.title]
        base.collections.put(mine, [ledger.id])


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "server-home", stocked)


@pytest.fixture(scope="module")
def served(server_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from opened(copied(server_home, tmp_path_factory.mktemp("served") / "home"))


@pytest.fixture
def writable(server_home: Path, tmp_path: Path) -> Iterator[Served]:
    """The same, of which a test may change what it likes."""
    yield from opened(copied(server_home, tmp_path / "home"))


def opened(home: Path, **settings: Any) -> Iterator[Served]:
    made = {"questions_per_minute": 0, "uploads_per_hour": 0, "readers": 1, **settings}
    with KnowledgeBase.open(Settings.load(home=home, **made)) as base:
        keys = ApiKeys(home)
        found = Served(home, base, create_app(base, base.settings, heartbeat=0.2), keys)
        found.ledger = base.collections.named("Harbour ledger").id
        with TestClient(found.app):
            yield found
        keys.close()


INSIDER = {"role": "admin", "groups": frozenset({GROUP})}
"""What a key that sees the hidden papers is made with."""


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document that an answer must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(told)
    assert told["status"] == status
    return told
