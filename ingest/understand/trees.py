"""Boosted trees over named features (Friedman, *Greedy function approximation: a gradient boosting machine*, 2001)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeAlias

Tree: TypeAlias = Sequence[Sequence[float]]
"""Nodes as ``(feature, threshold, left, right)``, or ``(-1, value)`` of a leaf."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees over named features; ``start`` is the score without any, and each tree adds ``rate`` times its leaf."""

    names: tuple[str, ...]
    start: float
    rate: float
    trees: Sequence[Tree]

    def chance(self, seen: Mapping[str, float]) -> float:
        """How likely it is, by what is seen."""
        row = [seen[name] for name in self.names]
        return 1 / (1 + math.exp(-(self.start + self.rate * sum(_leaf(tree, row) for tree in self.trees))))


def _leaf(tree: Tree, row: Sequence[float]) -> float:
    node = tree[0]
    while node[0] >= 0:
        node = tree[int(node[2] if row[int(node[0])] <= node[1] else node[3])]
    return node[1]


@cache
def stored(room: str) -> Trees | None:
    """The model of a room of this package; None where none was fitted."""
    file = resources.files(f"ingest.understand.{room}") / "model.json"
    if not file.is_file():
        return None
    read = json.loads(file.read_text(encoding="utf-8"))
    return Trees(tuple(read["features"]), read["start"], read["rate"], read["trees"])
