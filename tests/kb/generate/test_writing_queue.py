"""Answers wait for their turn at a busy language model, and none crosses another or is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kb.answer.ask import ask
from kb.generate import streaming
from kb.generate.chat_model import Piece
from kb.generate.destinations import Destination
from kb.generate.writer import Pen
from kb.generate.writing_queue import WritingQueue
from kb.records import Done, Event, StatementReady, Waiting, Writing
from tests.kb.answer_fakes import Shelf
from tests.kb.generate.scripted import Believing, Scripted, said

ASKERS, AT_ONCE = 20, 4


OVER = threading.Event()
"""Set when a test ends: who still reads a model that says nothing goes on at once, and is seen by no other test."""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(streaming, "BEAT_S", 0.05)
    OVER.clear()
    yield
    OVER.set()
    for thread in threading.enumerate():
        if thread.name == "setu-llm":
            thread.join()


def fee(number: int) -> str:
    return f"The fee of harbour pilot {number} is {number} yen a day."


def asking(number: int, pen: Pen) -> Iterator[Event]:
    return ask(f"What is the fee of harbour pilot {number}?", ports=Shelf([(fee(number), "en", "agreement")]).ports(), pen=pen)


class Counting(Scripted):
    """Says of each prompt what the pilot in it gets, after a while, and counts how many it writes for at once."""

    def __init__(self, seconds: float) -> None:
        super().__init__(lambda prompt: "")
        self.seconds, self.now, self.most = seconds, 0, 0

    def stream(self, messages: Any, most: int, seconds_left: Any) -> Iterator[Piece]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            OVER.wait(self.seconds)
            prompt = messages[-1][1]
            (number,) = {n for n in range(1, ASKERS + 1) if fee(n) in prompt}
            yield Piece(said(f"Pilot {number} gets {number} yen.", "E1", fee(number)))
        finally:
            with self._lock:
                self.now -= 1


def test_of_twenty_who_ask_at_once_each_gets_their_own_answer_and_never_more_than_four_are_written_at_once() -> None:
    chat = Counting(0.05)
    pen = Pen(chat, Believing(), queue=WritingQueue(AT_ONCE), destination=Destination("10.0.0.9", inside=True))  # type: ignore[arg-type]
    got: dict[int, list[Event]] = {}
    start = threading.Barrier(ASKERS)

    def one(number: int) -> None:
        start.wait()
        got[number] = list(asking(number, pen))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(1, ASKERS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, ASKERS + 1))
    for number, events in got.items():
        (answer,) = [event.answer for event in events if isinstance(event, Done)]
        assert [s.text for s in answer.statements] == [f"Pilot {number} gets {number} yen."]
        assert [e.statement for e in events if isinstance(e, StatementReady)] == list(answer.statements)
        assert answer.sent is not None
        assert (answer.sent.model, answer.sent.host, answer.sent.passages, answer.sent.fault) == ("scripted", "10.0.0.9", 1, "")
    assert chat.most <= AT_ONCE
    assert pen.queue.enter().place == 0


def test_who_comes_first_is_first_and_everybody_moves_up_when_one_leaves() -> None:
    queue = WritingQueue(2)
    one, two, three, four, five = (queue.enter() for _ in range(5))
    assert [t.place for t in (one, two, three, four, five)] == [0, 0, 1, 2, 3]
    four.leave()
    assert [t.place for t in (one, two, three, five)] == [0, 0, 1, 2]
    waited = threading.Event()

    def wait() -> None:
        five.wait(30.0)
        waited.set()

    thread = threading.Thread(target=wait)
    thread.start()
    one.leave()
    one.leave()
    thread.join()
    assert waited.is_set()
    assert [t.place for t in (two, three, five)] == [0, 0, 1]


def test_who_waits_is_told_their_place_and_after_half_of_the_time_the_papers_are_quoted() -> None:
    chat = Counting(0.0)
    pen = Pen(chat, Believing(), queue=WritingQueue(1), seconds=0.6)  # type: ignore[arg-type]
    busy = pen.queue.enter()
    events = list(asking(3, pen))
    (answer,) = [event.answer for event in events if isinstance(event, Done)]
    places = [event.place for event in events if isinstance(event, Waiting)]
    assert len(places) > 1
    assert set(places) == {1}
    assert not [event for event in events if isinstance(event, Writing)]
    assert (answer.engine, [s.text for s in answer.statements], answer.sent) == ("extractive", [fee(3)], None)
    assert "busy" in answer.notes[0]
    busy.leave()
    assert pen.queue.enter().place == 0
    assert chat.sent == []


def test_who_cancels_leaves_the_queue_whether_waiting_or_writing() -> None:
    pen = Pen(Counting(5.0), Believing(), queue=WritingQueue(1))  # type: ignore[arg-type]
    writing, waiting = asking(1, pen), asking(2, pen)
    assert next(event for event in writing if isinstance(event, Writing)).passages == 1
    assert next(event for event in waiting if isinstance(event, Waiting)).place == 1
    behind = pen.queue.enter()
    assert behind.place == 2
    waiting.close()  # type: ignore[attr-defined]
    assert behind.place == 1
    started = time.monotonic()
    writing.close()  # type: ignore[attr-defined]
    assert behind.place == 0
    assert time.monotonic() - started < 4.0


def test_a_model_that_says_nothing_is_told_of_again_and_again_so_that_it_can_be_left() -> None:
    pen = Pen(Counting(30.0), Believing())  # type: ignore[arg-type]
    answering = asking(1, replace(pen, seconds=20.0))
    told = [next(event for event in answering if isinstance(event, Writing)) for _ in range(4)]
    assert len(told) == 4
    answering.close()  # type: ignore[attr-defined]
