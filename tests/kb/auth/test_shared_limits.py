"""How often one person may ask and send is counted for all machines, where the base is on a server."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from kb.auth.account_store import AccountStore
from kb.auth.throttle import Limiter, SharedLimiter, limiter_of


def test_what_was_asked_at_one_machine_counts_at_the_other_and_for_that_person_alone(database_url: str, tmp_path: Path) -> None:
    with closing(AccountStore(tmp_path / "one", database_url)) as one, closing(AccountStore(tmp_path / "two", database_url)) as two:
        here, there = (limiter_of(store, "questions") for store in (one, two))
        assert [limiter.wait("asha", 3) for limiter in (here, there, here)] == [0, 0, 0]
        assert 50 < there.wait("asha", 3) <= 60
        assert there.wait("ravi", 3) == 0
        assert limiter_of(two, "uploads").wait("asha", 3, 3) == 0
        assert here.wait("asha", 0) == 0
        assert here.wait("maya", 3, 4) == 60  # more than may be asked in any minute


def test_after_the_window_one_may_ask_again(database_url: str, tmp_path: Path) -> None:
    with closing(AccountStore(tmp_path, database_url)) as store:
        limiter = SharedLimiter(store, "questions", window=0.5)
        assert limiter.wait("asha", 1) == 0
        wait = limiter.wait("asha", 1)
        assert 0 < wait <= 0.5
        time.sleep(wait + 0.05)
        assert limiter.wait("asha", 1) == 0


def test_a_base_in_files_counts_in_the_process(tmp_path: Path) -> None:
    with closing(AccountStore(tmp_path)) as store:
        assert type(limiter_of(store, "questions")) is Limiter
    assert not list(tmp_path.iterdir())
