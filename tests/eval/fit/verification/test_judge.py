"""Weighing what several checks say of a statement: where sentences begin to count as checked, and where they begin to be dropped."""

from __future__ import annotations

import math
import random

from eval.fit.verification.judge import DROPPED, FEATURES, SHOWN, Weighed, fitted, report, scores
from kb.verify.verdict import LITTLE


def statements(count: int = 400) -> list[Weighed]:
    by = random.Random(4)
    found = []
    for at in range(count):
        true = at % 4 == 0
        features = {"model": by.gauss(1.0 if true else -1.0, 1.0), "number": float(not true and by.random() < 0.5)}
        kind = "true" if true else "number"
        found.append(Weighed(f"set{at % 5}", "same", kind, tuple(features.get(name, 0.0) for name in FEATURES)))
    return found


def test_the_scores_are_turned_so_that_few_lies_are_checked_and_few_truths_dropped() -> None:
    known = statements()
    totals = scores(known, fitted(known, SHOWN["same"]))
    true = [total for one, total in zip(known, totals, strict=True) if one.kind == "true"]
    false = [total for one, total in zip(known, totals, strict=True) if one.kind != "true"]
    assert sum(total >= 0 for total in false) / len(false) <= SHOWN["same"] + 0.01
    assert sum(total < math.log(LITTLE / (1 - LITTLE)) for total in true) / len(true) <= DROPPED + 0.01
    assert sum(total >= 0 for total in true) / len(true) > 0.5


def test_what_is_found_otherwise_weighs_against_a_statement() -> None:
    weights = fitted(statements(), 0.02)
    assert weights["model"] > 0 > weights["number"]


def test_the_report_stands_beside_the_model_alone() -> None:
    known = [*statements(), *(Weighed(one.group, "across", one.kind, one.features) for one in statements())]
    same = report(known).splitlines()[2].strip("|").split("|")
    judge, model = (float(cell) for cell in same[2:4])
    assert judge > model > 0.5
