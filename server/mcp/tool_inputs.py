"""What each tool takes, as the assistant is told it; anything else is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from ingest.records import Kind
from kb.agreements.obligation_register import Due
from kb.records import Engine
from kb.user_records import HandlingState
from lang.languages import Language

Document: TypeAlias = Annotated[int, Field(ge=1, lt=10**11)]


class Input(BaseModel):
    """The arguments of a tool."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Limited(Input):
    """Arguments that limit which papers are looked at."""

    kinds: tuple[Kind, ...] = ()
    """Only papers of these kinds."""
    languages: tuple[Language, ...] = ()
    """Only passages in these languages; by default all, since Setu finds across languages."""
    documents: tuple[Document, ...] = ()
    """Only these papers, by number (list_documents gives them)."""
    collections: tuple[str, ...] = ()
    """Only papers of these collections, by name."""
    date_from: date | None = None
    """Only papers dated on or after this day."""
    date_to: date | None = None
    """Only papers dated on or before this day."""


class SearchInput(Limited):
    """Arguments of ``search``."""

    query: Annotated[str, Field(min_length=1, max_length=2000)]
    """What to look for, in Marathi, Hindi, English or Japanese."""
    k: Annotated[int, Field(ge=1, le=50)] = 10
    """How many passages."""


class FetchInput(Input):
    """Arguments of ``fetch``."""

    id: Annotated[str, Field(min_length=1, max_length=2000)]
    """The id of a result of search or of a citation (like 3.1.120.180), or the number of a paper for its whole text."""


class AskInput(Limited):
    """Arguments of ``ask``."""

    question: Annotated[str, Field(min_length=1, max_length=20_000)]
    """One question, in Marathi, Hindi, English or Japanese; the answer is in its language."""
    earlier_questions: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    """What was asked before in this conversation, oldest first, where the question leans on it ("and who pays for it?")."""
    engine: Engine | None = None
    """extractive: quotes word for word; generative: written by the office's language model and checked. By default what the office set."""


class VerifyInput(Input):
    """Arguments of ``verify``."""

    statement: Annotated[str, Field(min_length=1, max_length=20_000)]
    """One sentence or a few, in any of the four languages, to be borne out by the papers; it is as good as its weakest sentence."""
    documents: tuple[Document, ...] = ()
    """Only against these papers, by number; by default against all."""


class ListDocumentsInput(Input):
    """Arguments of ``list_documents``."""

    kinds: tuple[Kind, ...] = ()
    """Only papers of these kinds."""
    languages: tuple[Language, ...] = ()
    """Only papers in these languages."""
    collections: tuple[str, ...] = ()
    """Only papers of these collections, by name."""
    title: str = ""
    """Only papers whose title holds these words."""
    cursor: str | None = None
    """Where to go on: next_cursor of the last list."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many."""


class CardInput(Input):
    """Arguments of ``agreement_card``."""

    document: Document
    """The number of an agreement (list_documents gives it)."""


class ObligationsInput(Input):
    """Arguments of ``obligations``."""

    due: tuple[Due, ...] = ()
    """Only these: overdue, within 30 or 90 days, later, returning, relative (a limit from an undated event), undated, closed."""
    states: tuple[HandlingState, ...] = ()
    """Only obligations that people set to these states."""
    party: str = ""
    """Only what this party owes, as the papers name it."""
    owner: str = ""
    """Only what this person or office sees to."""
    documents: tuple[Document, ...] = ()
    """Only of these papers, by number."""
    today: date | None = None
    """As of this day; by default today."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    """How many, the earliest first."""
    language: Language = "en"
    """Of a paper held in several languages, the version that is read."""
