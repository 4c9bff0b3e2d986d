"""What search is measured against, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.datasets.beir import BeirSet, Passage
from eval.metrics.baselines import RRF_K, Okapi, reciprocal_ranks, runs, standard, words


def test_words_keep_vowel_signs_and_have_prefixes_and_japanese_has_pairs() -> None:
    assert words("ठाणे") == ["ठाणे"]
    assert words("Sewerage") == ["sewerage", "sewe*", "sewer*"]
    assert words("排水管") == ["排水", "水管"]


def test_bm25_is_the_published_formula() -> None:
    index = Okapi(["a b", "a c", "d d d d"], str.split, 1.2, 0.75, negative_idf=False)
    # `c` stands in one of three texts: ln(1 + 2.5/1.5); its text has 2 of a mean of 8/3 words.
    norm = 1.2 * (0.25 + 0.75 * 2 / (8 / 3))
    assert index.scores("c z").tolist() == pytest.approx([0.0, math.log(1 + 2.5 / 1.5) * 2.2 / (1 + norm), 0.0])


def test_a_word_in_most_texts_gets_a_quarter_of_the_mean_idf_as_rank_bm25_has_it() -> None:
    index = Okapi(["a b", "a c", "a d"], str.split, 1.5, 0.75, negative_idf=True)
    common, rare = math.log(0.5 / 3.5), math.log(2.5 / 1.5)
    mean = (common + 3 * rare) / 4
    assert index.scores("a")[0] == pytest.approx(0.25 * mean)  # each text has the mean length, so the rest of the formula is 1


def test_ranks_count_and_what_matches_nothing_may_be_left_out() -> None:
    scores = np.array([0.0, 2.0, 1.0])
    assert reciprocal_ranks(scores, 1.0).tolist() == pytest.approx([1 / (RRF_K + 3), 1 / (RRF_K + 1), 1 / (RRF_K + 2)])
    assert reciprocal_ranks(scores, 1.0, least=0.0)[0] == 0.0


def test_standard_scores_have_mean_zero_and_deviation_one_and_equal_ones_are_zero() -> None:
    assert standard(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert standard(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


def test_every_baseline_ranks_every_question_and_a_fusion_follows_both_of_its_channels() -> None:
    corpus = tuple(Passage(f"d{i}", "", text) for i, text in enumerate(("north pier ferry", "books weeks", "glass paper")))
    data = BeirSet("s", corpus, {"q": "ferry pier"}, {"q": {"d0": 1}})
    made = runs(data, {"q": {"d0": 0.9, "d1": 0.8, "d2": 0.7}}, {"q": {"d0": 0.5}})
    assert list(made) == ["bm25", "rrf", "z-fusion", "z-fusion, our keywords", "langchain"]
    for run in made.values():
        assert next(iter(run["q"])) == "d0"
    # Dense alone says d1 before d2, and no other channel says anything about them.
    assert list(made["z-fusion"]["q"]) == ["d0", "d1", "d2"]
