"""The queue of a base on a server: who asks, what comes first, what is tried again, and what becomes of a worker that is killed."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from kb import Settings
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import AccessError, OriginalsError
from kb.queue import procrastinate_queue as tickets
from kb.queue.job_queue import Asked, Claim, JobQueue
from kb.queue.worker import Told, Worker
from kb.store.catalogue import Catalogue
from tests.postgresql import Server
from tests.support import PROJECT

pytest.importorskip("procrastinate")


class Diary:
    """Does nothing but write down what it was to do; ``wrong`` is raised of a name, once for each."""

    def __init__(self, wrong: dict[str, list[Exception]] | None = None) -> None:
        self.done: list[str] = []
        self.wrong = wrong or {}

    def perform(self, claim: Claim, tell: Callable[[Told], None], stopped: Callable[[], bool]) -> tuple[str, Told]:
        self.done.append(claim.name)
        if waiting := self.wrong.get(claim.name):
            raise waiting.pop(0)
        return "done", {"by": claim.owner}

    def failed(self, claim: Claim, error: Exception, again_s: float | None) -> Told:
        return {"trouble": str(error), "again": again_s}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.load(home=tmp_path / "home", database_url=database_url)


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    with closing(Catalogue(settings)) as catalogue:
        made = JobQueue(catalogue)
        made.prepare()
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may pass is tried again at once, and a lost worker is given up for dead after a second or two."""
    for name, value in QUICK.items():
        monkeypatch.setattr(tickets, name, value)
    monkeypatch.setattr(tickets, "wait_s", lambda tried: 0.0)


QUICK = {"HEARTBEAT_S": 0.3, "LOST_S": 1.5, "_LOOK_S": 0.3, "_GRACE_S": 0.5}


def asked(*names: str) -> list[Asked]:
    return [Asked(name, {"do": "file"}, io.BytesIO(name.encode())) for name in names]


def states(queue: JobQueue, job: str, owner: str = "asha") -> dict[str, str]:
    found = queue.get(job, owner)
    assert found is not None
    return {item.name: item.state for item in found.items}


def held(settings: Settings, postgresql: Server) -> tuple[int, int, int]:
    """Rows, tickets and files that there are."""
    name = make_url(settings.server_url or "").database or ""
    tables = ("queued_items", "procrastinate_jobs", "stored_files")
    return tuple(int(str(postgresql.run(f"SELECT count(*) FROM {table}", name)[0][0])) for table in tables)  # type: ignore[return-value]


def test_what_is_asked_is_done_once_and_told_to_who_asked_alone(settings: Settings, queue: JobQueue, postgresql: Server) -> None:
    job = queue.add("asha", asked("a", "b"))
    assert held(settings, postgresql) == (2, 2, 2)
    diary = Diary()
    Worker(settings, queue, diary).run(wait=False)
    Worker(settings, queue, diary).run(wait=False)
    assert diary.done == ["a", "b"]
    found = queue.get(job, "asha")
    assert found is not None
    assert [(item.state, item.told) for item in found.items] == [("done", {"by": "asha"})] * 2
    assert queue.get(job, "ben") is None
    assert queue.of("ben") == ()
    assert held(settings, postgresql) == (2, 0, 0)


def test_one_paper_goes_before_the_rest_of_many(settings: Settings, queue: JobQueue) -> None:
    queue.add("asha", asked(*(f"many {n}" for n in range(4))))
    queue.add("ben", asked("one"))
    diary = Diary()
    Worker(settings, queue, diary).run(wait=False)
    assert diary.done == ["many 0", "one", "many 1", "many 2", "many 3"]


def test_of_a_file_that_does_not_come_wholly_nothing_is_kept(settings: Settings, queue: JobQueue, postgresql: Server) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("the browser has gone")
            return super().read(4)

    with pytest.raises(OSError, match="the browser has gone"):
        queue.add("asha", [*asked("a"), Asked("b", {}, Broken(b"half of it"))])
    assert held(settings, postgresql) == (0, 0, 0)


def test_nobody_has_more_jobs_wait_than_they_may(queue: JobQueue) -> None:
    for _ in range(MOST_WAITING):
        queue.add("asha", asked("a"))
    with pytest.raises(TooManyError):
        queue.add("asha", asked("a"))
    queue.add("ben", asked("a"))


def test_what_may_pass_is_tried_again_and_what_was_asked_wrongly_is_not(settings: Settings, queue: JobQueue, quick: None) -> None:
    job = queue.add("asha", asked("store gone", "no right"))
    gone = OriginalsError("The store does not answer.")
    diary = Diary({"store gone": [gone, gone], "no right": [AccessError("Ask an admin.")]})
    worker = Worker(settings, queue, diary)
    worker.run(wait=False)
    for _ in range(100):
        if states(queue, job) == {"store gone": "done", "no right": "failed"}:
            break
        time.sleep(0.05)
        worker.run(wait=False)
    assert states(queue, job) == {"store gone": "done", "no right": "failed"}
    assert diary.done.count("store gone") == 3
    assert diary.done.count("no right") == 1
    found = queue.get(job, "asha")
    assert found is not None
    assert found.items[1].told == {"trouble": "Ask an admin.", "again": None}


def test_while_something_waits_to_be_tried_again_it_says_why(settings: Settings, queue: JobQueue) -> None:
    job = queue.add("asha", asked("a"))
    Worker(settings, queue, Diary({"a": [OriginalsError("The store does not answer.")]})).run(wait=False)
    found = queue.get(job, "asha")
    assert found is not None
    assert (found.items[0].state, found.items[0].told) == ("waiting", {"trouble": "The store does not answer.", "again": 2.0})
    assert (queue.state().waiting, queue.state().again) == (1, 1)


