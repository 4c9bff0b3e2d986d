"""Conversations belong to people; of answers whose sources one may not see, nothing is left; so it is with feedback and materials."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase
from kb.answer.recheck import recheck
from kb.auth.roles import ANYONE, Reader
from kb.errors import AccessError, KnowledgeBaseError
from kb.records import Block, Cell
from kb.user_records import Conversation, Exchange, Opinion, answer_key
from tests.kb.hidden import GROUP, INSIDER, SECRET, VIEWER, leaks, number, stock
from tests.kb.make import base, document

ASHA = Reader("asha", "admin")
BEN = Reader("ben", "viewer", frozenset())
CHIE = Reader("chie", "viewer", frozenset())
COST = "What does the flood-warning pilot cost?"
LEDGER = "Who audits the quantum ledger?"
ASKED = (COST, LEDGER, "How often shall the gauges be read?", "Who bears the cost of the tide gauges?", "What does Article 1 say?")
"""Of which an insider's answers hold a conflict, a hidden quote, what supersedes, a counterpart, and names to choose from."""


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path) as opened:
        opened.ingest_documents([document("moc", "en", "agreement", ("The Parties shall meet twice a year in Kalpanagar.",))])
        yield opened


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with base(tmp_path_factory.mktemp("stocked")) as opened:
        stock(opened)
        yield opened


def say(kb: KnowledgeBase, *questions: str) -> Conversation:
    """Ask and keep."""
    talk = kb.conversations.new()
    for question in questions:
        talk = talk.with_new(Exchange(question, Filters(), kb.answer(question), True))
    kb.conversations.save(talk)
    return talk


def test_a_conversation_is_its_owners_alone(kb: KnowledgeBase) -> None:
    ben, chie = kb.seen_by(BEN), kb.seen_by(CHIE)
    talk = say(ben, "How often do the Parties meet?")
    for other in (chie, kb.seen_by(ASHA)):
        assert (other.conversations.list(), other.conversations.search("parties")) == ((), ())
        assert other.conversations.load(talk.id) is None
        assert not other.conversations.rename(talk.id, "mine")
        assert not other.conversations.delete(talk.id)
        with pytest.raises(AccessError, match="not yours"):
            other.conversations.save(talk.with_new(Exchange("?", Filters())))
    kept = ben.conversations.load(talk.id)
    assert kept is not None
    assert [one.question for one in kept.exchanges] == ["How often do the Parties meet?"]
    assert ben.conversations.rename(talk.id, "Meetings")
    assert [one.title for one in ben.conversations.list()] == ["Meetings"]
    assert ben.conversations.delete(talk.id)
    assert ben.conversations.list() == ()


def test_what_was_kept_while_nobody_signed_in_is_an_admins_later(kb: KnowledgeBase) -> None:
    talk = say(kb, "How often do the Parties meet?")
    assert [t.id for t in kb.seen_by(ANYONE).conversations.list()] == [talk.id]
    assert [t.id for t in kb.seen_by(ASHA).conversations.list()] == [talk.id]
    assert kb.seen_by(BEN).conversations.list() == ()
    assert kb.seen_by(BEN).conversations.load(talk.id) is None


def test_the_terminal_sees_everybodys_conversations_and_a_nameless_viewer_none_of_the_named(kb: KnowledgeBase) -> None:
    mine = say(kb.seen_by(BEN), "How often do the Parties meet?")
    assert [t.id for t in kb.conversations.list()] == [mine.id]
    assert kb.seen_by(Reader("", "viewer")).conversations.list() == ()


@pytest.mark.parametrize("question", ASKED)
def test_a_link_to_an_answer_opens_for_those_who_see_all_that_it_names(stocked: KnowledgeBase, question: str) -> None:
    talk = say(stocked.seen_by(INSIDER), question)
    key = answer_key(talk.id, 0)
    assert leaks(stocked.conversations.answered(key))
    assert stocked.seen_by(Reader("ina", "viewer", frozenset({GROUP}))).conversations.answered(key) is not None
    assert stocked.seen_by(VIEWER).conversations.answered(key) is None


