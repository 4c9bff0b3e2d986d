"""Duties of the lines that a model tells: nobody's duty is not shown as somebody's."""

from __future__ import annotations

from ingest.records import Block
from kb.agreements.card_records import Duty
from kb.agreements.extraction.obligation_extraction import Line, with_told

TEXT = (
    "The pump was mended in May.\n"
    "Every fire is to be told to the office within two hours.\n"
    "No boat is lent to strangers.\n"
    "Task: open the hall · Who: – · By: 3 May 2025\n"
    "Task: paint the pier · Who: Not yet decided · By: –\n"
    "Task: buy paint · Who: the harbour board · By: –\n"
)
ROWS = [line for line in TEXT.splitlines() if line.startswith("Task")]


def _span(line: str) -> tuple[int, int]:
    start = TEXT.index(line)
    return start, start + len(line)


def _blocks() -> list[Block]:
    roles = [("table_row" if line in ROWS else "paragraph", line, *_span(line)) for line in TEXT.splitlines()]
    return [Block(1, role, (), line, start, end, "en") for role, line, start, end in roles]  # type: ignore[arg-type]


def test_what_is_told_names_who_or_by_when_or_is_sure() -> None:
    past, fire, boat = (_span(line) for line in TEXT.splitlines()[:3])
    lines = [Line("", *past, sure=False), Line("", *fire, sure=False), Line("", *boat, sure=True)]
    told = with_told((), lines, TEXT, _blocks(), (), agreed=False)
    assert [TEXT[duty.start : duty.end] for duty in told] == [TEXT[slice(*fire)], TEXT[slice(*boat)]]


def test_a_row_in_which_nobody_is_settled_is_nobodys_duty() -> None:
    who = ("–", "Not yet decided", "the harbour board")
    read = [Duty(actor, "do it", "shall", *_span(row), None) for actor, row in zip(who, ROWS, strict=True)]
    for agreed in (False, True):
        assert [duty.actor for duty in with_told(read, (), TEXT, _blocks(), (), agreed=agreed)] == ["the harbour board"]
