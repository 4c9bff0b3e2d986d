"""``setu health`` for a monitor."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from tests.once import copied
from tests.support import PROJECT
from tests.ui.conftest import Setu


@pytest.fixture
def mine(stocked: Path, tmp_path: Path) -> Setu:
    """A copy of the stocked home that a test may damage."""
    copied(stocked, tmp_path / "home")
    return Setu(tmp_path / "home")


def outcomes(setu: Setu, *options: str) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in json.loads(setu("health", "--json", *options).stdout)["checks"]}


def test_a_home_that_is_well_has_exit_status_0_and_no_remedy(mine: Setu) -> None:
    result = mine("health", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["ok"]) == (0, True)
    core = {c["name"]: c for c in found["checks"] if c["name"] not in ("tesseract", "fonts")}
    assert list(core) == ["disk", "catalogue", "ingest", "writer", "vectors", "model"]
    assert {c["outcome"] for c in core.values()} == {"ok"}
    assert core["catalogue"]["detail"].startswith("3 documents, 0 rejected")


def test_health_starts_nothing_and_changes_nothing(mine: Setu) -> None:
    before = {f: f.stat().st_mtime_ns for f in mine.home.rglob("*") if f.is_file()}
    mine("health")
    after = {f: f.stat().st_mtime_ns for f in mine.home.rglob("*") if f.is_file() and not f.name.endswith(("-wal", "-shm"))}
    assert after == before
    assert not (mine.home / "vectors" / "service.json").exists()


def test_health_takes_a_processor_a_few_times_what_its_libraries_take_to_load(mine: Setu) -> None:
    health = "subprocess.run([sys.executable, '-m', 'ui.cli.main', 'health'], check=True, capture_output=True)"
    libraries = "import numpy, onnx, onnxruntime, pydantic, sqlalchemy, regex"

    def used(work: str) -> float:
        code = f"import resource, sys, subprocess; {work}; of = resource.{'RUSAGE_CHILDREN' if work is health else 'RUSAGE_SELF'}"
        code += "; used = resource.getrusage(of); print(used.ru_utime + used.ru_stime)"
        done = subprocess.run(
            [sys.executable, "-c", code], env={"SETU_HOME": str(mine.home), "PATH": "/usr/bin", "OMP_NUM_THREADS": "1"}, cwd=PROJECT,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return float(done.stdout)

    assert any(used(health) < 7 * used(libraries) for _ in range(3))  # 4.2 on two idle cores; machines differ by a half in seconds


def test_a_damaged_catalogue_is_a_failure_with_exit_status_1(mine: Setu) -> None:
    (mine.home / "catalogue.sqlite").write_bytes(b"this is no database" * 500)
    result = mine("health")
    assert result.exit_code == 1
    assert "restore a backup" in result.stdout


def test_a_newer_layout_and_another_model_are_failures(mine: Setu) -> None:
    with closing(sqlite3.connect(mine.home / "catalogue.sqlite")) as conn:
        conn.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
        conn.execute("UPDATE meta SET value = 'another model' WHERE key = 'embedder'")
        conn.commit()
    found = outcomes(mine)
    assert (found["catalogue"], found["model"]) == ("failed", "failed")


def test_an_ingest_that_was_killed_is_a_warning_unless_a_writer_is_at_work(mine: Setu) -> None:
    with closing(sqlite3.connect(mine.home / "catalogue.sqlite")) as conn:
        conn.execute("UPDATE versions SET state = 'staged' WHERE id = 1")
        conn.commit()
    assert outcomes(mine)["catalogue"] == "warning"
    assert mine("health").exit_code == 0
    assert mine("health", "--strict").exit_code == 1
    with FileLock(mine.home / "write.lock"):
        found = json.loads(mine("health", "--json").stdout)["checks"]
    assert {c["name"]: c["detail"] for c in found}["writer"] == "taking in or deleting documents"
    assert {c["name"]: c["outcome"] for c in found}["catalogue"] == "ok"


def test_nothing_taken_in_for_long_and_a_restore_that_was_killed_are_warnings(mine: Setu) -> None:
    (mine.home / "restoring").mkdir()
    found = outcomes(mine, "--stale-hours", "0")
    assert (found["ingest"], found["restore"]) == ("warning", "warning")
    assert outcomes(mine, "--stale-hours", "1")["ingest"] == "ok"


def test_an_empty_home_is_a_warning(fresh: Setu) -> None:
    assert outcomes(fresh)["catalogue"] == "warning"
    assert not (fresh.home / "catalogue.sqlite").exists()


def test_a_vector_server_that_listens_and_says_nothing_is_a_failure_and_one_that_was_killed_is_idle(mine: Setu) -> None:
    (mine.home / "vectors").mkdir(exist_ok=True)
    (mine.home / "vectors" / "service.json").write_text('{"pid": 1, "port": 1}')
    assert outcomes(mine)["vectors"] == "ok"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(mine.home / "vectors" / "service.sock"))
        assert outcomes(mine)["vectors"] == "ok"  # nobody listens
        listener.listen()
        assert outcomes(mine)["vectors"] == "failed"


class _App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/_stcore/health" else 404)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


def test_the_chat_is_asked_at_its_own_health_address(mine: Setu) -> None:
    with HTTPServer(("127.0.0.1", 0), _App) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert outcomes(mine, "--app", address)["app"] == "ok"
        assert outcomes(mine, "--app", address + "/elsewhere")["app"] == "failed"
        server.shutdown()
    started = time.monotonic()
    assert outcomes(mine, "--app", address)["app"] == "failed"
    assert outcomes(mine, "--app", "file:///etc/passwd")["app"] == "failed"
    assert time.monotonic() - started < 20
