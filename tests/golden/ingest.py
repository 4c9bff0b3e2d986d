"""What `ingest` reads out of the lines of a paper, as the golden tables of `ingest/` write it."""

from __future__ import annotations

from itertools import pairwise

from ingest.document import clause_numbering


def clauses(text: str) -> list[str]:
    return [text[start:end] for start, end in pairwise([*clause_numbering.clause_starts(text), len(text)])]
