"""The thumbs under an answer, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import Settings
from kb.store.catalogue import Catalogue
from kb.store.user_data.conversations import Conversations, Feedback
from kb.user_records import REASONS, Judged, Opinion
from lang.languages import LANGUAGES, Language
from tests.ui.apps import page
from ui.components.i18n import strings

QUESTION = "Who will bear the cost of the tide gauges?"


def thumbs(app: AppTest):
    assert not app.exception, app.exception
    return [group for group in app.button_group if group.key.startswith("thumbs-")]


def reasons(app: AppTest):
    return [group for group in app.button_group if group.key.startswith("reason-")]


def said(home: Path) -> tuple[Judged, ...]:
    catalogue = Catalogue(Settings.load(home=home))
    try:
        return Feedback(catalogue).list()
    finally:
        catalogue.close()


def asked() -> AppTest:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    return app


def test_a_thumb_is_kept_at_once_and_survives_a_refresh(home: Path) -> None:
    app = asked()
    (control,) = thumbs(app)
    assert control.value is None
    assert said(home) == ()
    control.set_value("good").run()
    (kept,) = said(home)
    assert (kept.exchange.question, kept.opinion) == (QUESTION, Opinion(True))
    (again,) = thumbs(page(c=kept.conversation_id))
    assert again.value == "good"


def test_a_thumb_down_has_a_reason_and_a_remark(home: Path) -> None:
    app = asked()
    thumbs(app)[0].set_value("bad").run()
    reasons(app)[0].set_value("incomplete").run()
    next(area for area in app.text_area if area.key.startswith("comment-")).set_value("Who houses them?").run()
    (kept,) = said(home)
    assert kept.opinion == Opinion(False, "incomplete", "Who houses them?")
    again = page(c=kept.conversation_id)
    assert [group.value for group in reasons(again)] == ["incomplete"]
    assert [area.value for area in again.text_area] == ["Who houses them?"]
    assert strings("en")("feedback.reason.incomplete") in [expander.label for expander in again.expander]


def test_a_thumb_can_be_changed_and_taken_back(home: Path) -> None:
    app = asked()
    thumbs(app)[0].set_value("bad").run()
    reasons(app)[0].set_value("fact").run()
    thumbs(app)[0].set_value("good").run()
    assert [one.opinion for one in said(home)] == [Opinion(True)]
    assert reasons(app) == []
    thumbs(app)[0].set_value(None).run()
    assert said(home) == ()


def test_the_thumbs_of_the_next_conversation_are_untouched(home: Path) -> None:
    app = asked()
    thumbs(app)[0].set_value("bad").run()
    next(b for b in app.button if b.key == "new").click().run()
    assert thumbs(app) == []
    app.chat_input[0].set_value(QUESTION).run()
    assert [control.value for control in thumbs(app)] == [None]


def test_any_id_of_a_conversation_can_be_drawn(home: Path) -> None:
    """One may hold two underscores, which the key of a component of Streamlit may not."""
    asked()
    kept = Conversations(Catalogue(Settings.load(home=home)), home)
    (info,) = kept.list()
    found = kept.load(info.id)
    assert found is not None
    kept.save(replace(found, id="__" + "A" * 20))
    assert len(thumbs(page(c="__" + "A" * 20))) == 1


def alone(home):
    """The thumbs of an answer that is not there."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from ui.components.i18n import strings
    from ui.pages.chat.feedback import thumbs

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    thumbs(base(), "A" * 22, 0, strings("en"))


def test_where_an_answer_is_gone_in_the_meantime_the_page_says_so(home: Path) -> None:
    app = AppTest.from_function(alone, default_timeout=60, args=(str(home),)).run()
    thumbs(app)[0].set_value("good").run()
    assert not app.exception
    (warning,) = app.warning
    assert "There is no such answer" in warning.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_thumbs_speak_each_language(home: Path, language: Language) -> None:
    asked()
    (talk,) = Conversations(Catalogue(Settings.load(home=home)), home).list()
    app, words = page(lang=language, c=talk.id), strings(language)
    (control,) = thumbs(app)
    assert control.label == words("feedback.ask")
    assert [option.split(": ", 1)[-1].split(" ", 1)[-1] for option in control.options] == [words("feedback.good"), words("feedback.bad")]
    control.set_value("bad").run()
    assert reasons(app)[0].options == [words(f"feedback.reason.{reason}") for reason in REASONS]
