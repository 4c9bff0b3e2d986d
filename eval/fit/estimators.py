"""Logistic regression, boosted trees, and the weight files that fits write beside the code.

Both are scikit-learn's, the trees as `ingest.extract.fitted_models` holds them. A weight file says the command that wrote it, what it was
fitted on, and the numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.extract.fitted_models import Trees


def write_weights(package: str, file: str, command: str, examples: tuple[str, Sequence[str]], parts: Mapping[str, Any]) -> None:
    """Write a file into a package.

    Args:
        package: by its dotted name.
        file: its name there.
        command: of ``python -m eval`` that writes it, without ``--write``.
        examples: what they are called, and each as it enters the digest.
        parts: the fitted numbers and what names them, in order; the last begins a line.
    """
    called, each = examples
    stored = {
        "command": f"python -m eval {command} --write",
        called: {"n": len(each), "sha256": hashlib.sha256("\n".join(each).encode()).hexdigest()},
        **parts,
    }
    last = f'"{[*parts][-1]}"'
    text = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    Path(str(resources.files(package) / file)).write_text(text.replace(last, f"\n{last}") + "\n", encoding="utf-8")


Floats: TypeAlias = NDArray[np.float64]

STEPS = 200


def fit_rows(rows: Floats, labels: Floats, ridge: float, weights: Floats | None = None) -> Floats:
    """The coefficients that maximise the penalised likelihood by Newton's method, that of the constant last, shape ``(columns + 1,)``.

    Args:
        rows: one example a row, without a constant.
        labels: 0 or 1 for each row.
        ridge: the penalty of each coefficient's square, but of the constant's.
        weights: what each row counts for; None: all count 1.
    """
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-10, max_iter=STEPS).fit(rows, labels, weights)
    return np.append(made.coef_[0], made.intercept_)


def fit_classes(rows: Floats, labels: NDArray[np.int64], classes: int, penalty: float = 1.0) -> tuple[Floats, Floats]:
    """Weights of shape ``(classes, columns)`` and biases of shape ``(classes,)`` of a multinomial regression (scikit-learn's).

    Raises:
        ValueError: a class has no example.
    """
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression(C=1 / penalty, max_iter=STEPS).fit(rows, labels)
    if len(made.classes_) != classes:
        raise ValueError(f"of {classes} classes {len(made.classes_)} have examples")
    return made.coef_, made.intercept_


def sigmoid(totals: Floats) -> Floats:
    """1 / (1 + e^-x), element by element."""
    found: Floats = 1 / (1 + np.exp(-totals))
    return found


SCALE: Final = 10_000
SETTINGS: Final[dict[str, Any]] = {
    "n_estimators": 90, "learning_rate": 0.06, "max_leaf_nodes": 12, "max_depth": None, "min_samples_leaf": 8, "max_features": 0.2,
    "subsample": 0.6,
}  # fmt: skip
SEEDS: Final = 4
"""Models whose scores are averaged: one alone turns on the examples that it happened to be fitted on."""


def fit_trees(rows: Sequence[Mapping[str, float]], labels: Sequence[bool], counts: Sequence[float]) -> Trees:
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


def write_trees(model: Trees, room: str, command: str, examples: Sequence[str]) -> None:
    """Put a model into its room, with the digest of what it was fitted on."""
    parts = {"features": model.names, "start": model.start, "rate": model.rate, "trees": model.trees}
    write_weights("ingest.extract", f"{room}.json", command, ("examples", examples), parts)
