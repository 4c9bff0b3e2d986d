"""The question's terms by their other names: what the glossary adds to a fused score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.records import ExpandedTerm
from kb.represent.glossary import Found
from kb.search.fuse import Fused, shares_script
from lang.codes import Language

ACROSS = 2.0
"""Standard deviations that all terms of a question count in a pool of another script, where its own words cannot be met."""
BESIDE = 0.5
"""The same where the script is shared: there the other names are only a help beside the words."""


def weight(question: Language, pool: Language) -> float:
    """What a whole question's worth of terms counts in a pool."""
    return BESIDE if shares_script(question, pool) else ACROSS


def shown_terms(found: Sequence[Found]) -> tuple[ExpandedTerm, ...]:
    """The terms of a question as a person may see them."""
    return tuple(ExpandedTerm(one.surface, one.term.names) for one in found)


def with_terms(ranked: Sequence[Fused], votes: Mapping[int, float]) -> list[Fused]:
    """``ranked`` with what the terms say of each chunk added; ``votes`` are term scores by chunk, weighed for their pools."""
    if not votes:
        return list(ranked)
    return sorted((Fused(f.chunk, f.score + votes.get(f.chunk, 0.0)) for f in ranked), key=lambda f: (-f.score, f.chunk))
