"""Two runs compared query by query; the values are worked by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.__main__ import main
from eval.metrics.comparison import CompareError, changes, compare_set, paired_bootstrap


def run(scores: dict[str, float], *, first: dict[str, str] | None = None, corpus: str | None = None, name: str = "small") -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "per_query": {"fused": scores}}
    made |= {"first": {"fused": first}} if first is not None else {}
    return made | ({"data": {"corpus": corpus}} if corpus is not None else {})


def saved(path: Path, *runs: dict[str, Any]) -> str:
    path.write_text(json.dumps({"sets": runs}), encoding="utf-8")
    return str(path)


def test_one_gain_on_every_query_is_better_and_certain():
    # Every difference is 1/4, and so is the mean of any resample.
    interval = paired_bootstrap([0.75, 0.5, 1.0], [0.5, 0.25, 0.75])
    assert (interval.difference, interval.low, interval.high, interval.verdict) == (0.25, 0.25, 0.25, "better")


def test_two_queries_are_drawn_as_a_binomial():
    # Differences 0 and 1: a resample of two has mean 0 (1 in 4), ½ (2 in 4) or 1 (1 in 4), so 2.5 % and 97.5 % fall on 0 and 1.
    interval = paired_bootstrap([1.0, 0.5], [0.0, 0.5])
    assert (interval.difference, interval.low, interval.high, interval.verdict) == (0.5, 0.0, 1.0, "no difference")


def test_the_interval_is_that_of_a_binomial_share():
    # 100 queries, 30 won by 1: the mean of a resample is Binomial(100, 0.3) / 100, whose 2.5th and 97.5th percentiles are 0.21 and 0.39.
    interval = paired_bootstrap([1.0] * 30 + [0.0] * 70, [0.0] * 100)
    assert interval.difference == pytest.approx(0.3)
    assert interval.low == pytest.approx(0.21, abs=0.011)
    assert interval.high == pytest.approx(0.39, abs=0.011)


def test_pairing_finds_a_small_loss_that_unpaired_means_would_hide():
    # The scores run from 0 to 1, but each query loses one or two hundredths.
    old = [i / 50 for i in range(2, 51)]
    new = [score - (0.01 if i % 2 else 0.02) for i, score in enumerate(old)]
    interval = paired_bootstrap(new, old)
    assert interval.verdict == "worse"
    assert -0.02 <= interval.low < interval.high <= -0.01


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_the_interval_holds_the_difference_up_to_skew_and_turns_round_with_the_runs(pairs: list[tuple[float, float]]):
    new, old = [a for a, _ in pairs], [b for _, b in pairs]
    there, back = paired_bootstrap(new, old), paired_bootstrap(old, new)
    assert there == paired_bootstrap(new, old)
    assert there.difference == pytest.approx(-back.difference)
    assert (there.low, there.high) == (pytest.approx(-back.high, abs=1e-9), pytest.approx(-back.low, abs=1e-9))
    spread = [a - b for a, b in pairs]
    assert min(spread) - 1e-9 <= there.low <= there.high <= max(spread) + 1e-9


@pytest.mark.parametrize(("new", "old"), [([], []), ([1.0], [1.0, 0.0])])
def test_scores_that_are_no_pairs_are_refused(new: list[float], old: list[float]):
    with pytest.raises(CompareError, match="Paired scores"):
        paired_bootstrap(new, old)


def test_only_queries_that_both_runs_asked_are_compared():
    (row,) = compare_set(run({"q1": 1.0, "q2": 0.5, "q3": 0.0}), run({"q1": 0.5, "q2": 0.5, "q4": 1.0, "q5": 1.0}))
    assert (row.queries, row.only_one, row.saved, row.new, row.interval.difference) == (2, 3, 0.5, 0.75, 0.25)


def test_different_corpora_are_not_compared():
    with pytest.raises(CompareError, match=r"small: the runs searched different corpora \(aa…, bb…\)"):
        compare_set(run({"q": 1.0}, corpus="aa"), run({"q": 1.0}, corpus="bb"))


def test_a_report_without_scores_per_query_is_named():
    with pytest.raises(CompareError, match="small: the saved report has no `per_query`"):
        compare_set(run({"q": 1.0}), {"name": "small", "systems": {}})


def test_changes_run_from_the_greatest_loss_to_the_greatest_gain_with_what_came_first():
    new = run({"q1": 0.0, "q2": 1.0, "q3": 0.5, "q4": 0.4}, first={"q1": "d9", "q2": "d2"}) | {"query_text": {"q1": "ferry?"}}
    old = run({"q1": 1.0, "q2": 0.0, "q3": 0.5, "q4": 0.5}, first={"q1": "d1"})
    found = changes(new, old, "fused")
    assert [(change.query, change.saved, change.new) for change in found] == [("q1", 1.0, 0.0), ("q4", 0.5, 0.4), ("q2", 0.0, 1.0)]
    assert (found[0].text, found[0].saved_first, found[0].new_first) == ("ferry?", "d1", "d9")
    assert (found[2].text, found[2].saved_first, found[2].new_first) == (None, None, "d2")


def test_the_command_prints_verdicts_and_the_queries_that_changed_most(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    text = {"query_text": {"a": "When [bold] does the ferry leave?", "c": "पाणी कधी येते?"}}
    now = run({"a": 0.0, "b": 0.5, "c": 1.0}, first={"a": "d9", "b": "d1", "c": "d3"})
    then = run({"a": 1.0, "b": 0.6, "c": 0.5}, first={"a": "d1", "b": "d1", "c": "d2"})
    new, old = saved(tmp_path / "new.json", now | text), saved(tmp_path / "old.json", then, run({"x": 1.0}, name="else"))
    assert main(["compare", new, old, "--diff", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if line.startswith("| small")]
    # Means: new 1.5/3, saved 2.1/3.
    assert [cell.strip() for cell in row.strip("|").split("|")][:6] == ["small", "fused", "3", "0.7000", "0.5000", "-0.2000"]
    assert "no difference" in row
    assert lines[-7:] == [
        "small, fused, queries lost: 2",
        "  1.000 → 0.000  a  When [bold] does the ferry leave?",
        "      first: d1 → d9",
        "small, fused, queries won: 1",
        "  0.500 → 1.000  c  पाणी कधी येते?",
        "      first: d2 → d3",
        "else is in one report only and was not compared.",
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"sets": [{}]}', '{"questions": 3}'])
def test_what_is_no_retrieval_report_ends_with_status_2(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    assert main(["compare", str(tmp_path / "bad.json"), saved(tmp_path / "old.json", run({"q": 1.0}))]) == 2
    assert "bad.json" in capsys.readouterr().err.replace("\n", "")


def test_reports_without_a_common_set_end_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    new, old = saved(tmp_path / "n.json", run({"q": 1.0}, name="one")), saved(tmp_path / "o.json", run({"q": 1.0}, name="two"))
    assert main(["compare", new, old]) == 2
    assert "one; two" in capsys.readouterr().err


def test_a_missing_saved_report_is_told_before_anything_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "t"}', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "t"}', encoding="utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\n", encoding="utf-8")
    assert main(["retrieval", str(tmp_path), "--against", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err.replace("\n", "")
