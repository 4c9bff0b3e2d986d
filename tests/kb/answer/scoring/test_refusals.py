"""The refusal rule, worked by hand."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest

from kb.answer.scoring.candidates import sentences_of
from kb.answer.scoring.refusals import Rule, Signals, bad_question, calibrated, covered, margin, rule_for, signals_of
from kb.answer.scoring.sentence_features import Aligned
from kb.answer.scoring.sentence_ranking import Scored
from lang.languages import LANGUAGES
from tests.kb.answer_fakes import Shelf


def test_a_rule_weighs_signals_against_the_threshold_of_the_language():
    rule = Rule({"passage": 2.0, "brief": -1.0}, {"en": 1.5, "ja": 4.0})
    signals = Signals(*[2.0 if f.name == "passage" else 1.0 if f.name == "brief" else 0.0 for f in fields(Signals)])
    assert rule.margin(signals, "en") == 1.5
    assert rule.margin(signals, "ja") == -1.0
    assert rule.margin(signals, "und") == 1.5


def test_a_side_without_sentences_is_silent():
    vector = np.zeros(64, dtype=np.float32)
    assert margin("When?", "en", vector, "words", [], [], across=False, fetched=0) == -math.inf


def test_the_stored_rules_name_only_signals_there_are_and_have_a_threshold_for_every_language():
    known = {f.name for f in fields(Signals)}
    stored = calibrated()
    assert set(stored.rules) == {"same", "across"}
    for rule in stored.rules.values():
        assert set(rule.weights) <= known
        assert set(rule.thresholds) == set(LANGUAGES)
    assert {vector.shape for vector in stored.background.values()} == {(384,)}


def test_signals_are_counted_in_twentieths_from_where_the_two_kinds_part():
    shelf = Shelf([("The bridge opens in May. The mayor speaks.", "en", "news"), ("A toll is due for all of them.", "en", "news")])
    hits = [shelf.hit(0), shelf.hit(1)]
    rows = [Aligned(recall=recall, passage=passage, nowhere=0.75) for recall, passage in ((0.9, 0.95), (0.8, 0.95), (0.7, 0.7))]
    ranked = [Scored(c, 1.0, 0.93, 0.0, 0.5, a) for c, a in zip(sentences_of(hits), rows, strict=True)]
    signals = signals_of("Does the mayor open the bridge for a fee?", np.zeros(64, dtype=np.float32), ranked, hits, {})
    assert (signals.passage, signals.sentence, signals.nowhere) == (pytest.approx(2.0), pytest.approx(1.0), pytest.approx(-1.0))
    assert signals.brief == 0.25  # mayor, open, bridge, fee
    assert signals.rise == 0.0  # with so few hits, nearness to the question says nothing
    assert (signals.few, signals.stands_out, signals.japanese, signals.names) == (1.0, 0.0, 0.0, 0.5)


def test_a_sentence_of_another_language_in_the_questions_script_is_weighed_like_its_own():
    shelf = Shelf([("हा पूल मे महिन्यात खुला होईल.", "mr", "news"), ("The bridge opens in May.", "en", "news")])
    marathi, english = ([Scored(c, 1.0, 0.9, 0.0) for c in sentences_of([shelf.hit(i)])] for i in (0, 1))
    assert rule_for("पुल कब खुलेगा?", marathi, across=True) == "same"
    assert rule_for("पुल कब खुलेगा?", english, across=True) == "across"
    assert rule_for("When does it open?", english, across=False) == "same"


def test_coverage_is_the_share_of_the_questions_content_words():
    shelf = Shelf([("The bridge opens in May. The mayor speaks.", "en", "news"), ("A toll is due.", "en", "news")])
    # mayor, open, bridge, fee: the hits have three of them.
    assert covered("Does the mayor open the bridge for a fee?", "en", [shelf.hit(0), shelf.hit(1)]) == 0.75


@pytest.mark.parametrize(("language", "word"), [("en", "empty"), ("mr", "रिकामा"), ("hi", "खाली"), ("ja", "入力されていません")])
def test_an_empty_question_is_refused_in_each_language(language: str, word: str):
    refusal = bad_question(" ", language, 10)  # type: ignore[arg-type]
    assert refusal is not None
    assert word in refusal.message


def test_a_question_of_exactly_the_limit_is_taken():
    assert bad_question("a" * 10, "en", 10) is None
    assert bad_question("a" * 11, "en", 10) is not None
