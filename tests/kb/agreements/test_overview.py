"""What is owed under all papers as of a day: what is overdue, due soon, returning, and what has no day; worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.agreements.cards import handle, make_card
from kb.agreements.obligation_register import NOBODY, Overview, Row, Sift, overview, row_of
from kb.auth.roles import Reader
from kb.user_records import Handling, HandlingState
from tests.once import copied, once

PAPERS = {
    "ferry.txt": """MEMORANDUM OF UNDERSTANDING ON THE FERRY

The Port of Ottermouth (hereinafter "the Port") and the Ministry of Tides (hereinafter "the Ministry") have agreed as follows:

Article 1 Duties
1. The Port shall paint the ferry by 30 June 2026.
2. The Port shall mend the ramp by 15 August 2026.
3. The Ministry shall publish the timetable by 20 October 2026.
4. The Ministry shall send its accounts on or before 31 March each year.
5. The Port shall inspect the engine every month.
6. The Port shall reply within 30 days of a complaint.
7. The Ministry shall announce works at least ten days before each closing.
8. The Port shall keep the keys of the gate.
9. The Port shall not sell the ferry.
10. The Port may hire a clerk by 1 July 2026.
11. A signboard shall be put up by 1 August 2026.
12. The Ministry shall build a shelter by 31 December 2027.
13. The Ministry shall declare in writing at least three months before it expires whether it wants another.

Article 2 Term
This Memorandum shall come into effect on 1 April 2025 and remains in effect for a period of five years.

Signed at Ottermouth on 5 March 2025.
""",
    "old.txt": """MEMORANDUM OF UNDERSTANDING ON THE OLD QUAY

The Port of Ottermouth and the Ministry of Tides have agreed as follows:

Article 1 Duties
The Port of Ottermouth shall clear the old quay by 1 May 2024.

Signed at Ottermouth on 5 March 2021.
""",
    "new.txt": """MEMORANDUM OF UNDERSTANDING ON THE NEW QUAY

The Port of Ottermouth and the Ministry of Tides have agreed as follows:

Article 1 Duties
The Port of Ottermouth shall open the new quay by 9 September 2026.

Article 2 Earlier papers
This Memorandum supersedes the Memorandum of Understanding on the Old Quay signed on 5 March 2021.

