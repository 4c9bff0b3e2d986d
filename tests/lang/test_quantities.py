"""Numbers, amounts and clause numbers as four languages write them; expected values worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.languages import Language
from lang.values.numerals import counted, in_words, kanji, read_kanji
from lang.values.quantities import quantities_in


def read(text: str) -> list[tuple[str, Fraction, str]]:
    return [(q.role, q.value, q.unit) for q in quantities_in(text)]


@given(st.integers(min_value=1, max_value=9999))
def test_kanji_numerals_are_read_back(number: int) -> None:
    assert read_kanji(kanji(number)) == number


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_spans_are_verbatim(text: str) -> None:
    for found in quantities_in(text):
        assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("language", ["en", "mr", "hi"])
def test_a_number_that_is_spelled_out_is_read_as_that_number(language: Language) -> None:
    for number in range(1, 100):
        assert counted(number, language)
        assert {in_words(word) for word in counted(number, language)} == {number}
    assert counted(100, language) == counted(0, language) == ()


@given(st.integers(min_value=1, max_value=99))
def test_a_number_in_kanji_is_read_as_that_number(number: int) -> None:
    assert [read_kanji(word) for word in counted(number, "ja")] == [number]
