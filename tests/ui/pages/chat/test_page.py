"""The page without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from kb import KnowledgeBase, Settings
from kb.store.catalogue import Catalogue
from kb.store.user_data.conversations import Conversations
from kb.user_records import Conversation, Opinion
from lang.languages import LANGUAGES, Language
from tests.ui.apps import button, keys, page, shown
from tests.ui.conftest import opened
from ui.components.i18n import strings

QUESTION = "Who will bear the cost of the tide gauges?"
QUOTE = "The Ministry of Tides will bear the cost of the forty tide gauges."


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from opened(tmp_path / "home", monkeypatch)


def talks(home: Path) -> Conversations:
    return Conversations(Catalogue(Settings.load(home=home)), home)


def only(home: Path) -> Conversation:
    (info,) = talks(home).list()
    found = talks(home).load(info.id)
    assert found is not None
    return found


def test_an_answer_is_quoted_and_its_chip_opens_the_page_with_the_quote_marked(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    drawn = shown(app)
    assert f'<mark class="setu-answering">{QUOTE}</mark>' in drawn.replace("<strong>", "").replace("</strong>", "")  # the fact is strong
    assert "The agreement says" in drawn
    assert "✓</span> verified" in drawn
    chip = button(app, "chip-0-1")
    assert chip.label.startswith("\\[1\\] MEMORANDUM OF COOPERATION")
    chip.click().run()
    beside = shown(app)
    assert QUOTE in beside.split('<mark id="setu-mark">')[1].split("</mark>")[0]
    assert "memorandum.txt" in beside
    assert "5 March 2025" in beside


def test_a_refresh_shows_the_conversation_and_the_open_source_again(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    button(app, "chip-0-1").click().run()
    address = {key: values[0] if isinstance(values, list) else values for key, values in app.query_params.items()}
    again = shown(page(**address))
    assert QUOTE in again
    assert "✓</span> verified" in again
    assert "<mark" in again


def test_a_quote_is_checked_again_when_the_conversation_is_redrawn(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    said = only(home)
    (exchange,) = said.exchanges
    assert exchange.answer is not None
    changed = [
        replace(s, citations=tuple(replace(c, quote=c.quote.replace("forty tide gauges", "eighty tide gauges")) for c in s.citations))
        for s in exchange.answer.statements
    ]
    talks(home).save(said.with_last(replace(exchange, answer=replace(exchange.answer, statements=tuple(changed)))))
    drawn = shown(page(c=said.id))
    assert "eighty tide gauges" in drawn
    marks = drawn.split("eighty tide gauges.")[1].split("</div>")[0]
    assert "✗</span> not found in the source" in marks
    assert "verified" not in marks


def test_an_interrupted_answer_is_kept_and_can_be_asked_again(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    said = only(home)
    talks(home).save(said.with_last(replace(said.exchanges[0], complete=False)))
    app = page(c=said.id)
    assert QUOTE in shown(app).replace("<strong>", "").replace("</strong>", "")
    assert [w.value for w in app.warning] == [strings("en")("chat.interrupted")]
    button(app, "again-0").click().run()
    assert "chip-1-1" in [b.key for b in app.button]


def test_a_knowledge_base_that_the_server_lets_go_of_is_closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Path] = []
    monkeypatch.setattr(Catalogue, "close", lambda catalogue: closed.append(Path(str(catalogue.engine.url.database)).parent))
    assert page().chat_input
    assert closed == []
    st.cache_resource.clear()
    assert closed == [home]


def test_a_conversation_that_is_not_there_says_so_and_starts_anew(home: Path) -> None:
    app = page(c="abcdefghijklmnopqrst")
    assert [i.value for i in app.info] == [strings("en")("chat.lost")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_interface_speaks_each_language(home: Path, language: Language) -> None:
    app = page(lang=language)
    words = strings(language)
    assert words("chat.welcome") in shown(app)
    assert app.chat_input[0].placeholder == words("chat.placeholder")
    assert [b.label for b in app.button if b.key == "new"] == [words("chat.new")]


def test_an_example_question_is_asked_when_it_is_clicked(home: Path) -> None:
    app = page()
    button(app, "example-0").click().run()
    assert strings("en").many("examples.questions")[0] in shown(app)
    assert only(home).exchanges[0].complete


def test_filters_are_in_the_address_and_limit_the_answer(home: Path) -> None:
    app = page(kind="news", language="hi")
    assert "Only some papers are searched: News · Hindi" in shown(app)
    app.chat_input[0].set_value(QUESTION).run()
    assert QUOTE not in shown(app)
    button(app, "clear").click().run()
    assert "kind" not in app.query_params
    assert "Only some papers" not in shown(app)


def test_a_document_cannot_bring_markup_links_or_pictures_into_the_page(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value("When does the harbour office close on Fridays?").run()
    button(app, "chip-0-1").click().run()
    drawn = shown(app)
    assert "&lt;script&gt;document.title" in drawn
    assert "<script>document.title" not in drawn
    assert "&lt;b&gt;closes&lt;/b&gt;" in drawn
    assert not [m for m in app.markdown if "harbour.invalid" in m.value]
    assert all("![" not in b.label for b in app.button)


def test_an_empty_knowledge_base_says_what_to_do(empty_home: Path) -> None:
    app = page()
    assert "There are no documents yet" in shown(app)
    assert [c.value for c in app.code] == ["setu samples add"]


@pytest.mark.parametrize("question", ["🌊🌊", "tide " * 2000], ids=["emoji", "10,000 characters"])
def test_a_question_that_is_none_gets_a_clear_message(home: Path, question: str) -> None:
    app = page()
    app.chat_input[0].set_value(question).run()
    assert "setu-refusal" in shown(app)
    assert "chip-0-1" not in [b.key for b in app.button]


def test_a_wrong_setting_is_a_sentence_not_a_traceback(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_COLOUR", "blue")
    app = page()
    assert not app.exception
    (error,) = app.error
    assert "SETU\\_COLOUR" in error.value


@pytest.mark.parametrize(
    "source", ["1.1.0.5.1", "999.1.0.5.1", "1.99.0.5.1", "1.1.900000.900005.77", "x", "1.1.0.5", "1.1.-1.5.1", "²".join("12345")]
)
def test_any_source_in_the_address_is_survived(home: Path, source: str) -> None:
    app = page(src=source)
    assert not app.exception
    assert not app.error


def test_a_source_whose_document_was_deleted_says_so(home: Path) -> None:
    app = page(src="999.1.0.5.1")
    assert [w.value for w in app.warning] == [strings("en")("source.gone")]


def test_the_last_question_can_be_edited_and_asked_again_in_its_place(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    assert "edit-0" in keys(app)  # at once, without another look at the page
    said = only(home)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.feedback.give(said.id, 0, Opinion(True))
    app = page(c=said.id)
    app.chat_input[0].set_value("How many gauges are there?").run()
    assert {"edit-1", "edit-0"} & keys(app.run()) == {"edit-1"}  # the last one only
    button(app, "edit-1").click().run()
    assert app.text_area(key="edited-1").value == "How many gauges are there?"
    app.text_area(key="edited-1").set_value("  When was the memorandum signed? ")
    button(app, "ask-edited-1").click().run()
    assert [one.question for one in only(home).exchanges] == [QUESTION, "When was the memorandum signed?"]
    drawn = shown(app)
    assert "How many gauges" not in drawn
    assert "5 March 2025" in drawn.replace("<strong>", "").replace("</strong>", "")
    assert "edited-1" not in {one.key for one in app.text_area}
    with KnowledgeBase.open(Settings(home=home)) as kb:
        assert kb.feedback.of(said.id, 0) is not None


def test_what_was_thought_of_an_answer_goes_with_it_and_an_edit_can_be_left(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    said = only(home)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.feedback.give(said.id, 0, Opinion(True))
    app = page(c=said.id)
    button(app, "edit-0").click().run()
    button(app, "cancel-edited-0").click().run()
    assert "edited-0" not in {one.key for one in app.text_area}
    button(app, "edit-0").click().run()
    app.text_area(key="edited-0").set_value("When was the memorandum signed?")
    button(app, "ask-edited-0").click().run()
    with KnowledgeBase.open(Settings(home=home)) as kb:
        assert kb.feedback.of(said.id, 0) is None


def test_ticked_papers_alone_are_asked_and_the_answer_says_so(home: Path) -> None:
    app = page()
    boxes = {one.label: one for one in app.checkbox}
    assert boxes["All papers"].value
    assert len(boxes) == 4
    next(box for label, box in boxes.items() if label.startswith("MEMORANDUM")).check().run()
    assert [one.value for one in app.checkbox if one.label == "All papers"] == [False]
    assert "Only some papers are searched: MEMORANDUM" in shown(app)
    app.chat_input[0].set_value("When does the harbour office close on Fridays?").run()
    assert "half past four" not in shown(app)
    assert "Only these were asked: MEMORANDUM" in shown(app)
    next(one for one in app.checkbox if one.label == "All papers").check().run()
    assert "document" not in app.query_params
    assert not any(one.value for one in app.checkbox if one.label.startswith("MEMORANDUM"))
    app.chat_input[0].set_value("When does the harbour office close on Fridays?").run()
    assert "half past four" in shown(app)
    assert shown(app).count("Only these were asked") == 1


def test_an_answer_offers_questions_to_go_on_with_which_ask_themselves(home: Path) -> None:
    app = page()
    app.chat_input[0].set_value(QUESTION).run()
    offered = [one for one in app.button if str(one.key).startswith("next-1-")]
    assert 1 <= len(offered) <= 3
    assert any("MEMORANDUM OF COOPERATION" in one.label for one in offered)  # the paper that the answer quotes
    wanted = offered[0].label
    offered[0].click().run()
    asked = only(home).exchanges
    assert len(asked) == 2
    assert "MEMORANDUM OF COOPERATION" in asked[1].question
    again = [one for one in app.button if str(one.key).startswith("next-")]
    assert wanted not in {one.label for one in again}
    assert all(str(one.key).startswith("next-2-") for one in again)  # under the last answer only