def test_a_link_to_an_answer_of_open_papers_opens_for_others(stocked: KnowledgeBase) -> None:
    talk = say(stocked.seen_by(INSIDER), "Who co-chairs it, by the Memorandum of Cooperation of 18 February 2026?")
    owner = stocked.seen_by(VIEWER)
    mine = say(owner, "Who co-chairs the Joint Committee?")
    assert stocked.seen_by(CHIE).conversations.answered(answer_key(mine.id, 0)) is not None
    assert owner.conversations.load(talk.id) is None


@pytest.mark.parametrize("question", ASKED)
def test_what_came_into_a_group_later_is_left_out_of_ones_own_conversation(stocked: KnowledgeBase, question: str) -> None:
    talk = say(stocked.seen_by(INSIDER), question)
    moved = stocked.seen_by(Reader(INSIDER.name, "viewer", frozenset()))
    kept = moved.conversations.load(talk.id)
    assert kept is not None
    assert not leaks(kept)
    answer = kept.exchanges[0].answer
    assert answer is not None
    assert not leaks(recheck(answer, moved.text))
    assert answer.refusal is not None or answer.statements
    again = stocked.seen_by(INSIDER).conversations.load(talk.id)
    assert leaks(again)


@pytest.mark.parametrize("question", ["Thanks for the table", LEDGER])
def test_blocks_that_name_or_lay_out_a_hidden_paper_are_left_out(stocked: KnowledgeBase, question: str) -> None:
    insider = stocked.seen_by(INSIDER)
    hidden = next(paper.title for paper in insider.documents() if paper.id not in {seen.id for seen in stocked.seen_by(VIEWER).documents()})
    asked = insider.answer(LEDGER)
    laid_out = (
        [Block("points", rows=((Cell("Audit", (0,)),),))] if question == LEDGER else [Block("options", items=(f"What says {hidden}?",))]
    )
    answer = replace(asked, statements=asked.statements if question == LEDGER else (), conflicts=(), refusal=None, blocks=tuple(laid_out))
    talk = insider.conversations.new().with_new(Exchange(question, Filters(), answer, True))
    insider.conversations.save(talk)
    moved = stocked.seen_by(Reader(INSIDER.name, "viewer", frozenset()))
    kept = moved.conversations.load(talk.id)
    assert kept is not None
    assert not leaks(kept)
    assert kept.exchanges[0].answer is not None
    assert kept.exchanges[0].answer.blocks == ()
    assert moved.conversations.answered(answer_key(talk.id, 0)) is None
    again = insider.conversations.load(talk.id)
    assert again is not None
    assert again.exchanges[0].answer is not None
    assert again.exchanges[0].answer.blocks == tuple(laid_out)


def test_what_a_model_wrote_of_a_hidden_paper_is_left_out_also_where_it_did_not_pass(stocked: KnowledgeBase) -> None:
    insider = stocked.seen_by(INSIDER)
    failed = insider.answer(LEDGER).statements
    open_one = insider.answer("Who co-chairs the Joint Committee?")
    answer = replace(open_one, left_out=(*failed, *open_one.statements))
    talk = insider.conversations.new().with_new(Exchange("Who co-chairs the Joint Committee?", Filters(), answer, True))
    insider.conversations.save(talk)
    kept = stocked.seen_by(Reader(INSIDER.name, "viewer", frozenset())).conversations.load(talk.id)
    assert kept is not None
    assert not leaks(kept)
    again = insider.conversations.load(talk.id)
    assert again is not None
    assert again.exchanges[0].answer is not None
    assert [one.text for one in again.exchanges[0].answer.left_out] == [one.text for one in answer.left_out]


