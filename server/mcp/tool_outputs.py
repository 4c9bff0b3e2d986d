"""What each tool gives, for its outputSchema. Fields are those of ``setu … --json``; more of them may be added, none is dropped."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from ingest.records import Kind
from kb.agreements.obligation_register import Due
from kb.records import Grade, Skill, Standing, Status


class Output(BaseModel):
    """A result; fields beside those named may be there."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)


class Found(Output):
    """A passage that was found."""

    id: str
    """What fetch takes."""
    title: str
    """Paper, page and clause."""
    url: str
    """A link that opens the paper at the passage."""
    text: str
    resource: str
    """The URI of the passage as a resource."""
    document_id: int
    document: str
    version: int
    kind: Kind
    language: str
    date: str | None
    page: int
    page_label: str
    path: list[str]
    start: int
    end: int
    score: float


class SearchOutput(Output):
    """Result of ``search``."""

    results: list[Found]
    query: str
    language: str
    notes: list[str]


class FetchOutput(Output):
    """Result of ``fetch``."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, Any]


class Cited(Output):
    """A verbatim quote and where it stands."""

    id: str
    url: str
    document: str
    document_id: int
    source: str
    version: int
    kind: Kind
    page: int
    page_label: str
    path: list[str]
    start: int
    end: int
    language: str
    quote: str
    status: Status
    """verified: the quote stands there, word for word."""


class Said(Output):
    """A sentence of an answer."""

    text: str
    standing: Standing
    """agreed: a signed text says so; reported: a newspaper; practised: a report on practice; inferred."""
    status: Status
    citations: list[Cited]


class Refused(Output):
    """Why there is no answer."""

    reason: str
    message: str
    nearest: list[dict[str, Any]]


class AskOutput(Output):
    """Result of ``ask``."""

    question: str
    language: str
    engine: str
    skill: Skill
    grade: Grade
    """answers; nearest: the nearest that was found, not surely an answer; silent: the papers do not say."""
    text: str
    """The whole answer as Markdown, its sources numbered as in sources."""
    sources: list[Cited]
    statements: list[Said]
    conflicts: list[dict[str, Any]]
    """Where papers differ on the same matter."""
    refusal: Refused | None


class Unborne(Output):
    """Something in a statement that the papers do not bear out; shown is what stands there instead."""

    check: str
    said: str
    shown: str


class VerifyOutput(Output):
    """Result of ``verify``."""

    statement: str
    language: str
    verdict: Status
    """verified: borne out; partial: in part, or not surely; unsupported: not borne out by these papers, which does not say it is false."""
    support: float
    reasons: list[str]
    findings: list[Unborne]
    quotes: list[Cited]
    """The passages that it was held against, those that tell most first."""
    sentences: list[dict[str, Any]]
    """The same of each sentence; quotes by id."""


class Paper(Output):
    """A paper of the knowledge base."""

    id: int
    title: str
    url: str
    resource: str
    version: int
    kind: Kind
    language: str
    publisher: str | None
    date: str | None
    pages: int
    state: str


class ListDocumentsOutput(Output):
    """Result of ``list_documents``."""

    documents: list[Paper]
    total: int
    next_cursor: str | None


class Owed(Output):
    """Who shall do what by when, and where that stands."""

    key: str
    actor: str | None
    action: str
    force: str
    due: str | None
    citation: Cited


class CardOutput(Output):
    """Result of ``agreement_card``."""

    document_id: int
    document: str
    version: int
    language: str
    superseded_by: dict[str, Any] | None
    fields: list[dict[str, Any]]
    obligations: list[Owed]


class Dated(Owed):
    """An obligation of one of all papers."""

    id: str
    document_id: int
    document: str
    when: Due
    day: str | None


class ObligationsOutput(Output):
    """Result of ``obligations``."""

    today: str
    obligations: list[Dated]
    total: int
    unread: list[dict[str, Any]]
    """Papers whose obligations could not be read."""
