"""What a person types as the value of a fact: how it is read, shown again, and refused."""

from __future__ import annotations

from typing import Any

import pytest

from kb.errors import CorrectionError
from kb.store.facts.fact_corrections import FIELDS, parse
from kb.store.facts.fact_views import worded

TYPED: list[tuple[str, str, Any]] = [
    ("kind", "Best_Practice", "best_practice"),
    ("form", "circular", "circular"),
    ("title", "  Two   words ", "Two words"),
    ("language", "mr", "mr"),
    ("publisher", "none", None),
    ("place", "ठाणे", "ठाणे"),
    ("date", "१२ मार्च २०२५", "2025-03-12"),
    ("date", "12.03.2025", "2025-03-12"),
    ("signed", "令和7年3月12日", "2025-03-12"),
    ("signed", "2025-03", "2025-03"),
    ("published", "March 2025", "2025-03"),
    ("in_force", "On signature", "on signature"),
    ("in_force", "2025-04-01", "2025-04-01"),
    ("parties", "The Port; The Ministry ;", ["The Port", "The Ministry"]),
    ("signatories", "Asha | Mayor | The Port; Ken", [
        {"name": "Asha", "office": "Mayor", "party": "The Port"}, {"name": "Ken", "office": None, "party": None}]),
    ("term", "3 years", {"count": 3, "unit": "year"}),
    ("notice", "९० days", {"count": 90, "unit": "day"}),
    ("renewal", "automatic, for 2 years", {"automatic": True, "period": {"count": 2, "unit": "year"}}),
    ("renewal", "by agreement", {"automatic": False, "period": None}),
    ("relations", "supersedes: Port Treaty | 5 March 2021; based on: Letter of Intent", [
        {"kind": "supersedes", "title": "Port Treaty", "dated": {"date": "2021-03-05", "precision": "day", "calendar": "gregorian"}},
        {"kind": "based_on", "title": "Letter of Intent", "dated": None}]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "value"), TYPED)
def test_what_a_person_types_is_read_and_what_is_shown_can_be_typed_again(field: str, typed: str, value: Any) -> None:
    assert parse(field, typed) == value
    if value is not None:
        assert parse(field, worded(field, value)) == value


def test_every_fact_can_be_typed() -> None:
    assert {field for field, _, _ in TYPED} == FIELDS.keys()


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("colour", "red", "There is no fact “colour”. What can be corrected: kind, form, title"),
        ("kind", "treaty", "must be one of agreement, best_practice, news, report, other"),
        ("title", "none", "Every document has a title.*--clear title"),
        ("title", "x" * 501, "1 to 500 characters"),
        ("date", "2025-03", "must be a whole day"),
        ("date", "2025-02-30", "is no day of the calendar"),
        ("signed", "12/03/25", "must be one date, such as"),
        ("signed", "next May", "must be one date"),
        ("signed", "12 March 2025 or 13 March 2025", "must be one date"),
        ("signed", "चैत्र ३, शके १९४७", "must be one date"),
        ("published", "2025-26", "is no day of the calendar"),
        ("published", "2025-13", "is no day of the calendar"),
        ("parties", " ; ", "must name at least one"),
        ("signatories", "| Mayor", "NAME | OFFICE | PARTY"),
        ("term", "three years", "3 years, 18 months"),
        ("notice", "0 days", "a number and a unit"),
        ("renewal", "yes", "“automatic” or “by agreement”"),
        ("relations", "Port Treaty", "KIND: TITLE | DATE, where KIND is amends, supersedes, based on"),
    ],
)
def test_what_is_no_such_fact_is_refused_saying_how_it_is_typed(field: str, typed: str, complaint: str) -> None:
    with pytest.raises(CorrectionError, match=complaint.replace("|", r"\|")):
        parse(field, typed)
