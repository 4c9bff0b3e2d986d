"""How an answer is laid out: by the sides of a comparison, then by who says it and with what standing; its citations numbered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from ingest.records import Language
from kb.records import Answer, Citation, Standing, Statement
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


def by_side(statements: Iterable[Statement]) -> list[tuple[str, list[Statement]]]:
    """The statements under what each speaks to: the sides of a comparison, the parts of a question; one group "" for any other answer."""
    groups: dict[str, list[Statement]] = {}
    for statement in statements:
        groups.setdefault(statement.side, []).append(statement)
    return list(groups.items())


def reading_order(statements: Iterable[Statement]) -> list[Statement]:
    """The statements as they are read on the page, side by side and heading by heading."""
    return [statement for _, side in by_side(statements) for _, group in by_heading(side) for statement in group]


def grade_note(answer: Answer) -> str | None:
    """That an answer shows only the nearest that was found, in its language; None for one that is sure, and for a refusal."""
    return phrase("grade.nearest", answer.language) if answer.grade == "nearest" and answer.refusal is None else None


def standing_note(citation: Citation, language: Language) -> str | None:
    """That the cited paper was amended, or is no longer in force, and by which other; None where the base knows of none."""
    by = citation.superseded_by
    return phrase(f"force.{by.relation}", language, title=by.document) if by is not None else None


class Numbers:
    """Numbers citations from 1 in the order they are met; the same span of the same version keeps its number."""

    def __init__(self) -> None:
        self._spans: dict[tuple[int, int, int, int], int] = {}

    def __call__(self, citation: Citation) -> int:
        """The number of a citation."""
        span = (citation.document_id, citation.version, citation.start, citation.end)
        return self._spans.setdefault(span, len(self._spans) + 1)
