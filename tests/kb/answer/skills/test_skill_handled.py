"""What people set for obligations, as the answers about them tell it: done ones are left out or told as done, owners can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from kb.agreements.cards import handle, make_card
from kb.answer.query_understanding.query_parsing import without_owner
from kb.answer.query_understanding.question import understand
from kb.answer.skills.obligations.obligations import obligations
from kb.records import Filters
from kb.user_records import Handling
from lang.languages import Language
from tests.kb.owed_papers import Desk, make, shown
from tests.once import copied, once

TODAY = date(2025, 10, 1)
SET: dict[Language, str] = {
    "en": "(set by a person on ",
    "mr": "रोजी व्यक्तीने नोंदवले)",
    "hi": "को व्यक्ति ने दर्ज किया)",
    "ja": "に担当者が登録）",
}
DONE: dict[Language, str] = {"en": "done", "mr": "पूर्ण", "hi": "पूरा", "ja": "完了"}
LEFT: dict[Language, str] = {
    "en": "1 that people marked as done, or as not ours, are left out.",
    "mr": "लोकांनी पूर्ण किंवा आपली नाहीत असे नोंदवलेली 1 कामे येथे दाखवलेली नाहीत.",
    "hi": "जिन्हें लोगों ने पूरा या हमारा नहीं दर्ज किया है, ऐसे 1 काम यहाँ नहीं दिखाए गए हैं।",
    "ja": "完了または対象外と登録された1件は示していません。",
}


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Desk]:
    home = copied(once(tmp_path_factory, "owed", make) / "home", tmp_path / "home")
    with KnowledgeBase.open(Settings(home=home)) as kb:
        yield Desk(kb)


def put(desk: Desk, words: str, wanted: Handling, paper: str = "lantern") -> None:
    card = make_card(desk.kb, desk.paper(paper).id, any_kind=True)
    key = next(one.key for one in card.obligations if words in one.citation.quote)
    handle(desk.kb, card, key, wanted)


def told(desk: Desk, text: str, language: Language, *papers: str, today: date = TODAY, matter: str = "") -> str:
    made = obligations(desk.question(text, language, *papers, today=today, matter=matter), desk.ports)
    assert made is not None
    for block in made.blocks:
        for row in block.rows:
            assert any(made.statements[at].status == "verified" for cell in row for at in cell.cited)  # the clause is cited
            assert all(not cell.cited for cell in row if any(said in cell.text for said in SET.values()))  # and not for what people set
    return shown(made)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is overdue?", "en"),
        ("मुदत उलटून गेलेली कामे कोणती?", "mr"),
        ("अब तक कौन से काम हो जाने चाहिए थे?", "hi"),
        ("期限を過ぎた義務は。", "ja"),
    ],
)
def test_what_is_done_is_not_overdue_and_it_is_said_how_many_are_left_out(desk: Desk, text: str, language: Language) -> None:
    assert "repair the lantern" in told(desk, text, language, "lantern")
    put(desk, "repair the lantern", Handling("done"))
    put(desk, "Joint Board shall be", Handling("in_progress", "Meenal Joshi"))
    said = told(desk, text, language, "lantern")
    assert "repair the lantern" not in said
    assert LEFT[language] in said
    assert "Joint Board shall be" in said
    assert "Meenal Joshi" in said
    assert SET[language] in said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who owes what by when?", "en"),
        ("कोणी काय करायचे?", "mr"),
        ("किसे क्या करना है?", "hi"),
        ("誰が何をしますか。", "ja"),
    ],
)
def test_where_all_duties_are_asked_for_a_done_one_is_told_as_done(desk: Desk, text: str, language: Language) -> None:
    put(desk, "repair the lantern", Handling("done", note="The lens came from Karelund."))
    line = next(line for line in told(desk, text, language, "lantern").splitlines() if "repair the lantern" in line)
    assert DONE[language] in line
    assert SET[language] in line
    assert "The lens came from Karelund." in line
    assert sum(SET[language] in one for one in told(desk, text, language, "lantern").splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is due this month?", "en"),
        ("या महिन्यात काय करायचे आहे?", "mr"),
        ("इस महीने क्या करना है?", "hi"),
        ("今月の期限は。", "ja"),
    ],
)
def test_what_is_due_this_month_is_told_without_what_is_done(desk: Desk, text: str, language: Language) -> None:
    month = date(2025, 11, 3)
    assert "तालाबों की सफाई" in told(desk, text, language, "taalaab", today=month)
    put(desk, "तालाबों की सफाई", Handling("not_ours"), "taalaab")
    said = told(desk, text, language, "taalaab", today=month)
    assert "तालाबों की सफाई" not in said
    assert LEFT[language] in said


def test_of_what_returns_only_what_fell_due_through_a_day_is_done(desk: Desk) -> None:
    put(desk, "accounts on or before", Handling("done", through=date(2026, 3, 31)))
    asked = "Suppose today is 10 April {}. What is overdue?"
    assert "accounts" not in told(desk, asked.format(2026), "en", "lantern")
    assert "accounts" in told(desk, asked.format(2027), "en", "lantern")
    line = next(line for line in told(desk, "Who owes what?", "en", "lantern").splitlines() if "accounts" in line)
    assert "done for what fell due by 31 March 2026, open (set by a person on" in line


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is with Meenal Joshi?", "en"),
        ("मीनल जोशी यांच्याकडे काय आहे?", "mr"),
        ("मीनल जोशी के पास क्या है?", "hi"),
        ("ミーナル・ジョーシーの担当は何ですか。", "ja"),
    ],
)
def test_what_is_with_an_owner_is_told_of_all_papers_and_nothing_else(desk: Desk, text: str, language: Language) -> None:
    put(desk, "repair the lantern", Handling("in_progress", "Meenal Joshi"))
    put(desk, "तालाबों की सफाई", Handling("open", "Meenal Joshi"), "taalaab")
    put(desk, "accounts on or before", Handling("open", "Harbour office"))
    said = told(desk, text, language)
    assert "repair the lantern" in said
    assert "तालाबों की सफाई" in said
    assert "accounts" not in said
    meant = understand(text, text, language, (), Filters(), desk.ports)
    assert meant.skill == "obligations"


def test_an_owner_of_the_name_of_a_party_does_not_hide_what_the_party_owes(desk: Desk) -> None:
    put(desk, "accounts on or before", Handling("open", "Port"))
    assert "repair the lantern" in told(desk, "What must the Port do?", "en", "lantern")


def test_an_owner_is_not_told_to_whom_does_not_see_the_paper(desk: Desk) -> None:
    put(desk, "repair the lantern", Handling("open", "Meenal Joshi"))
    blind = replace(desk.ports, handlings=dict)
    text = "What is with Meenal Joshi?"
    assert understand(text, text, "en", (), Filters(), blind).skill != "obligations"


def test_a_text_in_two_languages_is_told_in_the_version_for_which_something_was_set(desk: Desk) -> None:
    both = Desk(desk.kb, [frozenset({desk.paper("lantern").id, desk.paper("taalaab").id})])
    assert "तालाबों की सफाई" in told(both, "किसे क्या करना है?", "hi", "lantern", "taalaab")
    put(desk, "repair the lantern", Handling("done"))
    said = told(both, "किसे क्या करना है?", "hi", "lantern", "taalaab")
    assert "repair the lantern" in said
    assert "पूरा" in said


def test_a_time_that_must_be_left_before_something_is_not_told_as_one_within_which(tmp_path: Path) -> None:
    text = """MEMORANDUM OF UNDERSTANDING ON MEETINGS

The Port of Ottermouth (hereinafter "the Port") and the Ministry of Tides (hereinafter "the Ministry") have agreed as follows:

1. The Port shall send the agenda at least ten days before each meeting.
2. The Ministry shall reply within ten days of each letter.

Signed at Ottermouth on 3 March 2025.
"""
    (tmp_path / "meetings.txt").write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings(home=tmp_path / "home")) as kb:
        kb.ingest([tmp_path / "meetings.txt"], kind="agreement")
        said = told(Desk(kb), "Who owes what by when?", "en", "meetings")
    assert "at least 10 days before" in next(line for line in said.splitlines() if "agenda" in line)
    assert "within 10 days" in next(line for line in said.splitlines() if "letter" in line)


def test_the_name_of_an_owner_is_no_matter() -> None:
    assert without_owner("Meenal Joshi's lantern", "Meenal Joshi") == "lantern"
