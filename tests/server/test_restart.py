"""What a server that ended had: its jobs and idempotency keys are known to the next, and a file is stored whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from kb.auth.account_store import AccountStore
from kb.auth.background.idempotency import IdempotencyKeys
from kb.auth.background.live_processes import is_alive, this_process
from server.app import create_app
from tests.kb.hidden import SECRET
from tests.once import copied
from tests.server.conftest import Served, opened, problem
from tests.support import PROJECT

PAPER = b"The quay of Ottermouth opens at nine in the morning.\n"
KEY = {"Idempotency-Key": "one"}

DYING = """
import os, sys
from pathlib import Path
from starlette.testclient import TestClient
from kb import KnowledgeBase, Settings
from server.app import create_app
from ui.jobs import ingest_tasks

home, when = Path(sys.argv[1]), sys.argv[2]

def die(*_a, **_k):
    os._exit(9)

base = KnowledgeBase.open(Settings.load(home=home, questions_per_minute=0, uploads_per_hour=0, readers=1))
if when == "waiting":
    ingest_tasks._Waiting.__call__ = die
elif when == "placed":
    KnowledgeBase.ingest = die
else:
    taken = KnowledgeBase.ingest
    def ingest(self, *a, **k):
        taken(self, *a, **k)
        os._exit(9)
    KnowledgeBase.ingest = ingest
with TestClient(create_app(base, base.settings), "http://127.0.0.1", client=("127.0.0.1", 1)) as client:
    sent = client.post("/v1/documents", files={"file": ("quay.txt", b"The quay of Ottermouth opens at nine in the morning.\\n")},
                       headers={"Idempotency-Key": "one"})
    print(sent.json()["id"], flush=True)
    import time; time.sleep(60)
"""


def sent(client: httpx.Client, content: bytes = PAPER) -> httpx.Response:
    return client.post("/v1/documents", files={"file": ("quay.txt", content)}, headers=KEY)


def finished(client: httpx.Client, job: str) -> dict[str, Any]:
    for _ in range(600):
        told: dict[str, Any] = client.get(f"/v1/jobs/{job}").json()
        if told["state"] not in ("waiting", "working"):
            return told
        time.sleep(0.05)
    raise AssertionError(told)


def quays(served: Served) -> list[str]:
    return [info.source for info in served.base.documents() if "quay" in info.source]


def test_jobs_and_keys_are_known_to_the_next_server(writable: Served) -> None:
    first = sent(writable.client())
    assert first.status_code == 202, first.text
    assert finished(writable.client(), first.json()["id"])["state"] == "done"
    next_one = Served(writable.home, writable.base, create_app(writable.base, writable.base.settings), writable.keys)
    job = finished(next_one.client(), first.json()["id"])
    assert job["state"] == "done"
    assert [one["title"] for one in job["documents"]] != []
    assert [one["id"] for one in next_one.client().get("/v1/jobs").json()["jobs"]] == [first.json()["id"]]
    again = sent(next_one.client())
    assert (again.json()["id"], again.headers["idempotency-replayed"]) == (first.json()["id"], "true")
    problem(sent(next_one.client(), b"Other words."), 422)
    stranger = next_one.client(next_one.key("stranger", "editor"))
    problem(stranger.get(f"/v1/jobs/{first.json()['id']}"), 404)
    assert stranger.get("/v1/jobs").json()["jobs"] == []


@pytest.mark.parametrize("when", ["waiting", "placed", "stored"])
def test_a_server_that_is_killed_leaves_a_file_whole_or_not_at_all(server_home: Path, tmp_path: Path, when: str) -> None:
    home = copied(server_home, tmp_path / "home")
    script = tmp_path / "dying.py"
    script.write_text(DYING)
    command = [sys.executable, str(script), str(home), when]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    died = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, env=environment, timeout=120, check=False)
    assert died.returncode == 9, died.stderr
    for served in opened(home):
        client = served.client()
        (job,) = client.get("/v1/jobs").json()["jobs"]
        assert job["state"] == "interrupted"
        assert [one["state"] for one in job["files"]] == ["interrupted"]
        assert list((home / "uploads").glob(".waiting-*")) == []
        assert len(list((home / "uploads").glob("**/quay.txt"))) == len(quays(served)) == (1 if when == "stored" else 0)
        again = sent(client)  # as a client does that heard nothing
        assert again.json()["id"] != job["id"]
        assert "idempotency-replayed" not in again.headers
        done = finished(client, again.json()["id"])
        assert [one["result"] for one in done["files"][0]["outcomes"]] == ["unchanged" if when == "stored" else "added"]
        assert len(quays(served)) == 1
        assert SECRET not in str(client.get("/v1/jobs").json())


def test_a_key_under_which_a_process_works_is_taken_and_free_when_it_has_ended(tmp_path: Path) -> None:
    store = AccountStore(tmp_path)
    keys = IdempotencyKeys(store)
    assert keys.begin("p", "k", "d", lambda _: False).state == "new"
    assert keys.begin("p", "k", "d", lambda _: False).state == "doing"
    assert keys.begin("q", "k", "d", lambda _: False).state == "new"
    with store.writing() as conn:
        conn.exec_driver_sql("UPDATE idempotency_keys SET process = 'deadbeef'")
    assert keys.begin("p", "k", "e", lambda _: False).state == "other"
    assert keys.begin("p", "k", "d", lambda _: False).state == "new"
    keys.finish("p", "k", "job")
    assert keys.begin("p", "k", "d", lambda _: False).made == "job"
    assert keys.begin("p", "k", "d", lambda made: made == "job").state == "new"
    keys.free("p", "k")
    assert keys.begin("p", "k", "other", lambda _: False).state == "new"


def test_a_process_is_alive_until_it_ends(tmp_path: Path) -> None:
    mine = this_process(tmp_path)
    assert is_alive(tmp_path, mine)
    assert not is_alive(tmp_path, "deadbeef")
    assert not is_alive(tmp_path, "../x")
    imports = "from pathlib import Path; from kb.auth.background.live_processes import this_process"
    code = f"{imports}; print(this_process(Path({str(tmp_path)!r})))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True).stdout.strip()
    assert other != mine
    assert not is_alive(tmp_path, other)
    assert is_alive(tmp_path, mine)
