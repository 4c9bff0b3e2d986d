from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb.errors import UnknownDocumentError
from kb.records import Answer, Citation, Counterpart, Filters, Hit, Refusal, Statement, Timings
from ui.conversations import Conversation, Conversations, Exchange, recheck

CITATION = Citation(3, "करार", "/p/a.pdf", 2, "agreement", date(2026, 2, 18), 6, "vi", ("Article 4", "(2)"), 4, 9, "mr", "पूर इ", "verified")
BESIDE = Counterpart(4, "Agreement", "/p/b.pdf", 1, "en", 12, 6, "vi", ("Article 4",), 0, 5)
HIT = Hit(
    1, 0.5, {"dense": 0.5, "lexical": None}, 11, 3, "करार", "/p/a.pdf", 2, "agreement", "mr", None, 6, "vi", ("A",), 0, 3, "पूर", (BESIDE,)
)
ANSWER = Answer(
    "कोण?", "mr", "extractive", (Statement("पूर इ", "agreed", (CITATION,)),), None, Timings(1.0, 2.0, 3.5), "कोण? (करार)", ("सूचना",)
)
REFUSED = Answer("?", "ja", "extractive", (), Refusal("not_in_documents", "ありません", (HIT,)), Timings(1.0, 0.0, 1.0))
FILTERS = Filters(("agreement",), ("mr", "en"), (3,), date(2025, 1, 1), None)


def test_a_conversation_comes_back_as_it_was_but_for_the_status_of_its_citations(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    said = replace(
        kept.new(), exchanges=(Exchange("कोण?", FILTERS, ANSWER, True), Exchange("?", Filters(), REFUSED, True), Exchange("…", Filters()))
    )
    kept.save(said)
    unchecked = replace(ANSWER, statements=(replace(ANSWER.statements[0], citations=(replace(CITATION, status="unsupported"),)),))
    assert kept.load(said.id) == Conversation(said.id, (Exchange("कोण?", FILTERS, unchecked, True), *said.exchanges[1:]))


def test_a_status_is_never_written_down(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    said = kept.new().with_new(Exchange("कोण?", Filters(), ANSWER, True))
    kept.save(said)
    stored = (tmp_path / "conversations" / f"{said.id}.json").read_text(encoding="utf-8")
    assert "status" not in stored
    assert "verified" not in stored


def test_a_quote_is_verified_only_while_the_text_says_so() -> None:
    def status(text: str) -> str:
        return recheck(ANSWER, lambda document, version: text).statements[0].status

    assert status("abc पूर इशारा") == "verified"
    assert status("abc महापूर इशारा") == "unsupported"
    assert status("") == "unsupported"


def test_a_quote_from_a_deleted_document_is_unsupported() -> None:
    def gone(document: int, version: int) -> str:
        raise UnknownDocumentError("There is no document 3.")

    assert recheck(ANSWER, gone).statements[0].status == "unsupported"


def test_the_text_of_the_cited_version_is_asked_for() -> None:
    asked: list[tuple[int, int]] = []

    def text(document: int, version: int) -> str:
        asked.append((document, version))
        return ""

    recheck(ANSWER, text)
    assert asked == [(3, 2)]


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", "x" * 200, "abcdefghijklmnop\n"])
def test_an_id_that_is_not_ours_opens_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "conversations").mkdir()
    assert Conversations(tmp_path).load(name) is None


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"format": 99, "exchanges": []}', '{"format": 1, "exchanges": [{"question": 1}]}']
)
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path: Path, content: str) -> None:
    (tmp_path / "conversations").mkdir()
    (tmp_path / "conversations" / "abcdefghijklmnop.json").write_text(content, encoding="utf-8")
    assert Conversations(tmp_path).load("abcdefghijklmnop") is None


def test_a_save_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    said = kept.new().with_new(Exchange("first", Filters()))
    kept.save(said)
    broken = said.with_new(Exchange(object(), Filters()))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        kept.save(broken)
    assert kept.load(said.id) == said
    assert [f.name for f in (tmp_path / "conversations").iterdir()] == [f"{said.id}.json"]


def test_ids_cannot_be_guessed_and_files_are_for_their_owner_only(tmp_path: Path) -> None:
    kept = Conversations(tmp_path)
    ids = {kept.new().id for _ in range(50)}
    assert len(ids) == 50
    assert all(len(i) >= 20 for i in ids)
    said = Conversation(ids.pop())
    kept.save(said)
    file = tmp_path / "conversations" / f"{said.id}.json"
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["exchanges"] == []
