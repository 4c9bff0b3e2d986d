"""Stems: the forms of a word share one, different words rarely do."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.words.stemming import english, fold, hindi, marathi

MARATHI = [
    "तालुका तालुक्यातील तालुक्याला तालुक्यांमध्ये तालुके",
    "प्रकल्प प्रकल्पाच्या प्रकल्पांसाठी प्रकल्पामुळे प्रकल्पातील",
    "शहर शहरात शहरातील शहरांना शहरासाठी शहराचा",
    "योजना योजनेचा योजनेने योजनांची योजनेअंतर्गत",
    "संस्था संस्थेने संस्थांना संस्थेच्या",
    "रस्ता रस्त्याची रस्ते रस्त्यावरील रस्त्यांचे",
    "पूल पुलाचे पुलावर पुलांची",
    "जमीन जमिनी जमिनीचा जमिनीवर",
    "कामगार कामगारांना कामगारांसाठीच्या कामगाराने",
    "किनारा किनाऱ्यावरील किनाऱ्याला",
    "करार कराराचा करारात करारानुसार करारांवर",
    "नदी नदीच्या नदीला नदीवर",
]
HINDI = [
    "योजना योजनाओं योजनाएं योजनाएँ",
    "नदी नदियों नदियाँ नदियां",
    "भाषा भाषाओं भाषाएं",
    "शहर शहरों",
    "लड़का लड़के लड़कों",
    "समझौता समझौते समझौतों",
    "करना करने करता करते करती",
]
ENGLISH = [
    "agreement agreements",
    "inspect inspected inspecting inspects",
    "city cities",
    "plan plans planned planning",
    "warning warnings warn warned",
    "box boxes",
    "create created creating",
]
DIFFERENT = [
    (marathi, "शहर", "शहाणा"),
    (marathi, "विकास", "विक्री"),
    (marathi, "भारत", "भार"),
    (marathi, "महिला", "महिना"),
    (hindi, "नदी", "नाद"),
    (hindi, "सेना", "सेब"),
    (english, "news", "new"),
    (english, "bus", "bu"),
    (english, "policy", "police"),
    (english, "us", "use"),
]


def agreement(families: list[str], stem: object) -> float:
    """Share of pairs of forms of one word that get the same stem."""
    pairs = [pair for family in families for pair in combinations(family.split(), 2)]
    return sum(stem(a) == stem(b) for a, b in pairs) / len(pairs)  # type: ignore[operator]


def test_forms_of_a_marathi_word_share_a_stem() -> None:
    assert agreement(MARATHI, marathi) >= 0.85


def test_forms_of_a_hindi_word_share_a_stem() -> None:
    assert agreement(HINDI, hindi) >= 0.9


def test_forms_of_an_english_word_share_a_stem() -> None:
    assert agreement(ENGLISH, english) >= 0.9


@pytest.mark.parametrize(("stem", "one", "other"), DIFFERENT)
def test_different_words_keep_different_stems(stem: object, one: str, other: str) -> None:
    assert stem(one) != stem(other)  # type: ignore[operator]


def test_spellings_of_one_devanagari_word_fold_together() -> None:
    assert fold("दूसरी") == fold("दुसरि")
    assert fold("ज़रूरी") == fold("जरुरी")
    assert fold("कॉलेज") == fold("कोलेज")


def test_short_words_are_left_alone() -> None:
    assert [marathi("पण"), hindi("घर"), english("was"), english("mou")] == ["पण", "घर", "was", "mou"]


@given(st.text("कखगतपमरलवसहाीेोुंय्", min_size=1, max_size=12))
def test_a_stem_is_never_empty_and_never_longer(word: str) -> None:
    for stem in (marathi, hindi):
        assert 1 <= len(stem(word)) <= len(word)


@given(st.text("abcdefgilnorsty", min_size=1, max_size=14))
def test_an_english_stem_is_never_empty(word: str) -> None:
    assert english(word)
