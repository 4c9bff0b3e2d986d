"""The questions of a module as every kind of file asks them: instruction, key in words, and the places that prove the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from training.phrases import phrase
from training.records import Module, QuizItem
from ui.export.module_said import Cited
from ui.export.source import Marks
from ui.i18n import Strings

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. ``key`` is the answer in words; ``marks`` prove it; ``elsewhere`` are the places of the wrong options, by their text."""

    number: int
    item: QuizItem
    instruction: str
    key: str
    marks: tuple[Marks, ...]
    warning: str
    elsewhere: dict[str, tuple[Marks, ...]]


def asked(module: Module, cited: Cited) -> Iterator[Asked]:
    """The questions in order, numbered from 1."""
    for number, item in enumerate(module.quiz, start=1):
        heading = {"heading": item.prompt} if item.kind == "order" else {}
        yield Asked(
            number,
            item,
            phrase(f"instruction.{item.kind}", module.language, **heading),
            key(item, cited.words),
            cited.marks(item.proof.citations),
            cited.warning(item.status),
            {option.text: cited.marks(option.citations) for option in item.options if not option.correct and option.citations},
        )


def key(item: QuizItem, words: Strings) -> str:
    """The answer in words."""
    if item.kind == "cloze":
        return item.answers[0]
    if item.kind == "match":
        return "; ".join(f"{pair.left} → {pair.right}" for pair in item.pairs)
    if item.kind == "order":
        return " → ".join(item.steps)
    right = next(option.text for option in item.options if option.correct)
    if item.kind == "true_false" and item.changed and item.answers:
        return words("module.instead", answer=right, right=item.answers[0], wrong=item.changed)
    return right


def pairs(item: QuizItem) -> Pairs:
    """What is to be put together: the pairs of a match, or each step with its place in the order."""
    if item.kind == "order":
        return tuple((step, str(place)) for place, step in enumerate(item.steps, start=1))
    return tuple((pair.left, pair.right) for pair in item.pairs)


def statement(item: QuizItem) -> str:
    """What stands under the instruction; "" where the instruction says it all."""
    return "" if item.kind in ("match", "order") else item.prompt


def true_is_right(item: QuizItem) -> bool:
    """Of a true-or-false question, whether the statement is what the paper says."""
    return item.options[0].correct
