"""How often one visitor may ask."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.auth.throttle import Limiter
from tests.once import copied
from tests.support import PROJECT
from ui.auth import rate_limits
from ui.auth.rate_limits import limiter


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


def test_several_files_count_as_many_and_wait_until_enough_of_the_hour_is_free() -> None:
    clock = Clock()
    limiter = Limiter(clock, window=3600)
    assert limiter.wait("asha", 5, 3) == 0
    clock.now += 600
    assert limiter.wait("asha", 5, 2) == 0
    assert limiter.wait("asha", 5, 2) == 3000  # two of the first three must be an hour old
    assert limiter.wait("asha", 5, 4) == 3600  # and one of the later two as well
    clock.now += 3000
    assert limiter.wait("asha", 5, 3) == 0
    assert limiter.wait("ravi", 5, 6) == 3600  # more than may be added in any hour
    assert limiter.wait("ravi", 5, 5) == 0


def test_a_person_counts_once_in_two_browsers_and_a_visitor_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "get_script_run_ctx", lambda: SimpleNamespace(session_id="one"))
    monkeypatch.setattr(st, "session_state", {rate_limits.READER_KEY: "asha"})
    assert rate_limits.visitor() == "person asha"
    monkeypatch.setattr(st, "session_state", {rate_limits.READER_KEY: ""})
    assert rate_limits.visitor() == "session one"


def test_the_page_says_when_the_next_question_may_be_asked_and_keeps_it(
    stocked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(stocked, tmp_path / "home")
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


def adding() -> None:
    import streamlit as st

    from ui.auth.rate_limits import uploads_admitted
    from ui.components.i18n import strings

    if uploads_admitted(st.session_state["files"], 3, strings("en")):
        st.text("taken")


def test_files_over_the_hours_limit_are_refused_with_when_and_how_many() -> None:
    st.cache_resource.clear()
    app = AppTest.from_function(adding)
    shown = []
    for files in (2, 2, 4, 1, 1):
        app.session_state["files"] = files
        app.run()
        shown.append([one.value.replace("\\", "") for one in (*app.text, *app.warning)])
    assert shown == [
        ["taken"],
        ["At most 3 files an hour may be added. Try again in 60 min."],
        ["These are 4 files; at most 3 an hour may be added. Send fewer at a time."],
        ["taken"],
        ["At most 3 files an hour may be added. Try again in 60 min."],
    ]
    st.cache_resource.clear()
