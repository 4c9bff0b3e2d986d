"""What a paper states of its days and lengths of time: the likeliest of what reading and the models take for it, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ingest.records import Facts, Found, FoundFacts, InForce, Kind, Renewal, Signatory
from kb.classify.date_facts import FACT, RULED, Clauses, Told, with_likeliest
from kb.classify.document_lines import Line
from lang.values.calendars import Duration, When

MAY, JUNE = When(2025, 5, 2), When(2025, 6, 3)
TEXT = "2 May 2025 or 3 June 2025. It is renewed by the parties. It applies once it is signed."


def found_at(value: When, start: int, end: int) -> Found[When]:
    return Found(value, TEXT[start:end], start, end)


def facts(kind: Kind, **found: object) -> Facts:
    return Facts(kind, "A paper", "en", None, None, (), (), FoundFacts(**found))  # type: ignore[arg-type]


def clauses(**chances: float) -> Clauses:
    """Chances of the second and third sentence together, those of the first being none."""
    ends = [TEXT.index(". ") + 1, TEXT.index(". ", 30) + 1, len(TEXT)]
    lines = [Line(TEXT[start:end], start, end) for start, end in zip([0, ends[0] + 1, ends[1] + 1], ends, strict=True)]
    rows = {"automatic": 1, "agreed": 1, "signature": 2}
    return Clauses(lines, {name: np.array([chances.get(name, 0.0) * (at == row) for at in range(3)]) for name, row in rows.items()})


def told(may: float, june: float) -> list[Told]:
    return [Told(MAY, may, 0, 10), Told(JUNE, june, 14, 25)]


def settled(known: Facts, mentions: Mapping[str, list[Told]], said: Clauses | None = None) -> FoundFacts:
    return with_likeliest(known, mentions, TEXT, said).found


def test_what_reading_found_stays_unless_another_day_is_far_likelier() -> None:
    known = facts("other", published=found_at(MAY, 0, 10))
    near = settled(known, {"published": told(0.3, 0.3 + RULED - 0.05)}).published
    far = settled(known, {"published": told(0.3, 0.3 + RULED + 0.05)}).published
    assert near is not None
    assert far is not None
    assert (near.value, far.value) == (MAY, JUNE)


def test_a_day_that_reading_takes_for_the_papers_own_is_dropped_where_its_words_say_otherwise() -> None:
    known = facts("report", published=found_at(MAY, 0, 10))
    assert settled(known, {"published": told(FACT - RULED - 0.01, 0.0)}).published is None
    assert settled(known, {"published": told(FACT - RULED + 0.01, 0.0)}).published is not None


def test_a_day_that_the_file_declares_stays() -> None:
    known = facts("news", published=Found(MAY, origin="file"))
    assert settled(known, {"published": told(0.0, 0.99)}).published == known.found.published


def test_the_paper_speaks_from_the_day_that_is_told() -> None:
    assert with_likeliest(facts("other"), {"published": told(0.1, 0.9)}, TEXT, None).date == date(2025, 6, 3)


def test_only_papers_that_somebody_signed_beside_the_day_have_a_day_of_signature() -> None:
    signed = {"signed": told(0.9, 0.0)}
    assert settled(facts("report"), signed).signed is None
    signer = Found(Signatory("Ada Lane"), "Ada Lane", 30, 38)
    assert settled(facts("report", signatories=(signer,)), signed).signed is not None
    assert settled(facts("agreement"), signed).signed is not None


def test_parties_that_sign_one_after_the_other_have_signed_on_the_last_day() -> None:
    signer = Found(Signatory("Ada Lane"), "Ada Lane", 30, 38)
    last = settled(facts("agreement", signatories=(signer,)), {"signed": told(0.95, 0.8)}).signed
    assert last is not None
    assert last.value == JUNE


def test_a_paper_that_applies_once_it_is_signed_applies_from_that_day() -> None:
    force = settled(facts("agreement"), {"signed": told(0.9, 0.0)}, clauses(signature=0.6)).in_force
    assert force is not None
    assert force.value == InForce("signature", MAY)
    assert force.text == "It applies once it is signed."
    dated = settled(facts("agreement"), {"in_force": told(0.0, 0.7)}, clauses(signature=0.6)).in_force
    assert dated is not None
    assert dated.value == InForce("date", JUNE)


@pytest.mark.parametrize(("chances", "renewal"), [({"agreed": 0.6}, Renewal(False)), ({"automatic": 0.6}, Renewal(True)), ({}, None)])
def test_a_renewal_without_a_length_is_told_by_its_line(chances: dict[str, float], renewal: Renewal | None) -> None:
    found = settled(facts("agreement"), {}, clauses(**chances)).renewal
    assert (found.value if found is not None else None) == renewal


def test_an_extension_that_no_line_calls_a_renewal_is_none() -> None:
    start = TEXT.index("It is renewed")
    read = Found(Renewal(False), TEXT[start : start + 13], start, start + 13)
    assert settled(facts("agreement", renewal=read), {}, clauses()).renewal is None


def test_a_tender_states_the_term_of_the_contract_to_come_and_news_states_none() -> None:
    length = {"term": [Told(Duration(3, "year"), 0.8, 0, 5)]}
    term = settled(facts("other"), length, clauses()).term
    assert term is not None
    assert str(term.value) == "3 years"
    assert settled(replace(facts("news")), length, None).term is None
