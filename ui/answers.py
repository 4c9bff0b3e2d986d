"""How an answer is laid out: grouped by who says it and with what standing, its citations numbered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ingest.records import Language
from kb.records import Citation, Standing, Statement
from prompts.phrases import phrase

Heading: TypeAlias = tuple[Standing, str]
"""The standing and the kind of document that speaks; one heading of an answer."""


def heading_of(statement: Statement) -> Heading:
    """Under which heading a statement is shown."""
    return statement.standing, statement.citations[0].kind if statement.citations else ""


def heading_words(heading: Heading, language: Language) -> str:
    """``The newspaper reports``, in the language of the question."""
    standing, kind = heading
    return phrase(f"says.{kind}" if kind and standing != "inferred" else f"standing.{standing}", language)


def by_heading(statements: Iterable[Statement]) -> list[tuple[Heading, list[Statement]]]:
    """The statements under their headings, headings and statements in the order they first appear."""
    groups: dict[Heading, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(heading_of(statement), []).append(statement)
    return list(groups.items())


def reading_order(statements: Iterable[Statement]) -> list[Statement]:
    """The statements as they are read on the page, heading by heading."""
    return [statement for _, group in by_heading(statements) for statement in group]


class Numbers:
    """Numbers citations from 1 in the order they are met; the same span of the same version keeps its number."""

    def __init__(self) -> None:
        self._spans: dict[tuple[int, int, int, int], int] = {}

    def __call__(self, citation: Citation) -> int:
        """The number of a citation."""
        span = (citation.document_id, citation.version, citation.start, citation.end)
        return self._spans.setdefault(span, len(self._spans) + 1)
