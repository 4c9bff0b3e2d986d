"""Passages at the numbered place that a question names come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.search.fuse import Fused

LEAD = 20.0
"""Standard deviations that standing at the asked place counts: more than all words and names together, so that it decides."""
OWN = 3.0
"""What is added where the place is in the question's own language: of two versions of an agreement that one is wanted."""


def lead(ranked: Sequence[Fused], at_place: Mapping[int, float], own: Mapping[int, float]) -> list[Fused]:
    """``ranked`` with the passages of ``at_place`` (0 to 1 by chunk) lifted to the front, those of ``own`` among them first."""
    if not at_place:
        return list(ranked)
    lifted = [Fused(f.chunk, f.score + LEAD * at_place.get(f.chunk, 0.0) + OWN * own.get(f.chunk, 0.0)) for f in ranked]
    return sorted(lifted, key=lambda f: (-f.score, f.chunk))
