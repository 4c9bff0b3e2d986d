"""Logistic regression with an L2 penalty, by Newton's method."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

STEPS = 50
CLASS_STEPS = 200


def fit_rows(rows: Floats, labels: Floats, penalty: Floats, weights: Floats | None = None) -> Floats:
    """The coefficients that maximise the penalised likelihood, shape ``(columns,)``.

    Args:
        rows: one example a row; a constant is a column of ones.
        labels: 0 or 1 for each row.
        penalty: of each coefficient's square, shape ``(columns,)``.
        weights: what each row counts for; None: all count 1.
    """
    counts = np.ones(len(rows)) if weights is None else weights
    found = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        p = sigmoid(rows @ found)
        gradient = rows.T @ (counts * (p - labels)) + penalty * found
        found -= np.linalg.solve((rows * (counts * p * (1 - p))[:, None]).T @ rows + np.diag(penalty + 1e-9), gradient)
    return found


def fit_classes(rows: Floats, labels: NDArray[np.int64], classes: int, penalty: float = 1.0) -> tuple[Floats, Floats]:
    """Weights of shape ``(classes, columns)`` and biases of shape ``(classes,)`` of a multinomial regression (scikit-learn's).

    Raises:
        ValueError: a class has no example.
    """
    from sklearn.linear_model import LogisticRegression

    made = LogisticRegression(C=1 / penalty, max_iter=CLASS_STEPS).fit(rows, labels)
    if len(made.classes_) != classes:
        raise ValueError(f"of {classes} classes {len(made.classes_)} have examples")
    return made.coef_, made.intercept_


def sigmoid(totals: Floats) -> Floats:
    """1 / (1 + e^-x), element by element."""
    found: Floats = 1 / (1 + np.exp(-totals))
    return found
