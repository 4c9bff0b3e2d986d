"""Of many questions asked at once only so many are read at a time; all of them come to an end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.embed.cache import Turns
from kb.records import EvidenceFound
from tests.kb.make import base, papers


def test_no_more_than_so_many_have_a_turn_at_once() -> None:
    turns, lock = Turns(2), threading.Lock()
    now, most, met = [0], [0], threading.Barrier(2)

    def read(first: bool) -> None:
        with turns.turn():
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            if first:
                met.wait(60)  # so two have been in at once
            with lock:
                now[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, [True, True, *[False] * 30]))
    assert most == [2]


def test_a_turn_is_given_back_where_the_reading_fails() -> None:
    turns = Turns(1, patience_s=60)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass


def test_who_waited_long_enough_goes_on_and_gives_back_no_turn_of_others() -> None:
    turns = Turns(1, patience_s=0.01)
    with turns.turn():
        with turns.turn():
            pass
        with turns.turn():  # still held: waited for again
            assert not turns._free.acquire(blocking=False)


def test_a_question_that_is_left_in_the_middle_stops_no_other(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        kb.ingest_documents(papers())
        kb._turns = Turns(1, patience_s=60)
        left = kb.ask("What was installed at each bridge?")
        assert any(isinstance(event, EvidenceFound) for event in left)
        del left
        assert kb.answer("What was installed at each bridge?").statements is not None
