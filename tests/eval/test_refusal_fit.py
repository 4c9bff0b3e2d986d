"""The fit of the refusal rule, on examples whose outcome is known beforehand."""

from __future__ import annotations

from dataclasses import fields

import pytest

from eval.refusal_fit import Bound, Example, half, margin, refused, reliability, rules
from ingest.records import LANGUAGES
from kb.answer.signals import Signals


def example(number: int, passage: float, speaks: bool, rule: str = "same", language: str = "en") -> Example:
    signals = Signals(**{f.name: passage if f.name == "passage" else 0.0 for f in fields(Signals)})
    return Example(f"q{number}", "set@set", language, rule, speaks, signals)  # type: ignore[arg-type]


EXAMPLES = [
    example(n, 2.0 + n % 5 / 10 if n % 2 else -2.0 + n % 5 / 10, bool(n % 2), rule, language)
    for rule in ("same", "across")
    for language in LANGUAGES
    for n in range(60)
]
BOUNDS = [Bound(rule, language, "set@set", 0.0) for rule in ("same", "across") for language in LANGUAGES]


def test_what_separates_the_two_kinds_gets_a_weight_and_nothing_else_does():
    found = rules(EXAMPLES, BOUNDS)
    assert found["same"]["weights"]["passage"] > 0.5
    assert all(abs(w) < 1e-6 for name, w in found["same"]["weights"].items() if name != "passage")
    held = [e for e in EXAMPLES if e.held_out]
    assert {row["refused"] for name, row in refused(found, held).items() if name.endswith(" answerable")} == {0.0}
    assert {row["refused"] for name, row in refused(found, held).items() if name.endswith("unanswerable")} == {1.0}


def test_the_threshold_is_set_on_the_development_half_alone():
    low = next(n for n in range(1, 99, 2) if half(f"q{n}") == 1)
    outlier = example(low, -9.0, True)
    assert rules([*EXAMPLES, outlier], BOUNDS) == rules(EXAMPLES, BOUNDS)
    assert margin(rules(EXAMPLES, BOUNDS), outlier) < 0


def test_a_language_without_a_bound_and_a_bound_without_examples_are_told():
    with pytest.raises(ValueError, match=r"no bound for \['ja'\]"):
        rules(EXAMPLES, [b for b in BOUNDS if b.language != "ja"])
    with pytest.raises(ValueError, match="'other@set'"):
        rules(EXAMPLES, [*BOUNDS, Bound("same", "en", "other@set", 0.0)])


def test_the_reliability_table_counts_every_question_once():
    tables = reliability(rules(EXAMPLES, BOUNDS), EXAMPLES)
    assert {sum(row["questions"] for row in rows) for rows in tables.values()} == {60}
    assert tables["same en"][0]["answerable"] == 0.0
    assert tables["same en"][0]["from"] is None
