"""What is in the making is told on the page, can be stopped, and loses nothing that was changed meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from kb import KnowledgeBase, Settings
from kb.auth.throttle import MOST_WAITING
from tests.ui.jobs.test_runner import settled
from tests.ui.pages.studio.test_studio import EN, home, made, module_id, press, said, studio, until
from training import edit, module_store
from training.errors import MakingCancelledError, NotCoveredError
from training.make import Progress
from training.records import Part, Request
from ui.jobs import training_jobs
from ui.jobs.runner import Jobs
from ui.jobs.training_jobs import Making, parts_of, work_of
from ui.pages.studio import module_form

__all__ = ["home", "made", "module_id"]

REQUEST = Request("tide gauges", ("en",))


@pytest.mark.parametrize(
    ("part", "step", "share"),
    [
        (None, None, 0.0),
        (None, Progress("slides", 4, 11, 1, 2), 4.5 / 11),
        (None, Progress("fluent", 11, 11, 1, 2), 1.0),
        ("quiz", Progress("gather", 0, 1, 1, 2), 0.25),
        ("quiz", Progress("quiz", 0, 1, 1, 2), 0.7),
    ],
)
def test_a_module_tells_how_far_it_is(part: Part | None, step: Progress | None, share: float) -> None:
    assert Making(REQUEST, part=part, step=step).share == pytest.approx(share)


def test_parts_that_somebody_has_made_again_are_known_to_everybody() -> None:
    jobs, go = Jobs[Making]("studio"), threading.Event()
    for module, part in (("m1", "quiz"), ("m1", "briefing"), ("m2", "slides"), ("", None)):
        key = jobs.start("maya", Making(REQUEST, module, part), lambda _tell, _stopped: str(go.wait(60)))
    assert parts_of(jobs, "m1") == {"quiz", "briefing"}
    go.set()
    settled(jobs, key, "maya")
    assert parts_of(jobs, "m1") == frozenset()


def test_the_page_says_that_there_are_too_many_in_the_making(home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    for _ in range(MOST_WAITING):
        module_form.makings().start("", Making(REQUEST), lambda _tell, _cancelled: "m" if go.wait(60) else "")
    try:
        app = press(studio(home, module=module_id, part="briefing"), "studio-again")
        assert EN("studio.too_many", n=MOST_WAITING) in said(app)
    finally:
        go.set()


def test_one_that_is_stopped_is_cancelled_and_of_one_that_fails_the_error_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(_kb, request, *, tell, cancelled, engine):
        tell(Progress("slides", 4, 11))
        if request.topic == "nothing":
            raise NotCoveredError("nothing", ("Tide tables",))
        while not cancelled():
            time.sleep(0.01)
        raise MakingCancelledError("stopped")

    monkeypatch.setattr(training_jobs, "make", make)
    jobs, kb = Jobs[Making]("studio"), cast(KnowledgeBase, None)
    makings = [Making(REQUEST), Making(replace(REQUEST, topic="nothing"))]
    keys = [jobs.start("maya", making, work_of(kb, making)) for making in makings]
    jobs.cancel(keys[0], "maya")
    stopped, failed = (settled(jobs, key, "maya") for key in keys)
    assert (stopped.state, failed.state) == ("cancelled", "failed")
    assert isinstance(failed.trouble, NotCoveredError)
    assert failed.progress == replace(makings[1], step=Progress("slides", 4, 11))


def test_a_part_that_is_made_again_leaves_what_was_changed_meanwhile(home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        objective = module_store.load(kb, module_id).objectives[0]
        real = training_jobs.remake

        def slow(*args, **more):
            fresh = real(*args, **more)
            module_store.save(kb, edit.drop(module_store.load(kb, module_id), objective.id))
            return fresh

        module_store.save(kb, replace(module_store.load(kb, module_id), quiz=()))
        monkeypatch.setattr(training_jobs, "remake", slow)
        assert work_of(kb, Making(REQUEST, module_id, "quiz"))(lambda _progress: None, lambda: False) == module_id
        module = module_store.load(kb, module_id)
    assert module.quiz
    assert module.objectives[0].dropped


def test_a_part_is_made_again_on_the_page_and_cannot_be_edited_meanwhile(
    home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, real = threading.Event(), training_jobs.remake

    def slow(*args, **more):
        go.wait(30)
        return real(*args, **more)

    monkeypatch.setattr(training_jobs, "remake", slow)
    app = press(studio(home, module=module_id, part="objectives"), "studio-again")
    app = app.run()
    assert not [button for button in app.button if button.key and button.key.startswith("studio-edit-")]
    assert [button for button in app.button if button.key == "studio-stop"]
    go.set()
    app = until(app, lambda app: bool(app.success))
    assert EN("studio.part_made", part=EN("module.part.objectives")) in said(app)
    assert [button for button in app.button if button.key and button.key.startswith("studio-edit-")]


def test_the_making_is_stopped_on_the_page_and_nothing_is_kept(home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_kb, _request, *, tell, cancelled, engine):
        tell(Progress("gather", 0, 11))
        while not cancelled():
            time.sleep(0.01)
        raise MakingCancelledError("stopped")

    monkeypatch.setattr(training_jobs, "make", endless)
    app = studio(home)
    app.text_input[0].set_value("tide gauges")
    app = next(button for button in app.button if button.label == EN("studio.make")).click().run()
    app = press(app.run(), "studio-stop")
    app = until(app, lambda app: bool(app.info))
    assert EN("studio.cancelled") in said(app)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        assert [info.id for info in module_store.listed(kb)] == [module_id]
    assert not press(app, "studio-close").info


def test_where_a_language_model_is_set_up_one_chooses_whether_it_words_the_lines(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def told(_kb, _request, *, tell, cancelled, engine):
        asked.append(engine)
        raise MakingCancelledError("stopped")

    monkeypatch.setattr(training_jobs, "make", told)
    monkeypatch.setenv("SETU_LLM", "openai:none")
    app = studio(home)
    app.text_input[0].set_value("tide gauges")
    (choice,) = [one for one in app.button_group if one.label == EN("studio.engine")]
    assert choice.value == "generative"
    choice.set_value("extractive")
    app = next(button for button in app.button if button.label == EN("studio.make")).click().run()
    until(app, lambda app: bool(app.info))
    assert asked == ["extractive"]


def test_a_module_of_quotes_stays_one_when_a_part_is_made_again(home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def told(_kb, module, _part, *, tell, cancelled, engine):
        asked.append(engine)
        return module

    monkeypatch.setattr(training_jobs, "remake", told)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        work_of(kb, Making(REQUEST, module_id, "quiz"))(lambda _progress: None, lambda: False)
        module_store.save(kb, replace(module_store.load(kb, module_id), model="openai:none"))
        work_of(kb, Making(REQUEST, module_id, "quiz"))(lambda _progress: None, lambda: False)
    assert asked == ["extractive", None]


def test_one_that_is_no_longer_known_is_told(home: Path) -> None:
    assert said(studio(home, making="nobody-knows")) == EN("studio.making_gone")


def test_a_module_that_cannot_be_read_is_told_in_the_list_and_when_it_is_opened(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.materials.save(module_id, module_store.KIND, "broken", '{"format": 1, "module": {}}')
    assert "This module cannot be read" in said(studio(home))
    assert "This module cannot be read" in said(studio(home, module=module_id))
