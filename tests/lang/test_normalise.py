from __future__ import annotations

import unicodedata
from itertools import pairwise

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
