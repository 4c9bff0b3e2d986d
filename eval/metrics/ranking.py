"""Ranking metrics, from ``ir_measures``; a query without results scores zero instead of vanishing."""

from __future__ import annotations

from collections.abc import Mapping

import ir_measures
from ir_measures import RR, R, Success, nDCG

_MEASURES = {"ndcg@10": nDCG @ 10, "hit@5": Success @ 5, "mrr@10": RR @ 10, "recall@100": R @ 100}
NAMES = tuple(_MEASURES)


def evaluate(qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The mean of each metric over the queries of ``qrels`` that have a relevant passage.

    Args:
        qrels: ``qrels[query][passage]`` is the graded relevance; 0 is judged and not relevant.
        run: ``run[query][passage]`` is a score, higher is better. Queries that are not in ``qrels`` are ignored.

    Returns:
        ``ndcg@10`` (Järvelin & Kekäläinen 2002, linear gain), ``hit@5``, ``mrr@10`` and ``recall@100``.
    """
    judged = _judged(qrels)
    totals = dict.fromkeys(NAMES, 0.0)
    found = {query: dict(run[query]) for query in judged if run.get(query)}
    if found:
        names = {measure: name for name, measure in _MEASURES.items()}
        for metric in ir_measures.iter_calc(list(names), {query: judged[query] for query in found}, found):
            totals[names[metric.measure]] += metric.value
    return {name: total / len(judged) if judged else 0.0 for name, total in totals.items()}


def per_query(qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """nDCG@10 of each query that ``evaluate`` takes the mean of, in the order of ``qrels``; zero where the run found nothing."""
    judged = _judged(qrels)
    scores = dict.fromkeys(judged, 0.0)
    found = {query: dict(run[query]) for query in judged if run.get(query)}
    if found:
        for metric in ir_measures.iter_calc([nDCG @ 10], {query: judged[query] for query in found}, found):
            scores[metric.query_id] = metric.value
    return scores


def _judged(qrels: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {query: dict(grades) for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
