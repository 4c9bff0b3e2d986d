"""Which words of a reading are misread, word by word, and what the fitted weights are worth."""

from __future__ import annotations

import numpy as np
import pytest

from eval.fit.documents.misread_words import Example, best_threshold, fitted, misread, score, table
from ingest.ocr.word_confidence import NAMES


def test_a_word_is_right_where_its_letters_stand_together_in_the_truth() -> None:
    assert misread(["The", "cat", "sat", "on", "tbe", "mat", "."], "The cat sat on the mat.") == [
        False,
        False,
        False,
        False,
        True,
        False,
        None,
    ]


def test_a_lost_letter_makes_a_word_wrong_but_leaves_its_japanese_neighbours_right() -> None:
    assert misread(["कर", "शहर"], "करा शहर") == [True, False]
    assert misread(list("水道局設課"), "水道局施設課") == [False] * 5
    assert misread(list("水道局施没課"), "水道局 施設課") == [False, False, False, False, True, False]


def test_two_spellings_of_one_letter_are_no_mistake() -> None:
    assert misread(["वाहणार्\u200dया"], "वाहणाऱ्या") == [False]


def test_columns_read_in_another_order_are_not_misread() -> None:
    left, right = "the harbour master opens the gate", "every vessel pays its due on Monday"
    assert not any(misread(f"{right} {left}".split(), f"{left}\n{right}"))


def example(sure: float, wrong: bool, language: str = "en") -> Example:
    return Example("page", language, "word", tuple(sure if name == "sure" else 0.0 for name in NAMES), wrong)


@pytest.fixture
def words() -> list[Example]:
    return [example(3.0, False)] * 40 + [example(-3.0, True)] * 10 + [example(-3.0, False)] * 2


def test_the_fit_tells_sure_from_unsure_words_and_counts_what_it_marks(words: list[Example]) -> None:
    weights = fitted(words)
    assert weights.shape == (len(NAMES) + 1,)
    rows = np.array([[*one.signals, 1.0] for one in words])
    found = score(words, 1 / (1 + np.exp(-rows @ weights)), 0.5)
    assert (found.words, found.wrong, found.marked, found.hit) == (52, 10, 12, 10)
    assert (found.precision, found.recall) == (10 / 12, 1.0)
    assert 0.04 < best_threshold(words) <= 0.96


def test_the_table_has_a_line_for_each_language_and_one_for_all(words: list[Example]) -> None:
    lines = table([*words, *(example(3.0, False, "ja") for _ in range(5))], fitted(words), 0.5).splitlines()
    assert [line.split()[1] for line in lines[2:5]] == ["en", "ja", "all"]
    assert lines[2].replace("|", "").split()[1:6] == ["52", "10", "12", "0.83", "1.00"]
