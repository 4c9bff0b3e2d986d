"""Boosted trees fitted by scikit-learn, as `ingest.understand.trees` holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from eval import weight_files
from ingest.understand.trees import Trees

SCALE: Final = 10_000
SETTINGS: Final[dict[str, Any]] = {
    "n_estimators": 90, "learning_rate": 0.06, "max_leaf_nodes": 12, "max_depth": None, "min_samples_leaf": 8, "max_features": 0.2,
    "subsample": 0.6,
}  # fmt: skip
SEEDS: Final = 4
"""Models whose scores are averaged: one alone turns on the examples that it happened to be fitted on."""


def fitted(rows: Sequence[Mapping[str, float]], labels: Sequence[bool], counts: Sequence[float]) -> Trees:
    """The mean of models fitted on these (scikit-learn's ``GradientBoostingClassifier``), an example a row that counts so much."""
    from sklearn.ensemble import GradientBoostingClassifier

    names = tuple(sorted(rows[0]))
    values = np.array([[row[name] for name in names] for row in rows])
    right, heavy = np.array(labels), np.array(counts)
    share = float((right * heavy).sum() / heavy.sum())
    made = [GradientBoostingClassifier(**SETTINGS, random_state=seed).fit(values, right, sample_weight=heavy) for seed in range(SEEDS)]
    trees = [_nodes(tree.tree_) for one in made for (tree,) in one.estimators_]
    return Trees(names, float(np.log(share / (1 - share))), SETTINGS["learning_rate"] / SEEDS, trees)


def _nodes(tree: Any) -> list[list[float]]:
    """The nodes of a tree of scikit-learn as `Trees` holds them."""
    return [
        [-1, _rounded(tree.value[at][0][0])]
        if tree.children_left[at] < 0
        else [int(tree.feature[at]), _rounded(tree.threshold[at]), int(tree.children_left[at]), int(tree.children_right[at])]
        for at in range(tree.node_count)
    ]


def _rounded(number: float) -> float:
    return round(SCALE * float(number)) / SCALE


def write(model: Trees, room: str, command: str, examples: Sequence[str]) -> None:
    """Put a model into its room, with the digest of what it was fitted on."""
    parts = {"features": model.names, "start": model.start, "rate": model.rate, "trees": model.trees}
    weight_files.write(f"ingest.understand.{room}", "model.json", command, ("examples", examples), parts)
