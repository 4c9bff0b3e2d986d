"""Where two sentences differ, in one language and across languages."""

from __future__ import annotations

import pytest

from kb.answer.value_differences import Difference, agree, bare, differences

# ruff: noqa: E501
CASES = [
    ("en", "It was signed on 18 February 2026.", "hi", "20 फ़रवरी 2026 को हस्ताक्षर किए।", "date", Difference("date", "18 February 2026", "20 फ़रवरी 2026")),
    ("en", "It was signed on 18 February 2026.", "mr", "बुधवारी, १८ फेब्रुवारी रोजी स्वाक्षरी झाली.", "date", None),
    ("en", "It remains in effect for three years.", "ja", "有効期間は5年間である。", "number", Difference("amount", "three years", "5年間")),
    ("en", "It remains in effect for three years.", "mr", "करार ३६ महिने अमलात राहील.", "number", None),
    ("en", "The pilot costs Rs 12.40 crore.", "mr", "त्यासाठी १२ कोटी ४० लाख रुपये खर्च अपेक्षित आहे.", "number", None),
    ("en", "It costs Rs 12.40 crore, of which the Ministry bears 60 per cent and the city 40 per cent.", "hi", "महानगरपालिका अपने हिस्से के 4 करोड़ 96 लाख रुपये देगी।", "number", None),
    ("en", "It costs Rs 12.40 crore, of which the city bears 40 per cent.", "hi", "महानगरपालिका अपने हिस्से के 5 करोड़ 96 लाख रुपये देगी।", "number", Difference("amount", "12.40 crore", "5 करोड़ 96 लाख रुपये")),
    ("en", "Forty-two water-level sensors will stand along the river.", "mr", "ऐंशी जलपातळी संवेदक बसवले जाणार आहेत.", "number", Difference("number", "Forty-two", "ऐंशी")),
    ("en", "Nine of the 42 sensors send readings.", "mr", "बेचाळीस संवेदक बसवले जातील.", "number", None),
    ("en", "Up to twelve officers are received each year.", "hi", "आठ अधिकारी जाएँगे।", "number", None),
    ("en", "Up to twelve officers are received each year.", "hi", "हर वर्ष अधिकतम बीस अधिकारी जाएँगे।", "number", Difference("number", "twelve", "बीस")),
    ("en", "Forty-two sensors stand there.", "en", "Sixty shelters are kept ready.", "number", None),
    ("en", "The contact is Mr. Taranath Vadalvare.", "en", "The contact is Mr. Taranath Vadalware.", "person", Difference("name", "Vadalvare", "Vadalware")),
    ("en", "The contact is Mr. Taranath Vadalvare.", "en", "Mr. Taranath Vadalvare's office said so.", "person", None),
    ("hi", "36 सायरन लगाने का प्रस्ताव तैयार है।", "ja", "36基のサイレンが設置された。", "number", Difference("scope", "प्रस्ताव", "された")),
]  # fmt: skip


@pytest.mark.parametrize(("language", "one", "other_language", "other", "asked", "expected"), CASES)
def test_two_sentences_differ_in_a_fact_of_one_kind_or_not_at_all(language, one, other_language, other, asked, expected) -> None:
    found = differences(one, other, language, other_language, asked)
    assert found == ((expected,) if expected is not None else ())


def test_of_what_a_sentence_speaks_is_left_when_its_facts_are_taken_out() -> None:
    assert bare("It was signed on 18 February 2026 for 3 years.") == "It was signed on for ."


def test_two_sentences_agree_when_they_share_a_fact() -> None:
    assert agree("Signed on 18 February 2026.", "१८ फेब्रुवारी २०२६ रोजी", "date")
    assert not agree("Signed on 18 February 2026.", "20 फ़रवरी 2026", "date")
    assert agree("for three years", "तीन वर्षे", "amount")
