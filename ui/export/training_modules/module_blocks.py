"""A module as a sheet: headings, lines with their marks, tables; in one language, or in two beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from kb import KnowledgeBase
from lang.languages import LANGUAGES, Language
from training.phrases import phrase
from training.records import Entry, Line, Module, Name, Section, Step
from ui.components.i18n import NAMES, Strings, strings
from ui.export.blocks import Block, Heading, Paragraph, Said, Sheet, Style, Table
from ui.export.training_modules.module_content import WARNING, Asked, Cited, asked, facts, hours, pairs, source_rows, statement

LETTERS: Final = "abcdefghij"
PLAN: Final = (0.14, 0.2, 0.66)
PLAN_BESIDE: Final = (0.14, 0.18, 0.34, 0.34)
TERMS: Final = (0.18, 0.18, 0.18, 0.18, 0.28)
NAMED: Final = (0.25, 0.25, 0.25, 0.25)
SOURCES: Final = (0.5, 0.16, 0.16, 0.18)
"""Shares of the width that columns take."""


def module_sheet(kb: KnowledgeBase, module: Module, words: Strings, *, today: date, address: str, beside: Language | None = None) -> Sheet:
    """The sheet of a module that was checked and from which what was dropped is gone. Nobody is named as its author."""
    cited = Cited.over(kb, words, address)
    make = ModuleBlocks(module, cited, beside)
    blocks = (*make.all(), make.heading(2, "module.sources", new_page=True), sources_table(kb, module, words, address))
    under = [*facts(module, words, words.date(today)), *_notes(module)]
    if beside is not None:
        under.append(words("module.beside_empty"))
    keywords = words("module.keywords", audience=words(f"module.audience.{module.request.audience}"))
    return Sheet(module.title, module.language, tuple(under), blocks, cited.sources.met(), words, keywords=keywords, beside=beside)


class ModuleBlocks:
    """Makes the blocks of one sheet."""

    def __init__(self, module: Module, cited: Cited, beside: Language | None) -> None:
        self._module = module
        self._cited = cited
        self._beside = beside
        self._own = cited.words
        self._others = strings(beside) if beside is not None else None

    def words(self, key: str, **values: object) -> Said:
        """Words of the interface."""
        return Said(self._own(key, **values), self._own.language)

    def other(self, key: str, **values: object) -> Said | None:
        """The same in the other language."""
        return None if self._others is None else Said(self._others(key, **values), self._others.language)

    def heading(self, level: int, key: str, *, new_page: bool = False, **values: object) -> Heading:
        """A heading of ours, in both languages."""
        return Heading(level, self.words(key, **values), self.other(key, **values), new_page=new_page)

    def all(self) -> Iterator[Block]:
        """Part by part; slides are a file of their own."""
        module = self._module
        if module.objectives:
            yield self.heading(2, "module.part.objectives")
            yield from (self._text("bullet", line) for line in module.objectives)
        yield from self.sections("briefing", module.briefing)
        if module.plan:
            yield self.heading(2, "module.part.plan")
            yield from self._plan(module.plan)
        yield from self.sections("handout", module.handout)
        if module.case is not None:
            yield self.heading(2, "module.part.case")
            yield self._text("line", module.case.title)
            yield self.heading(3, "module.situation")
            yield from (self._text("line", line) for line in module.case.situation)
            yield self.heading(3, "module.tasks")
            yield from (self._text("number", line, f"{at}.") for at, line in enumerate(module.case.tasks, start=1))
        yield from self.quiz(new_page=True)
        yield from self.glossary(new_page=True)
        if module.reading:
            yield self.heading(2, "module.part.reading")
            yield from (self._text("bullet", line) for line in module.reading)

    def quiz(self, *, new_page: bool) -> Iterator[Block]:
        """The questions, and on a page of their own their answers."""
        if not self._module.quiz:
            return
        questions = list(asked(self._module, self._cited, apart=True))
        yield self.heading(2, "module.part.quiz", new_page=new_page)
        for one in questions:
            yield from self._question(one)
        yield self.heading(2, "module.answers", new_page=True)
        for one in questions:
            yield from self._answer(one)

    def glossary(self, *, new_page: bool) -> Iterator[Block]:
        """The terms."""
        if self._module.glossary:
            yield self.heading(2, "module.part.glossary", new_page=new_page)
            yield self._glossary(self._module.glossary)

    def sections(self, part: str, sections: Iterable[Section], key: str = "") -> Iterator[Block]:
        """Lines under the papers' headings; ``key`` names the whole otherwise than the part."""
        for at, section in enumerate(sections):
            if at == 0:
                yield self.heading(2, key or f"module.part.{part}")
            yield Heading(3, *self._both(section.heading, fill=True))
            yield from (self._text("line", line) for line in section.lines)

    def _both(self, line: Line, *, fill: bool = False) -> tuple[Said, Said | None]:
        """A line in the two columns, each language in its own; one of a third language stands in the first.

        With ``fill``, the first is never empty.
        """
        own, other = line.in_language(self._module.language), self._beside and line.in_language(self._beside)
        if own is None and (fill or other is not line):
            own = line
        left = self._cited.said(own) if own is not None else None
        right = self._cited.said(other) if other is not None and other is not own else None
        return left or Said("", self._module.language), right

    def _text(self, style: Style, line: Line, number: str = "") -> Paragraph:
        left, right = self._both(line)
        return Paragraph(style, left if left.text else None, right, number=number)

    def _plan(self, steps: Sequence[Step]) -> Iterator[Block]:
        """A table; of a training of several days one for each."""
        head = [self._own("module.minutes"), self._own("module.step"), self._own("module.content")]
        if self._others is not None:
            head.append(NAMES[self._others.language])
        shares = PLAN_BESIDE if self._others is not None else PLAN
        days = {day: list(of_day) for day, of_day in groupby(steps, key=lambda step: step.day)}
        for day, of_day in days.items():
            if len(days) > 1:
                yield self.heading(3, "module.day", n=day)
            clock, rows = 0, []
            for step in of_day:
                rows.append(self._step(step, clock if self._module.request.length != "session" else None))
                clock += step.minutes
            yield Table(tuple(head), tuple(rows), shares)

    def _step(self, step: Step, begins: int | None) -> tuple[tuple[Said, ...], ...]:
        """A row of the plan; of a longer training with the time from the beginning of its day."""
        left, right = self._both(step.line, fill=True)
        from_to = "" if begins is None else f" ({hours(begins)}–{hours(begins + step.minutes)})"
        row: list[tuple[Said, ...]] = [
            (Said(f"{step.minutes}{from_to}", self._own.language),),
            (self.words(f"module.activity.{step.activity}"),),
            (left,),
        ]
        if self._others is not None:
            row.append(tuple(filter(None, [right or self.other(f"module.activity.{step.activity}")])))
        return tuple(row)

    def _question(self, one: Asked) -> Iterator[Block]:
        heading = " ".join(filter(None, [self._own("module.question", number=one.number), one.warning]))
        yield Heading(3, Said(heading, self._own.language), wide=True)
        yield Paragraph("small", Said(one.instruction, self._module.language), wide=True)
        if said := statement(one.item):
            yield Paragraph("line", Said(said, one.item.language), wide=True)
        for letter, option in zip(LETTERS, one.item.options, strict=False):
            yield Paragraph("option", Said(option.text, one.item.language), number=f"{letter})", wide=True)
        if one.item.kind in ("match", "order"):
            # As they stand they would be the answer: what is to be found for each is listed in an order of its own.
            together = pairs(one.item)
            listed = sorted({right for _, right in together}) if one.item.kind == "match" else []
            for letter, (left, _) in zip(LETTERS, sorted(together), strict=False):
                yield Paragraph("option", Said(left, one.item.language), number=f"{letter})", wide=True)
            if listed:
                yield Paragraph("option", Said(" · ".join(listed), one.item.language), number="→", wide=True)

    def _answer(self, one: Asked) -> Iterator[Block]:
        yield Paragraph("number", Said(one.key, one.item.language, warning=one.warning), number=f"{one.number}.", wide=True)
        yield from (Paragraph("line", proof, wide=True) for proof in one.proofs)
        for option in one.item.options:
            if option.text in one.elsewhere:
                bad = next((self._cited.warning(c.shown) for c in option.citations if c.shown != "verified"), "")
                said = f"{option.text} – {self._own('module.taken_from').rstrip(':：')}"
                yield Paragraph("option", Said(said, self._own.language, one.elsewhere[option.text], bad), number="–", wide=True)

    def _glossary(self, entries: Sequence[Entry]) -> Table:
        """The names in four languages; with a column of meanings where a paper defines one of the terms."""
        defined = any(entry.meaning is not None for entry in entries)
        languages = sorted(LANGUAGES, key=lambda each: each != self._module.language)
        rows = []
        for entry in entries:
            cells: list[tuple[Said, ...]] = []
            for language in languages:
                name = entry.named(language)
                cells.append(() if name is None else (self._name(name, entry),))
            if defined:
                cells.append(() if entry.meaning is None else (self._cited.said(entry.meaning),))
            rows.append(tuple(cells))
        head = tuple(NAMES[each] for each in languages)
        return Table((*head, self._own("module.meaning")), tuple(rows), TERMS) if defined else Table(head, tuple(rows), NAMED)

    def _name(self, name: Name, entry: Entry) -> Said:
        bad = [citation.shown for citation in name.citations if citation.shown != "verified"]
        listed = "" if name.citations else f" ({self._own(f'module.listed.{name.listed}')})"
        marks = self._cited.marks(name.citations)
        return Said(f"{name.text}{listed}", name.language, marks, self._cited.warning(bad[0]) if bad else "")


def sources_table(kb: KnowledgeBase, module: Module, words: Strings, address: str) -> Table:
    """The papers that are cited, with version, date and publisher."""
    found = source_rows(kb, module, words, address)
    head = tuple(words(f"module.{name}") for name in ("document", "version", "dated", "publisher"))
    rows = tuple(((Said(title, link=link),), *((Said(cell, words.language),) for cell in more)) for title, *more, link in found)
    return Table(head, rows, SOURCES)


def _notes(module: Module) -> Iterator[str]:
    """What a person should know of the module, in its language."""
    for note in module.notes:
        yield f"{WARNING} {phrase(f'note.{note.code}', module.language, about=note.about)}"
