"""Ranking metrics against values worked by hand."""

from __future__ import annotations

import math

import pytest

from eval.metrics.ranking import evaluate, per_query


def test_a_perfect_ranking_scores_one() -> None:
    assert evaluate({"q": {"a": 1}}, {"q": {"a": 2.0, "b": 1.0}}) == {"ndcg@10": 1.0, "hit@5": 1.0, "mrr@10": 1.0, "recall@100": 1.0}


def test_the_answer_at_rank_three() -> None:
    scores = evaluate({"q": {"a": 1}}, {"q": {"x": 3.0, "y": 2.0, "a": 1.0}})
    # The gain is discounted by log2(rank + 1) = log2(4) = 2.
    assert scores == pytest.approx({"ndcg@10": 0.5, "hit@5": 1.0, "mrr@10": 1 / 3, "recall@100": 1.0})


def test_the_answer_at_rank_six_is_no_hit_at_five() -> None:
    scores = evaluate({"q": {"a": 1}}, {"q": {name: 10.0 - i for i, name in enumerate("vwxyza")}})
    assert scores == pytest.approx({"ndcg@10": 1 / math.log2(7), "hit@5": 0.0, "mrr@10": 1 / 6, "recall@100": 1.0})


def test_grades_count() -> None:
    # Ranked b (1), a (3): DCG = 1 + 3/log2(3); ideal = 3 + 1/log2(3).
    scores = evaluate({"q": {"a": 3, "b": 1}}, {"q": {"b": 2.0, "a": 1.0}})
    assert scores["ndcg@10"] == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_a_query_without_results_scores_zero_and_counts() -> None:
    run = {"q": {"a": 1.0}, "empty": {}}
    assert evaluate({"q": {"a": 1}, "empty": {"b": 1}, "absent": {"c": 1}}, run)["ndcg@10"] == pytest.approx(1 / 3)


def test_nothing_found_at_all_is_zero() -> None:
    assert evaluate({"q": {"a": 1}}, {}) == {"ndcg@10": 0.0, "hit@5": 0.0, "mrr@10": 0.0, "recall@100": 0.0}


def test_a_query_without_a_relevant_passage_is_not_counted() -> None:
    assert evaluate({"q": {"a": 1}, "none": {"b": 0}}, {"q": {"a": 1.0}, "none": {"b": 1.0}})["ndcg@10"] == 1.0


def test_recall_counts_the_first_hundred() -> None:
    run = {"q": {f"x{i}": 1000.0 - i for i in range(99)} | {"a": 500.0, "b": 400.0}}
    assert evaluate({"q": {"a": 1, "b": 1}}, run)["recall@100"] == 0.5


def test_the_score_of_each_query_in_the_order_of_the_judgements() -> None:
    qrels = {"q2": {"a": 1}, "unjudged": {"a": 0}, "q1": {"a": 1}, "q3": {"a": 1}}
    scores = per_query(qrels, {"q1": {"a": 1.0}, "q2": {"x": 3.0, "y": 2.0, "a": 1.0}, "other": {"a": 1.0}})
    assert list(scores.items()) == [("q2", pytest.approx(0.5)), ("q1", pytest.approx(1.0)), ("q3", 0.0)]
    assert sum(scores.values()) / 3 == pytest.approx(evaluate(qrels, {"q1": {"a": 1.0}, "q2": {"x": 3.0, "y": 2.0, "a": 1.0}})["ndcg@10"])
