"""The records of a training module. `training.module_store` turns them into JSON and back.

What the papers do not say themselves is told apart by its *origin*, and nothing that is derived is ever kept: the status of a line follows
from its citations, which are compared with the stored text each time (`training.freshness.checked`), and from what the comparison of its
wording with them found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from ingest.records import Kind
from kb.document_records import Day
from kb.records import Citation, Status, Verdict, weakest
from kb.verify.citations import fold
from lang.languages import Language

PRACTISED: Final[tuple[Kind, ...]] = ("best_practice", "report")
"""Kinds of papers that tell what somebody practises."""

Audience: TypeAlias = Literal["ward_officers", "engineers", "councillors"]
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)

Origin: TypeAlias = Literal["quote", "phrase", "written", "edited", "own"]
"""Who worded a line: the paper itself; our own fixed phrase around the paper's words; a language model; a person; ``own`` is what a trainer
added beside the papers, which is shown as such and never as borne out."""

Part: TypeAlias = Literal["objectives", "briefing", "plan", "slides", "handout", "quiz", "case", "glossary", "reading"]
"""What a module consists of."""
PARTS: Final[tuple[Part, ...]] = get_args(Part)

SlideKind: TypeAlias = Literal["title", "objectives", "content", "case", "closing"]
Activity: TypeAlias = Literal[
    "opening", "briefing", "slides", "case", "quiz", "glossary", "closing",
    "pretest", "discussion", "report", "break", "lunch", "open",
]  # fmt: skip
"""What is done in a step of a lesson; ``open`` is time for which the papers hold nothing."""

Length: TypeAlias = Literal["session", "half_day", "three_days"]
"""How long a training is; a ``session`` has the minutes that are asked for."""
LENGTHS: Final[tuple[Length, ...]] = get_args(Length)

ItemKind: TypeAlias = Literal["cloze", "true_false", "choice", "match", "order"]
Asks: TypeAlias = Literal["date", "number", "amount", "name", "place", "organisation", "term", "clause", "steps", "duty"]
"""What a quiz item asks for; ``duty`` is what is denied, promised or left open."""

Listed: TypeAlias = Literal["paper", "office", "setu"]
"""Where a name of a term is from: it stands in a cited paper, or only in the office's glossary or in Setu's own."""

NoteCode: TypeAlias = Literal[
    "no_case", "one_document", "few_sentences", "few_items", "no_glossary", "other_language", "superseded", "not_written", "partly_written",
    "kept_in_house", "thin_programme",
]  # fmt: skip
"""What a person should know of a module; `training.phrases` has the words."""


def status_of(text: str, citations: tuple[Citation, ...], origin: Origin, verdict: Verdict | None) -> Status:
    """The weakest of what is known: a quote must be the words cited, a phrase must hold them, anything else needs a verdict."""
    if not citations:
        return "unsupported"
    found = [citation.shown for citation in citations]
    if origin == "quote":
        found.append("verified" if any(fold(text) in fold(c.quote) for c in citations) else "unsupported")
    elif origin == "phrase":
        said = fold(text)
        found.append("verified" if any(fold(c.quote) in said for c in citations) else "partial")
    else:
        found.append(verdict.status if verdict is not None else "unsupported")
    return weakest(found)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A line in another language: a passage of another language version (``quote``), or a translation that was compared with the line's."""

    language: Language
    text: str
    citations: tuple[Citation, ...]
    origin: Origin = "quote"
    verdict: Verdict | None = None

    @property
    def status(self) -> Status:
        """See `status_of`."""
        return status_of(self.text, self.citations, self.origin, self.verdict)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, bullet or heading with what it rests on. ``id`` stays the same through every edit and is unique in its module.

    ``verdict`` belongs to wording that is not the paper's own. A ``pinned`` line stays when its part is made anew; a ``dropped`` one is
    kept for the person who may want it back, and is in no export.
    """

    id: str
    text: str
    citations: tuple[Citation, ...]
    origin: Origin = "quote"
    language: Language = "und"
    verdict: Verdict | None = None
    pinned: bool = False
    dropped: bool = False
    beside: tuple[Rendering, ...] = ()
    """The line in the other languages of the module."""

    @property
    def status(self) -> Status:
        """See `status_of`."""
        return status_of(self.text, self.citations, self.origin, self.verdict)

    @property
    def doubted(self) -> bool:
        """Whether it claims to be from the papers and is not verified."""
        return self.origin != "own" and self.status != "verified"

    def in_language(self, language: Language) -> Rendering | Line | None:
        """The line, or its rendering, in a language."""
        if self.language == language:
            return self
        return next((one for one in self.beside if one.language == language), None)


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading of the papers."""

    heading: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A trainer's own picture, as JPEG or PNG in base64; ``alt`` says what is on it."""

    data: str
    alt: str


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide; ``notes`` are what the speaker has beside it: the same matter in full, or from other papers.

    With ``columns``, the heads of a table, the bullets are its rows.
    """

    id: str
    kind: SlideKind
    title: Line
    bullets: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    pinned: bool = False
    dropped: bool = False
    columns: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the lesson: how long, and what is done; ``slides`` are the ids of those that are shown, ``day`` is counted from 1."""

    id: str
    activity: Activity
    minutes: int
    line: Line
    slides: tuple[str, ...] = ()
    day: int = 1


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: ``text`` as shown; ``claim`` is what one says by choosing it, which is what the papers bear out or not."""

    text: str
    correct: bool
    claim: str
    citations: tuple[Citation, ...] = ()
    """Where a wrong one is taken from: it is a real date, amount or name of the same papers."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things that belong together: a term and what is said of it."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    """A question with its key and the ``proof``: the sentence that gives the key, whose status is that of the item.

    * ``cloze``: ``prompt`` has one `BLANK`; ``answers`` are what may stand there, the paper's own words first.
    * ``true_false``: ``prompt`` is the statement; ``options`` are two, of which one is right; for a false one, ``answers`` are the words
      of the paper and ``changed`` those that were put in their place.
    * ``choice``: ``prompt`` has one `BLANK`; ``options`` hold exactly one that is right.
    * ``match``: ``pairs`` belong together, each proved by the citation of the same place in ``proof.citations``.
    * ``order``: ``steps`` in the right order, as they are numbered in the cited clause.

    ``under`` is the heading of the section that is asked of, which says what its sentences are about; "" where the paper has none.
    """

    id: str
    kind: ItemKind
    asks: Asks
    language: Language
    prompt: str
    proof: Line
    options: tuple[Option, ...] = ()
    answers: tuple[str, ...] = ()
    changed: str = ""
    pairs: tuple[Pair, ...] = ()
    steps: tuple[str, ...] = ()
    under: str = ""
    pinned: bool = False
    dropped: bool = False

    @property
    def status(self) -> Status:
        """Whether the key is still proved."""
        return self.proof.status


