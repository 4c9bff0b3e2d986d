"""A quote is verified only where its citation says it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.verify.citations import check_quote

TEXT = "Article 4\nThe Participants will meet\u00a0twice a year. कलम ४: समिती वर्षातून दोनदा भेटेल."


def test_a_quote_that_equals_its_span_is_verified():
    start = TEXT.index("The Participants")
    assert check_quote("The Participants will", TEXT, start, start + 21) == "verified"


def test_a_quote_at_another_place_is_partial():
    assert check_quote("The Participants will", TEXT, 0, 21) == "partial"


def test_a_quote_that_differs_in_white_space_or_compatibility_forms_is_partial():
    start = TEXT.index("The")
    assert check_quote("The Participants will meet twice\na year.", TEXT, start, start + 39) == "partial"
    assert check_quote("Ｔｈｅ Participants", TEXT, start, start + 16) == "partial"


def test_changed_words_are_unsupported():
    start = TEXT.index("The")
    assert check_quote("The Participants will meet once a year.", TEXT, start, start + 39) == "unsupported"


def test_an_empty_quote_supports_nothing():
    assert check_quote("", TEXT, 3, 3) == "unsupported"
    assert check_quote("  ", TEXT, 0, 2) == "unsupported"


def test_offsets_outside_the_text_never_verify():
    assert check_quote("दोनदा भेटेल.", TEXT, len(TEXT) - 12, len(TEXT) + 5) == "partial"
    assert check_quote("Article", TEXT, -7, 7) == "partial"


@given(st.text(min_size=1), st.text(), st.text())
def test_every_span_of_a_text_is_verified_unless_it_is_blank(quote: str, before: str, after: str):
    found = check_quote(quote, before + quote + after, len(before), len(before) + len(quote))
    assert found == ("verified" if quote.strip() else "unsupported")
