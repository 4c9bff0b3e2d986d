"""What the files of a training module say: its lines with their marks and standing, and its questions, without what a person dropped.

A question comes with its instruction, its key in words, and the places that prove the key, in plain words and in HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from kb import KnowledgeBase
from kb.records import Citation, Status
from lang.languages import Language
from training.quiz.instructions import instruction
from training.records import Case, Line, Module, Origin, Paper, QuizItem, Rendering, Section
from ui.components.i18n import Strings
from ui.components.markup import STATUS_ICON, html
from ui.components.permalinks import Passage, state_words, version_of
from ui.export.blocks import Said
from ui.export.citations import Marks, Sources, one_line, quoted

WARNING: Final = "⚠"
"""Stands before whatever the papers do not bear out."""
OWN: Final = "✎"
"""Stands before what a trainer added."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Numbers the sources of one file and says with what standing a line speaks."""

    sources: Sources
    words: Strings

    @classmethod
    def over(cls, kb: KnowledgeBase, words: Strings, address: str) -> Cited:
        """For a new file, from number 1."""
        return cls(Sources(kb, words, address), words)

    def said(self, line: Line | Rendering) -> Said:
        """A line or its rendering. The quoted words stand in the source where they do not stand in the line."""
        language = line.language if line.language != "und" else self.words.language
        quoted = line.origin == "quote"
        return Said(line.text, language, self.marks(line.citations, line.origin), self.mark_of(line), quoted)

    def mark_of(self, line: Line | Rendering) -> str:
        """What stands before a line: that it is the trainer's own, or not verified; "" for one that is."""
        return f"{OWN}\N{NO-BREAK SPACE}{self.words('module.own')}" if line.origin == "own" else self.warning(line.status)

    def marks(self, citations: Iterable[Citation], origin: Origin = "phrase") -> tuple[Marks, ...]:
        """The marks of citations."""
        return self.sources.mark(citations, with_quotes=origin != "quote")

    def warning(self, status: Status) -> str:
        """What stands before a line that is not verified; "" for one that is."""
        return "" if status == "verified" else f"{WARNING}\N{NO-BREAK SPACE}{self.words(f'status.{status}')}"

    def standing(self, status: Status) -> str:
        """A status as icon and words."""
        return f"{STATUS_ICON[status]}\N{NO-BREAK SPACE}{self.words(f'status.{status}')}"


def own(line: Line, language: Language) -> Line | Rendering:
    """A line as it stands in a language where it does, else as it is."""
    return line.in_language(language) or line


def kept(module: Module) -> Module:
    """The module without what a person dropped; a section, slide or entry goes with its last line."""
    case = module.case
    if case is not None:
        case = None if case.title.dropped else Case(case.title, _kept(case.situation), _kept(case.tasks))
    return replace(
        module,
        objectives=_kept(module.objectives),
        briefing=_sections(module.briefing),
        plan=tuple(step for step in module.plan if not step.line.dropped),
        slides=tuple(
            replace(slide, bullets=_kept(slide.bullets), notes=_kept(slide.notes))
            for slide in module.slides
            if not slide.dropped and not slide.title.dropped
        ),
        handout=_sections(module.handout),
        quiz=tuple(item for item in module.quiz if not item.dropped and not item.proof.dropped),
        case=case,
        glossary=tuple(
            replace(entry, meaning=None if entry.meaning is not None and entry.meaning.dropped else entry.meaning)
            for entry in module.glossary
            if not entry.dropped
        ),
        reading=_kept(module.reading),
    )


def unborne(module: Module) -> int:
    """How many lines, questions and entries of a module are not verified."""
    lines = [line.doubted for part, line in module.lines() if part != "glossary"]
    return sum([*lines, *(entry.status != "verified" for entry in module.glossary)])


def facts(module: Module, words: Strings, day: str) -> tuple[str, ...]:
    """What stands under the title: for whom, how long, when made and checked, and what is not borne out."""
    audience = words(f"module.audience.{module.request.audience}")
    said = [
        words("module.of_long", audience=audience, length=long_words(module, words)),
        f"{words('module.made', date=words.date(module.made.date()))} · {words('module.checked', date=day)}",
    ]
    if module.model:
        said.append(words("module.by_model", model=module.model))
    if bad := unborne(module):
        said.append(f"{WARNING} {words.count('module.unchecked', bad)}")
    return tuple(said)


def long_words(module: Module, words: Strings) -> str:
    """How long the training is."""
    request = module.request
    return words("module.long.session", minutes=request.minutes) if request.length == "session" else words(f"module.long.{request.length}")


def hours(minutes: int) -> str:
    """Minutes as hours and minutes, 1:05."""
    return f"{minutes // 60}:{minutes % 60:02}"


def papers(module: Module) -> tuple[Paper, ...]:
    """The papers that are cited, in the versions that are cited, by number of the document."""
    cited: dict[tuple[int, int], Citation] = {}
    for citation in module.citations():
        cited.setdefault((citation.document_id, citation.version), citation)
    known = {(paper.document_id, paper.version): paper for paper in module.papers}
    publishers = {paper.document_id: paper.publisher for paper in module.papers}
    return tuple(
        known.get(key) or Paper(c.document_id, c.document, c.source, c.version, c.kind, c.language, c.date, publishers.get(c.document_id))
        for key, c in sorted(cited.items())
    )


def source_rows(kb: KnowledgeBase, module: Module, words: Strings, address: str) -> tuple[tuple[str, ...], ...]:
    """The papers that are cited: title, version and what became of it, date, publisher, and the link to the first place cited."""
    places: dict[tuple[int, int], Citation] = {}
    for citation in module.citations():
        places.setdefault((citation.document_id, citation.version), citation)
    rows = []
    for paper in papers(module):
        became = state_words(*version_of(kb, paper.document_id, paper.version), words)
        day = words.date(paper.date) or words("module.no_date")
        version = f"{paper.version} ({became.rstrip('.。।')})" if became else str(paper.version)
        link = Passage.of(places[paper.document_id, paper.version]).url(address)
        rows.append((one_line(paper.title), version, day, one_line(paper.publisher or words("module.unknown")), link))
    return tuple(rows)


def _kept(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if not line.dropped)


def _sections(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(Section(section.heading, lines) for section in sections if not section.heading.dropped and (lines := _kept(section.lines)))


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
        yield Asked(
            number,
            item,
            instruction(item, module.language),
            key(item, cited.words),
            tuple(_proofs(item, cited, "quote" if apart else "phrase")),
            cited.mark_of(item.proof),
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


def instructed(one: Asked) -> str:
    """What is to be done; before it, that the papers do not bear out the question."""
    warning = f"<p><strong>{html(one.warning)}</strong></p>" if one.warning else ""
    return f"{warning}<p><em>{html(one.instruction)}</em></p>"


def explained(one: Asked, words: Strings) -> str:
    """The key with every place that proves it: the words of the paper, where they stand, how they were checked, and a link."""
    warning = f"<p><strong>{html(one.warning)}</strong></p>" if one.warning else ""
    return f"{warning}<p>{html(words('module.answer', answer=one.key))}</p>{''.join(place(mark, words) for mark in one.marks)}"


def place(mark: Marks, words: Strings) -> str:
    """A source with its quote and a link to it."""
    r = mark.reference
    quote = f'<blockquote lang="{r.language}">{html(r.quote)}</blockquote>' if r.quote else ""
    return f'{quote}<p>{html(r.place)} {html(r.check)} · <a href="{html(r.link)}">{html(words("note.open"))}</a></p>'
