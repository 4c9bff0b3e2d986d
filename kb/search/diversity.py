"""One document must not fill the list.

Every further passage of a document that already has `FREE` in the list above it is worth a little less, in proportion to how
many there are, so that another document that answers as well comes first. Nothing is left out: where only one document has
anything to say, it still fills the list, in the order it had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from kb.search.fuse import Fused

FREE = 2
"""Passages of one document that cost nothing."""


def spread(ranked: Sequence[Fused], document: Mapping[int, int], step: float, n: int) -> list[Fused]:
    """``ranked`` with its first ``n`` places given out one by one, each to the passage that is best after its deduction.

    Args:
        ranked: passages, best first.
        document: the document of each chunk; passages that are not there are taken to be alone in theirs.
        step: what the first passage beyond `FREE` loses, the next twice that; in units of the score. 0 leaves the order as it is.
        n: places that are given out; what is left keeps its order after them.
    """
    if step <= 0:
        return list(ranked)
    left = list(ranked)
    taken: list[Fused] = []
    seen: Counter[int] = Counter()
    while left and len(taken) < n:
        best, best_score = 0, -float("inf")
        for place, fused in enumerate(left):
            if fused.score <= best_score:
                break  # deductions are never negative, so nothing further down can win
            owner = document.get(fused.chunk)
            score = fused.score - step * max(seen[owner] - FREE + 1, 0) if owner is not None else fused.score
            if score > best_score:
                best, best_score = place, score
        chosen = left.pop(best)
        taken.append(Fused(chosen.chunk, best_score))
        owner = document.get(chosen.chunk)
        if owner is not None:
            seen[owner] += 1
    return taken + left
