"""The gold of facts: what is wrong counts as wrong, and no date is wrong without being marked as likely only."""

from __future__ import annotations

import pytest

from eval.tasks.documents.facts import DATES, Judgement, run, summarise


def _judged(outcome: str, field: str = "signed", sure: bool = True) -> Judgement:
    return Judgement("a.txt", "dev", "en", field, outcome, True, sure, "2025-03-12", "2025-03-13")  # type: ignore[arg-type]


def test_a_wrong_date_that_is_marked_as_likely_is_wrong_but_not_confidently() -> None:
    judged = [_judged("wrong"), _judged("wrong", sure=False), _judged("right"), _judged("missed", "date")]
    dates = summarise(judged)["dev"]["fields"]["dates"]
    assert (dates["fields"], dates["right"], dates["missed"], dates["wrong"], dates["confidently_wrong"]) == (4, 0.25, 1, 2, 1)


@pytest.mark.slow
def test_no_date_of_our_own_papers_is_confidently_wrong() -> None:
    judged, absent = run(None)
    dates = [j for j in judged if j.field in DATES]
    assert len({j.document for j in dates}) >= 18
    assert all(name.startswith("shared/") for name in absent)
    assert [j for j in dates if j.outcome == "wrong" and j.sure] == []
