"""The evaluation page, without a browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.auth.throttle import TooManyError
from kb.errors import KnowledgeBaseError
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, shown
from tests.ui.jobs.test_runner import settled
from tests.ui.pages.evaluation.test_evaluation import RETRIEVAL, answers, put
from ui.components.i18n import strings
from ui.components.markup import label
from ui.jobs import evaluation_runs
from ui.jobs.evaluation_runs import Measuring
from ui.jobs.runner import Stopped, StoppedError, Tell
from ui.pages.evaluation.evaluation_page import runs

EN = strings("en")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


def drawn(home, role, groups, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from kb.auth.roles import Reader
    from ui.components.i18n import strings
    from ui.pages.evaluation.evaluation_page import evaluation_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    evaluation_page(base(), Reader("asha", role, groups), strings(language))


def page(home: Path, role: str = "admin", groups: frozenset[str] | None = None, language: Language = "en", **address: str) -> AppTest:
    app = alone(drawn, str(home), role, groups, language, **address)
    assert not app.exception, app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_no_run_the_page_tells_how_one_is_made(home: Path, language: Language) -> None:
    app, words = page(home, language=language), strings(language)
    assert words("evaluation.empty_hint") in shown(app)
    assert "python -m eval samples" in app.code[0].value
    assert [b.label for b in app.button if b.key == "evaluation-start"] == [words("evaluation.small_run")]


def test_the_newest_run_is_shown_and_another_can_be_chosen_and_compared(home: Path) -> None:
    put(home, "old", answers(5) | {"made": {"at": "2026-02-17T10:00:00+00:00"}})
    put(home, "new", answers(10) | {"made": {"at": "2026-02-18T10:00:00+00:00"}})
    put(home, "search", RETRIEVAL | {"made": {"at": "2026-02-16T10:00:00+00:00"}})
    app = page(home)
    run, other = app.selectbox
    assert (run.value, run.options) == ("new", ["new", "old", "search"])
    assert other.options == [strings("en")("evaluation.nothing"), "old"]
    assert "<td>1.000</td>" in shown(app)
    other.set_value("old").run()
    assert app.query_params["against"] == "old"
    assert "5 questions came out better" in shown(app)
    app.selectbox[0].set_value("search").run()
    assert "3 passages, 2 questions" in shown(app)
    assert "came out better" not in shown(app)


def test_the_address_chooses_the_runs_and_names_of_nothing_are_survived(home: Path) -> None:
    put(home, "old", answers(5))
    put(home, "new", answers(10))
    assert "5 questions came out worse" in shown(page(home, run="old", against="new"))
    assert page(home, run="../../x", against="old").selectbox[1].value in ("", "old")


def test_a_run_that_cannot_be_drawn_is_a_sentence(home: Path) -> None:
    broken = answers(5)
    broken["by_language"]["mr"].pop("ms")
    put(home, "broken", broken)
    app = page(home)
    assert [warning.value for warning in app.warning] == [strings("en")("evaluation.broken")]


def test_a_trainer_looks_and_only_an_admin_changes(home: Path) -> None:
    put(home, "old", answers(5))
    app = page(home, "trainer")
    assert not app.button
    assert not app.expander
    assert "0.500" in shown(app)


def test_whoever_does_not_see_every_document_sees_no_question_and_no_quote(home: Path) -> None:
    put(home, "old", answers(5))
    put(home, "new", answers(10))
    app = page(home, "trainer", frozenset({"port"}), run="new", against="old")
    assert "The port pays." not in shown(app)
    assert "कोण देणार" not in shown(app)
    assert [info.value for info in app.info] == [strings("en")("evaluation.no_questions")]
    assert not app.get("download_button")
    assert "The port pays." in shown(page(home, "trainer", run="new", against="old"))


def test_a_run_is_deleted(home: Path) -> None:
    put(home, "old", answers(5))
    app = page(home)
    next(b for b in app.button if b.key == "evaluation-delete-old").click().run()
    assert evaluation_runs.saved(home) == ()
    assert strings("en")("evaluation.empty_hint") in shown(app)


@pytest.mark.parametrize(
    ("data", "key"), [(b"{", "json"), (b"[]", "object"), (json.dumps({"answer_in_quote": 1, "by_language": 2}).encode(), "broken")]
)
def test_a_file_that_is_sent_in_and_is_no_run_is_refused_with_what_to_do(home: Path, data: bytes, key: str) -> None:
    app = page(home)
    app.file_uploader[0].upload("run.json", data, "application/json")
    next(b for b in app.button if b.key.startswith("FormSubmitter:evaluation-import")).click().run()
    assert [error.value for error in app.error] == [strings("en")(f"evaluation.import_bad.{key}")]
    assert evaluation_runs.saved(home) == ()


def test_a_run_that_is_sent_in_is_kept_and_opened(home: Path) -> None:
    put(home, "old", answers(5))
    app = page(home)
    app.file_uploader[0].upload("mine.json", json.dumps(answers(7)).encode(), "application/json")
    next(b for b in app.button if b.key.startswith("FormSubmitter:evaluation-import")).click().run()
    assert app.selectbox[0].value == "mine"
    assert "0.700" in shown(app)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoppedError(), EN("evaluation.run_cancelled")),
        (KnowledgeBaseError("No model."), label(EN("evaluation.run_failed", reason="No model."))),
        (FileNotFoundError(2, "No such file", "/x/python"), label(EN("evaluation.run_failed", reason="No such file"))),
        (ValueError("secret"), EN("job.broke")),
    ],
)
def test_what_became_of_a_run_is_told_once_to_whoever_looks_next(home: Path, error: Exception, said: str) -> None:
    def work(_tell: Tell[Measuring], _stopped: Stopped) -> str:
        raise error

    jobs = runs(str(home))
    settled(jobs, jobs.start("", Measuring(), work))
    app = page(home)
    assert [one.value for one in (*app.info, *app.error)] == [said]
    assert not [*app.run().info, *app.error]
    assert [b.label for b in app.button if b.key == "evaluation-start"] == [EN("evaluation.small_run")]


def test_a_run_that_somebody_began_is_watched_by_every_admin_and_a_second_is_not_begun(home: Path) -> None:
    go, jobs = threading.Event(), runs(str(home))
    key = jobs.start("", Measuring("ask", 3, 101), lambda _tell, _stopped: str(go.wait(60)))
    try:
        app = page(home)
        assert [b.label for b in app.button if b.key == "evaluation-cancel"] == [EN("evaluation.run_cancel")]
        assert not [b for b in app.button if b.key == "evaluation-start"]
        with pytest.raises(TooManyError):
            jobs.start("", Measuring(), lambda _tell, _stopped: "second")
        next(b for b in app.button if b.key == "evaluation-cancel").click().run()
        assert [b.label for b in app.button if b.key == "evaluation-cancel"] == [EN("job.stopping")]
    finally:
        go.set()
    settled(jobs, key)
