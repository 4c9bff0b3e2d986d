from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lang.normalise import clean, search_form

TEXT = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("रन्यतड़ँंऱॅॲअआा\u094d\u200c\u200d\u00ad\ufeff।|०९ｶﾞﾊﾟﬁΣ１（ \u3000\t\n"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("co\u00adoperation\u200b\ufeff", "cooperation"),
        ("  a \u00a0 b\u3000c  ", "a b c"),
        ("e\u0301", "é"),
        ("क\u093c\u094d\u200dय", "क\u093c\u094d\u200dय"),
        ("a\x00b\x07", "ab"),
        ("one\r\n\r\n two ", "one\ntwo"),
        ("cell \t cell", "cell\tcell"),
    ],
)
def test_the_display_form_loses_debris_and_keeps_spelling(raw: str, shown: str) -> None:
    assert clean(raw) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("दऱ्या", "दर\u094d\u200dया"),
        ("दऱ्या", "दर\u200d\u094dया"),
        ("ॲप", "अ\u0945प"),
        ("ॲप", "ऍप"),
        ("ऑगस्ट", "आ\u0945गस्ट"),
        ("कॉलेज", "का\u0945लेज"),
        ("२०२५", "2025"),
        ("अंतर", "अन्तर"),
        ("संबंध", "सम्बन्ध"),
        ("पंच", "पञ्च"),
        ("सड़क", "सडक"),
        ("ज़रूरी", "जरूरी"),
        ("आँकड़े", "आंकडे"),
        ("क्‍या", "क्या"),
        ("हुआ।", "हुआ|"),
        ("ＭＬＩＴ", "mlit"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("“quoted” – it’s", '"quoted" - it\'s'),
        ("a  b\n c", "a b c"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_word_have_one_search_form(one: str, other: str) -> None:
    assert search_form(one).text == search_form(other).text


@pytest.mark.parametrize(("one", "other"), [("caf\u200be\x00\u0301", "café"), ("a ¯b", "a \u0304b"), ("कॅ", "क\ufeffॅ"), ("ॲप", "अ\u00adॅप")])
def test_what_is_dropped_and_spaces_that_a_sign_is_made_of_part_no_word(one: str, other: str) -> None:
    assert search_form(one).text == search_form(other).text


@pytest.mark.parametrize(("one", "other"), [("दऱ्या", "दर्या"), ("ॲप", "एप"), ("कळ", "कल"), ("अन्न", "अंन")])
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert search_form(one).text != search_form(other).text


def test_a_match_in_the_search_form_is_marked_in_the_original() -> None:
    original = "The ﬁrst सम्बन्ध\u00ad १२ लाख"
    form = search_form(original)
    at = form.text.index("संबंध")
    start, end = form.span(at, at + len("संबंध"))
    assert original[start:end].rstrip("\u00ad") == "सम्बन्ध"
    at = form.text.index("12")
    start, end = form.span(at, at + 2)
    assert original[start:end] == "१२"
    at = form.text.index("first")
    start, end = form.span(at, at + 1)
    assert original[start:end] == "ﬁ"


@given(TEXT)
@example("\r¯")  # NFKC makes ¯ a space with a mark, beside the space that the line end has become
@example("e\u200b\u0301")  # what is dropped stood between a letter and its mark
def test_the_search_form_is_idempotent(text: str) -> None:
    once = search_form(text).text
    assert search_form(once).text == once


@given(TEXT)
def test_offsets_never_go_back_and_stay_inside_the_original(text: str) -> None:
    form = search_form(text)
    assert len(form.starts) == len(form.text)
    assert all(a <= b for a, b in pairwise(form.starts))
    assert all(0 <= s < len(text) for s in form.starts)


@given(TEXT)
def test_the_display_form_is_idempotent_and_composed(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
