"""What people think of answers: kept once a person, changeable, seen by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from kb import Settings
from kb.auth.roles import Reader
from kb.errors import KnowledgeBaseError
from kb.records import Answer, Filters, Statement, Timings
from kb.store.catalogue import Catalogue
from kb.store.schema import conversations, exchanges
from kb.store.user_data.conversations import Conversations, Feedback
from kb.user_records import MAX_COMMENT, REASONS, Conversation, Exchange, Opinion

ANSWER = Answer("Who pays?", "en", "extractive", (Statement("The port pays.", "agreed", ()),), None, Timings(1.0, 2.0, 3.0))
ADMIN = Reader("asha", "admin")
VIEWER = Reader("ben", "viewer")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(Settings.load(home=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def kept(catalogue: Catalogue, tmp_path: Path) -> Conversations:
    return Conversations(catalogue, tmp_path)


def said(kept: Conversations, catalogue: Catalogue, owner: str = "") -> Conversation:
    whole = tuple(Exchange(question, Filters(), ANSWER, complete=True) for question in ("Who pays?", "And when?"))
    made = replace(kept.new(), exchanges=(*whole, Exchange("And where?", Filters(), ANSWER)))
    kept.save(made)
    with catalogue.write() as conn:
        conn.execute(update(conversations).where(conversations.c.id == made.id).values(owner=owner))
    return made


def test_an_opinion_comes_back_and_a_later_one_takes_its_place(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    assert feedback.of(talk.id, 0) is None
    feedback.give(talk.id, 0, Opinion(True))
    feedback.give(talk.id, 1, Opinion(False))
    feedback.give(talk.id, 0, Opinion(False, "source", "  It quotes\nthe newspaper. "))
    assert feedback.of(talk.id, 0) == Opinion(False, "source", "It quotes the newspaper.")
    assert feedback.of(talk.id, 1) == Opinion(False)
    assert len(feedback.list()) == 2


def test_an_opinion_can_be_taken_back(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 0, Opinion(True))
    assert feedback.take_back(talk.id, 0)
    assert feedback.of(talk.id, 0) is None
    assert not feedback.take_back(talk.id, 0)


def test_the_list_has_question_and_answer_the_newest_first_and_can_be_limited(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 1, Opinion(True))
    feedback.give(talk.id, 0, Opinion(False, "fact"))
    found = feedback.list()
    assert [(one.ordinal, one.exchange.question, one.opinion.good) for one in found] == [(0, "Who pays?", False), (1, "And when?", True)]
    assert found[0].exchange.answer is not None
    assert [one.ordinal for one in feedback.list(good=True)] == [1]
    assert [one.ordinal for one in feedback.list(good=False)] == [0]
    assert [one.ordinal for one in feedback.list(limit=1)] == [0]


def test_others_see_their_own_opinions_and_an_admin_those_of_everybody(kept: Conversations, catalogue: Catalogue) -> None:
    feedback = Feedback(catalogue)
    mine, theirs = said(kept, catalogue, "ben"), said(kept, catalogue, "chie")
    feedback.seen_by(VIEWER).give(mine.id, 0, Opinion(True))
    feedback.seen_by(Reader("chie", "editor")).give(theirs.id, 0, Opinion(False, "language"))
    assert [one.who for one in feedback.seen_by(VIEWER).list()] == ["ben"]
    assert [one.who for one in feedback.seen_by(Reader("chie", "editor")).list()] == ["chie"]
    assert sorted(one.who for one in feedback.seen_by(ADMIN).list()) == ["ben", "chie"]
    assert feedback.seen_by(VIEWER).of(theirs.id, 0) is None


def test_two_people_may_think_differently_of_one_answer(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue, "ben")
    own, admins = Feedback(catalogue, VIEWER), Feedback(catalogue, ADMIN)
    own.give(talk.id, 0, Opinion(True))
    admins.give(talk.id, 0, Opinion(False, "outdated"))
    assert own.of(talk.id, 0) == Opinion(True)
    assert admins.of(talk.id, 0) == Opinion(False, "outdated")


def test_the_answer_of_somebody_else_is_as_one_that_is_not_there(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue, "chie")
    with pytest.raises(KnowledgeBaseError) as hidden:
        Feedback(catalogue, VIEWER).give(talk.id, 0, Opinion(True))
    with pytest.raises(KnowledgeBaseError) as absent:
        Feedback(catalogue, VIEWER).give("A" * 20, 0, Opinion(True))
    assert str(hidden.value) == str(absent.value)
    assert Feedback(catalogue, ADMIN).list() == ()


@pytest.mark.parametrize(("ordinal", "why"), [(2, "interrupted"), (3, "no such answer"), (-1, "no such answer")])
def test_nothing_can_be_said_of_an_answer_that_is_not_whole_or_not_there(
    kept: Conversations, catalogue: Catalogue, ordinal: int, why: str
) -> None:
    talk = said(kept, catalogue)
    with pytest.raises(KnowledgeBaseError, match=why):
        Feedback(catalogue).give(talk.id, ordinal, Opinion(True))


def test_a_damaged_answer_is_left_out_of_the_list_and_nothing_can_be_said_of_it(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 0, Opinion(True))
    feedback.give(talk.id, 1, Opinion(True))
    with catalogue.write() as conn:
        conn.execute(update(exchanges).where(exchanges.c.ordinal == 0).values(body="{}"))
    assert [one.ordinal for one in feedback.list()] == [1]
    with pytest.raises(KnowledgeBaseError, match="damaged"):
        feedback.give(talk.id, 0, Opinion(False))


def test_what_was_said_of_a_conversation_goes_with_it(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 0, Opinion(True))
    kept.delete(talk.id)
    assert feedback.list() == ()


def test_an_opinion_outlives_the_next_question_of_its_conversation(kept: Conversations, catalogue: Catalogue) -> None:
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 0, Opinion(False, "incomplete"))
    kept.save(talk.with_last(Exchange("And where?", Filters(), ANSWER, complete=True)).with_new(Exchange("Why?", Filters())))
    assert feedback.of(talk.id, 0) == Opinion(False, "incomplete")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.sampled_from([None, *REASONS]), st.text(st.characters(exclude_characters="\0"), max_size=3 * MAX_COMMENT))
def test_any_opinion_is_kept_as_it_was_but_for_white_space_and_length(
    kept: Conversations, catalogue: Catalogue, good: bool, reason, comment: str
) -> None:
    comment = comment.encode("utf-8", "ignore").decode("utf-8")
    talk = said(kept, catalogue)
    feedback = Feedback(catalogue)
    feedback.give(talk.id, 0, Opinion(good, reason, comment))
    assert feedback.of(talk.id, 0) == Opinion(good, reason, " ".join(comment.split())[:MAX_COMMENT])
