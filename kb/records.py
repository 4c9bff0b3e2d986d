"""The records that travel from the knowledge base to people and programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ingest.records import Kind, Span
from kb.answer_blocks import Block, BlockKind, Cell, Looking, Sent, Waiting, Writing
from kb.document_records import (
    Context,
    Counterpart,
    Day,
    DocumentInfo,
    ExpandedTerm,
    FactView,
    Filters,
    Hit,
    IngestSummary,
    KnownBy,
    PageView,
    Progress,
    Reject,
    SearchResult,
    Variant,
    VersionInfo,
)
from lang.languages import Language

__all__ = [
    "STANDING",
    "Answer",
    "Block",
    "BlockKind",
    "Cell",
    "Check",
    "Citation",
    "Conflict",
    "Contested",
    "Context",
    "Counterpart",
    "DocumentInfo",
    "Done",
    "Engine",
    "Event",
    "EvidenceFound",
    "ExpandedTerm",
    "FactView",
    "Filters",
    "Finding",
    "Grade",
    "Hit",
    "IngestSummary",
    "KnownBy",
    "LaidOut",
    "Looking",
    "PageView",
    "Place",
    "Progress",
    "Refusal",
    "RefusalReason",
    "Refused",
    "Reject",
    "SearchResult",
    "Searching",
    "Sent",
    "Skill",
    "Standing",
    "Statement",
    "StatementReady",
    "Status",
    "Superseding",
    "Timings",
    "Turn",
    "Variant",
    "Verdict",
    "VersionInfo",
    "Waiting",
    "Weight",
    "Writing",
    "weakest",
]

Standing: TypeAlias = Literal["agreed", "reported", "practised", "inferred"]
"""With what weight a statement speaks: a signed text, a newspaper, a description of practice, or our own inference."""

Status: TypeAlias = Literal["verified", "partial", "unsupported"]
_WEAKEST_FIRST: Final[tuple[Status, ...]] = ("unsupported", "partial", "verified")
Check: TypeAlias = Literal[
    "quote",
    "number",
    "date",
    "clause",
    "name",
    "counterpart",
    "silent",
    "negation",
    "denials",
    "modality",
    "scope",
    "word",
    "support",
    "instruction",
    "link",
    "language",
    "doubtful",
]
"""What of a statement was compared with its evidence."""
Engine: TypeAlias = Literal["extractive", "generative"]
"""Whether an answer is made of quotes, or written by a language model and checked."""
Skill: TypeAlias = Literal[
    "lookup", "chat", "summary", "compare", "table", "obligations", "timeline", "inventory", "define", "draft", "translate", "clarify",
    "decline",
]  # fmt: skip
"""What was done with a question: looked up in the papers, answered as the talk that it is, or what else was wanted of the papers."""
Grade: TypeAlias = Literal["answers", "nearest", "silent"]
"""How sure an answer is: it answers; it shows the nearest that was found and says that it is not sure; it shows nothing."""
RefusalReason: TypeAlias = Literal[
    "not_in_documents",
    "empty_knowledge_base",
    "bad_question",
    "only_in_other_language",
    "ambiguous",
    "out_of_scope",
    "legal_opinion",
    "declined",
]

STANDING: dict[Kind, Standing] = {
    "agreement": "agreed",
    "news": "reported",
    "best_practice": "practised",
    "report": "practised",
    "other": "reported",
}


def weakest(found: Iterable[Status]) -> Status:
    """The weakest of some statuses; of none ``unsupported``."""
    return min(found, key=_WEAKEST_FIRST.index, default="unsupported")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an offset of a document stands: the page, its printed label, and the path of the block there.

    ``ocr`` is the share of the page's words that are thought to be right where OCR read it from a picture, else None.
    """

    page: int
    page_label: str
    path: tuple[str, ...]
    ocr: float | None = None


