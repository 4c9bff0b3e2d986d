"""Whether what is cited is still in force: the paper that amends it, or took its place, is named with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from kb.records import Citation, Statement, Superseding


def in_force(statements: Sequence[Statement], replaced: Callable[[int], Superseding | None]) -> list[Statement]:
    """The statements, each citation with the paper that ``replaced(document_id)`` names; news are not asked for, nothing replaces them."""
    ask = cache(replaced)

    def told(citation: Citation) -> Citation:
        by = ask(citation.document_id) if citation.kind != "news" else None
        return replace(citation, superseded_by=by) if by is not None else citation

    return [replace(s, citations=tuple(map(told, s.citations))) for s in statements]
