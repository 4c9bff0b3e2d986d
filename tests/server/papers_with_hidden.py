"""The papers of `tests.kb.hidden`, of which some are of a group, for the paths that programs take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp

from kb import KnowledgeBase
from tests.kb.hidden import stock
from tests.kb.make import base
from tests.once import copied, once


def _made(folder: Path) -> None:
    with base(folder) as kb:
        stock(kb)


@pytest.fixture(scope="session")
def stocked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the papers. Tests only read it."""
    return copied(once(tmp_path_factory, "papers-with-hidden", _made), tmp_path_factory.mktemp("stocked") / "home")


@pytest.fixture(scope="module")
def stocked(stocked_home: Path) -> Iterator[KnowledgeBase]:
    with base(stocked_home) as kb:
        yield kb


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of an app on a port of loopback, as long as it is served."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