@dataclass(frozen=True, slots=True)
class Superseding:
    """A paper of the base that says it amends another, or takes its place."""

    document_id: int
    document: str
    relation: Literal["amends", "supersedes"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands. ``quote`` must equal the text of that document version at ``[start, end)``.

    ``status`` is derived from the stored text each time a citation is shown; it is never persisted.
    """

    document_id: int
    document: str
    source: str
    version: int
    kind: Kind
    date: Day | None
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int
    language: Language
    quote: str
    status: Status
    variants: tuple[Variant, ...] = ()
    """Other documents that tell the same story; derived like the status."""
    counterparts: tuple[Counterpart, ...] = ()
    """The passage of the quote in other language versions of the document."""
    context: Context | None = None
    superseded_by: Superseding | None = None
    """The paper that took the place of the cited one, or amended it."""
    ocr: float | None = None
    """Of a page that OCR read from a picture, the share of its words that are thought to be right."""
    doubtful: tuple[Span, ...] = ()
    """Spans of ``quote`` that OCR may have misread."""

    @property
    def shown(self) -> Status:
        """What it is marked as: its status, but not as verified where a word of it may be misread."""
        return "partial" if self.status == "verified" and self.doubtful else self.status


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a statement that its evidence does not bear out: ``said`` there, ``shown`` instead in the evidence ("" if nothing)."""

    check: Check
    said: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing a statement with its quotes gave.

    ``support`` is the probability that the quotes say what the statement says, by the scorer named; ``findings`` are what they do not
    bear out, each a reason why ``status`` is not ``verified``.
    """

    status: Status
    support: float
    findings: tuple[Finding, ...] = ()
    scorer: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with its evidence and its standing; ``verdict`` is None for a sentence that is itself a quote."""

    text: str
    standing: Standing
    citations: tuple[Citation, ...]
    verdict: Verdict | None = None
    side: str = ""
    """Of a comparison, or a question of several parts: what this one speaks to, in the words of the question."""
    marks: tuple[tuple[int, int], ...] = ()
    """Spans of ``text`` that hold the fact asked for, in order: a date for *when*, a name for *who*, an amount for *how much*."""
    answering: tuple[tuple[int, int], ...] = ()
    """Spans of ``text`` that are the sentences which answer, where the text is a longer stretch of a paper."""

    @property
    def status(self) -> Status:
        """The weakest among the verdict and the citations; ``unsupported`` without a citation.

        A quote whose fact may be misread is not verified; where nothing in it is marked, no word of it may be in doubt.
        """
        verdict = (self.verdict.status,) if self.verdict is not None and self.citations else ()
        shown = (c.status if self.verdict is not None or self._is_sound(c) else c.shown for c in self.citations)
        return weakest((*verdict, *shown))

    def _is_sound(self, citation: Citation) -> bool:
        """Whether what a quote is shown for has no doubtful word: the fact marked in it, else the sentences that answer, else all of it."""
        spans = ((self.marks or self.answering) if citation.quote == self.text else ()) or ((0, len(citation.quote)),)
        return not any(first < end and start < last for first, last in citation.doubtful for start, end in spans)


Contested: TypeAlias = Literal["date", "amount", "number", "name", "scope"]
"""On what two sources disagree; an amount is a number with a unit."""
Weight: TypeAlias = Literal["signed", "newer", "superseded", "open"]
"""Why one of two sources that disagree weighs more; ``open`` where nothing tells."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that say different things of one matter: ``said`` words of ``one`` against ``against`` words of ``other``.

    ``one`` has the greater weight where ``weight`` says so: ``signed`` (a signed text against any other), ``newer`` (the later of two of a
    kind), ``superseded`` (``other`` is an earlier version or was replaced); it is ``open`` where nothing tells. ``note`` says all this in
    the language of the question.
    """

    what: Contested
    one: Citation
    other: Citation
    said: str
    against: str
    weight: Weight
    note: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, said in the language of the question, and the nearest passages that were found."""

    reason: RefusalReason
    message: str
    nearest: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent searching, composing the answer, and in all."""

    search: float
    answer: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question: statements, or a refusal.

    ``asked_as`` is the question as it was searched for, where a follow-up had to be made whole from the conversation; ``notes`` are
    those of the search, and what became of a language model that was to write the answer.
    """

    question: str
    language: Language
    engine: str
    statements: tuple[Statement, ...]
    refusal: Refusal | None
    ms: Timings
    asked_as: str | None = None
    notes: tuple[str, ...] = ()
    model: str | None = None
    """The language model that wrote the statements; None where they are quotes."""
    prompt: str | None = None
    """Under which prompts it did (`prompts.templates.identity`)."""
    conflicts: tuple[Conflict, ...] = ()
    """Where the sources disagree."""
    grade: Grade = "answers"
    skill: Skill = "lookup"
    blocks: tuple[Block, ...] = ()
    sent: Sent | None = None
    """What a language model was sent for it, also where quotes took the place of what it wrote."""
    left_out: tuple[Statement, ...] = ()
    """What it wrote that the papers do not bear out, for whoever asks to see it; no order to a program, and nothing without a source."""


@dataclass(frozen=True, slots=True)
class Searching:
    """The question was understood and the search has begun; ``asked_as`` as in `Answer`."""

    question: str
    language: Language
    asked_as: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """The passages that the answer will be made from."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class StatementReady:
    """One finished statement, in the order it should be shown.

    ``so_far`` ends with it, without notes and conflicts; its text is the beginning of that of the whole. None where that is not certain.
    """

    statement: Statement
    so_far: Answer | None = None


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a skill laid out of quotes, while a language model words them: told first as quotes, and again for each that is worded."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Refused:
    """The question will not be answered."""

    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Done:
    """The last event: the whole answer."""

    answer: Answer


Event: TypeAlias = Searching | EvidenceFound | Waiting | Looking | Writing | StatementReady | LaidOut | Refused | Done


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation and the answer it got."""

    question: str
    answer: Answer
