"""Whether a node can answer: in a sentence, as often as anybody asks, and never for longer than a probe waits."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from kb.telemetry.readiness import SLOW, Readiness
from tests.kb.make import base, papers
from tests.postgresql import Server


def test_a_base_that_can_be_searched_has_no_fault_and_another_says_which(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        assert kb.fault() is None
        kb.ingest_documents(papers())
        assert kb.fault() is None

        def put(key: str, value: str) -> None:
            with kb._catalogue.write() as conn:
                conn.execute(text("UPDATE meta SET value = :value WHERE key = :key"), {"key": key, "value": value})

        with kb._catalogue.read() as conn:
            layout = conn.execute(text("SELECT value FROM meta WHERE key = 'schema'")).scalar_one()
        put("schema", "99")
        assert kb.fault() == f"The base has layout 99, and this Setu knows {layout}. Bring every node to one version of Setu."
        put("schema", layout)
        put("embedder", "another/model")
        assert "another model than the one configured" in (kb.fault() or "")
    file = tmp_path / "catalogue.sqlite"
    with base(tmp_path) as kb:
        kb._catalogue.engine.dispose()
        file.write_bytes(b"no database at all" * 500)
        told = kb.fault()
        assert told == "The catalogue of this node cannot be read. Run there: setu doctor"
        assert str(tmp_path) not in told


def test_a_node_whose_disk_is_full_is_not_ready_until_its_scan_files_are_made(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        scan = tmp_path / "scan"
        shutil.rmtree(scan, ignore_errors=True)
        scan.symlink_to("/dev/full")
        told = kb.fault()
        assert told is not None
        assert told.startswith("The scan files of this node cannot be made: ")
        assert told.endswith("Make room in its SETU_HOME.")
        assert str(tmp_path) not in told
        scan.unlink()
        assert kb.fault() is None
        assert list(scan.iterdir())


def test_a_database_that_is_gone_is_told_without_its_address_and_is_taken_up_again(postgresql: Server, tmp_path: Path) -> None:
    with base(tmp_path, database_url=postgresql.database()) as kb:
        assert kb.fault() is None
        postgresql.stop()
        try:
            told = kb.fault()
        finally:
            postgresql.start()
        assert told is not None
        assert told.startswith("The database cannot be used: it cannot be reached. Start its server")
        assert "127.0.0.1" not in told
        assert kb.fault() is None


def test_a_look_that_takes_too_long_is_not_waited_for_and_not_begun_twice() -> None:
    begun, free = [], threading.Event()

    def look() -> None:
        begun.append(1)
        free.wait(30)

    readiness = Readiness(look, patience_s=0.05, fresh_s=0)
    started = time.monotonic()
    assert [readiness.fault() for _ in range(3)] == [SLOW] * 3
    assert time.monotonic() - started < 5
    assert begun == [1]
    free.set()
    assert Readiness.fault(readiness) is None or readiness.fault() is None
    readiness.close()


def test_many_who_ask_at_once_cost_one_look() -> None:
    looks: list[int] = []
    readiness = Readiness(lambda: looks.append(1))
    assert [readiness.fault() for _ in range(100)] == [None] * 100
    assert looks == [1]
    readiness.close()


def test_a_look_that_fails_is_no_ready_node_and_names_only_the_kind_of_error() -> None:
    def look() -> None:
        raise PermissionError("/var/lib/setu/catalogue.sqlite")

    readiness = Readiness(look)
    told = readiness.fault()
    assert told is not None
    assert "PermissionError" in told
    assert "catalogue" not in told
    readiness.close()


def test_ready_and_not_ready_are_logged_when_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    said: list[str | None] = ["The database cannot be used: it is full.", None]
    readiness = Readiness(lambda: said[0], fresh_s=0)
    with caplog.at_level("INFO", "setu.events"):
        for _ in range(3):
            readiness.fault()
        said.pop(0)
        deadline = time.monotonic() + 5
        while readiness.fault() is not None and time.monotonic() < deadline:
            pass
    readiness.close()
    assert [record.setu_fields["outcome"] for record in caplog.records] == ["not_ready", "ready"]  # type: ignore[attr-defined]
