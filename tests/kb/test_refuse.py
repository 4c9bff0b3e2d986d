"""The refusal rule, worked by hand."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest

from ingest.records import LANGUAGES
from kb.answer.candidates import sentences_of
from kb.answer.refuse import Rule, bad_question, calibrated, margin
from kb.answer.score import Scored
from kb.answer.signals import Signals, signals_of
from tests.kb.answer_fakes import Shelf

NOTHING = Signals(*[0.0] * 14)


def test_a_rule_weighs_signals_against_the_threshold_of_the_language():
    rule = Rule({"best": 2.0, "brief": -1.0}, {"en": 1.5, "ja": 4.0})
    signals = Signals(*[2.0 if f.name == "best" else 1.0 if f.name == "brief" else 0.0 for f in fields(Signals)])
    assert rule.margin(signals, "en") == 1.5
    assert rule.margin(signals, "ja") == -1.0
    assert rule.margin(signals, "und") == 1.5


def test_a_side_without_sentences_is_silent():
    vector = np.zeros(64, dtype=np.float32)
    assert margin("When?", "en", vector, "words", [], [], across=False, fetched=0) == -math.inf


def test_the_stored_rules_name_only_signals_there_are_and_have_a_threshold_for_every_language():
    known = {f.name for f in fields(Signals)}
    stored = calibrated()
    assert set(stored.rules) == {"same", "same_few", "across", "across_few"}
    for rule in stored.rules.values():
        assert set(rule.weights) <= known
        assert set(rule.thresholds) == set(LANGUAGES)
    assert all(not name.endswith("stands_out") for few in ("same_few", "across_few") for name in stored.rules[few].weights)
    assert {vector.shape for vector in stored.background.values()} == {(384,)}


def test_coverage_is_the_share_of_the_questions_content_words():
    shelf = Shelf([("The bridge opens in May. The mayor speaks.", "en", "news"), ("A toll is due.", "en", "news")])
    hits = [shelf.hit(0), shelf.hit(1)]
    ranked = [Scored(c, 1.0, 0.93, 0.0) for c in sentences_of(hits)]
    signals, enough = signals_of("Does the mayor open the bridge for a fee?", np.zeros(64, dtype=np.float32), ranked, hits, {})
    # mayor, open, bridge, fee: the first sentence has two of them, its passage three, all hits three.
    assert (signals.covered_top, signals.covered_passage, signals.covered_hits) == (0.5, 0.75, 0.75)
    assert signals.brief == 0.25
    assert signals.best == pytest.approx(2.0)
    assert not enough
    assert signals.passage_stands_out == 0


@pytest.mark.parametrize(("language", "word"), [("en", "empty"), ("mr", "रिकामा"), ("hi", "खाली"), ("ja", "入力されていません")])
def test_an_empty_question_is_refused_in_each_language(language: str, word: str):
    refusal = bad_question(" ", language, 10)  # type: ignore[arg-type]
    assert refusal is not None
    assert word in refusal.message


def test_a_question_of_exactly_the_limit_is_taken():
    assert bad_question("a" * 10, "en", 10) is None
    assert bad_question("a" * 11, "en", 10) is not None
