"""The questions of a module as every kind of file asks them: instruction, key in words, and the places that prove the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from training.phrases import phrase
from training.records import Module, Origin, QuizItem
from ui.export.module_said import Cited, Said
from ui.export.source import Marks, one_line, quoted
from ui.i18n import Strings

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. ``key`` is the answer in words; ``elsewhere`` are the places of the wrong options, by their text.

    ``proofs`` are the sentences that prove the key, in the paper's words, each with its mark; ``marks`` are theirs.
    """

    number: int
    item: QuizItem
    instruction: str
    key: str
    proofs: tuple[Said, ...]
    warning: str
    elsewhere: dict[str, tuple[Marks, ...]]

    @property
    def marks(self) -> tuple[Marks, ...]:
        """The places that prove the key."""
        return tuple(mark for proof in self.proofs for mark in proof.marks)


def asked(module: Module, cited: Cited, *, apart: bool = False) -> Iterator[Asked]:
    """The questions in order, numbered from 1; with ``apart``, the proofs are shown themselves and not with their sources."""
    for number, item in enumerate(module.quiz, start=1):
        heading = {"heading": item.prompt} if item.kind == "order" else {}
        yield Asked(
            number,
            item,
            phrase(f"instruction.{item.kind}", module.language, **heading),
            key(item, cited.words),
            tuple(_proofs(item, cited, "quote" if apart else "phrase")),
            cited.warning(item.status),
            {option.text: cited.marks(option.citations) for option in item.options if not option.correct and option.citations},
        )


def _proofs(item: QuizItem, cited: Cited, origin: Origin) -> Iterator[Said]:
    seen: set[int] = set()
    for citation in item.proof.citations:
        marks = cited.marks([citation], origin)
        if marks[0].reference.number not in seen:
            seen.add(marks[0].reference.number)
            said = one_line(quoted(citation.quote, citation.language))
            yield Said(said, citation.language, marks, cited.warning(citation.shown), quoted=True)


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