def test_what_is_left_out_is_not_lost_when_the_conversation_goes_on(stocked: KnowledgeBase) -> None:
    talk = say(stocked.seen_by(INSIDER), COST, LEDGER)
    moved = stocked.seen_by(Reader(INSIDER.name, "viewer", frozenset()))
    kept = moved.conversations.load(talk.id)
    assert kept is not None
    moved.conversations.save(kept.with_new(Exchange("Who co-chairs it?", Filters(), moved.answer("Who co-chairs it?"), True)))
    whole = stocked.seen_by(INSIDER).conversations.load(talk.id)
    assert whole is not None
    assert [one.question for one in whole.exchanges] == [COST, LEDGER, "Who co-chairs it?"]
    assert whole.exchanges[:2] == stocked.conversations.load(talk.id).exchanges[:2]  # type: ignore[union-attr]
    assert all(leaks(one) for one in whole.exchanges[:2])


def test_a_conversation_is_not_found_by_words_that_are_left_out_of_it(stocked: KnowledgeBase) -> None:
    talk = say(stocked.seen_by(INSIDER), LEDGER)
    moved = stocked.seen_by(Reader(INSIDER.name, "viewer", frozenset()))
    assert talk.id in {t.id for t in stocked.seen_by(INSIDER).conversations.search("amberline")}
    assert moved.conversations.search("amberline") == ()
    assert talk.id in {t.id for t in moved.conversations.search("quantum ledger")}


def test_a_hidden_document_that_is_deleted_does_not_come_back_in_what_was_said(tmp_path: Path) -> None:
    with base(tmp_path) as kb:
        stock(kb)
        talk = say(kb.seen_by(INSIDER), LEDGER)
        kb.delete(number(kb, f"test:{SECRET} budget"))
        kept = kb.seen_by(Reader(INSIDER.name, "viewer", frozenset())).conversations.load(talk.id)
        assert kept is not None
        assert not leaks(kept)


def test_feedback_of_an_admin_who_does_not_see_all_has_nothing_of_hidden_papers(stocked: KnowledgeBase) -> None:
    insider = stocked.seen_by(INSIDER)
    talk = say(insider, LEDGER)
    insider.feedback.give(talk.id, 0, Opinion(False, "incomplete"))
    assert leaks(stocked.seen_by(ASHA).feedback.list())
    for petra in (Reader("petra", "admin", frozenset()), Reader("petra", "admin", frozenset(), people=frozenset({INSIDER.id}))):
        assert stocked.seen_by(petra).feedback.list() == ()
    insiders = Reader("petra", "admin", frozenset({GROUP}), people=frozenset({INSIDER.id}))
    assert [one.who for one in stocked.seen_by(insiders).feedback.list()] == [INSIDER.name]


def test_material_that_names_a_hidden_document_is_not_there(stocked: KnowledgeBase) -> None:
    trainer = stocked.seen_by(Reader("tara", "trainer", frozenset({GROUP})))
    budget = number(stocked, f"test:{SECRET} budget")
    shown = number(stocked, "test:Harbour memorandum")
    body = json.dumps({"lines": [{"document_id": budget, "text": "Amberline"}]}, indent=1)
    trainer.materials.save("m-1", "module", f"{SECRET} module", body, shared=True)
    trainer.materials.save(f"card-{budget}", "card", f"{SECRET} card", "{}", shared=True)
    trainer.materials.save(f"card-{shown}", "card", "Harbour card", "{}", shared=True)
    for reader in (VIEWER, Reader("petra", "admin", frozenset())):
        kept = stocked.seen_by(reader).materials
        assert kept.load("m-1", "module") is None
        assert kept.load(f"card-{budget}", "card") is None
        assert kept.load(f"card-{shown}", "card") is not None
        assert not leaks((kept.list("module"), kept.list("card")))
        assert not kept.delete("m-1", "module")
        with pytest.raises(KnowledgeBaseError, match="taken"):
            kept.save("m-1", "module", "mine", "{}")
    assert trainer.materials.load("m-1", "module") is not None
    assert len(trainer.materials.list("card")) == 2


def test_a_damaged_or_empty_exchange_is_no_leak(stocked: KnowledgeBase) -> None:
    view = stocked.seen_by(VIEWER)
    talk = replace(view.conversations.new(), exchanges=(Exchange("?", Filters()),))
    view.conversations.save(talk)
    assert view.conversations.load(talk.id) == talk
    assert view.conversations.answered("A" * 26) is None