BLANK: Final = "_____"


@dataclass(frozen=True, slots=True)
class Name:
    """What a term is called in a language, with the places where the papers call it so (none where only a glossary does)."""

    language: Language
    text: str
    listed: Listed
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A glossary entry: a term in every language that it has a name in, and what the papers say it is."""

    id: str
    names: tuple[Name, ...]
    meaning: Line | None = None
    pinned: bool = False
    dropped: bool = False

    def named(self, language: Language) -> Name | None:
        """Its name in a language."""
        return next((name for name in self.names if name.language == language), None)

    @property
    def status(self) -> Status:
        """The weakest of its citations and its meaning; names that only a glossary has are shown as such and count for nothing."""
        found = [c.shown for name in self.names for c in name.citations]
        if self.meaning is not None and not self.meaning.dropped:
            found.append(self.meaning.status)
        return weakest(found)


@dataclass(frozen=True, slots=True)
class Case:
    """An exercise drawn from a best-practice report: what was done there, and what to work out of it."""

    title: Line
    situation: tuple[Line, ...]
    tasks: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it was when the module was made of it."""

    document_id: int
    title: str
    source: str
    version: int
    kind: Kind
    language: Language
    date: Day | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a module was asked to be. ``documents`` () is all of them, or of ``collections``; the first of ``languages`` is its own.

    ``without`` are headings, each by its document and where it stands, of which nothing is taken; ``also`` are such of which all is.
    ``minutes`` are those of a single session; a longer training has those of its ``length``.
    """

    topic: str
    languages: tuple[Language, ...]
    audience: Audience = "ward_officers"
    minutes: int = 45
    documents: tuple[int, ...] = ()
    slides: int = 12
    items: int = 10
    collections: tuple[int, ...] = ()
    without: tuple[tuple[int, int], ...] = ()
    also: tuple[tuple[int, int], ...] = ()
    length: Length = "session"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of a module: its code, and what it is about ("" where nothing)."""

    code: NoteCode
    about: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A training module. ``made`` is in UTC; ``model`` and ``prompt`` are None where no language model wrote."""

    id: str
    title: str
    request: Request
    made: datetime
    papers: tuple[Paper, ...]
    objectives: tuple[Line, ...] = ()
    briefing: tuple[Section, ...] = ()
    plan: tuple[Step, ...] = ()
    slides: tuple[Slide, ...] = ()
    handout: tuple[Section, ...] = ()
    quiz: tuple[QuizItem, ...] = ()
    case: Case | None = None
    glossary: tuple[Entry, ...] = ()
    reading: tuple[Line, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    model: str | None = None
    prompt: str | None = None

    @property
    def language(self) -> Language:
        """The language that the module speaks."""
        return self.request.languages[0]

    def lines(self) -> Iterator[tuple[Part, Line]]:
        """Every line with the part it stands in, dropped ones too, in the order of the parts."""
        for objective in self.objectives:
            yield "objectives", objective
        for section in self.briefing:
            yield from (("briefing", line) for line in (section.heading, *section.lines))
        for step in self.plan:
            yield "plan", step.line
        for slide in self.slides:
            yield from (("slides", line) for line in (slide.title, *slide.bullets, *slide.notes))
        for section in self.handout:
            yield from (("handout", line) for line in (section.heading, *section.lines))
        for item in self.quiz:
            yield "quiz", item.proof
        if self.case is not None:
            yield from (("case", line) for line in (self.case.title, *self.case.situation, *self.case.tasks))
        for entry in self.glossary:
            if entry.meaning is not None:
                yield "glossary", entry.meaning
        for line in self.reading:
            yield "reading", line

    def citations(self) -> Iterator[Citation]:
        """Every citation of the module, also those of names, wrong options and renderings."""
        for _, line in self.lines():
            yield from line.citations
            for rendering in line.beside:
                yield from rendering.citations
        for item in self.quiz:
            for option in item.options:
                yield from option.citations
        for entry in self.glossary:
            for name in entry.names:
                yield from name.citations
