"""Claims that people have labelled, and the logistic score that is fitted on them: WiCE (Kamoi et al., 2023).

These are claims of Wikipedia and the pages they cite. A claim is *supported* when all of it is; partially and not supported claims are the
others. The pages are long: what is scored are the sentences that share most words with the claim.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.logistic import Floats, fit_rows, sigmoid
from kb.verify.support import Signals, TokenEncoder, signals_of
from lang.lexical.content_words import content_words

READ = 14
"""Sentences of a page that are compared with a claim."""
QUOTED = 3
"""Of these, as many as a statement of an answer cites at most."""
FOLDS = 5
BINS = 10
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, the sentences of its evidence that are looked at, and whether they support all of it.

    ``nearest`` are the few that share most words with it: as many as an answer quotes.
    """

    text: str
    evidence: tuple[str, ...]
    supported: bool
    nearest: tuple[str, ...] = ()


def read_wice(path: Path) -> list[Claim]:
    """The claims of a WiCE file (JSON lines with ``claim``, ``evidence``, ``label``)."""
    found = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            read, few = (_nearest(row["claim"], row["evidence"], most) for most in (READ, QUOTED))
            found.append(Claim(row["claim"], read, row["label"] == "supported", few))
    return found


def _nearest(claim: str, evidence: Sequence[str], most: int) -> tuple[str, ...]:
    words = set(content_words(claim, "en"))
    inside = [set(content_words(sentence, "en")) for sentence in evidence]
    telling = {word: math.log(1 + len(evidence) / (1 + sum(word in there for there in inside))) for word in words}
    weight = [sum(telling[word] for word in words & there) for there in inside]
    best = sorted(range(len(evidence)), key=lambda at: -weight[at])[:most]
    return tuple(evidence[at] for at in sorted(best))


def matrix(signals: Sequence[Signals]) -> Floats:
    """One row a claim, one column a signal in the order of ``Signals``."""
    return np.array([[getattr(one, name) for name in Signals.__slots__] for one in signals], dtype=np.float64)


def fit(signals: Floats, labels: Floats, ridge: float = RIDGE) -> Floats:
    """Weights of a logistic regression with an L2 penalty of ``ridge`` on standardised signals; the constant comes last.

    Newton's method; shape ``(signals + 1,)``, to be used on signals as they are.
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    rows = np.c_[(signals - mean) / spread, np.ones(len(signals))]
    weights = fit_rows(rows, labels, ridge * np.append(np.ones(signals.shape[1]), 0.0))
    scaled = weights[:-1] / spread
    return np.append(scaled, weights[-1] - scaled @ mean)


def probability(weights: Floats, signals: Floats) -> Floats:
    """Row by row, the probability of support."""
    return sigmoid(signals @ weights[:-1] + weights[-1])


def held_out(signals: Floats, labels: Floats, seed: int = 0) -> Floats:
    """Probabilities of each row by weights that were fitted without its fold."""
    order = np.random.default_rng(seed).permutation(len(labels))
    found = np.zeros(len(labels))
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        train = np.setdiff1d(order, test)
        found[test] = probability(fit(signals[train], labels[train]), signals[test])
    return found


def auroc(scores: Floats, labels: Floats) -> float:
    """The chance that a supported claim scores above another one (Mann-Whitney U); ties count half."""
    others = scores[labels == 0]
    return float(np.mean([(score > others).mean() + 0.5 * (score == others).mean() for score in scores[labels == 1]]))


def calibration_error(scores: Floats, labels: Floats) -> float:
    """Expected calibration error (Guo et al., 2017) over `BINS` bins of equal width."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return float(sum(abs(labels[bins == b].mean() - scores[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())))


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores from ``low`` to ``high``: how many, their mean, and the share of them that is supported."""

    low: float
    high: float
    count: int
    score: float
    supported: float


def reliability(scores: Floats, labels: Floats, bins: int = BINS) -> list[Bin]:
    """The bins of equal width that are not empty, in order; those of a calibrated score lie on the diagonal."""
    at = np.minimum((scores * bins).astype(int), bins - 1)
    return [
        Bin(b / bins, (b + 1) / bins, int((at == b).sum()), float(scores[at == b].mean()), float(labels[at == b].mean()))
        for b in sorted(set(at.tolist()))
    ]


def evaluate(claims: Sequence[Claim], tokens: TokenEncoder) -> dict[str, Any]:
    """AUROC of each signal, and AUROC and calibration error of the score in cross-validation; and the weights fitted on all claims."""
    signals = matrix([signals_of(claim.text, claim.evidence, tokens) for claim in claims])
    labels = np.array([float(claim.supported) for claim in claims])
    scores = held_out(signals, labels)
    single: Mapping[str, float] = {name: auroc(signals[:, at], labels) for at, name in enumerate(Signals.__slots__)}
    return {
        "claims": len(claims),
        "supported": int(labels.sum()),
        "auroc": {**single, "score": auroc(scores, labels)},
        "calibration_error": calibration_error(scores, labels),
        "weights": dict(zip([*Signals.__slots__, "constant"], fit(signals, labels).tolist(), strict=True)),
    }
