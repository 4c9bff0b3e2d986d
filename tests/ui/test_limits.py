"""How often one visitor may ask."""

from __future__ import annotations

from ui.limits import Limiter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_visitor_who_asked_often_waits_until_the_first_of_them_is_a_minute_old() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for second in range(3):
        clock.now = 100.0 + second
        assert limiter.wait("asha", 3) == 0
    assert limiter.wait("asha", 3) == 58
    assert limiter.wait("ravi", 3) == 0  # another visitor is not made to wait
    clock.now = 160.0
    assert limiter.wait("asha", 3) == 0
    assert limiter.wait("asha", 3) == 1


def test_no_limit_counts_nothing_and_old_visitors_are_forgotten() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert [limiter.wait("asha", 0) for _ in range(100)] == [0] * 100
    for number in range(50):
        limiter.wait(f"visitor {number}", 1)
    clock.now += 61
    limiter.wait("asha", 1)
    assert len(limiter._asked) == 1


def test_a_lowered_limit_holds_at_once() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for _ in range(5):
        assert limiter.wait("asha", 5) == 0
        clock.now += 10
    assert limiter.wait("asha", 2) == 40  # the fourth of five, asked 20 seconds ago, must be a minute old
