"""The fit of the refusal rule, on examples whose outcome is known beforehand."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from eval.fit.refusal import FEW_DOCUMENTS, Asked, _filters
from eval.fit.refusal_thresholds import Bound, Example, half, margin, read_examples, refused, reliability, rules, write_examples
from eval.metrics.answer_quality import Question
from kb.answer.scoring.refusals import Signals
from lang.languages import LANGUAGES


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


def test_what_separates_the_two_kinds_gets_a_weight_and_nothing_else_does() -> None:
    found = rules(EXAMPLES, BOUNDS)
    assert found["same"]["weights"]["passage"] > 0.5
    assert all(abs(w) < 1e-6 for name, w in found["same"]["weights"].items() if name != "passage")
    held = [e for e in EXAMPLES if e.held_out]
    assert {row["refused"] for name, row in refused(found, held).items() if name.endswith(" answerable")} == {0.0}
    assert {row["refused"] for name, row in refused(found, held).items() if name.endswith("unanswerable")} == {1.0}


def test_the_threshold_is_set_on_the_development_half_alone() -> None:
    low = next(n for n in range(1, 99, 2) if half(f"q{n}") == 1)
    outlier = example(low, -9.0, True)
    assert rules([*EXAMPLES, outlier], BOUNDS) == rules(EXAMPLES, BOUNDS)
    assert margin(rules(EXAMPLES, BOUNDS), outlier) < 0


def test_a_language_without_a_bound_and_a_bound_without_examples_are_told() -> None:
    with pytest.raises(ValueError, match=r"no bound for \['ja'\]"):
        rules(EXAMPLES, [b for b in BOUNDS if b.language != "ja"])
    with pytest.raises(ValueError, match="'other@set'"):
        rules(EXAMPLES, [*BOUNDS, Bound("same", "en", "other@set", 0.0)])


def test_the_reliability_table_counts_every_question_once() -> None:
    tables = reliability(rules(EXAMPLES, BOUNDS), EXAMPLES)
    assert {sum(row["questions"] for row in rows) for rows in tables.values()} == {60}
    assert tables["same en"][0]["answerable"] == 0.0
    assert tables["same en"][0]["from"] is None


def test_kept_signals_are_read_as_they_were_written_and_those_of_other_days_are_told(tmp_path: Path) -> None:
    kept = tmp_path / "signals.jsonl"
    write_examples(kept, EXAMPLES[:3])
    write_examples(kept, EXAMPLES[3:5])
    assert read_examples(kept) == EXAMPLES[:5]
    with kept.open("a", encoding="utf-8") as lines:
        lines.write('{"id": "q1", "signals": {"warmth": 1.0}}\n')
    with pytest.raises(ValueError, match=r"signals\.jsonl, line 6"):
        read_examples(kept)


def test_the_margin_of_a_bound_lowers_its_threshold_by_as_much() -> None:
    lower = [replace(b, margin=0.5) for b in BOUNDS]
    plain, lowered = rules(EXAMPLES, BOUNDS), rules(EXAMPLES, lower)
    for rule in ("same", "across"):
        for language in LANGUAGES:
            assert lowered[rule]["thresholds"][language] == pytest.approx(plain[rule]["thresholds"][language] - 0.5)


def test_few_documents_hold_the_answering_one_or_none_of_them() -> None:
    infos = [SimpleNamespace(id=n, source=f"/corpus/d{n}") for n in range(50)]
    question = Question("q1", "When?", "en", (), frozenset({"d7"}), answerable=True)
    few = _filters(Asked("g", [question], None, few=True), question, infos)  # type: ignore[arg-type]
    none = _filters(Asked("g", [question], False, without=True, few=True), question, infos)  # type: ignore[arg-type]
    assert len(few.documents) == len(none.documents) == FEW_DOCUMENTS
    assert 7 in few.documents
    assert 7 not in none.documents
    assert len(_filters(Asked("g", [question], False, without=True), question, infos).documents) == 49  # type: ignore[arg-type]
    assert _filters(Asked("g", [question], None), question, infos).documents == ()  # type: ignore[arg-type]
