"""Open WebUI, as people install it, pointed at Setu and used in a browser beside Setu's own chat.

It is heavy and has dependencies of its own: `OPEN_WEBUI` names the program where it is installed in an environment apart; `make clients`
installs it so.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server import conftest
from tests.server.papers_with_hidden import served
from tools import screenshots

pytestmark = [pytest.mark.slow, pytest.mark.browser]
QUESTION = "What does the flood-warning pilot cost?"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def program() -> str:
    found = os.environ.get("OPEN_WEBUI") or shutil.which("open-webui")
    if found is None:
        pytest.skip("Open WebUI is not installed; `make clients` installs it apart, or OPEN_WEBUI names its program")
    return found


@pytest.fixture(scope="module")
def setu(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The address of the chat, that of the server for programs, and a key to it."""
    home = tmp_path_factory.mktemp("setu") / "home"
    conftest.stocked(home)
    with screenshots.served(home) as chat:
        for made in conftest.opened(home, address=chat):
            with served(made.app) as address:
                yield chat, address, made.key("open-webui")


@pytest.fixture(scope="module")
def window(program: str, setu: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data: Path = tmp_path_factory.mktemp("open-webui")
    port = free_port()
    _chat, address, key = setu
    settings = {
        "DATA_DIR": str(data), "WEBUI_AUTH": "False", "WEBUI_SECRET_KEY": "a secret of the test", "OFFLINE_MODE": "True",
        "HF_HUB_OFFLINE": "1", "ENABLE_OLLAMA_API": "False", "OPENAI_API_BASE_URL": f"{address}/v1", "OPENAI_API_KEY": key,
        "DEFAULT_MODELS": "setu", "RAG_EMBEDDING_ENGINE": "openai", "ENABLE_VERSION_UPDATE_CHECK": "False",
        "SCARF_NO_ANALYTICS": "true", "DO_NOT_TRACK": "true", "ANONYMIZED_TELEMETRY": "false", "ENABLE_PERSISTENT_CONFIG": "False",
        "PYTHONPATH": "",
    }  # fmt: skip
    with (data / "log.txt").open("wb") as log:
        command = [program, "serve", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=data, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", process, data / "log.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(log.read_text(encoding="utf-8", errors="replace")[-3000:])
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail("Open WebUI did not start.")


def test_a_question_in_open_webui_shows_the_answer_with_sources_that_open_at_their_passages(
    setu: tuple[str, str, str], window: str
) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chat, _address, _key = setu
    with screenshots.chromium_runs() as browser:
        page = browser.new_page(locale="en-US")
        sync_api.expect.set_options(timeout=60_000)
        page.goto(window)
        page.wait_for_selector("#chat-input", timeout=120_000)
        for close in page.get_by_role("button", name=re.compile("Okay, Let's Go", re.IGNORECASE)).all():
            close.click()
        page.locator("#chat-input").click()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_text("is estimated to cost Rs 12.40 crore").first).to_be_visible()
        links = page.locator("a[href*='?passage=']")
        sync_api.expect(links.first).to_be_visible()
        assert links.first.get_attribute("href") == f"{chat}/?passage=1.1.61.121"
        sources = page.get_by_role("button", name=re.compile(r"\d+ Sources?", re.IGNORECASE)).first
        sync_api.expect(sources).to_be_visible()
        sources.click()
        sync_api.expect(page.get_by_text("Memorandum of Cooperation · Article 2").last).to_be_visible()
        _shot(page, "answer")
        for at in range(min(links.count(), 3)):
            with page.expect_popup() as coming:
                links.nth(at).click()
            opened = coming.value
            opened.locator("#setu-mark").wait_for(timeout=120_000)
            _shot(opened, f"source-{at}")
            if at == 0:
                assert "Rs 12.40 crore" in opened.locator("#setu-mark").inner_text()
            opened.close()


def _shot(page: Any, name: str) -> None:
    """A picture for whoever wants to look: `OPEN_WEBUI_PICTURES` names a folder."""
    if folder := os.environ.get("OPEN_WEBUI_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")
