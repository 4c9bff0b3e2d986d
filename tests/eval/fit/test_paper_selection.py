"""Fitting which papers speak of a matter: what tells is weighted, and what is told is counted."""

from __future__ import annotations

import numpy as np

from eval.fit.paper_selection import Asked, f1, fit
from kb.answer.document_selection.topic_relevance import FEATURES


def matter(rng: np.random.Generator, *, told_by: int) -> Asked:
    """Six papers, of which those speak of the matter whose feature ``told_by`` is above nothing."""
    rows = rng.normal(size=(6, len(FEATURES)))
    speaks = tuple(bool(value > 0) for value in rows[:, told_by])
    return Asked("set", "en", rows, speaks, sum(speaks), speaks, 0, np.ones(6))


def test_the_feature_that_tells_gets_the_weight_and_the_limit_parts_the_papers() -> None:
    rng = np.random.default_rng(3)
    found = [matter(rng, told_by=1) for _ in range(60)]
    weights, least = fit(found)
    assert weights[1] > 3 * max(abs(weights[at]) for at in (0, 2, 3))
    told = [one.rows @ weights[:-1] + weights[-1] >= least for one in found]
    assert f1(told, found)[2] > 0.95


def test_what_was_not_found_and_what_was_told_in_vain_both_count() -> None:
    one = Asked("set", "en", np.zeros((2, len(FEATURES))), (True, False), 2, (True, True), 1, np.ones(2))
    precision, recall, both = f1([one.words], [one], [one.words_wrong])
    assert (precision, recall) == (1 / 3, 1 / 2)
    assert both == 2 * precision * recall / (precision + recall)
