"""Conversations in the catalogue: they come back as they were, but for what is derived; older files are taken in once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kb import Settings
from kb.answer.recheck import recheck
from kb.errors import UnknownDocumentError
from kb.records import (
    Answer,
    Citation,
    Conflict,
    Context,
    Counterpart,
    Filters,
    Finding,
    Hit,
    Refusal,
    Statement,
    Timings,
    Variant,
    Verdict,
)
from kb.store.catalogue import Catalogue
from kb.store.schema import exchanges
from kb.store.user_data.conversations import Conversations
from kb.user_records import Conversation, Exchange, read_exchange, write_exchange

CITATION = Citation(
    3, "करार", "/p/a.pdf", 2, "agreement", date(2026, 2, 18), 6, "vi", ("Article 4", "(2)"), 4, 9, "mr", "पूर इ", "verified",
    context=Context("आधी", "नंतर"),
)  # fmt: skip
BESIDE = Counterpart(4, "Agreement", "/p/b.pdf", 1, "en", 12, 6, "vi", ("Article 4",), 0, 5)
HIT = Hit(
    1, 0.5, {"dense": 0.5, "lexical": None}, 11, 3, "करार", "/p/a.pdf", 2, "agreement", "mr", None, 6, "vi", ("A",), 0, 3, "पूर", (BESIDE,)
)
VERDICT = Verdict("partial", 0.75, (Finding("scope", "all"),), "alignment")
ANSWER = Answer(
    "कोण?", "mr", "generative", (Statement("पूर इ", "agreed", (CITATION,)), Statement("सर्व पूर", "agreed", (CITATION,), VERDICT)), None,
    Timings(1.0, 2.0, 3.5), "कोण? (करार)", ("सूचना",), "model", "answer 1",
    (Conflict("date", CITATION, CITATION, "18 February", "20 February", "signed", "…"),),
)  # fmt: skip
REFUSED = Answer("?", "ja", "extractive", (), Refusal("not_in_documents", "ありません", (HIT,)), Timings(1.0, 0.0, 1.0))
FILTERS = Filters(("agreement",), ("mr", "en"), (3,), date(2025, 1, 1), None)
TEXT = "abc पूर इशारा"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(Settings.load(home=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def kept(catalogue: Catalogue, tmp_path: Path) -> Conversations:
    return Conversations(catalogue, tmp_path)


def _said(kept: Conversations, *questions: str) -> Conversation:
    said = replace(kept.new(), exchanges=tuple(Exchange(q, Filters()) for q in questions))
    kept.save(said)
    return said


def test_a_conversation_comes_back_as_it_was_once_its_statuses_are_found_out_again(kept: Conversations) -> None:
    whole = (Exchange("कोण?", FILTERS, ANSWER, True), Exchange("?", Filters(), REFUSED, True), Exchange("…", Filters()))
    said = replace(kept.new(), exchanges=whole)
    kept.save(said)
    loaded = kept.load(said.id)
    assert loaded is not None
    first = loaded.exchanges[0]
    assert first.answer is not None
    assert {s.status for s in first.answer.statements} == {"unsupported"}
    assert recheck(first.answer, lambda document, version: TEXT) == ANSWER
    assert loaded.exchanges[1:] == said.exchanges[1:]


def test_no_status_and_no_other_paper_of_the_story_is_written_down(kept: Conversations, catalogue: Catalogue) -> None:
    also = replace(CITATION, variants=(Variant(9, "Pudhari", "/p/c.html", "Pudhari", None),))
    kept.save(
        kept.new().with_new(Exchange("कोण?", Filters(), replace(ANSWER, statements=(Statement("पूर इ", "agreed", (also,), VERDICT),)), True))
    )
    with catalogue.read() as conn:
        (stored,) = conn.scalars(select(exchanges.c.body)).all()
    assert "status" not in stored
    assert "verified" not in stored
    assert "Pudhari" not in stored


def test_a_quote_is_verified_only_while_the_text_says_so() -> None:
    def status(text: str) -> list[str]:
        return [s.status for s in recheck(ANSWER, lambda document, version: text).statements]

    assert status(TEXT) == ["verified", "partial"]
    assert status("abc महापूर इशारा") == ["unsupported", "unsupported"]
    assert status("") == ["unsupported", "unsupported"]


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict("unsupported", 0.9, (), "s"), "verified"),
        (Verdict("verified", 0.9, (Finding("number", "12", "40"),), "s"), "unsupported"),
        (Verdict("verified", 0.3, (Finding("support", "x"),), "s"), "partial"),
        (Verdict("verified", 0.1, (Finding("support", "x"),), "s"), "unsupported"),
        (Verdict("verified", 0.9, (Finding("language", "en"),), "s"), "partial"),
    ],
)
def test_the_status_of_a_verdict_follows_from_what_was_found(verdict: Verdict, status: str) -> None:
    answer = replace(ANSWER, statements=(Statement("सर्व पूर", "agreed", (CITATION,), verdict),))
    assert recheck(answer, lambda document, version: TEXT).statements[0].status == status


def test_a_quote_from_a_deleted_document_is_unsupported() -> None:
    def gone(document: int, version: int) -> str:
        raise UnknownDocumentError("There is no document 3.")

    again = recheck(ANSWER, gone)
    assert {s.status for s in again.statements} == {"unsupported"}
    assert again.conflicts[0].one.status == "unsupported"


def test_the_text_of_the_cited_version_is_asked_for() -> None:
    asked: list[tuple[int, int]] = []

    def text(document: int, version: int) -> str:
        asked.append((document, version))
        return ""

    recheck(ANSWER, text)
    assert set(asked) == {(3, 2)}


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "x" * 200, "abcdefghijklmnop\n", "abcdefghijklmnop"])
def test_an_id_that_is_not_ours_opens_nothing(kept: Conversations, name: str) -> None:
    assert kept.load(name) is None


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"question": 1}', '{"question": "a", "filters": {"kinds": 5}}'])
def test_a_damaged_exchange_is_as_if_the_conversation_were_not_there(kept: Conversations, catalogue: Catalogue, body: str) -> None:
    said = _said(kept, "first")
    with catalogue.write() as conn:
        conn.execute(update(exchanges).values(body=body))
    assert kept.load(said.id) is None


def test_a_save_that_fails_leaves_what_was_kept(kept: Conversations) -> None:
    said = _said(kept, "first")
    with pytest.raises(TypeError):
        kept.save(said.with_new(Exchange(object(), Filters())))  # type: ignore[arg-type]
    assert kept.load(said.id) == said


def test_the_last_exchange_can_be_replaced_and_taken_back(kept: Conversations) -> None:
    said = _said(kept, "first", "second")
    longer = said.with_last(Exchange("second", Filters(), REFUSED, True)).with_new(Exchange("third", Filters()))
    kept.save(longer)
    assert kept.load(said.id) == longer
    kept.save(said)
    assert kept.load(said.id) == said


def test_conversations_are_listed_named_found_and_deleted(kept: Conversations) -> None:
    floods = _said(kept, "Who leads the flood committee in २०२५?", "And in Ｌａｈａｒｇａｄ?")
    sensors = _said(kept, "洪水センサーは何台ですか。")
    assert [(i.id, i.title, i.questions) for i in kept.list()] == [
        (sensors.id, "洪水センサーは何台ですか。", 1),
        (floods.id, "Who leads the flood committee in २०२५?", 2),
    ]
    assert [i.id for i in kept.search("2025 FLOOD")] == [floods.id]
    assert [i.id for i in kept.search("lahargad")] == [floods.id]
    assert [i.id for i in kept.search("センサー")] == [sensors.id]
    assert kept.search("100%") == ()
    assert kept.rename(sensors.id, "  Gauges of  Kazehama ")
    assert [i.title for i in kept.search("gauges")] == ["Gauges of Kazehama"]
    assert kept.load(sensors.id) == replace(sensors, title="Gauges of Kazehama")
    assert kept.delete(floods.id)
    assert kept.load(floods.id) is None
    assert kept.search("flood") == ()
    assert not kept.delete(floods.id)
    assert not kept.rename(floods.id, "x")


def test_what_an_answer_said_is_found(kept: Conversations) -> None:
    kept.save(kept.new().with_new(Exchange("कोण?", Filters(), ANSWER, True)))
    assert len(kept.search("पूर")) == 1


def test_a_save_does_not_take_the_name_back(kept: Conversations) -> None:
    said = _said(kept, "first")
    kept.rename(said.id, "Named")
    kept.save(said.with_new(Exchange("second", Filters())))
    assert kept.list()[0].title == "Named"


def test_files_of_an_older_setu_are_taken_in_once_and_damaged_ones_stay(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "conversations"
    folder.mkdir()
    old = json.loads(write_exchange(Exchange("कोण?", FILTERS, ANSWER, True)))
    for newer in ("conflicts", "model", "prompt"):
        del old["answer"][newer]
    del old["answer"]["statements"][1]
    (folder / "abcdefghijklmnop.json").write_text(json.dumps({"format": 1, "exchanges": [old]}), encoding="utf-8")
    (folder / "bbcdefghijklmnop.json").write_text('{"format": 1, "exchanges": [{"question": 1}]}', encoding="utf-8")
    (folder / "cbcdefghijklmnop.json").write_text("{", encoding="utf-8")
    kept = Conversations(catalogue, tmp_path)
    loaded = kept.load("abcdefghijklmnop")
    assert loaded is not None
    assert loaded.exchanges[0].question == "कोण?"
    assert sorted(f.name for f in folder.iterdir()) == ["abcdefghijklmnop.taken-in", "bbcdefghijklmnop.json", "cbcdefghijklmnop.json"]
    kept.delete("abcdefghijklmnop")
    assert Conversations(catalogue, tmp_path).load("abcdefghijklmnop") is None


def test_ids_cannot_be_guessed(kept: Conversations) -> None:
    ids = {kept.new().id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(i) >= 20 for i in ids)


def test_an_exchange_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no exchange"):
        read_exchange({"question": "a"})
