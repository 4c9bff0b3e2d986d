"""Who serves a home's vectors is asked of the server itself: what a file says of one that was killed counts for nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest

from kb import Settings
from kb.index.chroma import ChromaIndex, VectorService
from kb.index.chroma_server import _RUN, is_up
from tests.kb.make import base, papers

ROWS = np.eye(3, 8, dtype=np.float32)


def card(home: Path) -> dict[str, int]:
    """What the file says to people who look."""
    read: dict[str, int] = json.loads((home / "vectors" / "service.json").read_text())
    return read


def say(home: Path, said: Any) -> None:
    (home / "vectors").mkdir(parents=True, exist_ok=True)
    (home / "vectors" / "service.json").write_text(said if isinstance(said, str) else json.dumps(said))


@contextmanager
def index(home: Path) -> Iterator[ChromaIndex]:
    opened = ChromaIndex(Settings.load(home=home))
    yield opened
    opened.close()


def until(true: Any) -> None:
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state == "Z"


def test_a_process_that_has_got_the_number_of_a_dead_owner_is_not_killed(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        say(tmp_path, {"pid": stranger.pid, "port": 1})
        VectorService(tmp_path / "vectors").release()
        with base(tmp_path) as opened:
            opened.ingest_documents(papers())
            say(tmp_path, {"pid": stranger.pid, "port": 1})  # also not when a server of ours is to be stopped
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_server_of_another_home_is_neither_written_to_nor_stopped(tmp_path: Path) -> None:
    with index(tmp_path / "theirs") as theirs:
        theirs.add("en", [1, 2, 3], ROWS)
        say(tmp_path / "ours", card(tmp_path / "theirs"))
        with index(tmp_path / "ours") as ours:
            assert ours.ids("en") == set()
            ours.add("en", [7], ROWS[:1])
            ours.clear()
        assert not gone(card(tmp_path / "theirs")["pid"])
        assert theirs.ids("en") == {1, 2, 3}


def test_a_client_whose_server_died_does_not_write_to_whoever_got_its_port(tmp_path: Path) -> None:
    with index(tmp_path / "ours") as ours:
        ours.add("en", [1], ROWS[:1])
        known = card(tmp_path / "ours")
        os.kill(known["pid"], signal.SIGKILL)
        until(lambda: not is_up(known["port"]))
        command = [
            sys.executable,
            "-c",
            _RUN,
            "run",
            "--path",
            str(tmp_path / "strange"),
            "--host",
            "127.0.0.1",
            "--port",
            str(known["port"]),
        ]
        stranger = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tmp_path)
        try:
            until(lambda: is_up(known["port"]))
            ours.add("ja", [2], ROWS[:1])  # a collection that this client has not asked for yet
            assert ours.ids("ja") == {2}
            assert card(tmp_path / "ours")["port"] != known["port"]
            with urlopen(f"http://127.0.0.1:{known['port']}/api/v2/tenants/default_tenant/databases/default_database/collections") as reply:
                assert json.load(reply) == []
        finally:
            stranger.terminate()
            stranger.wait()


def test_a_server_that_dies_takes_its_owner_with_it_at_once(tmp_path: Path) -> None:
    with index(tmp_path) as ours:
        ours.add("en", [1], ROWS[:1])
        owner = card(tmp_path)["pid"]
        for child in Path(f"/proc/{owner}/task/{owner}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        until(lambda: gone(owner))
        assert not (tmp_path / "vectors" / "service.json").exists()
        assert ours.ids("en") == {1}


@pytest.mark.parametrize(
    "said", ["", "{", "[]", "null", '{"pid": null, "port": []}', '{"pid": 1e99, "port": 1e99}', '{"port": "x"}', "7" * 5000]
)
def test_odd_words_in_the_file_of_a_dead_server_do_no_harm(tmp_path: Path, said: str) -> None:
    say(tmp_path, said)
    service = VectorService(tmp_path / "vectors")
    try:
        assert service._found() is None
    finally:
        service.release()


def test_a_home_deep_down_has_a_server_too(tmp_path: Path) -> None:
    home = tmp_path / ("a" * 100) / ("b" * 100)
    with index(home) as ours:
        ours.add("en", [1], ROWS[:1])
        assert ours.ids("en") == {1}
        owner = card(home)["pid"]
    with suppress(FileNotFoundError):
        until(lambda: gone(owner))
