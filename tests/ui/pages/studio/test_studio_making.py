"""What is in the making waits for its turn, can be stopped, says why it failed, and loses nothing that was changed meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from tests.ui.pages.studio.test_studio import EN, home, made, module_id, press, said, studio, until
from training import edit, module_store
from training.errors import MakingCancelledError, NotCoveredError
from training.make import Progress, Tell
from training.records import Request
from ui.auth.rate_limits import MOST_WAITING, TooManyError
from ui.jobs import training_jobs
from ui.jobs.training_jobs import Making, Makings, remaking
from ui.pages.studio import module_form

__all__ = ["home", "made", "module_id"]

REQUEST = Request("tide gauges", ("en",))


def ended(all_of_them: Makings, key: str, owner: str = "maya") -> Making:
    end = time.monotonic() + 60
    while True:
        found = all_of_them.get(key, owner)
        assert found is not None
        if found.finished:
            return found
        assert time.monotonic() < end
        time.sleep(0.01)


def test_one_is_found_by_its_owner_alone_and_tells_how_far_it_is() -> None:
    found, go = Makings(), threading.Event()

    def run(tell: Tell, _cancelled: Callable[[], bool]) -> str:
        tell(Progress("slides", 4, 11, 1, 2))
        go.wait(60)
        return "m1"

    key = found.start("maya", REQUEST, run)
    while (now := found.get(key, "maya")) is not None and now.progress is None:
        time.sleep(0.01)
    assert now is not None
    assert (now.state, round(now.share, 3)) == ("working", round(4.5 / 11, 3))
    assert found.get(key, "noor") is None
    assert found.unfinished("noor") is None
    go.set()
    assert (ended(found, key).module, ended(found, key).share) == ("m1", 1.0)
    assert found.unfinished("maya") is None


def test_one_person_has_a_few_in_the_making_at_most_and_another_may_begin_one() -> None:
    found, go = Makings(), threading.Event()
    keys = [found.start("maya", REQUEST, lambda _tell, _cancelled: "m" if go.wait(60) else "") for _ in range(MOST_WAITING)]
    with pytest.raises(TooManyError):
        found.start("maya", REQUEST, lambda _tell, _cancelled: "one more")
    other = found.start("noor", REQUEST, lambda _tell, _cancelled: "n")
    go.set()
    assert {ended(found, key).module for key in keys} == {"m"}
    assert ended(found, other, "noor").module == "n"
    assert ended(found, found.start("maya", REQUEST, lambda _tell, _cancelled: "later")).module == "later"


def test_the_page_says_that_there_are_too_many_in_the_making(home: Path, module_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    for _ in range(MOST_WAITING):
        module_form.makings().start("", REQUEST, lambda _tell, _cancelled: "m" if go.wait(60) else "")
    try:
        app = press(studio(home, module=module_id, part="briefing"), "studio-again")
        assert EN("studio.too_many", n=MOST_WAITING) in said(app)
    finally:
        go.set()


def test_the_second_waits_for_the_first_and_is_stopped_while_it_waits() -> None:
    found, go = Makings(), threading.Event()
    first = found.start("maya", REQUEST, lambda _tell, _cancelled: "m1" if go.wait(60) else "late")
    second = found.start("noor", REQUEST, lambda _tell, _cancelled: "m2")
    waiting = found.get(second, "noor")
    assert waiting is not None
    assert waiting.state == "waiting"
    found.cancel(second, "maya")  # somebody else's
    found.cancel(second, "noor")
    assert ended(found, second, "noor").state == "cancelled"
    go.set()
    assert ended(found, first).state == "done"


def test_one_that_is_stopped_or_fails_says_so_and_the_next_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Makings()

    def stopped(_tell: Tell, cancelled: Callable[[], bool]) -> str:
        while not cancelled():
            time.sleep(0.01)
        raise MakingCancelledError("stopped")

    def uncovered(_tell: Tell, _cancelled: Callable[[], bool]) -> str:
        raise NotCoveredError("nothing", ("Tide tables",))

    def wrong(_tell: Tell, _cancelled: Callable[[], bool]) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(threading, "excepthook", lambda _args: None)
    keys = [found.start("maya", REQUEST, run) for run in (stopped, uncovered, wrong)]
    found.cancel(keys[0], "maya")
    ends = [ended(found, key) for key in keys]
    assert [one.state for one in ends] == ["cancelled", "failed", "failed"]
    assert isinstance(ends[1].trouble, NotCoveredError)
    assert ends[2].trouble is None


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
        assert remaking(kb, module_id, "quiz")(lambda _progress: None, lambda: False) == module_id
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
        remaking(kb, module_id, "quiz")(lambda _progress: None, lambda: False)
        module_store.save(kb, replace(module_store.load(kb, module_id), model="openai:none"))
        remaking(kb, module_id, "quiz")(lambda _progress: None, lambda: False)
    assert asked == ["extractive", None]


def test_one_that_is_no_longer_known_is_told(home: Path) -> None:
    assert said(studio(home, making="nobody-knows")) == EN("studio.making_gone")


def test_a_module_that_cannot_be_read_is_told_in_the_list_and_when_it_is_opened(home: Path, module_id: str) -> None:
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.materials.save(module_id, module_store.KIND, "broken", '{"format": 1, "module": {}}')
    assert "This module cannot be read" in said(studio(home))
    assert "This module cannot be read" in said(studio(home, module=module_id))
