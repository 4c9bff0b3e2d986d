"""The receiver of docs/webhooks.md, run as it stands there but for its port, and told by the commands of the guide."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import regex

from tests.support import PROJECT
from tests.test_deploy import free_port

CODE = regex.findall(r"```python\n(.*?)```", (PROJECT / "docs/webhooks.md").read_text(encoding="utf-8"), regex.DOTALL)


def setu(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SETU_HOME": str(home), "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "ui.cli.main", *words]
    return subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_receiver_of_the_guide_takes_what_setu_sends_and_refuses_what_it_did_not(tmp_path: Path) -> None:
    (code,) = CODE
    assert len(code.strip().splitlines()) <= 16
    port, home = free_port(), tmp_path / "home"
    made = setu(home, "webhooks", "add", f"http://127.0.0.1:{port}/")
    assert made.returncode == 0, made.stderr
    environment = {**os.environ, "SETU_WEBHOOK_SECRET": made.stdout.strip()}
    with subprocess.Popen(
        [sys.executable, "-c", code.replace("9000", str(port))],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            _up(port)
            forged = {"webhook-id": "msg_1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
            assert httpx.post(f"http://127.0.0.1:{port}/", content=b"{}", headers=forged).status_code == 401
            assert process.stdout.readline() == "msg_1 is not from Setu\n"
            assert setu(home, "webhooks", "test", "1").stdout == "The receiver took it.\n"
            assert '"type":"test"' in process.stdout.readline()
            paper = tmp_path / "rules.txt"
            paper.write_text("Rules of the lantern\n\nThe lantern is lit at dusk.\n", encoding="utf-8")
            assert setu(home, "ingest", str(paper)).returncode == 0
            assert setu(home, "webhooks", "deliver").stdout == "1 sent or tried.\n"
            assert '"type":"document.version"' in process.stdout.readline()
            assert "0 waiting" in setu(home, "webhooks", "list").stdout
        finally:
            process.terminate()


def _up(port: int) -> None:
    for _ in range(100):
        try:
            httpx.get(f"http://127.0.0.1:{port}/")
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the receiver did not start")
