"""How often one visitor may ask."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.support import PROJECT
from ui.limits import Limiter, limiter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_visitor_who_asked_often_waits_until_the_first_of_them_is_a_minute_old() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for second in range(3):
        clock.now = 100.0 + second
        assert limiter.wait("asha", 3) == 0
    assert limiter.wait("asha", 3) == 58
    assert limiter.wait("ravi", 3) == 0  # another visitor is not made to wait
    clock.now = 160.0
    assert limiter.wait("asha", 3) == 0
    assert limiter.wait("asha", 3) == 1


def test_no_limit_counts_nothing_and_old_visitors_are_forgotten() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert [limiter.wait("asha", 0) for _ in range(100)] == [0] * 100
    for number in range(50):
        limiter.wait(f"visitor {number}", 1)
    clock.now += 61
    limiter.wait("asha", 1)
    assert len(limiter._asked) == 1


def test_a_lowered_limit_holds_at_once() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for _ in range(5):
        assert limiter.wait("asha", 5) == 0
        clock.now += 10
    assert limiter.wait("asha", 2) == 40  # the fourth of five, asked 20 seconds ago, must be a minute old


def test_the_page_says_when_the_next_question_may_be_asked_and_keeps_it(
    stocked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(stocked, tmp_path / "home", ignore=shutil.ignore_patterns("*.lock", "service*"))
    monkeypatch.setenv("SETU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SETU_QUESTIONS_PER_MINUTE", "1")
    st.cache_resource.clear()
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    app.chat_input[0].set_value("Who will bear the cost of the tide gauges?").run()
    assert not app.warning
    app.chat_input[0].set_value("Where was the memorandum signed?").run()
    (warning,) = app.warning
    assert "the limit is 1 a minute" in warning.value
    asked = [e.proto.body for e in app.get("html") if 'class="setu-question"' in e.proto.body]
    assert len(asked) == 1
    limiter().__init__()  # type: ignore[misc] # a minute passes
    next(b for b in app.button if b.key == "again-later").click().run()
    assert not app.warning
    assert any("Where was the memorandum signed?" in e.proto.body for e in app.get("html"))
    st.cache_resource.clear()
