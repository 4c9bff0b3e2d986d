from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.values.dates import ReadDate, dates_in


def days(text: str) -> list[tuple[date, ReadDate]]:
    return [(day, read) for read in dates_in(text) if (day := read.when.day_value) is not None]


@pytest.mark.parametrize(
    "text",
    [
        "12 March 2025",
        "12th March, 2025",
        "12th day of March 2025",
        "March 12, 2025",
        "12-Mar-2025",
        "12.03.2025",
        "12/03/2025",
        "12-3-2025",
        "2025-03-12",
        "2025/03/12",
        "१२ मार्च २०२५",
        "12 मार्च, 2025",
        "१२/०३/२०२५",
        "2025年3月12日",
        "２０２５年３月１２日",
        "二〇二五年三月十二日",
        "令和7年3月12日",
        "令和七年三月十二日",
        "令和7年（2025年）3月12日",
    ],
)
def test_every_way_of_writing_a_day_is_read(text: str) -> None:
    padded = f"दिनांक {text} रोजी"
    assert [(day, padded[f.start : f.end]) for day, f in days(padded)] == [(date(2025, 3, 12), text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("१० मे २०२५", date(2025, 5, 10)),
        ("15 अगस्त 1947", date(1947, 8, 15)),
        ("२ ऑक्टोबर २०२४", date(2024, 10, 2)),
        ("20 फ़रवरी 2026", date(2026, 2, 20)),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("昭和63年12月31日", date(1988, 12, 31)),
        ("令和8年1月1日から施行する", date(2026, 1, 1)),
    ],
)
def test_months_and_eras(text: str, value: date) -> None:
    assert [day for day, _ in days(text)] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "March 2025",
        "12/03/25",
        "31/02/2025",
        "12/25/2025",
        "12-14 March 2025",
        "१२–१४ मार्च २०२५",
        "令和1年4月30日",
        "version 1.2.3.2025",
        "मे. पलाडियम २०२५",
        "2025年度",
        "₹ १२.५० कोटी",
        "call 12/03/20251",
    ],
)
def test_what_is_not_one_certain_day_yields_nothing(text: str) -> None:
    assert days(text) == []


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_written_day_is_read_back(day: date) -> None:
    text = (
        f"on {day.day} {day:%B} {day.year}, {day.isoformat()}, {day.day:02}/{day.month:02}/{day.year}, {day.year}年{day.month}月{day.day}日"
    )
    assert [day for day, _ in days(text)] == [day] * 4


@given(st.text(alphabet="0123456789०१२./-年月日令和 marchMAYमार्च", max_size=40))
def test_spans_are_ordered_and_disjoint(text: str) -> None:
    found = dates_in(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
