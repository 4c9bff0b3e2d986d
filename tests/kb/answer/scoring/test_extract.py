"""The sentences that answer come first, and each is quoted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.answer.query_understanding.answer_types import asked_for, holds
from kb.answer.scoring.candidates import Budget, is_fragment, preselect, refers_back, sentences_of
from kb.answer.scoring.sentence_features import lexical_scores, standardise
from kb.answer.scoring.sentence_ranking import Scored, compose
from lang.languages import Language
from lang.words.search_tokens import content_words, script
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Article 4 Governance", True), ("費用の分担", True), ("费用は市が負担する。", False), ("The Committee meets in May.", False)],
)
def test_a_heading_is_a_fragment_and_a_sentence_is_not(text: str, expected: bool):
    assert is_fragment(text) is expected


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


def test_function_words_are_no_content_words():
    assert content_words("What is the name of the bridge?", "en") == content_words("bridge", "en")


@pytest.mark.parametrize(
    ("text", "expected"), [("JICA ने ठाणे में कार्यालय खोला", "devanagari"), ("NASAの計画", "japanese"), ("Pune", "latin"), ("2026 …", "none")]
)
def test_the_script_is_that_of_most_of_the_text(text: str, expected: str):
    assert script(text) == expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was it signed?", "date"),
        ("करार कधी झाला?", "date"),
        ("समझौता कब हुआ?", "date"),
        ("いつ署名されましたか。", "date"),
        ("How many officers are trained?", "number"),
        ("किती अधिकारी प्रशिक्षित होतील?", "number"),
        ("कितने अधिकारी प्रशिक्षित होंगे?", "number"),
        ("職員は何人ですか。", "number"),
        ("Who drafted the memorandum?", "person"),
        ("मसुदा कोणी तयार केला?", "person"),
        ("मसौदा किसने तैयार किया?", "person"),
        ("誰が起草しましたか。", "person"),
        ("Where is the office?", "place"),
        ("कार्यालय कुठे आहे?", "place"),
        ("कार्यालय कहाँ है?", "place"),
        ("事務所はどこですか。", "place"),
        ("Why was it delayed?", None),
    ],
)
def test_the_wording_of_a_question_says_what_it_asks_for(question: str, kind: str | None):
    assert asked_for(question) == kind


def test_a_sentence_holds_a_date_or_a_number_in_any_digits():
    assert holds("१८ फेब्रुवारी २०२६ रोजी स्वाक्षरी झाली.", "date")
    assert holds("令和7年に始まった。", "date")
    assert holds("बारह अधिकारी आएंगे।", "number")
    assert not holds("The guests were welcomed.", "number")


@pytest.mark.parametrize(
    ("text", "language", "quote"),
    [
        ("The bridge is old. It opens in May.", "en", "The bridge is old. It opens in May."),
        ("पूल जुना आहे. या पुलाचे काम मे महिन्यात संपेल.", "mr", "पूल जुना आहे. या पुलाचे काम मे महिन्यात संपेल."),
        ("橋は古い構造である。その橋は5月に開通する予定である。", "ja", "橋は古い構造である。その橋は5月に開通する予定である。"),
        ("The bridge is old. Italy opens it in May.", "en", "Italy opens it in May."),
        ("The bridge is old.\nIt opens in May.", "en", "It opens in May."),
    ],
)
def test_a_sentence_that_refers_back_is_quoted_with_the_one_before_it(text: str, language: Language, quote: str):
    shelf = Shelf([(text, language, "news")])
    last = ranked(shelf)[-1]
    assert [s.text for s in compose([last], np.eye(1, dtype=np.float32), language, shelf.ports())] == [quote]


@pytest.mark.parametrize(
    ("text", "refers"),
    [
        ("The ward office uses this kind of gauge.", True),
        ("All of this prepared the pilot.", True),
        ("Both of these cities signed it.", True),
        ("The council tried this approach in May.", True),
        ("The Parties shall meet under this Memorandum.", False),
        ("Gauges are named in annex 2 of this memorandum.", False),
        ("The office opened late this year.", False),
        ("A gauge stands here, and this is read daily.", False),
        ("In 1993, he moved the office.", True),
        ("Since May 2024 they meet twice a year.", True),
        ("In 1993, Heather moved the office.", False),
        ("कई इसे पहला पुल मानते हैं।", True),
        ("निगम इस प्रकार के उपकरण चलाता है।", True),
        ("निगम इस प्रकार काम करेगा।", False),
        ("नगर निगम इस उपकरण को चलाता है।", True),
        ("निगम इस समझौते के तहत काम करेगा।", False),
        ("निगम इस वर्ष काम करेगा।", False),
        ("市は、この装置を使っている。", True),
        ("市は、この覚書に基づき協力する。", False),
    ],
)
def test_a_word_for_what_was_named_before_is_known_inside_a_sentence_too(text: str, refers: bool):
    assert refers_back(text) is refers


def test_the_sentence_before_is_not_quoted_twice():
    shelf = Shelf([("The bridge is old. It opens in May.", "en", "news")])
    statements = compose(ranked(shelf), np.eye(2, dtype=np.float32), "en", shelf.ports())
    assert [s.text for s in statements] == ["The bridge is old.", "It opens in May."]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Does the Ministry pay for officers who go abroad?", None),
        ("Is it known when the pilot ends?", None),
        ("Which officer is responsible for training?", "person"),
        ("प्रशिक्षण की ज़िम्मेदारी किस अधिकारी को दी गई है?", "person"),
        ("हे काम कोणत्या अधिकाऱ्याकडे आहे?", "person"),
        ("どの職員が担当しますか。", "person"),
        ("संयुक्त समिति के कौन-कौन से कार्य समूह हैं?", None),
        ("संवेदक कधीपासून माहिती पाठवू लागले?", "date"),
    ],
)
def test_a_question_that_yes_or_no_answers_asks_for_no_name_and_one_for_an_officer_does(question: str, kind: str | None):
    assert asked_for(question) == kind
