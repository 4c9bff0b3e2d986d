"""ALCE's measures of citations, worked by hand; and who agrees with people."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.datasets.written_sentences import verified_citation
from eval.metrics.answer_quality import Cited, alce_summary, by_verifier, citation_precision, citation_recall, cited, cited_of_answer
from eval.metrics.llm_judge import Agreement, agreement
from kb.records import Answer, Citation, Refusal, Statement, Timings, Verdict


def words(statement: str, citations: Sequence[Citation]) -> bool:
    """A judge that a person can follow: each word of the statement stands in one of the quotes."""
    shown = {word for c in citations for word in c.quote.split()}
    return set(statement.split()) <= shown


def statement(text: str, *quotes: str) -> Statement:
    return Statement(text, "agreed", tuple(verified_citation(quote) for quote in quotes))


def answer(*statements: Statement) -> Answer:
    refusal = None if statements else Refusal("not_in_documents", "No.")
    return Answer("q", "en", "extractive", statements, refusal, Timings(1, 1, 2))


def test_a_citation_that_supports_alone_and_one_that_is_needed_are_precise():
    assert cited(statement("a b", "a b c", "a b"), words) == Cited(True, (True, True))
    assert cited(statement("a b", "a", "b"), words) == Cited(True, (True, True))


def test_a_citation_without_which_the_others_support_the_statement_is_irrelevant():
    assert cited(statement("a b", "a b", "x"), words) == Cited(True, (True, False))


def test_citations_of_a_statement_that_they_do_not_support_are_imprecise_and_no_citation_supports_nothing():
    assert cited(statement("a b", "a", "x"), words) == Cited(False, (False, False))
    assert cited(statement("a b"), words) == Cited(False, ())


def test_recall_is_the_share_of_statements_and_precision_that_of_citations():
    judged = cited_of_answer(answer(statement("a b", "a b", "x"), statement("c", "d")), words)
    assert citation_recall(judged) == 0.5
    assert citation_precision(judged) == pytest.approx(1 / 3)  # of "a b", "x" and "d" only the first


def test_an_answer_that_cites_nothing_has_precision_zero_and_a_refusal_has_none():
    assert citation_precision(cited_of_answer(answer(statement("a")), words)) == 0.0
    assert citation_recall(cited_of_answer(answer(), words)) is None
    assert citation_precision(cited_of_answer(answer(), words)) is None


def test_the_summary_is_a_mean_over_answers_and_counts_what_was_judged():
    one = (Cited(True, (True, False)), Cited(False, (False,)))
    other = (Cited(True, (True,)),)
    # Precision: (1/3 + 1) / 2; recall: (1/2 + 1) / 2.
    assert alce_summary([one, (), other]) == {
        "precision": 0.6667, "recall": 0.75, "answers": 2, "statements": 3, "supported": 2, "citations": 4,
    }  # fmt: skip
    assert alce_summary([()])["recall"] is None


def test_by_the_verifier_only_what_is_verified_is_supported():
    said = {"yes": "verified", "half": "partial", "no": "unsupported"}
    supports = by_verifier(lambda text, citations: Verdict(said[text], 0.9))  # type: ignore[arg-type]
    assert [supports(text, [verified_citation("x")]) for text in said] == [True, False, False]


def test_kappa_is_the_agreement_beyond_chance():
    # Of 10: 4 right yes, 1 wrong yes, 3 right no, 2 wrong no. Chance: .6 * .5 + .4 * .5 = .5; (.7 - .5) / .5.
    found = agreement([True] * 5 + [False] * 5, [True] * 4 + [False] * 4 + [True] * 2)
    assert found == Agreement(right_yes=4, wrong_yes=1, right_no=3, wrong_no=2)
    assert found.report() == {"judged": 10, "agreement": 0.7, "kappa": 0.4, "sensitivity": 0.6667, "specificity": 0.75}


def test_a_share_is_corrected_by_how_often_the_judge_errs():
    # It finds 80 of 100 supported ones and calls 10 of 100 others supported: 45 % said are 50 % true.
    found = Agreement(right_yes=80, wrong_yes=10, right_no=90, wrong_no=20)
    assert found.corrected(0.45) == pytest.approx(0.5)
    assert found.corrected(0.99) == 1.0
    assert Agreement(1, 1, 1, 1).corrected(0.5) is None


def test_a_judge_that_always_says_yes_agrees_by_chance_only_and_nothing_is_no_agreement():
    assert agreement([True, True], [True, False]).kappa == 0.0
    with pytest.raises(ValueError, match="0 judged"):
        agreement([], [])
