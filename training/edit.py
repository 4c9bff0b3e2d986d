"""What a person does to a module: reword, drop, pin, reorder. A sentence that was reworded is held against its citations again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from kb import KnowledgeBase
from kb.verify.citations import fold
from lang.languages import detect
from training.errors import BadRequestError, UnknownLineError
from training.freshness import judged, mapped, verdict_of
from training.records import BLANK, Entry, Line, Module, QuizItem, Section, Slide, Step

MOST_CHARS: Final = 600

_One = TypeVar("_One", Line, Slide, QuizItem, Entry, Step)
_Flagged = TypeVar("_Flagged", Line, Slide, QuizItem, Entry)


def reword(kb: KnowledgeBase, module: Module, line_id: str, text: str) -> Module:
    """The module with a line in other words, judged against what the line cites. The paper's own words make it a quote again.

    Raises:
        UnknownLineError: there is no such line.
        BadRequestError: the text is empty or too long.
    """
    said = _sound(text)

    def change(line: Line) -> Line:
        if line.id != line_id:
            return line
        if any(fold(said) == fold(citation.quote) for citation in line.citations):
            return replace(line, text=said, origin="quote", verdict=None, beside=line.beside)
        # What stands beside it said the old words in another language.
        edited = replace(line, text=said, origin="edited", language=detect(said, line.language), beside=())
        return judged(kb, edited)

    return _changed(module, line_id, mapped(module, line=change))


def reword_item(kb: KnowledgeBase, module: Module, item_id: str, prompt: str) -> Module:
    """The module with a question put otherwise; what it says with its key in the gap is judged against the proof.

    Raises:
        UnknownLineError: there is no such question, or it is one of those that have no prompt.
        BadRequestError: the text is empty or too long, or has not exactly one gap where one is needed.
    """
    said = _sound(prompt)

    def change(item: QuizItem) -> QuizItem:
        if item.id != item_id:
            return item
        gap = item.kind in ("cloze", "choice")
        if item.kind in ("match", "order"):
            raise UnknownLineError("This question has no wording of its own to change. Drop it, or make the quiz again.")
        if gap and said.count(BLANK) != 1:
            raise BadRequestError(f"The question needs exactly one gap, written {BLANK}.")
        claim = _claim(item, said)
        verdict = verdict_of(kb, claim, item.proof.citations)
        return replace(item, prompt=said, proof=replace(item.proof, text=claim, origin="edited", verdict=verdict))

    return _changed(module, item_id, replace(module, quiz=tuple(map(change, module.quiz))))


def pin(module: Module, one_id: str, pinned: bool = True) -> Module:
    """The module with a line, slide, question or entry pinned, or no longer."""
    return _flagged(module, one_id, pinned=pinned)


def drop(module: Module, one_id: str, dropped: bool = True) -> Module:
    """The module with a line, slide, question or entry dropped from what is shown and exported, or taken back."""
    return _flagged(module, one_id, dropped=dropped)


def move(module: Module, one_id: str, by: int) -> Module:
    """The module with a line, slide, question, entry, step or section (by its heading) moved among its like; negative is up.

    Raises:
        UnknownLineError: there is no such thing.
    """

    def among(found: tuple[_One, ...]) -> tuple[_One, ...]:
        return _moved(found, lambda one: one.id == one_id, by)

    def sections(found: tuple[Section, ...]) -> tuple[Section, ...]:
        inside = tuple(replace(one, lines=among(one.lines)) for one in found)
        return _moved(inside, lambda one: one.heading.id == one_id, by)

    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    case = module.case
    return replace(
        module,
        objectives=among(module.objectives),
        briefing=sections(module.briefing),
        plan=_moved(module.plan, lambda one: one_id in (one.id, one.line.id), by),
        slides=among(tuple(replace(one, bullets=among(one.bullets), notes=among(one.notes)) for one in module.slides)),
        handout=sections(module.handout),
        quiz=among(module.quiz),
        case=replace(case, situation=among(case.situation), tasks=among(case.tasks)) if case is not None else None,
        glossary=among(module.glossary),
        reading=among(module.reading),
    )


def rename(module: Module, title: str) -> Module:
    """The module under another title."""
    return replace(module, title=_sound(title)[:200])


_NOTHING: Final = "There is nothing with the id {} in this module. It may have been made anew: open the module again."


def _flagged(module: Module, one_id: str, *, pinned: bool | None = None, dropped: bool | None = None) -> Module:
    def flag(one: _Flagged) -> _Flagged:
        if one.id != one_id:
            return one
        return replace(
            one, pinned=one.pinned if pinned is None else pinned, dropped=one.dropped if dropped is None else dropped
        )  # fmt: skip

    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    changed = mapped(module, line=flag)
    return replace(
        changed,
        slides=tuple(map(flag, changed.slides)),
        quiz=tuple(map(flag, changed.quiz)),
        glossary=tuple(map(flag, changed.glossary)),
    )


def _changed(module: Module, one_id: str, changed: Module) -> Module:
    if not _holds(module, one_id):
        raise UnknownLineError(_NOTHING.format(one_id))
    return changed


def _holds(module: Module, one_id: str) -> bool:
    ids = {line.id for _, line in module.lines()}
    ids |= {slide.id for slide in module.slides} | {item.id for item in module.quiz}
    ids |= {entry.id for entry in module.glossary} | {step.id for step in module.plan}
    return one_id in ids


_Moved = TypeVar("_Moved")


def _moved(found: tuple[_Moved, ...], named: Callable[[_Moved], bool], by: int) -> tuple[_Moved, ...]:
    at = next((i for i, one in enumerate(found) if named(one)), None)
    if at is None:
        return found
    left = [*found[:at], *found[at + 1 :]]
    left.insert(max(0, min(len(left), at + by)), found[at])
    return tuple(left)


def _sound(text: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise BadRequestError("The text is empty. To take a line out, drop it.")
    if len(said) > MOST_CHARS:
        raise BadRequestError(f"The text has {len(said)} characters; a line holds {MOST_CHARS}. Say it shorter, or in two lines.")
    return said


def _claim(item: QuizItem, prompt: str) -> str:
    """What one says who answers rightly."""
    if item.kind == "cloze":
        return prompt.replace(BLANK, item.answers[0])
    right = next(option for option in item.options if option.correct)
    if item.kind == "choice":
        return prompt.replace(BLANK, right.text)
    return prompt if item.options[0].correct else prompt.replace(item.changed, item.answers[0]) if item.answers else prompt
