"""The records of an agreement card, and what can go wrong while one is made.

A *draft* is what was read, with spans of the document's text; a *card* is the same with citations, checked against the stored text, and
with what people corrected.

KnowledgeBaseError
└── CardError
    ├── NotAnAgreementError    the document is of another kind; a card can be made all the same
    ├── NoTextError            there is no text to read, e.g. a scan that nobody has read
    └── UnknownCardLineError   a correction names a line that the card does not have
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias, get_args

from kb.errors import KnowledgeBaseError
from kb.records import Citation, Status, Superseding
from kb.user_records import Handling, Kept
from lang.languages import Language
from lang.values.calendars import Duration


class CardError(KnowledgeBaseError):
    """Base of the errors of agreement cards; the message says what happened and what to do next."""


class NotAnAgreementError(CardError):
    """The document is of another kind. ``kind`` is the one that it has."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class NoTextError(CardError):
    """The document has no text that could be read."""


class UnknownCardLineError(CardError):
    """There is no such line on the card."""


Field: TypeAlias = Literal[
    "title", "party", "signatory", "signed", "effective", "place", "term", "renewal", "termination", "notice", "purpose", "area", "costs",
    "confidentiality", "disputes", "legal", "amendment", "languages", "contact",
]  # fmt: skip
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
"""In the order in which people are shown them."""

FACTS: Final = frozenset({"title", "party", "signatory", "signed", "effective", "place", "term", "renewal", "notice"})
"""Fields that are facts of the document, corrected in the knowledge base; all others are kept with the card."""

Force: TypeAlias = Literal["shall", "will", "intends", "should", "may", "must_not"]
"""With what force an action is laid upon its actor.

``shall``: must, is obliged, commits or agrees to; ``will``: undertakes in the future tense; ``intends``: intends, plans or expects to;
``should``: ought to, endeavours; ``may``: is free to; ``must_not``: a prohibition.
"""
FORCES: Final[tuple[Force, ...]] = get_args(Force)

Recurrence: TypeAlias = Literal["daily", "weekly", "monthly", "quarterly", "twice a year", "yearly"]
MonthDay: TypeAlias = tuple[int, int]
"""Month and day of no year; day 0 is the whole month."""
TimeUnit: TypeAlias = Literal["minute", "hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an agreement, each None where the text does not tell. ``ends`` is the last day on which it is in force."""

    speaks: date | None = None
    signed: date | None = None
    effective: date | None = None
    ends: date | None = None
    notify: date | None = None
    """The last day on which a renewal, or its refusal, can be declared."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when: ``text`` is what stands at ``[start, end)`` of the document. One of these is set.

    ``day`` is a whole date, the last day of a month or year that is named alone; ``count`` and ``unit`` are a time limit that runs from
    what the text says, or with ``ahead`` must be left before that ("at least ten days before each meeting"); ``every`` says how often.
    ``on`` are days of no year (day 0 is the month as a whole): with ``every`` those on which it returns, without it the one that comes next
    after the paper.
    """

    text: str
    start: int
    end: int
    day: date | None = None
    count: int = 0
    unit: TimeUnit | None = None
    every: Recurrence | None = None
    on: tuple[MonthDay, ...] = ()
    ahead: bool = False

    @property
    def key(self) -> str:
        """In a form that can be compared: ``2027-05-31``, ``60 day``, ``10 day ahead``, ``yearly``."""
        if self.day is not None:
            return self.day.isoformat()
        if self.unit or self.every:
            return f"{self.count} {self.unit}{' ahead' if self.ahead else ''}" if self.unit else self.every or ""
        return " ".join(f"--{month:02}" + (f"-{day:02}" if day else "") for month, day in self.on)


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a draft: a field's value and the span that says it, None where only the file's metadata does."""

    field: Field
    value: str
    start: int | None
    end: int | None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation of a draft: the clause at ``[start, end)``, who (``actor`` "" where the text names nobody), with what force."""

    actor: str
    action: str
    force: Force
    start: int
    end: int
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read of an agreement."""

    found: tuple[Found, ...]
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a card. ``key`` is the same each time the same version is read.

    ``value`` is in force; where a person corrected it, ``extracted`` is what was read instead ("" for a line that a person added) and
    ``changed`` says when (UTC). A line that a person struck out is ``dropped``: it is kept, and in no export.
    """

    key: str
    field: Field
    value: str
    citation: Citation | None
    sure: bool = True
    extracted: str = ""
    changed: datetime | None = None
    dropped: bool = False

    @property
    def status(self) -> Status | None:
        """That of the citation; None for a value that rests on no place in the text: the file's metadata, or a person."""
        return self.citation.shown if self.citation is not None else None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Who shall do what by when; the rest as in `Entry`.

    ``due`` is the day on which it falls due, where one can be told; ``handling`` is what people set for it, None where nobody did.
    It is ``unsure`` where the words of the deadline may be misread: it has no day then, and is in no calendar.
    """

    key: str
    actor: str
    action: str
    force: Force
    deadline: Deadline | None
    due: date | None
    citation: Citation
    extracted: str = ""
    changed: datetime | None = None
    dropped: bool = False
    unsure: bool = False
    handling: Handling | None = None

    @property
    def status(self) -> Status:
        """That of the citation."""
        return self.citation.shown

    @property
    def binds(self) -> bool:
        """Whether it is something that is to be done or left: not struck out, no right, and no words that only lead in a list."""
        return not self.dropped and self.force != "may" and not self.citation.quote.rstrip().endswith((":", "："))


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one version of an agreement; ``lost`` is what was set for clauses that are no longer found in it."""

    document_id: int
    version: int
    title: str
    source: str
    language: Language
    date: date | None
    entries: tuple[Entry, ...]
    obligations: tuple[Obligation, ...]
    superseded_by: Superseding | None = None
    span: Span = Span()
    lost: tuple[Kept, ...] = ()

    def of(self, field: Field) -> tuple[Entry, ...]:
        """The lines of a field that are in force."""
        return tuple(entry for entry in self.entries if entry.field == field and not entry.dropped)


def on_or_after(on: MonthDay, first: date) -> date:
    """The first such day from ``first`` on; of a whole month its last day."""
    import calendar

    for year in range(first.year, first.year + 9):  # 29 February comes every eighth year at the latest
        length = calendar.monthrange(year, on[0])[1]
        if on[1] <= length and (day := date(year, on[0], on[1] or length)) >= first:
            return day
    return first


def added(day: date, length: Duration) -> date:
    """The day on which a time limit that runs from ``day`` ends; the last day of a month that is shorter.

    Raises:
        OverflowError: it ends after the year 9999.
    """
    import calendar
    from datetime import timedelta

    if length.unit in ("day", "week"):
        return day + timedelta(days=length.count * (7 if length.unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + length.count * (12 if length.unit == "year" else 1)
    year, month = divmod(months, 12)
    if year > 9999:
        raise OverflowError(f"{length} from {day} ends after the year 9999")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
