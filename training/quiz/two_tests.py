"""Two tests out of one quiz, before and after: both on the same facts, which are asked for in another way and another order.

A question is put otherwise only where its key is proved as that of every question is (`training.quiz.assembly.flaw`) and nothing new has
to be held against the papers: a choice becomes a statement with one of its options, a gap and a false statement become the sentence
itself. What cannot be put otherwise stands in both, its options in another order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from training.phrases import phrase
from training.quiz.assembly import PROVED, flaw
from training.records import BLANK, Module, Option, QuizItem

Test: TypeAlias = Literal["pre", "post"]
TESTS: Final[tuple[Test, ...]] = ("pre", "post")


def two_tests(module: Module, seed: int = 0) -> dict[Test, tuple[QuizItem, ...]]:
    """The questions of both tests; the same module and ``seed`` give the same ones each time."""
    chance = random.Random(f"{module.id} {seed}")
    found: dict[Test, list[QuizItem]] = {"pre": [], "post": []}
    for item in module.quiz:
        others = list(_otherwise(item, module))
        if not others:
            found["pre"].append(item)
            found["post"].append(_mixed(item, chance))
            continue
        # Where a statement may be made true or false, each test gets as many of the one as of the other.
        first: Test = chance.choice(TESTS)
        second: Test = "post" if first == "pre" else "pre"
        found[first].append(item)
        found[second].append(min(others, key=lambda one: _trues(found[second], one)))
    made: dict[Test, tuple[QuizItem, ...]] = {}
    for test, items in found.items():
        chance.shuffle(items)
        made[test] = tuple(replace(item, id=f"{item.id}-{test}") for item in items)
    return made


def _trues(there: Sequence[QuizItem], one: QuizItem) -> int:
    """How far the statements of a test would be from as many true ones as false ones."""
    statements = [item for item in (*there, one) if item.kind == "true_false"]
    return abs(sum(1 if item.options[0].correct else -1 for item in statements))


def _otherwise(item: QuizItem, module: Module) -> Iterator[QuizItem]:
    """The same fact asked for in another way, each with its key proved."""
    made: list[QuizItem] = []
    right = next((option for option in item.options if option.correct), None)
    if item.kind == "choice" and right is not None:
        made += [_false(item, right, wrong, module) for wrong in item.options if not wrong.correct]
        made.append(_true(item, item.prompt.replace(BLANK, right.text), module))
    elif item.kind == "cloze" and item.answers:
        made.append(_true(item, item.prompt.replace(BLANK, item.answers[0]), module))
    elif item.kind == "true_false" and item.options and not item.options[0].correct:
        made.append(_true(item, item.proof.text, module))
    yield from (one for one in made if flaw(one) == PROVED)


def _true(item: QuizItem, said: str, module: Module) -> QuizItem:
    yes, no = phrase("true", module.language), phrase("false", module.language)
    options = (Option(yes, True, item.proof.text), Option(no, False, ""))
    return replace(item, kind="true_false", prompt=said, options=options, answers=(), changed="")


def _false(item: QuizItem, right: Option, wrong: Option, module: Module) -> QuizItem:
    yes, no = phrase("true", module.language), phrase("false", module.language)
    claim = item.prompt.replace(BLANK, wrong.text)
    options = (Option(yes, False, claim, wrong.citations), Option(no, True, item.proof.text))
    return replace(item, kind="true_false", prompt=claim, options=options, answers=(right.text,), changed=wrong.text)


def _mixed(item: QuizItem, chance: random.Random) -> QuizItem:
    """The question with its options in another order, where they have no order of their own."""
    if item.kind != "choice":
        return item
    options = list(item.options)
    chance.shuffle(options)
    return replace(item, options=tuple(options))
