"""A model that finds something lacking in the passages looks for it, in a few rounds and within the budget."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence

import pytest

from kb.generate.streaming import Budget
from kb.generate.writer import ROUNDS, Pen, Written, write
from kb.records import Hit, Looking, Statement, Writing
from tests.kb.answer_fakes import Shelf
from tests.kb.generate.scripted import Believing, Scripted, said

SEAT = "The secretariat sits in Sagarpur."
COST = "The secretariat costs 12 lakh rupees a year."
STAFF = "Five officers work in the secretariat."
SHELF = Shelf([(SEAT, "en", "agreement"), (COST, "en", "report"), (STAFF, "en", "report")])
QUESTION = "Where does the secretariat sit and what does it cost?"


def looking(*words: str) -> str:
    return "".join(json.dumps({"search": one}) + "\n" for one in words)


def read(writing: Generator[Statement | Looking | Writing, None, Written]) -> tuple[list[Statement | Looking | Writing], Written]:
    told = []
    while True:
        try:
            told.append(next(writing))
        except StopIteration as end:
            return told, end.value


def written(model: Scripted, more=lambda _words: [SHELF.hit(1)], withheld: Sequence[int] = (), tokens: int = 12_000):
    pen = Pen(model, Believing())  # type: ignore[arg-type]
    budget = Budget(tokens, 60)
    return read(write(QUESTION, "en", [SHELF.hit(0)], (), SHELF.ports(), pen, withheld, budget, more=more))


def test_what_it_looked_for_is_told_searched_and_shown_to_it() -> None:
    asked: list[str] = []

    def more(words: str) -> list[Hit]:
        asked.append(words)
        return [SHELF.hit(0), SHELF.hit(1)]

    model = Scripted(lambda sent: said(COST, "E2", COST) if "E2" in sent else said(SEAT, "E1", SEAT) + looking("yearly cost"))
    told, found = written(model, more)
    assert asked == ["yearly cost"]
    assert [one.words for one in told if isinstance(one, Looking)] == [("yearly cost",)]
    assert [one.passages for one in told if isinstance(one, Writing)] == [1, 2]
    assert [statement.text for statement in found.statements] == [SEAT, COST]
    assert model.sent[1].count('"document": "document 0"') == 1  # what it has been shown is not shown again


def test_a_model_that_never_stops_looking_is_stopped() -> None:
    shelf = iter(range(1, 100))
    model = Scripted(lambda _sent: looking("more", "still more"))
    _, found = written(model, lambda _words: [SHELF.hit(next(shelf) % 3)])
    assert len(model.sent) <= ROUNDS
    assert (found.statements, found.silent, found.fault) == ((), True, None)


def test_where_nothing_new_is_found_the_papers_are_silent() -> None:
    model = Scripted(lambda _sent: looking("the mayor's telephone"))
    _, found = written(model, lambda _words: [SHELF.hit(0)])
    assert len(model.sent) == 1
    assert (found.silent, found.fault) == (True, None)


def test_what_is_not_to_leave_the_house_is_not_shown_in_any_round() -> None:
    model = Scripted(lambda _sent: looking("yearly cost"))
    written(model, lambda _words: [SHELF.hit(1), SHELF.hit(2)], withheld=[1])
    assert COST not in "".join(model.sent)
    assert STAFF in model.sent[1]


def test_a_budget_that_is_nearly_spent_leaves_no_further_round() -> None:
    model = Scripted(lambda _sent: said(SEAT, "E1", SEAT) + looking("yearly cost"))
    _, found = written(model, tokens=1500)
    assert len(model.sent) == 1
    assert len(found.statements) == 1


@pytest.mark.parametrize("words", ["", "   ", '<a href="x"></a>'])
def test_words_that_say_nothing_are_not_searched(words: str) -> None:
    model = Scripted(lambda _sent: said(SEAT, "E1", SEAT) + looking(words))
    told, _ = written(model)
    assert not [one for one in told if isinstance(one, Looking)]


def test_a_model_is_told_the_question_that_this_one_goes_on_from() -> None:
    model = Scripted(lambda _sent: said(SEAT, "E1", SEAT))
    pen = Pen(model, Believing())  # type: ignore[arg-type]
    for before in ("", 'Where is the "seat"?'):
        read(write("And its cost?", "en", [SHELF.hit(0)], (), SHELF.ports(), pen, more=lambda _words: [], before=before))
    assert "goes on from" not in model.sent[0]
    assert json.dumps('Where is the "seat"?') in model.sent[1]
