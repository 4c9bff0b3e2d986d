"""A module with every line, or every citation outside lines, put through a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kb.records import Citation
from training.records import Case, Entry, Line, Module, QuizItem, Section, Slide


def mapped(module: Module, *, line: Callable[[Line], Line], citation: Callable[[str, Citation], Citation] = lambda _id, one: one) -> Module:
    """The module with ``line`` of every line, and ``citation`` of the citations of names and wrong options, in their order.

    ``citation`` is told the id of the entry or question too.
    """

    def lines(found: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(map(line, found))

    def section(one: Section) -> Section:
        return Section(line(one.heading), lines(one.lines))

    def slide(one: Slide) -> Slide:
        return replace(one, title=line(one.title), bullets=lines(one.bullets), notes=lines(one.notes))

    def item(one: QuizItem) -> QuizItem:
        options = tuple(replace(each, citations=tuple(citation(one.id, c) for c in each.citations)) for each in one.options)
        return replace(one, proof=line(one.proof), options=options)

    def entry(one: Entry) -> Entry:
        names = tuple(replace(name, citations=tuple(citation(one.id, c) for c in name.citations)) for name in one.names)
        return replace(one, names=names, meaning=line(one.meaning) if one.meaning is not None else None)

    def case(one: Case) -> Case:
        return Case(line(one.title), lines(one.situation), lines(one.tasks))

    return replace(
        module,
        objectives=lines(module.objectives),
        briefing=tuple(map(section, module.briefing)),
        plan=tuple(replace(step, line=line(step.line)) for step in module.plan),
        slides=tuple(map(slide, module.slides)),
        handout=tuple(map(section, module.handout)),
        quiz=tuple(map(item, module.quiz)),
        case=case(module.case) if module.case is not None else None,
        glossary=tuple(map(entry, module.glossary)),
        reading=lines(module.reading),
    )


def unique(module: Module) -> Module:
    """The module with the ids of its lines made unique: a sentence that a part says twice has the second time another id."""
    seen: dict[str, int] = {}

    def line(one: Line) -> Line:
        times = seen[one.id] = seen.get(one.id, 0) + 1
        return one if times == 1 else replace(one, id=f"{one.id}-{times}")

    return mapped(module, line=line)
