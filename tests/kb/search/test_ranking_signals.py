"""What counts besides the text: hubs, headings, documents, kinds and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.fusion import Fused
from kb.search.query_vector import without_hubness
from kb.search.ranking_signals import authority, heading_match, headings_of, recency
from kb.search.result_diversity import FREE, spread_documents
from kb.store.passages import Moments
from tests.kb.make import base, document

SAME = (
    "The office opens at nine and closes at five on working days.",
    "Forms are handed in at the second window with two copies.",
    "A receipt is given for every form that was handed in.",
)


def test_a_passage_near_to_everything_loses_to_one_that_is_near_to_the_question() -> None:
    hub, right = np.array([0.98, 0.2], dtype=np.float32), np.array([0.6, 0.8], dtype=np.float32)
    pool = Moments(3, np.array([2.94, 0.6]), np.eye(2))
    question = np.array([0.85, 0.53], dtype=np.float32)
    assert question @ hub > question @ right
    # The centre is (0.98, 0.2): taken off in full, (−0.13, 0.33) is left.
    moved = without_hubness(question, pool, share=1.0)
    assert moved.tolist() == pytest.approx([-0.13, 0.33], abs=1e-6)
    assert moved @ right > moved @ hub


def test_nothing_is_taken_off_where_there_are_no_passages() -> None:
    question = np.array([0.6, 0.8], dtype=np.float32)
    assert without_hubness(question, Moments(0, np.zeros(2), np.zeros((2, 2)))) is question


def test_a_heading_counts_by_how_much_of_it_is_asked_for() -> None:
    idf = {"how": 0.0, "flood": 3.0, "warn": 2.0, "annex": 1.0}
    asked = frozenset({"how", "flood", "warn"})
    assert heading_match(asked, [frozenset({"flood", "warn"})], idf) == 1.0
    assert heading_match(asked, [frozenset({"flood", "annex"})], idf) == 0.75  # flood is 3 of the 5 asked for: more than `TELLING`
    assert heading_match(asked, [frozenset({"flood", "annex"}), frozenset({"flood", "warn"})], idf) == 1.0
    assert heading_match(asked, [frozenset({"annex"})], idf) == 0.0
    assert heading_match(asked, [], idf) == 0.0


def test_a_heading_that_says_little_of_what_is_asked_counts_little() -> None:
    idf = {"city": 1.0, "flood": 4.0, "warn": 5.0}
    # The heading is asked for in full, but is 1 of 10: a quarter of the four tenths from which it counts in full.
    assert heading_match(frozenset(idf), [frozenset({"city"})], idf) == pytest.approx(0.25)


def test_a_first_sentence_that_stands_in_for_a_title_is_no_heading() -> None:
    assert headings_of("The office opens at nine.", ("Article 1",)) == ("Article 1",)
    assert headings_of("कार्यालय नऊ वाजता उघडते।", ()) == headings_of("窓口は九時に開く。", ()) == ()
    assert headings_of("Office rules", ("Article 1", "Hours.")) == ("Office rules", "Article 1", "Hours.")


def test_a_signed_text_outranks_a_report_and_that_a_newspaper() -> None:
    assert authority("agreement") > authority("report") == authority("best_practice") > authority("other") > authority("news")


def test_recency_halves_in_five_years_before_the_newest_passage() -> None:
    newest = date(2025, 3, 1)
    assert recency(newest, newest) == 1.0
    assert recency(date(2020, 3, 1), newest) == pytest.approx(0.5, abs=1e-3)
    assert recency(None, newest) == recency(newest, None) == 0.0


def test_the_third_passage_of_a_document_gives_way_to_one_that_is_as_good() -> None:
    ranked = [Fused(1, 5.0), Fused(2, 4.9), Fused(3, 4.8), Fused(4, 4.5), Fused(5, 1.0)]
    owners = {1: 10, 2: 10, 3: 10, 4: 20, 5: 30}
    assert [f.chunk for f in spread_documents(ranked, owners, 0.5, 5)] == [1, 2, 4, 3, 5]
    assert [f.chunk for f in spread_documents(ranked, owners, 0.0, 5)] == [1, 2, 3, 4, 5]


def test_a_document_that_alone_answers_still_fills_the_list() -> None:
    ranked = [Fused(chunk, 9.0 - chunk / 10) for chunk in range(1, 6)] + [Fused(6, 1.0)]
    owners = dict.fromkeys(range(1, 6), 10) | {6: 20}
    assert [f.chunk for f in spread_documents(ranked, owners, 0.5, 6)] == [1, 2, 3, 4, 5, 6]


LISTS = st.lists(st.tuples(st.floats(-10, 10), st.integers(1, 4)), max_size=12)


@given(LISTS, st.floats(0, 3), st.integers(0, 12))
def test_spreading_loses_nothing_keeps_each_documents_order_and_scores_that_fall(
    rows: list[tuple[float, int]], step: float, places: int
) -> None:
    ranked = sorted((Fused(i, score) for i, (score, _) in enumerate(rows)), key=lambda f: (-f.score, f.chunk))
    owners = {i: owner for i, (_, owner) in enumerate(rows)}
    found = spread_documents(ranked, owners, step, places)
    assert sorted(f.chunk for f in found) == list(range(len(rows)))
    for owner in set(owners.values()):
        assert [f.chunk for f in found if owners[f.chunk] == owner] == [f.chunk for f in ranked if owners[f.chunk] == owner]
    top = [f.score for f in found[:places]]
    assert top == sorted(top, reverse=True)
    assert [f.chunk for f in found[:FREE]] == [f.chunk for f in ranked[:FREE]]


def test_of_two_papers_that_say_the_same_the_signed_one_comes_first_and_the_hit_says_why(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        news, agreement = document("a", "en", "news", SAME), document("b", "en", "agreement", SAME)
        opened.ingest_documents([news, replace(agreement, facts=replace(agreement.facts, title=news.facts.title))])
        hits = opened.search("When does the office open?", k=6).hits
        assert (hits[0].kind, hits[1].kind) == ("agreement", "news")
        assert hits[0].text == hits[1].text
        assert hits[0].channels["authority"] == pytest.approx(0.1)
        assert "authority" not in hits[1].channels


def test_without_weight_kinds_do_not_count(tmp_path: Path) -> None:
    with base(tmp_path, authority_weight=0.0) as opened:
        opened.ingest_documents([document("a", "en", "news", SAME), document("b", "en", "agreement", SAME)])
        assert opened.search("When does the office open?", k=6).hits[0].kind == "news"  # equal, so the first to be stored


def test_the_passage_that_opens_with_its_title_has_as_much_of_it_as_those_below(tmp_path: Path) -> None:
    text = ("Mizuhara bay is the name of the waters between the two towns.", *SAME)
    with base(tmp_path) as opened:
        opened.ingest_documents([document("Mizuhara bay", "en", "other", text), document("Harbour office", "en", "other", SAME)])
        hits = [hit for hit in opened.search("What is Mizuhara bay?", k=8).hits if hit.document == "Mizuhara bay"]
        assert hits[0].text == text[0]
        points = [hit.channels.get("heading") for hit in hits]
        assert points == [points[0]] * 4
        assert (points[0] or 0) > 1


def test_a_passage_under_a_title_that_is_asked_for_comes_first(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([document("Harbour office", "en", "other", SAME), document("Passport office", "en", "other", SAME)])
        hits = opened.search("passport forms window", k=6).hits
        assert hits[0].document == "Passport office"
        assert (hits[0].channels["heading"] or 0) > 0
