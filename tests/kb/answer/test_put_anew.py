"""A message that only says how the last answer is to be put: as a table, in another language."""

from __future__ import annotations

import pytest

from kb import KnowledgeBase
from kb.answer.query_understanding.question import told_points
from kb.records import Answer, Skill, Turn
from tests.kb.pact import PACT

WHO_PAYS = {"en": "Who bears the cost of the tide gauges?", "mr": "भरतीमापकांचा खर्च कोण करेल?"}


def after(held: KnowledgeBase, first: str, second: str) -> Answer:
    return held.answer(second, history=[Turn(first, held.answer(first))])


@pytest.mark.parametrize(
    ("language", "message"), [("en", "put that in a table please"), ("en", "as a table"), ("mr", "तक्त्यात दे"), ("mr", "हे तक्त्यात द्या")]
)
def test_what_was_told_is_laid_out_as_a_table(held: KnowledgeBase, language: str, message: str) -> None:
    found = after(held, WHO_PAYS[language], message)
    (table,) = found.blocks
    assert (found.skill, table.kind) == ("table", "table")
    said, *_ = table.rows[0][1:]
    assert said.text == PACT[language][2]  # type: ignore[index]
    assert found.statements[said.cited[0]].citations[0].quote == said.text


@pytest.mark.parametrize(
    ("message", "skill"), [("and in Japanese?", "translate"), ("इंग्रजीत सांगा", "translate"), ("Who inspects the lighthouse?", "lookup")]
)
def test_what_was_told_is_translated_where_only_a_language_is_named(held: KnowledgeBase, message: str, skill: Skill) -> None:
    assert after(held, WHO_PAYS["mr" if "इं" in message else "en"], message).skill == skill


@pytest.mark.parametrize(
    ("language", "message"),
    [("en", "shorter please"), ("en", "in one sentence"), ("mr", "थोडक्यात सांगा"), ("mr", "एका वाक्यात"), ("en", "もっと短く")],
)
def test_what_was_told_is_told_shorter_and_not_the_whole_paper(held: KnowledgeBase, language: str, message: str) -> None:
    found = after(held, WHO_PAYS[language], message)
    assert found.skill == "summary"
    assert found.statements[0].citations[0].quote == PACT[language][2]  # type: ignore[index]
    assert len(found.statements) <= 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Summarise the Pact on tide gauges", "shorter please"),
        ("What are all the duties under the Pact on tide gauges?", "make it shorter"),
        ("भरतीमापकांच्या कराराचा सारांश द्या", "अजून थोडक्यात"),
    ],
)
def test_what_was_laid_out_has_half_as_many_points_where_it_is_wanted_shorter(held: KnowledgeBase, first: str, second: str) -> None:
    before = held.answer(first)
    found = held.answer(second, history=[Turn(first, before)])
    assert found.skill == before.skill != "lookup"
    assert told_points(before) > 1
    assert told_points(found) == max(1, told_points(before) // 2)


def test_what_falls_away_from_a_list_of_duties_is_counted(held: KnowledgeBase) -> None:
    found = after(held, "What are all the duties under the Pact on tide gauges?", "shorter")
    assert found.skill == "obligations"
    assert "more rows" in found.blocks[-1].text


def test_what_was_told_shorter_is_then_translated_and_drafted_and_not_its_whole_paper(held: KnowledgeBase) -> None:
    turns: list[Turn] = []
    for message in (WHO_PAYS["en"], "shorter please", "in Marathi"):
        turns.append(Turn(message, held.answer(message, history=turns)))
    assert [turn.answer.skill for turn in turns] == ["lookup", "summary", "translate"]
    assert PACT["mr"][2] in [statement.text for statement in turns[-1].answer.statements]
    drafted = held.answer("for a press note", history=turns[:2])
    assert drafted.skill == "draft"
    assert any(PACT["en"][2] in cell.text for block in drafted.blocks for row in block.rows for cell in row)
