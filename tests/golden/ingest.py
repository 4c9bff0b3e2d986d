"""What `ingest` reads out of the lines of a paper, as the golden tables of `ingest/` write it."""

from __future__ import annotations

from itertools import pairwise

from ingest.document import clause_numbering
from ingest.extract import document_kinds


def clauses(text: str) -> list[str]:
    return [text[start:end] for start, end in pairwise([*clause_numbering.clause_starts(text), len(text)])]


def kind_by_phrases(text: str) -> str:
    """The kind that the phrases of a paper tell, whose title is its first line."""
    return document_kinds.by_phrases(text.split("\n", maxsplit=1)[0], text, ()).value
