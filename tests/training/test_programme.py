"""Trainings of half a day and three days: all minutes are told, breaks stand in their places, and time without papers is left open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest

from kb import KnowledgeBase, Settings
from tests.once import copied
from tests.papers import few_samples
from training.make import make
from training.programme import FRAMES, carried, too_thin
from training.records import Length, Module, Request

LONG: tuple[Length, ...] = ("half_day", "three_days")


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    home = copied(few_samples(tmp_path_factory), tmp_path_factory.mktemp("programme") / "home")
    with KnowledgeBase.open(Settings.load(home=home)) as opened:
        yield opened


@pytest.fixture(scope="module")
def modules(kb: KnowledgeBase) -> dict[Length, Module]:
    return {length: make(kb, Request("flood warning", ("en",), slides=16, items=8, length=length)) for length in LONG}


@pytest.mark.parametrize("length", LONG)
def test_every_day_has_all_its_minutes_and_the_breaks_near_their_marks(modules: dict[Length, Module], length: Length) -> None:
    frame, module = FRAMES[length], modules[length]
    assert module.request.minutes == frame.whole
    days = {day: list(steps) for day, steps in groupby(module.plan, key=lambda step: step.day)}
    assert list(days) == list(range(1, frame.days + 1))
    for steps in days.values():
        assert sum(step.minutes for step in steps) == frame.whole // frame.days
        assert [(step.activity, step.minutes) for step in steps if step.activity in ("break", "lunch")] == [
            (activity, minutes) for _, activity, minutes in frame.breaks
        ]
        assert all(step.minutes % 5 == 0 for step in steps)
        clock, marks = 0, [after for after, _, _ in frame.breaks]
        for step in steps:
            if step.activity in ("break", "lunch"):
                assert abs(clock - marks.pop(0)) <= 30
            else:
                clock += step.minutes
        assert steps[0].activity not in ("break", "lunch")
        assert steps[-1].activity not in ("break", "lunch")


@pytest.mark.parametrize("length", LONG)
def test_every_step_quotes_the_papers_and_every_content_slide_is_shown_once(modules: dict[Length, Module], length: Length) -> None:
    module = modules[length]
    assert {step.line.status for step in module.plan} == {"verified"}
    assert len({step.id for step in module.plan}) == len(module.plan) == len({step.line.id for step in module.plan})
    shown = [one for step in module.plan if step.activity == "slides" for one in step.slides]
    assert shown == [slide.id for slide in module.slides if slide.kind == "content"]
    assert module.plan[0].activity == "opening"
    assert module.plan[-1].activity == "closing"


def test_a_thin_module_leaves_time_of_three_days_open_and_says_how_much(modules: dict[Length, Module]) -> None:
    module = modules["three_days"]
    left = sum(step.minutes for step in module.plan if step.activity == "open")
    assert left > 200
    assert [note.about for note in module.notes if note.code == "thin_programme"] == [str(left)]
    assert sum(step.minutes for step in modules["half_day"].plan if step.activity == "open") < left / 2


def test_what_a_module_carries_worked_by_hand() -> None:
    # Half a day: opening and closing 20, reading 15, ten slides of 5, four talks of 10, three times 10 for ten questions.
    assert carried("half_day", slides=10, headings=4, items=10, case=False) == 20 + 15 + 50 + 40 + 30
    assert too_thin("three_days", slides=10, headings=4, items=10, case=False)
    assert not too_thin("half_day", slides=20, headings=8, items=20, case=True)
    assert not too_thin("session", slides=1, headings=1, items=0, case=False)


def test_the_same_request_gives_the_same_plan(kb: KnowledgeBase, modules: dict[Length, Module]) -> None:
    assert make(kb, modules["half_day"].request).plan == modules["half_day"].plan
