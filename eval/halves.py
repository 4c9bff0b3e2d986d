"""Data parted by a hash: questions into two halves, of which constants are chosen on one, and papers into folds that are fitted without."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

HALVES = ("development", "held-out")


def half(query: str) -> str:
    """The half that a question belongs to, whatever the set and the order of its files."""
    return HALVES[_number(f"h{query}") % 2]


def sample(queries: Iterable[str], n: int) -> list[str]:
    """``n`` questions that do not depend on the order of the files; fewer where there are no more."""
    return sorted(queries, key=_number)[:n]


def fold(paper: str, of: int) -> int:
    """The fold of so many that all that is of a paper belongs to."""
    return int(hashlib.sha256(paper.encode()).hexdigest(), 16) % of


def means(scores: Mapping[str, float]) -> dict[str, float]:
    """The mean score of each half that has questions."""
    parts = {name: [score for query, score in scores.items() if half(query) == name] for name in HALVES}
    return {name: sum(part) / len(part) for name, part in parts.items() if part}


def _number(text: str) -> int:
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16)
