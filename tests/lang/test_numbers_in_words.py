"""Lengths of time and dates that are written in words."""

from __future__ import annotations

import pytest

from lang.values.dates import dates_in, durations_in


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("for three (3) years and six months from signing", "42 months"),
        ("one hundred and eighty (180) days' notice", "180 days"),
        ("a hundred days", "100 days"),
        ("for two and a half years", "30 months"),
        ("करार साडेतीन वर्षे चालेल", "42 months"),
        ("डेढ़ वर्ष की अवधि", "18 months"),
        ("अडीच वर्षांच्या ठेक्याने", "30 months"),
        ("एक वर्ष सहा महिन्यांनी वाढविण्यात येत आहे", "18 months"),
        ("दीडशे दिवस", "150 days"),
        ("एक सौ अस्सी (180) दिन", "180 days"),
        ("पंचेचाळीस दिवस अगोदर", "45 days"),
        ("契約期間は1年6か月とする。", "18 months"),
        ("期間満了の3箇月前まで", "3 months"),
        ("満三年とする。", "3 years"),
        ("半年前までに", "6 months"),
    ],
)
def test_a_length_in_words_is_read(text: str, length: str) -> None:
    assert [str(found.value) for found in durations_in(text)] == [length]


def test_two_lengths_that_are_no_parts_of_one_stay_two() -> None:
    assert [str(found.value) for found in durations_in("after five years, with notice of 14 months")] == ["5 years", "14 months"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("दिनांक सोळा मे दोन हजार पंचवीस रोजी", "2025-05-16"),
        ("आज दिनांक चार मार्च दो हज़ार पच्चीस को", "2025-03-04"),
        ("दिनांक 5 अगस्त दो हजार पच्चीस", "2025-08-05"),
        ("पाच जून २०२५ रोजी", "2025-06-05"),
    ],
)
def test_a_date_in_hindi_or_marathi_words_is_read(text: str, day: str) -> None:
    assert [str(found.when) for found in dates_in(text)] == [day]
