"""The page of all conversations and the last ones beside the chat, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from kb import Settings
from kb.records import Answer, Filters, Statement, Timings
from kb.store.catalogue import Catalogue
from kb.store.schema import conversations
from kb.store.user_data.conversations import Conversations
from kb.user_records import Exchange, TalkInfo
from lang.languages import LANGUAGES, Language
from tests.ui.apps import alone, shown
from ui.components.i18n import strings
from ui.pages.chat.history import STEP, by_day, day_words, local, zone

KOLKATA = ZoneInfo("Asia/Kolkata")


def talk(at: datetime, key: str = "a") -> TalkInfo:
    return TalkInfo(key, "?", at, at, 1)


def test_the_day_of_a_conversation_is_that_of_the_readers_clock() -> None:
    late = talk(datetime(2026, 2, 17, 18, 45))  # 00:15 of the 18th in Kolkata
    assert [day for day, _ in by_day([late], KOLKATA)] == [date(2026, 2, 18)]
    assert [day for day, _ in by_day([late], UTC)] == [date(2026, 2, 17)]
    assert f"{local(late.changed, KOLKATA):%H:%M}" == "00:15"


def test_conversations_of_one_day_stand_together() -> None:
    talks = [talk(datetime(2026, 2, 18, 12), "c"), talk(datetime(2026, 2, 18, 1), "b"), talk(datetime(2026, 2, 16, 1), "a")]
    found = by_day(talks, UTC)
    assert [(day.day, [t.id for t in some_talks]) for day, some_talks in found] == [(18, ["c", "b"]), (16, ["a"])]


def test_today_and_yesterday_are_called_so() -> None:
    words, today = strings("mr"), date(2026, 3, 1)
    assert [day_words(day, today, words) for day in (today, date(2026, 2, 28), date(2026, 2, 27))] == ["आज", "काल", "27 फेब्रुवारी 2026"]


@given(some.none() | some.text(max_size=40))
def test_any_name_of_a_time_zone_gives_one(name: str | None) -> None:
    assert zone(name).utcoffset(datetime(2026, 1, 1)) is not None


@pytest.mark.parametrize("name", ["Nowhere/Here", "../etc/passwd", "", None])
def test_where_a_browser_names_no_known_zone_the_times_are_utc(name: str | None) -> None:
    assert zone(name) is UTC


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


def keep(home: Path, *questions: str, title: str = "", days_ago: int = 0) -> str:
    """Keep a conversation as the chat would; the id."""
    home.mkdir(exist_ok=True)
    catalogue = Catalogue(Settings.load(home=home))
    kept = Conversations(catalogue, home)
    answer = Answer("?", "en", "extractive", (Statement("The Ministry bears the cost.", "agreed", ()),), None, Timings(1, 1, 2))
    said = replace(kept.new(), exchanges=tuple(Exchange(q, Filters(), answer, complete=True) for q in questions))
    kept.save(said)
    if title:
        kept.rename(said.id, title)
    if days_ago:
        changed = datetime(2026, 2, 20 - days_ago, 12)
        with catalogue.write() as conn:
            conn.execute(update(conversations).where(conversations.c.id == said.id).values(changed=changed))
    catalogue.close()
    return said.id


def kept(home: Path) -> dict[str, str]:
    catalogue = Catalogue(Settings.load(home=home))
    try:
        return {info.id: info.title for info in Conversations(catalogue, home).list()}
    finally:
        catalogue.close()


def drawn(home, language):
    """The page alone, as `ui.pages.navigation.open_page` has it drawn."""
    from pathlib import Path

    import streamlit as st

    from kb import KnowledgeBase, Settings
    from kb.auth.roles import ANYONE
    from ui.components.i18n import strings
    from ui.pages.chat.history import history_page

    @st.cache_resource
    def base() -> KnowledgeBase:
        return KnowledgeBase.open(Settings(home=Path(home)))

    history_page(base(), ANYONE, strings(language))


def page(home: Path, language: Language = "en", **address: str) -> AppTest:
    return alone(drawn, str(home), language, **address)


def links(app: AppTest) -> list[str]:
    return [link.proto.label.replace("\\", "") for link in app.get("page_link")]


def press(app: AppTest, start: str, at: int = 0) -> AppTest:
    return [b for b in app.button if b.key and b.key.startswith(start)][at].click().run()


def test_conversations_are_listed_with_the_number_of_their_questions_under_their_days(home: Path) -> None:
    keep(home, "Who pays?", days_ago=2)
    keep(home, "Who pays?", "And when?", title="Costs")
    app = page(home)
    assert links(app) == ["Costs", "Who pays?"]
    text = shown(app)
    assert text.index("Today") < text.index("2 questions") < text.index("18 February 2026") < text.index("1 question<")
    assert "2 conversations" in text


def test_a_search_looks_into_questions_answers_and_names_and_stays_in_the_address(home: Path) -> None:
    keep(home, "Who pays for the gauges?")
    keep(home, "पूर इशारा कोण देणार?", title="Floods")
    app = page(home)
    app.text_input[0].set_value("GAUGES ministry").run()
    assert links(app) == ["Who pays for the gauges?"]
    assert app.query_params["q"] == "GAUGES ministry"
    assert links(page(home, q="इशारा")) == ["Floods"]
    assert links(page(home, q="floods")) == ["Floods"]


def test_a_search_that_finds_nothing_says_what_to_try(home: Path) -> None:
    keep(home, "Who pays?")
    app = page(home, q="submarine")
    assert links(app) == []
    assert strings("en")("history.none_found") in shown(app)
    assert app.text_input[0].value == "submarine"


def test_a_conversation_is_renamed(home: Path) -> None:
    key = keep(home, "Who pays?")
    app = press(page(home), "history-act-rename-")
    name = next(field for field in app.text_input if field.key.startswith("history-name-"))
    assert name.value == "Who pays?"
    name.set_value("Costs of the *gauges*")
    press(app, "FormSubmitter:history-name")
    assert kept(home) == {key: "Costs of the *gauges*"}
    assert [link.proto.label for link in app.get("page_link")] == [r"Costs of the \*gauges\*"]  # a name is no Markdown
    assert [message.value for message in app.success] == ["The conversation was renamed\\."]


def test_a_conversation_is_deleted_only_when_that_is_confirmed(home: Path) -> None:
    first = keep(home, "Who pays?", days_ago=1)
    keep(home, "And when?", "And where?")
    app = press(page(home), "history-act-delete-")
    assert "Its 2 questions" in shown(app)
    press(app, "history-delete-no")
    assert len(kept(home)) == 2
    press(page(home), "history-act-delete-")
    app = press(press(page(home), "history-act-delete-"), "history-delete-yes")
    assert list(kept(home)) == [first]
    assert [message.value for message in app.success] == ["The conversation was deleted\\."]


def test_what_another_tab_deleted_is_said_to_be_gone(home: Path) -> None:
    key = keep(home, "Who pays?")
    app = press(page(home), "history-act-delete-")
    catalogue = Catalogue(Settings.load(home=home))
    Conversations(catalogue, home).delete(key)
    catalogue.close()
    press(app, "history-delete-yes")
    assert [message.value for message in app.success] == [strings("en")("history.gone").replace(".", "\\.")]


def test_more_conversations_than_fit_are_shown_by_and_by(home: Path) -> None:
    for number in range(STEP + 5):
        keep(home, f"Question {number}?")
    app = page(home)
    assert len(links(app)) == STEP
    press(app, "history-more")
    assert len(links(app)) == STEP + 5
    assert not [b for b in app.button if b.key == "history-more"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_no_conversation_the_page_tells_how_one_begins(home: Path, language: Language) -> None:
    app, words = page(home, language), strings(language)
    assert words("history.empty_hint") in shown(app)
    assert links(app) == [words("history.ask")]


def test_any_number_in_the_address_is_survived(home: Path) -> None:
    keep(home, "Who pays?")
    for n in ("-1", "0", "x", "²", "99999999", "1e3"):
        assert links(page(home, n=n)) == ["Who pays?"]
