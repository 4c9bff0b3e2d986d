"""Links that lead back, and what they say of a source that has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kb import KnowledgeBase, Settings
from kb.records import Filters
from kb.user_records import Exchange, answer_key
from tests.ui.apps import page, shown
from tests.ui.conftest import MEMORANDUM, Setu
from ui.components.i18n import strings
from ui.components.permalinks import Passage, changed_sources, trace
from ui.export import answer_sheet
from ui.export.text_formats import plain_text

QUESTION = "Who will bear the cost of the tide gauges?"
QUOTE = "The Ministry of Tides will bear the cost of the forty tide gauges."
numbers = some.integers(0, 10**10)


def asked(home: Path) -> tuple[str, Passage]:
    """The key of a kept answer, and the passage of its first citation."""
    with KnowledgeBase.open(Settings(home=home)) as kb:
        talk = kb.conversations.new().with_new(Exchange(QUESTION, Filters(), kb.answer(QUESTION), True))
        kb.conversations.save(talk)
    return answer_key(talk.id, 0), Passage.of(talk.exchanges[0].answer.statements[0].citations[0])


@given(numbers, numbers, numbers, numbers)
def test_a_passage_reads_what_it_writes(document: int, version: int, start: int, length: int) -> None:
    passage = Passage(document, version, start, start + length + 1)
    assert Passage.parse(str(passage)) == passage
    assert Passage.parse(passage.url("https://setu.example/chat/")) == passage


@pytest.mark.parametrize(
    "value", [None, "", "1.2.3", "1.2.3.4.5", "1.1.9.9", "a.1.2.3", "1.1.-2.3", "१.1.2.3", "http://x.example/?answer=1"]
)
def test_what_is_no_passage_is_none(value: str | None) -> None:
    assert Passage.parse(value) is None


def test_the_key_of_an_answer_opens_that_answer_and_does_not_hold_the_conversation(fresh: Setu) -> None:
    with KnowledgeBase.open(Settings(home=fresh.home)) as kb:
        talk = kb.conversations.new()
        for question in ("one", "two"):
            talk = talk.with_new(Exchange(question, Filters()))
        kb.conversations.save(talk)
        keys = [answer_key(talk.id, n) for n in (0, 1)]
        assert [kb.conversations.answered(key).question for key in keys] == ["one", "two"]
        assert all(talk.id[6:] not in key for key in keys)
        assert kb.conversations.answered(talk.id) is None
        assert kb.conversations.answered("") is None
        assert kb.conversations.load(keys[0]) is None
        kb.conversations.delete(talk.id)
        assert kb.conversations.answered(keys[0]) is None


def test_a_link_to_an_answer_shows_it_alone_and_a_new_question_is_another_conversation(home: Path) -> None:
    key, _ = asked(home)
    app = page(answer=key)
    assert QUOTE in shown(app).replace("<strong>", "").replace("</strong>", "")
    assert [i.value for i in app.info] == [strings("en")("permalink.answer")]
    assert not app.warning
    app.chat_input[0].set_value("When does the harbour office close?").run()
    assert QUESTION not in shown(app)
    assert "answer" not in app.query_params


def test_a_link_to_an_answer_that_was_deleted_says_so(home: Path) -> None:
    key, _ = asked(home)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.conversations.delete(kb.conversations.list(1)[0].id)
    app = page(answer=key)
    assert QUOTE not in shown(app)
    assert [w.value for w in app.warning] == [strings("en")("permalink.answer_gone")]


def test_a_link_to_a_passage_opens_the_source_with_the_quote_marked(home: Path) -> None:
    _, passage = asked(home)
    drawn = shown(page(passage=str(passage)))
    assert QUOTE in drawn.split('<mark id="setu-mark">')[1].split("</mark>")[0]


@pytest.mark.parametrize("value", ["nonsense", "1.1.5.5"])
def test_a_broken_link_to_a_passage_says_so(home: Path, value: str) -> None:
    assert strings("en")("permalink.passage_bad") in [w.value for w in page(passage=value).warning]


def test_links_to_an_earlier_version_show_it_and_say_that_it_is_superseded(home: Path, papers: Path, tmp_path: Path) -> None:
    key, passage = asked(home)
    changed = papers / "memorandum.txt"
    try:
        changed.write_text(MEMORANDUM.replace("forty", "fifty"), encoding="utf-8")
        assert Setu(home)("ingest", str(changed)).exit_code == 0
    finally:
        changed.write_text(MEMORANDUM, encoding="utf-8")
    words = strings("en")
    with KnowledgeBase.open(Settings(home=home)) as kb:
        found = trace(kb, passage)
        assert found.state == "superseded"
        assert QUOTE in found.text
        exchange = kb.conversations.answered(key)
        assert any("MEMORANDUM" in s and "the current version is 2" in s for s in changed_sources(kb, exchange.answer, words))
        note = plain_text(answer_sheet(kb, key, exchange, words, today=found.version.created.date(), address="http://x.example"))
        assert "version 1 (superseded since" in note
        assert "✓ verified" in note
    assert "superseded since" in Setu(home)("show", "passage", str(passage)).output
    assert "superseded since" in Setu(home)("show", "answer", key).output
    app = page(passage=str(passage))
    assert QUOTE in shown(app).replace("<strong>", "").replace("</strong>", "")
    assert any("superseded since" in w.value for w in app.warning)
    assert any("a source of it has changed" in w.value for w in page(answer=key).warning)


def test_links_to_a_deleted_document_say_that_it_is_gone(home: Path) -> None:
    key, passage = asked(home)
    with KnowledgeBase.open(Settings(home=home)) as kb:
        kb.delete(passage.document)
        assert trace(kb, passage).state == "gone"
        exchange = kb.conversations.answered(key)
        note = plain_text(answer_sheet(kb, key, exchange, strings("en"), today=kb.documents()[0].date, address="http://x.example"))
    assert "no longer in the knowledge base" in note
    assert "✗ not found in the source" in note
    assert strings("en")("source.gone") in [w.value for w in page(passage=str(passage)).warning]
    assert any("no longer in the knowledge base" in w.value for w in page(answer=key).warning)
    assert "it was deleted" in Setu(home)("show", "passage", str(passage)).output
