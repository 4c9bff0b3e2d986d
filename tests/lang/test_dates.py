from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lang.values.dates import dates_in


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_written_day_is_read_back(day: date) -> None:
    text = (
        f"on {day.day} {day:%B} {day.year}, {day.isoformat()}, {day.day:02}/{day.month:02}/{day.year}, {day.year}年{day.month}月{day.day}日"
    )
    assert [read.when.day_value for read in dates_in(text)] == [day] * 4


@given(st.text(alphabet="0123456789०१२./-年月日令和 marchMAYमार्च", max_size=40))
def test_spans_are_ordered_and_disjoint(text: str) -> None:
    found = dates_in(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
