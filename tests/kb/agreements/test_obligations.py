"""Who owes what: sentences of our own in four languages, each with what a person reads in it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Block
from kb.agreements.card_records import Duty, Span
from kb.agreements.due_dates import due_on, returns
from kb.agreements.extraction.actors import actors_of
from kb.agreements.extraction.deadlines import deadlines_in
from kb.agreements.extraction.obligation_extraction import find_duties
from lang.languages import Language

NAMES = ("India", "Ministry", "Corporation", "Participants", "मंत्रालय", "महानगरपालिका", "सहभागी पक्ष", "निगम", "甲", "乙")


def duties(text: str, language: Language = "en") -> list[Duty]:
    block = Block(1, "paragraph", (), text, 0, len(text), language)
    return list(find_duties(text, [block], actors_of("", NAMES), language))


WORDS = st.sampled_from(
    ["the", "Ministry", "will", "may", "not", "be", "held", "and", "which", "of", ",", ";", "Participants", "intend to", "by", "(a)"]
)


@given(st.lists(WORDS, max_size=40))
def test_clauses_lie_within_their_sentence_in_order_and_disjoint(words: list[str]) -> None:
    text = " ".join(words)
    found = duties(text) if text.strip() else []
    for before, after in pairwise(found):
        assert before.end <= after.start
    assert all(0 <= d.start < d.end <= len(text) for d in found)


def test_a_day_of_no_year_is_the_next_after_the_paper_and_one_that_returns_falls_due_each_time() -> None:
    paper = Span(speaks=date(2025, 6, 10), ends=date(2027, 4, 30))
    (once,) = deadlines_in("The report shall be sent by 28 May.")
    assert due_on(once, "", 0, paper) == date(2026, 5, 28)
    (yearly,) = deadlines_in("The Board shall send accounts on or before 31 March each year.")
    assert due_on(yearly, "", 0, paper) is None
    assert returns(yearly, paper, date(2030, 1, 1)) == [date(2026, 3, 31), date(2027, 3, 31)]
