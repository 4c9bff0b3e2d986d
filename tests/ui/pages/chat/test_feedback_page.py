"""The page of what people said of answers, without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kb import KnowledgeBase, Settings
from kb.auth.roles import Reader
from kb.records import Filters
from kb.user_records import Exchange, Opinion
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, offered, shown, taken
from ui.components.i18n import strings
from ui.pages.chat.feedback import SHOWN

QUESTION = "Who will bear the cost of the tide gauges?"


def say(home: Path, *said: tuple[str, str, Opinion]) -> None:
    """Who asks what in a conversation of their own, and thinks what of the answer."""
    with KnowledgeBase.open(Settings.load(home=home)) as kb:
        answer = kb.answer(QUESTION)
        for who, question, opinion in said:
            own = kb.seen_by(Reader(who, "viewer" if who else "admin"))
            talk = replace(own.conversations.new(), exchanges=(Exchange(question, Filters(), answer, complete=True),))
            own.conversations.save(talk)
            own.feedback.give(talk.id, 0, opinion)


def drawn(home, name, role, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from kb.auth.roles import Reader
    from ui.components.i18n import strings
    from ui.pages.chat.feedback import feedback_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    reader = Reader(name, role)
    feedback_page(base().seen_by(reader), reader, strings(language))


def page(home: Path, name: str = "", role: str = "admin", language: Language = "en", **address: str) -> AppTest:
    app = alone(drawn, str(home), name, role, language, **address)
    assert not app.exception, app.exception
    return app


def test_what_was_said_is_listed_with_reason_and_remark_and_can_be_narrowed(home: Path) -> None:
    say(home, ("", "Who pays <b>now</b>?", Opinion(True)), ("", "And when?", Opinion(False, "outdated", "Since *May* at four.")))
    app = page(home)
    text = shown(app)
    assert text.index("And when?") < text.index("Who pays &lt;b&gt;now&lt;/b&gt;?")
    assert "✗ Did not help · Out of date · " in text
    assert "<blockquote>Since *May* at four.</blockquote>" in text
    assert list(app.button_group[0].options) == ["All (2)", "Helped (1)", "Did not help (1)"]
    app.button_group[0].set_value("good").run()
    assert "And when?" not in shown(app)
    assert app.query_params["show"] == "good"
    assert "Who pays" not in shown(page(home, show="bad"))


def test_an_admin_sees_what_everybody_said_and_others_what_they_said_themselves(home: Path) -> None:
    say(home, ("ben", "Ben's question?", Opinion(True)), ("chie", "Chie's question?", Opinion(False, "fact")))
    admin = shown(page(home, "asha", "admin"))
    assert "Ben&#x27;s question?" in admin
    assert "chie" in admin
    ben = page(home, "ben", "viewer")
    assert "Ben&#x27;s question?" in shown(ben)
    assert "Chie" not in shown(ben)
    assert not ben.get("download_button")
    assert len(ben.get("page_link")) == 1
    assert not page(home, "asha", "admin").get("page_link")  # the conversations are not hers


def test_an_evaluation_set_that_is_taken_away_is_in_the_audit_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(home, ("", QUESTION, Opinion(good=True, reason=None, comment="")))
    files = offered(monkeypatch)
    page(home)
    assert files["feedback-export"]()
    assert taken(home)[0] == "what people said of answers"


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_was_said_the_page_tells_how_it_is_said(home: Path, language: Language) -> None:
    assert strings(language)("feedback.empty_hint") in shown(page(home, language=language))


def test_more_than_fits_is_shown_by_and_by_and_any_number_in_the_address_is_survived(home: Path) -> None:
    say(home, *(("", f"Question {n}?", Opinion(True)) for n in range(SHOWN + 2)))
    app = page(home)
    assert len(app.get("page_link")) == SHOWN
    next(b for b in app.button if b.key == "feedback-more").click().run()
    assert len(app.get("page_link")) == SHOWN + 2
    for n in ("-1", "0", "x", "²", "99999999"):
        assert len(page(home, n=n).get("page_link")) == SHOWN
    assert len(app.get("download_button")) == 1
