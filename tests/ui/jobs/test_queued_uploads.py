"""What is sent to one machine is taken in by a worker on another, and is the same on every machine."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.records import INSIDE
from kb import KnowledgeBase, Settings
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.queue.worker import Worker
from kb.store.maintenance import queue_state
from server.app import create_app
from tests.kb.make import base
from tests.postgresql import Server
from tests.support import PROJECT
from tests.ui.conftest import Setu
from ui.cli.health_checks import check_queue
from ui.jobs.ingest_jobs import Items, start
from ui.jobs.ingest_tasks import Choice, again_task, file_task
from ui.jobs.queued_uploads import QueuedUploads, Taker
from ui.jobs.runner import Job

pytest.importorskip("procrastinate")

TEXT = "The lantern bridge is closed on Mondays.\n"
OPEN = Choice()
Nodes = tuple[KnowledgeBase, KnowledgeBase]


@dataclass
class Sent:
    name: str
    size: int = 100


@pytest.fixture
def nodes(database_url: str, tmp_path: Path) -> Iterator[Nodes]:
    ways = {"database_url": database_url, "readers": 1}
    with base(tmp_path / "one", **ways) as one, base(tmp_path / "two", **ways) as two:
        yield one, two


def uploads(kb: KnowledgeBase) -> QueuedUploads:
    queue = kb.queue
    assert queue is not None
    return QueuedUploads(queue)


def send(kb: KnowledgeBase, choice: Choice = OPEN, /, **files: str | bytes) -> str:
    sent = {f"{name}.{'zip' if isinstance(data, bytes) else 'txt'}": data for name, data in files.items()}
    streams = {name: io.BytesIO(data if isinstance(data, bytes) else data.encode()) for name, data in sent.items()}
    return start(uploads(kb), kb.reader.id, [file_task(kb, Sent(name), stream, choice) for name, stream in streams.items()])


def work(kb: KnowledgeBase) -> None:
    queue = kb.queue
    assert queue is not None
    with closing(Taker(kb, queue)) as taker:
        Worker(kb.settings, queue, taker).run(wait=False)


def job(kb: KnowledgeBase, key: str) -> Job[Items]:
    found = uploads(kb).get(key, kb.reader.id)
    assert found is not None
    return found


def told(kb: KnowledgeBase, key: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(item.state, [(one.name, one.result) for one in item.outcomes]) for item in job(kb, key).progress]


def test_what_is_sent_to_one_is_taken_in_by_the_other_with_its_versions_its_parts_and_its_rejects(nodes: Nodes) -> None:
    one, two = nodes
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tram.txt", "The tram stops at pier nine.\n")
    first = send(one, notice=TEXT, many=packed.getvalue(), empty="")
    assert job(two, first).state == "waiting"
    assert not one.documents()
    work(two)
    assert job(one, first) == job(two, first)
    assert told(one, first) == [
        ("done", [("notice.txt", "added")]),
        ("done", [("tram.txt", "added")]),
        ("rejected", [("empty.txt", "rejected")]),
    ]
    assert job(one, first).progress[2].outcomes[0].reason
    assert {info.source for info in one.documents()} == {"upload:/notice.txt", f"upload:/many.zip{INSIDE}tram.txt", "upload:/empty.txt"}
    second = send(two, notice=TEXT + "It is open on Tuesdays.\n", tram="The tram stops at pier nine.\n")
    work(one)
    assert told(two, second) == [("done", [("notice.txt", "updated")]), ("done", [("tram.txt", "unchanged")])]
    notice = next(info for info in two.documents() if info.source == "upload:/notice.txt")
    assert notice.version == 2
    for node in nodes:
        kept = node.original(notice.id)
        assert kept is not None
        assert kept.read_text(encoding="utf-8").startswith(TEXT)
        assert node.verify() == ()
        assert not [left for left in (node.settings.home / "uploads").iterdir() if left.name.startswith(".waiting")]
    empty = next(info for info in two.documents() if info.state == "rejected")
    again = start(uploads(two), "", [again_task(two, empty)])
    work(one)
    assert job(two, again).progress[0].outcomes[0].remedy == "Add it again."


def test_a_file_over_the_limit_is_refused_at_once_and_a_worker_hears_nothing_of_it(nodes: Nodes) -> None:
    one, _ = nodes
    key = start(uploads(one), "", [file_task(one, Sent("large.txt", 2**40), io.BytesIO(b""), Choice())])
    assert job(one, key).state == "done"
    assert "over the limit" in job(one, key).progress[0].outcomes[0].reason
    assert uploads(one).unfinished("") is None


def test_whose_right_was_taken_back_meanwhile_has_nothing_taken_in(nodes: Nodes) -> None:
    one, two = nodes
    with closing(AccountStore.of(one.settings)) as store:
        accounts = Accounts(store, Cost(memory=8, times=1, threads=1))
        accounts.add("root", "admin", None, "harbour lights at nine")
        asha = accounts.add("asha", "editor", frozenset({"ports"}), "harbour lights at ten")
        mine = one.seen_by(accounts.reader(asha))
        keys = [send(mine, Choice(groups=("ports",), sees_all=False), notice=TEXT)]
        work(two)
        keys.append(send(mine, Choice(groups=("ports",), sees_all=False), tram="The tram stops at pier nine.\n"))
        accounts.change("asha", disabled=True)
        work(two)
    assert [job(mine, key).progress[0].state for key in keys] == ["done", "failed"]
    assert "no account any more" in job(mine, keys[1]).progress[0].trouble
    (info,) = one.documents()
    assert (info.source, info.groups) == ("upload:/ports/notice.txt", ("ports",))


def test_the_api_of_either_tells_the_same_of_a_job(nodes: Nodes) -> None:
    one, two = nodes
    clients = [TestClient(create_app(node, node.settings), "http://127.0.0.1:8600", client=("127.0.0.1", 50_000)) for node in nodes]
    sent = clients[0].post("/v1/documents", files={"file": ("notice.txt", TEXT.encode())})
    assert sent.status_code == 202
    where = sent.headers["Location"]
    assert clients[1].get(where).json()["state"] == "waiting"
    work(two)
    found = [client.get(where).json() for client in clients]
    assert found[0] == found[1]
    assert (found[0]["state"], found[0]["share"], found[0]["files"][0]["outcomes"][0]["result"]) == ("done", 1.0, "added")
    paper = found[0]["documents"][0]["id"]
    files = [client.get(f"/v1/documents/{paper}/versions/1/file") for client in clients]
    assert [file.content for file in files] == [TEXT.encode()] * 2
    assert clients[1].get("/v1/jobs").json()["jobs"][0]["id"] == sent.json()["id"]
    stopped = clients[0].post("/v1/documents", files={"file": ("tram.txt", b"The tram stops at pier nine.\n")}).headers["Location"]
    assert clients[1].delete(stopped).is_success
    work(one)
    assert clients[0].get(stopped).json()["state"] == "cancelled"
    assert len(one.documents()) == 1


def test_that_no_worker_runs_is_told_in_the_terminal_and_to_a_monitor(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, _ = nodes
    found = check_queue(one.settings)
    assert found is not None
    assert (found.outcome, found.detail.partition(";")[0]) == ("warning", "no worker runs")
    send(one, notice=TEXT)
    monkeypatch.setenv("SETU_DATABASE_URL", str(one.settings.database_url))
    shown = Setu(tmp_path / "three")("jobs")
    assert shown.exit_code == 1
    assert "1 wait (0 of them to be tried again), 0 under way" in shown.stdout
    assert "notice.txt" in shown.stdout
    assert "No worker runs, so nothing is taken in" in shown.stdout


def test_a_base_in_files_or_without_a_queue_takes_uploads_in_itself(database_url: str, tmp_path: Path) -> None:
    with base(tmp_path / "files") as files:
        assert files.queue is None
    assert queue_state(Settings.load(home=tmp_path / "files")) is None
    assert "There is no queue" in Setu(tmp_path / "files")("worker").output
    with base(tmp_path / "home", database_url=database_url, queue=False) as opened:
        assert opened.queue is None


@pytest.mark.slow
def test_workers_that_are_killed_at_random_moments_lose_and_double_nothing(postgresql: Server, tmp_path: Path) -> None:
    url, chance = postgresql.database(), random.Random(7)
    around = {**os.environ, "SETU_DATABASE_URL": url}
    papers = {f"paper{n}": "".join(f"Tram {n} stops at pier {at}.\n\n" for at in range(200)) for n in range(8)}

    def worker(number: int) -> subprocess.Popen[bytes]:
        own = {**around, "SETU_HOME": str(tmp_path / f"worker{number}")}
        return subprocess.Popen([sys.executable, "-m", "ui.cli.main", "worker"], cwd=PROJECT, env=own, start_new_session=True)

    with base(tmp_path / "node", database_url=url) as node:
        key = send(node, **papers)
        workers = {number: worker(number) for number in range(2)}
        try:
            for _ in range(4):
                time.sleep(4 + 6 * chance.random())
                number = chance.randrange(2)
                os.killpg(workers[number].pid, signal.SIGKILL)
                workers[number].wait()
                workers[number] = worker(number)
            end = time.monotonic() + 300
            while not job(node, key).finished and time.monotonic() < end:
                time.sleep(1)
        finally:
            for one in workers.values():
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()
        assert [state for state, _ in told(node, key)] == ["done"] * 8
        assert {info.source: info.version for info in node.documents()} == {f"upload:/{name}.txt": 1 for name in papers}
        node._publisher.heal()
        assert node.verify() == ()
