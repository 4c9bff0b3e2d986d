"""The forms of one word have one stem, and two words have two: measured on families of our own writing, every third held out."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from lang.normalise import search_form
from lang.words.stemming import STEMMERS
from tests.support import PROJECT


@cache
def families(language: str) -> list[tuple[str, ...]]:
    rows = (PROJECT / "eval" / "data" / "word_families.tsv").read_text(encoding="utf-8").splitlines()
    found = [row.split("\t") for row in rows]
    return [tuple(dict.fromkeys(search_form(word).text for word in forms.split())) for known, forms in found if known == language]


def conflated(language: str, chosen: list[tuple[str, ...]]) -> float:
    pairs = [pair for family in chosen for pair in itertools.combinations(family, 2)]
    return sum(STEMMERS[language](a) == STEMMERS[language](b) for a, b in pairs) / len(pairs)


@pytest.mark.parametrize(("language", "floor", "held_out_floor"), [("mr", 0.97, 0.95), ("hi", 0.95, 0.90)])
def test_the_forms_of_a_word_have_one_stem(language: str, floor: float, held_out_floor: float) -> None:
    every = families(language)
    assert len(every) >= 60
    assert conflated(language, every) >= floor
    assert conflated(language, every[2::3]) >= held_out_floor


@pytest.mark.parametrize("language", ["mr", "hi"])
def test_two_words_seldom_have_one_stem(language: str) -> None:
    stems = [{STEMMERS[language](word) for word in family} for family in families(language)]
    false = sum(bool(one & other) for one, other in itertools.combinations(stems, 2))
    assert false <= 1  # मुलगा and मुलगी, लड़का and लड़की: boy and girl
