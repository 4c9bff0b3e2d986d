"""What the running chat writes, into its log and to its own output, while somebody asks, uploads and meets a failure."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

from kb import event_log
from tests.support import PROJECT
from tests.ui.browsing import Browse
from tools.screenshots import QUESTIONS, SAMPLES, STARTUP_SECONDS, ask, chromium

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample papers are not here"),
]

KEY = "sk-the-key-that-nobody-may-see"
WORDS = (
    "flood-warning", "Hoshimori", "पथदर्शी", "खर्च", "memorandum-of-cooperation", "Quizzical", KEY,
)  # fmt: skip
"""Of questions, of what answers them, of a paper's name and of a question that fails; and a secret."""


@contextmanager
def running(home: Path, out: Path) -> Iterator[str]:
    """The chat with a log that holds all it can hold, and what it prints in a file; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.address=127.0.0.1"]
    environment = {**os.environ, "SETU_HOME": str(home), "SETU_LOG": "json", "SETU_LOG_LEVEL": "debug", "SETU_LLM_KEY": KEY}
    with out.open("wb") as written:
        server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=written, stderr=written)
    try:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + STARTUP_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                break
            except (URLError, OSError):
                assert time.monotonic() < end, out.read_text(encoding="utf-8", errors="replace")
                time.sleep(0.2)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def test_no_word_of_a_question_or_paper_is_in_what_the_server_writes_also_when_it_fails(
    sampled: Path, browse: Browse, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with running(sampled, out) as address, browse(viewport={"width": 1280, "height": 900}) as page:
        for language in ("en", "mr"):
            page.goto(f"{address}/?lang={language}")
            ask(page, QUESTIONS[language])
        for file in sampled.glob("catalogue.sqlite*"):
            file.write_bytes(b"no catalogue any more")
        page.goto(f"{address}/?lang=en&q=Quizzical")
        page.get_by_role("alert").first.wait_for()
    log = (sampled / event_log.FILE).read_text(encoding="utf-8")
    said = out.read_text(encoding="utf-8", errors="replace")
    assert log.count('"event": "question"') >= 2
    assert '"code": "KnowledgeBaseError"' in log
    assert [word for word in WORDS if word in log] == []
    assert [word for word in WORDS if word in said] == []