Signed at Ottermouth on 9 May 2025.
""",
}
TODAY = date(2026, 7, 20)


def _make(made: Path) -> None:
    folder = made / "papers"
    folder.mkdir()
    for name, text in PAPERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings(home=made / "home")) as kb:
        assert not kb.ingest([folder], kind="agreement").rejected


@pytest.fixture
def kb(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[KnowledgeBase]:
    home = copied(once(tmp_path_factory, "overview", _make) / "home", tmp_path / "home")
    with KnowledgeBase.open(Settings(home=home)) as opened:
        yield opened


def row(found: Overview, words: str) -> Row:
    return next(one for one in found.rows if words in one.one.citation.quote)


def put(kb: KnowledgeBase, words: str, state: HandlingState, owner: str = "", **more: object) -> None:
    one = row(overview(kb, TODAY, "en"), words)
    handle(kb, make_card(kb, one.paper.id), one.one.key, Handling(state, owner, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "due", "day"),
    [
        ("paint the ferry", "overdue", date(2026, 6, 30)),
        ("mend the ramp", "days30", date(2026, 8, 15)),
        ("signboard", "days30", date(2026, 8, 1)),
        ("new quay", "days90", date(2026, 9, 9)),
        ("timetable", "later", date(2026, 10, 20)),
        ("shelter", "later", date(2027, 12, 31)),
        ("accounts", "returning", date(2027, 3, 31)),
        ("inspect the engine", "returning", date(2026, 8, 1)),
        ("of a complaint", "relative", None),
        ("before each closing", "relative", None),
        ("keys of the gate", "undated", None),
        ("not sell", "undated", None),
        # In effect until 31 March 2030; three months before that ends with 31 December 2029.
        ("before it expires", "later", date(2029, 12, 31)),
    ],
)
def test_each_obligation_is_told_by_when_it_is_due(kb: KnowledgeBase, words: str, due: str, day: date | None) -> None:
    found = row(overview(kb, TODAY, "en"), words)
    assert (found.due, found.day) == (due, day)


def test_what_returns_by_words_that_may_be_misread_has_no_day(kb: KnowledgeBase) -> None:
    told = row(overview(kb, TODAY, "en"), "accounts")
    unsure = row_of(told.paper, told.card, replace(told.one, unsure=True), TODAY)
    assert (unsure.due, unsure.day) == ("undated", None)


def test_a_time_limit_within_and_one_before_something_stay_apart(kb: KnowledgeBase) -> None:
    found = overview(kb, TODAY, "en")
    within, before = row(found, "of a complaint").one.deadline, row(found, "before each closing").one.deadline
    assert within is not None
    assert before is not None
    assert ((within.key, within.ahead), (before.key, before.ahead)) == (("30 day", False), ("10 day ahead", True))


def test_rows_come_by_day_and_a_right_is_none_of_them(kb: KnowledgeBase) -> None:
    found = overview(kb, TODAY, "en")
    days = [one.day for one in found.rows if one.day is not None]
    assert days == sorted(days)
    assert [one.day is None for one in found.rows] == sorted(one.day is None for one in found.rows)
    assert not any("hire a clerk" in one.one.citation.quote for one in found.rows)


def test_a_day_is_overdue_only_after_it(kb: KnowledgeBase) -> None:
    assert [row(overview(kb, date(2026, 6, day), "en"), "paint the ferry").due for day in (29, 30)] == ["days30", "days30"]
    assert row(overview(kb, date(2026, 7, 1), "en"), "paint the ferry").due == "overdue"
    assert row(overview(kb, date(2026, 3, 31), "en"), "accounts").day == date(2026, 3, 31)


def test_what_nobody_is_named_for_is_nobodys(kb: KnowledgeBase) -> None:
    found = overview(kb, TODAY, "en")
    board = row(found, "signboard")
    assert board.one.actor == ""
    assert not any(Sift(party=name).lets(board) for name in ("Port", "Ministry"))
    assert [one.one.actor for one in found.rows if Sift(party=NOBODY).lets(one)] == [""]


def test_what_is_done_or_not_ours_is_not_due_and_what_is_in_progress_is(kb: KnowledgeBase) -> None:
    put(kb, "paint the ferry", "done", "Asha")
    put(kb, "mend the ramp", "not_ours")
    put(kb, "signboard", "in_progress", "Ben")
    found = overview(kb, TODAY, "en")
    assert [row(found, words).due for words in ("paint the ferry", "mend the ramp", "signboard")] == ["closed", "closed", "days30"]
    assert [one.one.actor for one in found.rows if Sift(owner="ben").lets(one)] == [""]
    assert {one.handling.state for one in found.rows if Sift(states=("done", "not_ours")).lets(one)} == {"done", "not_ours"}
    assert sum(Sift(owner=NOBODY).lets(one) for one in found.rows) == len(found.rows) - 2


def test_what_returns_is_done_through_a_day_and_overdue_when_the_next_one_is_missed(kb: KnowledgeBase) -> None:
    put(kb, "accounts", "done", through=date(2026, 3, 31))
    found = row(overview(kb, TODAY, "en"), "accounts")
    assert (found.due, found.day, found.last, found.handling.now) == ("returning", date(2027, 3, 31), date(2026, 3, 31), "open")
    assert row(overview(kb, date(2027, 3, 2), "en"), "accounts").due == "days30"
    late = row(overview(kb, date(2027, 4, 1), "en"), "accounts")
    assert (late.due, late.day) == ("overdue", date(2027, 3, 31))
    put(kb, "accounts", "done", through=date(2027, 3, 31))
    assert row(overview(kb, date(2027, 4, 1), "en"), "accounts").day == date(2028, 3, 31)
    put(kb, "accounts", "done")
    assert row(overview(kb, date(2027, 4, 1), "en"), "accounts").due == "closed"


def test_what_returned_until_the_agreement_ended_is_over(kb: KnowledgeBase) -> None:
    found = row(overview(kb, date(2030, 5, 1), "en"), "accounts")
    assert (found.due, found.day, found.over, found.last) == ("returning", None, True, date(2030, 3, 31))


def test_a_paper_whose_place_another_took_is_left_out_and_said(kb: KnowledgeBase) -> None:
    found = overview(kb, TODAY, "en")
    assert [paper.title for paper in found.replaced] == ["MEMORANDUM OF UNDERSTANDING ON THE OLD QUAY"]
    assert not any("old quay" in one.one.citation.quote for one in found.rows)
    assert row(overview(kb, TODAY, "en", replaced=True), "old quay").due == "overdue"


def test_only_papers_that_the_reader_sees_are_read(kb: KnowledgeBase) -> None:
    ferry = row(overview(kb, TODAY, "en"), "paint the ferry").paper.id
    kb.put_in_groups(ferry, ["roads"])
    stranger = overview(kb.seen_by(Reader("eve", "viewer", frozenset())), TODAY, "en")
    assert {one.paper.id for one in stranger.rows} & {ferry} == set()
    assert len(stranger.rows) == 1
    friend = overview(kb.seen_by(Reader("fay", "viewer", frozenset({"roads"}))), TODAY, "en")
    assert len(friend.rows) == len(overview(kb, TODAY, "en").rows)


def test_what_was_set_for_a_clause_that_is_gone_is_told_with_its_paper(kb: KnowledgeBase, tmp_path: Path) -> None:
    put(kb, "open the new quay", "done")
    file = next(Path(info.source) for info in kb.documents() if Path(info.source).name == "new.txt")
    changed = tmp_path / "new.txt"
    changed.write_text(PAPERS["new.txt"].replace("9 September 2026", "9 November 2026"), encoding="utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(changed.read_text(encoding="utf-8"), encoding="utf-8")
        assert not kb.ingest([file]).rejected
    finally:
        file.write_text(before, encoding="utf-8")
    found = overview(kb, TODAY, "en")
    assert row(found, "new quay").due == "later"
    ((paper, (lost,)),) = found.lost
    assert (paper.title, "9 September 2026" in lost.anchor.clause) == ("MEMORANDUM OF UNDERSTANDING ON THE NEW QUAY", True)
