"""Forms by which a message asks for a last day, for things by name, or for what was told in fewer words."""

from __future__ import annotations

import pytest

from kb.answer.query_understanding.intent import asks_for_items, asks_until


@pytest.mark.parametrize(
    "message",
    [
        "list three duties of the harbour master",
        "name two places where the boats land",
        "बंदराच्या दोन अडचणी सांगा",
        "नाव योजना के तीन लाभ बताइए",
        "船の点検項目を三つ挙げてください",
    ],
)
def test_so_many_things_are_asked_for_by_name(message: str) -> None:
    assert asks_for_items(message)


@pytest.mark.parametrize(
    "message",
    [
        "give me three main points of the pact",
        "list the pact in 3 lines",
        "कराराचे तीन मुख्य मुद्दे सांगा",
        "समझौते के तीन बिंदु बताइए",
        "協定の要点を三つ挙げてください",
        "Summarise the pact in three points",
    ],
)
def test_so_many_points_are_a_summary(message: str) -> None:
    assert not asks_for_items(message)


@pytest.mark.parametrize(
    ("message", "last_day"),
    [
        ("When will the pact lapse?", True),
        ("What is the expiry date of the pact?", True),
        ("करार कधीपर्यंत आहे?", True),
        ("समझौता कब खत्म होगा?", True),
        ("覚書の終了日はいつですか", True),
        ("How can either side end the pact?", False),
        ("When does the financial year end of the port begin?", False),
        ("करार कसा संपवता येतो?", False),
        ("覚書を終了するにはどうしますか", False),
    ],
)
def test_the_last_day_is_asked_for_and_not_how_to_end(message: str, last_day: bool) -> None:
    assert asks_until(message) is last_day
