"""Work in the background: each waits for its turn, is seen and stopped by its owner alone, and says how it ended."""

from __future__ import annotations

import logging
import threading
import time
from typing import TypeVar

import pytest

from ingest.errors import IngestError, NotFoundError
from kb.auth.throttle import MOST_WAITING, TooManyError
from kb.errors import KnowledgeBaseError
from ui.jobs import runner
from ui.jobs.runner import Job, Jobs, Stopped, StoppedError, Tell, Work

P = TypeVar("P")


def settled(jobs: Jobs[P], key: str, owner: str = "") -> Job[P]:
    """A job once it is finished."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job = jobs.get(key, owner)
        assert job is not None
        if job.finished:
            return job
        time.sleep(0.01)
    raise AssertionError("the job did not finish")


def gives(made: str) -> Work[int]:
    return lambda tell, stopped: made


def fails(error: Exception) -> Work[int]:
    def work(_tell: Tell[int], _stopped: Stopped) -> str:
        raise error

    return work


class Held:
    """Work that tells how far it is and then goes on when it is let go, or ends when it is stopped."""

    def __init__(self, progress: int = 1) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self._progress = progress

    def __call__(self, tell: Tell[int], stopped: Stopped) -> str:
        tell(self._progress)
        self.begun.set()
        end = time.monotonic() + 60
        while not self.go.wait(0.01) and time.monotonic() < end:
            if stopped():
                raise StoppedError
        return "made"


def test_a_job_is_found_by_its_owner_alone_and_tells_how_far_it_is() -> None:
    jobs, held = Jobs[int]("test"), Held(progress=7)
    key = jobs.start("maya", 0, held)
    assert held.begun.wait(60)
    assert jobs.get(key, "maya") == Job(key, "maya", 7, "working") == jobs.unfinished("maya") == jobs.last("maya")
    assert jobs.under_way() == (7,)
    for found in (jobs.get(key, "noor"), jobs.get("nonsense", "maya"), jobs.get(None, "maya"), jobs.unfinished("noor"), jobs.last("noor")):
        assert found is None
    held.go.set()
    assert settled(jobs, key, "maya") == Job(key, "maya", 7, "done", made="made") == jobs.last("maya")
    assert jobs.unfinished("maya") is None
    assert jobs.under_way() == ()


def test_a_job_is_stopped_by_its_owner_only() -> None:
    jobs, held = Jobs[int]("test"), Held()
    key = jobs.start("maya", 0, held)
    assert held.begun.wait(60)
    jobs.cancel(key, "noor")
    assert (job := jobs.get(key, "maya")) is not None
    assert not job.stopping
    jobs.cancel(key, "maya")
    assert settled(jobs, key, "maya") == Job(key, "maya", 1, "cancelled", stopping=True)
    jobs.cancel("nonsense", "maya")


def test_the_second_waits_for_the_first_and_is_stopped_while_it_waits() -> None:
    jobs, held, begun = Jobs[int]("test"), Held(), threading.Event()
    first = jobs.start("maya", 0, held)
    assert held.begun.wait(60)
    second = jobs.start("noor", 0, lambda _tell, _stopped: str(begun.set()))
    third = jobs.start("noor", 0, gives("third"))
    assert (waiting := jobs.get(second, "noor")) is not None
    assert waiting.state == "waiting"
    jobs.cancel(second, "noor")
    assert settled(jobs, second, "noor").state == "cancelled"
    held.go.set()
    assert [settled(jobs, first, "maya").state, settled(jobs, third, "noor").made] == ["done", "third"]
    assert not begun.is_set()


@pytest.mark.parametrize("error", [KnowledgeBaseError("No papers."), NotFoundError("a.pdf", "It is gone.", "Send it."), OSError("full")])
def test_a_job_that_fails_says_why_and_the_next_has_its_turn(error: KnowledgeBaseError | IngestError | OSError) -> None:
    jobs = Jobs[int]("test")
    keys = [jobs.start("", 0, fails(error)), jobs.start("", 0, gives("next"))]
    ended = [settled(jobs, key) for key in keys]
    assert [(job.state, job.trouble, job.made) for job in ended] == [("failed", error, ""), ("done", None, "next")]


def test_what_nobody_foresaw_is_in_the_log_and_not_on_the_page(caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs[int]("test")
    with caplog.at_level(logging.ERROR):
        job = settled(jobs, jobs.start("", 0, fails(ValueError("secret text"))))
    assert (job.state, job.trouble) == ("failed", None)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert settled(jobs, jobs.start("", 0, gives("next"))).made == "next"


def test_one_person_has_a_few_unfinished_jobs_at_most_and_another_may_begin_one() -> None:
    jobs, held = Jobs[int]("test"), Held()
    keys = [jobs.start("maya", 0, held) for _ in range(MOST_WAITING)]
    with pytest.raises(TooManyError):
        jobs.start("maya", 0, held)
    other = jobs.start("noor", 0, gives("other"))
    jobs.cancel(keys[-1], "maya")
    assert settled(jobs, keys[-1], "maya").state == "cancelled"
    keys.append(jobs.start("maya", 0, gives("one more")))
    held.go.set()
    assert [settled(jobs, keys[-1], "maya").made, settled(jobs, other, "noor").made] == ["one more", "other"]


def test_a_finished_job_is_looked_at_until_it_is_forgotten_or_many_came_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "KEPT", 2)
    jobs, held = Jobs[int]("test"), Held()
    keys = [jobs.start("maya", 0, gives(str(number))) for number in range(2)]
    assert [settled(jobs, key, "maya").made for key in keys] == ["0", "1"]
    at_work = jobs.start("maya", 0, held)
    assert [jobs.get(key, "maya") is not None for key in (*keys, at_work)] == [False, True, True]
    jobs.forget(keys[1], "noor")
    jobs.forget(at_work, "maya")
    assert [jobs.get(key, "maya") is not None for key in keys[1:]] == [True]
    jobs.forget(keys[1], "maya")
    assert jobs.get(keys[1], "maya") is None
    held.go.set()
    assert settled(jobs, at_work, "maya").state == "done"
