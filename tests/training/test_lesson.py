"""The minutes of a lesson add up to its length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from training.lesson import SHARES, timings


def test_forty_five_minutes_are_shared_out_in_steps_of_five() -> None:
    # 45 min are 9 steps of 5: exact shares .9, 1.08, 3.6, 1.8, 1.08, .54, at least one step each, the rest to those that lost most.
    assert timings(45, list(SHARES.values())) == [5, 5, 15, 10, 5, 5]


def test_a_short_lesson_is_shared_out_in_single_minutes() -> None:
    # 12 min: exact 1.2, 1.44, 4.8, 2.4, 1.44, .72; whole ones 1, 1, 4, 2, 1, 1 leave two, for .8 and .44.
    assert timings(12, list(SHARES.values())) == [1, 2, 5, 2, 1, 1]


@given(st.integers(10, 480), st.lists(st.floats(0.02, 1.0), min_size=2, max_size=6))
def test_the_minutes_always_add_up_and_nothing_gets_none(minutes: int, shares: list[float]) -> None:
    given_out = timings(minutes, shares)
    assert sum(given_out) == minutes
    assert min(given_out) >= 1