def test_tries_are_further_apart_each_time_up_to_ten_minutes() -> None:
    assert [tickets.wait_s(tried) for tried in (0, 1, 2, 8, 20)] == [2, 4, 8, 512, 600]


def test_what_is_cancelled_while_it_waits_is_never_done(settings: Settings, queue: JobQueue, postgresql: Server) -> None:
    job = queue.add("asha", asked("a", "b"))
    queue.cancel(job, "ben")
    assert set(states(queue, job).values()) == {"waiting"}
    queue.cancel(job, "asha")
    diary = Diary()
    Worker(settings, queue, diary).run(wait=False)
    assert diary.done == []
    assert set(states(queue, job).values()) == {"cancelled"}
    assert held(settings, postgresql) == (2, 0, 0)


def test_a_worker_that_was_given_up_for_dead_writes_nothing_any_more(queue: JobQueue) -> None:
    job = queue.add("asha", asked("a"))
    first = queue.claim(job, 0)
    second = queue.claim(job, 0)
    assert first is not None
    assert second is not None
    assert queue.tell(first, {"by": "the first"}) is False
    queue.finish(first, "failed", {"by": "the first"})
    assert queue.tell(second, {"by": "the second"}) is True
    queue.finish(second, "done", {"by": "the second"})
    assert states(queue, job) == {"a": "done"}
    assert queue.claim(job, 0) is None


def test_what_lost_its_ticket_is_given_another(settings: Settings, queue: JobQueue, postgresql: Server) -> None:
    job = queue.add("asha", asked("a"))
    postgresql.run("DELETE FROM procrastinate_jobs", make_url(settings.server_url or "").database or "")
    Worker(settings, queue, Diary()).run(wait=False)
    assert states(queue, job) == {"a": "done"}


def test_tables_of_an_older_procrastinate_are_brought_up_to_date(settings: Settings, postgresql: Server, queue: JobQueue) -> None:
    def functions(name: str) -> set[object]:
        return {row[0] for row in postgresql.run("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'", name)}

    url = postgresql.database()
    name = make_url(url).database or ""
    older = Settings.load(home=settings.home, database_url=url)
    with closing(Catalogue(older)) as catalogue:
        import procrastinate.schema

        for file in sorted(Path(procrastinate.schema.SchemaManager.get_migrations_path()).glob("*.sql")):
            if file.name < "03.02":
                postgresql.run(file.read_text(encoding="utf-8"), name)
        postgresql.run("INSERT INTO meta (key, value) VALUES ('procrastinate', '3.1.0')", name)
        JobQueue(catalogue).prepare()
        assert functions(name) >= functions(make_url(settings.server_url or "").database or "") - {"procrastinate_defer_job_v1"}
        job = JobQueue(catalogue).add("asha", asked("a"))
        Worker(older, JobQueue(catalogue), Diary()).run(wait=False)
        assert states(JobQueue(catalogue), job) == {"a": "done"}


SLEEPER = """
import sys, time
from kb import Settings
from kb.queue import procrastinate_queue as tickets
from kb.queue.job_queue import JobQueue
from kb.queue.worker import Worker
from kb.store.catalogue import Catalogue
for name, value in {quick}.items():
    setattr(tickets, name, value)
class Sleeper:
    def perform(self, claim, tell, stopped):
        print(claim.name, flush=True)
        while not stopped():
            time.sleep(0.1)
        return "cancelled", dict(by="the first")
    def failed(self, claim, error, again_s):
        return dict(trouble=str(error))
settings = Settings.load()
Worker(settings, JobQueue(Catalogue(settings)), Sleeper()).run()
"""


@pytest.fixture
def sleeper(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own that never comes to an end with what it does."""
    around: dict[str, Any] = {**os.environ, "SETU_HOME": str(settings.home), "SETU_DATABASE_URL": settings.database_url}
    code = SLEEPER.replace("{quick}", repr(QUICK))
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, env=around, stdout=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()


def test_what_a_killed_worker_had_is_begun_again_by_another(
    settings: Settings, queue: JobQueue, quick: None, sleeper: subprocess.Popen[str]
) -> None:
    job = queue.add("asha", asked("a"))
    assert sleeper.stdout is not None
    assert sleeper.stdout.readline().strip() == "a"
    assert states(queue, job) == {"a": "working"}
    assert queue.state().workers == 1
    sleeper.kill()
    diary = Diary()
    worker = Worker(settings, queue, diary)
    thread = threading.Thread(target=worker.run)
    thread.start()
    for _ in range(400):
        if states(queue, job) == {"a": "done"}:
            break
        time.sleep(0.1)
    worker.end()
    thread.join()
    assert states(queue, job) == {"a": "done"}
    assert diary.done == ["a"]


def test_a_worker_that_is_asked_to_end_puts_back_what_it_has(
    settings: Settings, queue: JobQueue, quick: None, sleeper: subprocess.Popen[str]
) -> None:
    job = queue.add("asha", asked("a"))
    assert sleeper.stdout is not None
    assert sleeper.stdout.readline().strip() == "a"
    sleeper.send_signal(signal.SIGTERM)
    assert sleeper.wait(60) == 0
    assert states(queue, job) == {"a": "waiting"}
    time.sleep(1.1)  # it may be begun again a second later
    Worker(settings, queue, Diary()).run(wait=False)
    assert states(queue, job) == {"a": "done"}
