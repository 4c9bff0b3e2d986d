"""Which lines of an overview tell nobody anything, and what is counted."""

from __future__ import annotations

import pytest

from eval.tasks.products.overviews import Measured, defects, report
from ingest.near_duplicates import squash
from kb.answer.overview.overview import Asked, Overview
from kb.records import Block, Cell, DocumentInfo

PAPER = DocumentInfo(1, "Bells of Dimmock Head", "/bells.txt", 1, "other", "en", None, None, 1, 1, "published")
GOOD = "The harbour board hung nineteen bells on the pier in May 2025."


def told(*lines: str, questions: tuple[str, ...] = ()) -> Overview:
    rows = tuple((Cell(""), Cell(line, (0,))) for line in lines)
    return Overview(PAPER, "en", (), Block("points", rows=rows), (), tuple(Asked(text, "en") for text in questions))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Article 4 Ringing", "heading"),
        ("Yours sincerely,", "form"),
        (f"{GOOD} · Copy to: the Clerk", "form"),
        ("The keeper shall do the following:", "leads in"),
        ("When is the bell rung?", "question"),
        ("and the rope is kept dry.", "half"),
        ("The keeper shall ring the bell before every", "half"),
        (GOOD, ""),
    ],
)
def test_a_line_is_bad_by_what_it_is(line: str, why: str) -> None:
    assert defects(told(line), {squash("Article 4 Ringing")}) == ({0: why} if why else {})


def test_the_same_words_twice_are_bad_once() -> None:
    assert defects(told(GOOD, GOOD), set()) == {1: "twice"}


def test_the_report_counts_lines_and_questions() -> None:
    one = Measured(told(GOOD, "Yours truly,", questions=("a?", "b?")), {1: "form"}, (True, False))
    two = Measured(told(GOOD, GOOD, questions=("c?", "d?", "e?")), {}, (True, True, True))
    assert report([one, two]) == {
        "papers": 2, "lines": 4, "bad": {"form": 1}, "good": 0.75, "questions": 5, "with_three": 1, "answered": 0.8,
    }  # fmt: skip
