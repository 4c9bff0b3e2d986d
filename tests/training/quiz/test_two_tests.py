"""Pre-test and post-test: the same facts in both, asked otherwise, each key proved, and the same at every making."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb import KnowledgeBase
from tests.training.quiz.test_quiz import kb  # noqa: F401
from training.make import make
from training.quiz.assembly import flaw
from training.quiz.two_tests import two_tests
from training.records import BLANK, Module, Option, QuizItem, Request


@pytest.fixture(scope="module")
def module(kb: KnowledgeBase) -> Module:  # noqa: F811
    made = make(kb, Request("tide gauges", ("en",), items=12))
    assert {"cloze", "true_false"} <= {item.kind for item in made.quiz}
    return made


def facts(items: tuple[QuizItem, ...]) -> set[tuple[tuple[int, int], ...]]:
    return {tuple((citation.document_id, citation.start) for citation in item.proof.citations) for item in items}


def test_both_tests_ask_for_every_fact_of_the_quiz_once(module: Module) -> None:
    for items in two_tests(module).values():
        assert len(items) == len(module.quiz)
        assert facts(items) == facts(module.quiz)


def test_every_question_of_both_tests_has_its_key_proved(module: Module) -> None:
    assert [flaw(item) for items in two_tests(module).values() for item in items if flaw(item)] == []


def test_gaps_choices_and_false_statements_are_asked_otherwise_in_the_other_test(module: Module) -> None:
    tests = two_tests(module)
    pre = {item.proof.id: item for item in tests["pre"]}
    for item in tests["post"]:
        other = pre[item.proof.id]
        kinds = {item.kind, other.kind}
        if kinds & {"choice", "cloze"}:
            assert "true_false" in kinds
        elif kinds == {"true_false"} and not (item.options[0].correct and other.options[0].correct):
            assert item.options[0].correct != other.options[0].correct
    assert sum(item.prompt != pre[item.proof.id].prompt for item in tests["post"]) >= len(module.quiz) / 3


def test_the_tests_differ_in_order_and_ids_and_are_the_same_for_the_same_seed(module: Module) -> None:
    tests = two_tests(module)
    assert [item.proof.id for item in tests["pre"]] != [item.proof.id for item in tests["post"]]
    assert len({item.id for items in tests.values() for item in items}) == 2 * len(module.quiz)
    assert two_tests(module) == tests
    assert two_tests(module, seed=7) != tests


def test_a_question_that_a_person_reworded_stands_in_both_as_it_is(module: Module) -> None:
    item = next(item for item in module.quiz if item.kind == "cloze")
    said = f"As was said: {item.prompt}"
    mine = replace(item, prompt=said, proof=replace(item.proof, text=f"As was said: {item.proof.text}", origin="edited"))
    tests = two_tests(replace(module, quiz=(mine,)))
    assert [items[0].prompt for items in tests.values()] == [said, said]


def test_a_choice_is_a_statement_with_one_of_its_options_in_the_other_test(module: Module) -> None:
    item = next(item for item in module.quiz if item.kind == "cloze")
    texts = (item.answers[0], "seven blue lanterns", "nine red lanterns")
    options = tuple(Option(text, text == texts[0], item.prompt.replace(BLANK, text)) for text in texts)
    choice = replace(item, kind="choice", options=options, answers=())
    assert flaw(choice) == ""
    tests = two_tests(replace(module, quiz=(choice,)))
    (other,) = [items[0] for items in tests.values() if items[0].kind == "true_false"]
    assert other.prompt in {option.claim for option in options}
    assert other.options[0].correct == (other.prompt == options[0].claim)
    assert flaw(other) == ""
