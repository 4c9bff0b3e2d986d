"""The chat page is started on another port where its first one was taken meanwhile."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tools import screenshots


def test_a_port_that_is_taken_is_given_up_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    real = subprocess.Popen

    def first_one_dies(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        started.append(command)
        return real([sys.executable, "-c", "raise SystemExit(1)"] if len(started) == 1 else command, **more)

    monkeypatch.setattr(screenshots.subprocess, "Popen", first_one_dies)
    with screenshots.served(tmp_path) as address, urllib.request.urlopen(f"{address}/_stcore/health", timeout=10) as answer:
        assert answer.status == 200
    assert len(started) == 2
