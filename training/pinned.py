"""A part that was made anew takes over what a person pinned in the old one, at its old place as far as there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from training.records import Entry, Line, Module, Part, QuizItem, Section, Slide

_T = TypeVar("_T", Line, Slide, QuizItem, Entry)


def with_pinned(old: Module, fresh: Module, part: Part) -> Module:
    """The fresh module with what is pinned in the old one's part."""
    if part == "objectives":
        return replace(fresh, objectives=_kept(old.objectives, fresh.objectives))
    if part == "reading":
        return replace(fresh, reading=_kept(old.reading, fresh.reading))
    if part == "slides":
        return replace(fresh, slides=_kept(_marked(old.slides), fresh.slides))
    if part == "quiz":
        return replace(fresh, quiz=_kept(_marked(old.quiz), fresh.quiz))
    if part == "glossary":
        return replace(fresh, glossary=_kept(_marked(old.glossary), fresh.glossary))
    if part == "briefing":
        return replace(fresh, briefing=_sections(old.briefing, fresh.briefing))
    if part == "handout":
        return replace(fresh, handout=_sections(old.handout, fresh.handout))
    if part == "plan":
        pinned = {step.activity: step for step in old.plan if step.line.pinned}
        return replace(fresh, plan=tuple(pinned.get(step.activity, step) for step in fresh.plan))
    if old.case is None or fresh.case is None:
        return replace(fresh, case=old.case if old.case is not None and _any_pinned(old.case.situation, old.case.tasks) else fresh.case)
    title = old.case.title if old.case.title.pinned else fresh.case.title
    situation, tasks = _kept(old.case.situation, fresh.case.situation), _kept(old.case.tasks, fresh.case.tasks)
    return replace(fresh, case=replace(fresh.case, title=title, situation=situation, tasks=tasks))


def _kept(old: tuple[_T, ...], fresh: tuple[_T, ...]) -> tuple[_T, ...]:
    pinned = [(at, one) for at, one in enumerate(old) if one.pinned]
    ids = {one.id for _, one in pinned}
    found = [one for one in fresh if one.id not in ids]
    room = max(len(fresh), len(pinned)) - len(pinned)
    found = found[: max(room, 0)] if len(found) + len(pinned) > max(len(fresh), len(pinned)) else found
    for at, one in pinned:
        found.insert(min(at, len(found)), one)
    return tuple(found)


def _marked(old: tuple[_T, ...]) -> tuple[_T, ...]:
    """Slides, questions and entries, pinned also where a line of theirs is."""
    return tuple(one if one.pinned or not _line_pinned(one) else replace(one, pinned=True) for one in old)


def _line_pinned(one: Line | Slide | QuizItem | Entry) -> bool:
    if isinstance(one, Slide):
        return one.title.pinned or _any_pinned(one.bullets, one.notes)
    if isinstance(one, QuizItem):
        return one.proof.pinned
    return isinstance(one, Entry) and one.meaning is not None and one.meaning.pinned


def _any_pinned(*groups: Sequence[Line]) -> bool:
    return any(line.pinned for group in groups for line in group)


def _sections(old: tuple[Section, ...], fresh: tuple[Section, ...]) -> tuple[Section, ...]:
    """Fresh sections, with the pinned lines of the old ones under their headings."""
    found = list(fresh)
    for at, section in enumerate(old):
        if not section.heading.pinned and not _any_pinned(section.lines):
            continue
        here = next((i for i, one in enumerate(found) if one.heading.id == section.heading.id), None)
        lines = tuple(line for line in section.lines if line.pinned)
        if here is None:
            found.insert(min(at, len(found)), Section(section.heading, lines))
        else:
            heading = section.heading if section.heading.pinned else found[here].heading
            found[here] = Section(heading, _kept(section.lines, found[here].lines))
    return tuple(found)
