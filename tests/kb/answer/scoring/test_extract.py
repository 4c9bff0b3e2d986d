"""The sentences that answer come first, and each is quoted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kb.answer.scoring.candidates import Budget, preselect, sentences_of
from kb.answer.scoring.sentence_features import lexical_scores, standardise
from kb.answer.scoring.sentence_ranking import Scored, compose
from tests.kb.answer_fakes import Shelf


def ranked(shelf: Shelf) -> list[Scored]:
    hits = [shelf.hit(i) for i in range(len(shelf.documents))]
    return [Scored(c, 3.0 - i, 0.9, 1.0) for i, c in enumerate(sentences_of(hits))]


def test_a_sentence_in_two_documents_is_one_statement_with_two_citations():
    shelf = Shelf([("The bridge opens in May.", "en", "news"), ("The bridge  opens in May.", "en", "report")])
    rows = ranked(shelf)
    statements = compose(rows, np.eye(2, dtype=np.float32), "en", shelf.ports())
    assert [len(s.citations) for s in statements] == [2]


def test_of_a_sentence_and_its_translation_the_one_in_the_language_of_the_question_comes_first():
    shelf = Shelf(
        [("The bridge opens in May.", "en", "news"), ("The mayor spoke at length.", "en", "news"), ("पूल मे महिन्यात खुला होईल.", "mr", "news")]
    )
    vectors = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    statements = compose(ranked(shelf), vectors, "mr", shelf.ports())
    assert [s.citations[0].language for s in statements] == ["mr", "en", "en"]
    assert statements[-1].text == "The bridge opens in May."


def test_standing_follows_the_kind_of_the_document():
    shelf = Shelf([("It was agreed so.", "en", "agreement"), ("Pumps are checked weekly.", "en", "best_practice")])
    statements = compose(ranked(shelf), np.eye(2, dtype=np.float32), "en", shelf.ports())
    assert [s.standing for s in statements] == ["agreed", "practised"]


def test_a_third_statement_far_below_the_best_is_left_out():
    shelf = Shelf([(f"Sentence number {n} is here.", "en", "other") for n in ("one", "two", "three")])
    rows = [Scored(s.candidate, score, 0.9, 0.0) for s, score in zip(ranked(shelf), (5.0, 4.0, 1.0), strict=True)]
    assert len(compose(rows, np.eye(3, dtype=np.float32), "en", shelf.ports())) == 2


def test_candidates_equal_the_document_at_their_offsets():
    shelf = Shelf([("कलम ४\nसमिती वर्षातून दोनदा भेटेल. खर्च मंत्रालय करेल.", "mr", "agreement")])
    found = sentences_of([shelf.hit(0)])
    assert [c.text for c in found] == ["कलम ४", "समिती वर्षातून दोनदा भेटेल.", "खर्च मंत्रालय करेल."]
    assert all(shelf.documents[0][0][c.start : c.end] == c.text for c in found)
    assert [c.fragment for c in found] == [True, False, False]
    assert [c.follows for c in found] == [False, True, True]


def test_the_first_sentence_of_a_paper_without_a_heading_is_no_heading_though_the_paper_is_called_by_it():
    shelf = Shelf([("The bridge of Sagarpur opens in May. It is long and wide.", "en", "news")])
    hit = replace(shelf.hit(0), document="The bridge of Sagarpur opens in May.")
    headed = replace(Shelf([("Flood warning in the city of Kazehama, a report on eleven years\nIt works.", "en", "report")]).hit(0))
    headed = replace(headed, document="Flood warning in the city of Kazehama, a report on eleven years")
    assert [c.fragment for c in sentences_of([hit])] == [False, False]
    assert sentences_of([headed])[0].fragment


def test_a_heading_is_no_statement_where_a_sentence_is_found_and_the_only_one_where_none_is():
    shelf = Shelf([("Article 2\nAreas of Cooperation\nThey cooperate on floods.", "en", "agreement")])
    hit = replace(shelf.hit(0), path=("Article 2 Areas of Cooperation",))
    rows = [Scored(c, 3.0 - i, 0.9, 1.0) for i, c in enumerate(sentences_of([hit]))]
    assert [row.candidate.heading for row in rows] == [True, True, False]
    assert [s.text for s in compose(rows, np.eye(3, dtype=np.float32), "en", shelf.ports())] == ["They cooperate on floods."]
    assert compose(rows[:2], np.eye(2, dtype=np.float32), "en", shelf.ports())[0].text == "Article 2"


def test_a_statement_goes_on_from_the_one_above_it_and_what_stands_in_another_is_not_shown_again():
    text = "The leader asked for the money. This comes from the budget. They pay no new tax either."
    shelf = Shelf([(text, "en", "news")])
    rows = [Scored(c, 3.0, 0.9, 1.0) for c in sentences_of([shelf.hit(0)])]
    vectors = np.eye(3, dtype=np.float32)
    _, paid, untaxed = rows
    onwards = compose([paid, untaxed], vectors, "en", shelf.ports())
    assert [s.text for s in onwards] == ["The leader asked for the money. This comes from the budget.", "They pay no new tax either."]
    assert [s.text for s in compose([untaxed, paid], vectors, "en", shelf.ports())] == [text]


def test_a_sentence_that_refers_back_is_quoted_from_what_it_refers_to():
    text = "Chambers of oxygen help. They are safe. The bends are treated by these devices. This Memorandum comes first. Water is wet."
    found = sentences_of([Shelf([(text, "en", "other")]).hit(0)])
    assert [text[c.context : c.end] for c in found][1:] == [
        "Chambers of oxygen help. They are safe.",
        "Chambers of oxygen help. They are safe. The bends are treated by these devices.",
        "This Memorandum comes first.",
        "Water is wet.",
    ]


def test_no_more_is_embedded_than_the_budget_allows_but_always_something():
    shelf = Shelf([("The committee of the two cities meets every year in the old town hall by the river. " * 5, "en", "other")])
    candidates = sentences_of([shelf.hit(0)])
    lexical = np.ones(len(candidates), dtype=np.float32)
    assert len(preselect(candidates, lexical, Budget(tokens=45), [0] * len(candidates))) == 2
    assert len(preselect(candidates, lexical, Budget(tokens=1), [0] * len(candidates))) == 1


def test_words_are_compared_only_within_a_script():
    shelf = Shelf([("The JICA office opens. Nothing else happens.", "en", "news"), ("JICA कार्यालय उघडेल.", "mr", "news")])
    candidates = sentences_of([shelf.hit(0), shelf.hit(1)])
    scores = lexical_scores("When does the JICA office open?", candidates)
    assert scores[0] > scores[1]
    assert scores[2] == 0


def test_a_share_of_a_sentences_words_is_carried_to_the_next():
    shelf = Shelf([("The old bridge is closed. It opens in May. The mayor sleeps.", "en", "news")])
    scores = lexical_scores("When does the old bridge open again?", sentences_of([shelf.hit(0)]))
    assert scores[1] > scores[2]


def test_standardised_values_have_mean_0_and_deviation_1_and_equal_values_are_0():
    assert standardise(np.array([1, 3], dtype=np.float32)).tolist() == [-1, 1]
    assert standardise(np.array([2, 2], dtype=np.float32)).tolist() == [0, 0]


def test_the_sentence_before_is_not_quoted_twice():
    shelf = Shelf([("The bridge is old. It opens in May.", "en", "news")])
    statements = compose(ranked(shelf), np.eye(2, dtype=np.float32), "en", shelf.ports())
    assert [s.text for s in statements] == ["The bridge is old.", "It opens in May."]
