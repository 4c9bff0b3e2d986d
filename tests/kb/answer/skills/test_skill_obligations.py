"""Who owes what by when: told from the cards, each duty cited, in the reader's words for the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from kb import KnowledgeBase, Settings
from kb.agreements.card_corrections import Change, correct, now, take_back
from kb.agreements.cards import make_card
from kb.answer.skills.obligations.obligation_details import clause_span
from kb.answer.skills.obligations.obligation_query import full_name, wanted
from kb.answer.skills.obligations.obligations import obligations
from kb.records import Filters
from tests.kb.owed_papers import Desk, make, shown
from tests.once import once


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = once(tmp_path_factory, "owed", make) / "home"
    with KnowledgeBase.open(Settings(home=home)) as kb:
        yield Desk(kb)


def rows(desk: Desk, text: str, language: str, *papers: str, **more: object) -> list[list[str]]:
    made = obligations(desk.question(text, language, *papers, **more), desk.ports)  # type: ignore[arg-type]
    assert made is not None
    for block in made.blocks:
        for row in block.rows:
            for cell in row:
                for at in cell.cited:
                    cited = made.statements[at].citations[0]
                    assert cited.status == "verified"
                    assert cited.quote == desk.kb.text(cited.document_id)[cited.start : cited.end]
    return [[cell.text for cell in row] for block in made.blocks for row in block.rows]


def test_each_duty_has_its_actor_its_clause_and_its_time_in_the_order_of_the_days(desk: Desk) -> None:
    told = rows(desk, "Who owes what by when?", "en", "lantern")
    assert told[0] == [
        "nobody named",
        "A Joint Board shall be set up within thirty days after the signature of this Memorandum.",
        "within 30 days, by 2 April 2025",
    ]
    assert told[1][0] == "Port"
    assert told[1][2] == "within 180 days, by 30 August 2025"
    assert told[2][2] == "every year (31 March), by 31 March 2026"
    assert all("may invite" not in row[1] for row in told)  # a right is no duty


def test_duties_are_a_table_where_one_is_asked_for(desk: Desk) -> None:
    listed = rows(desk, "Who owes what by when?", "en", "lantern")
    asked = desk.question("Make a table of who owes what by when", "en", "lantern")
    made = obligations(asked, desk.ports)
    assert made is not None
    laid = next(block for block in made.blocks if block.kind == "table")
    assert laid.columns[:3] == ("Who", "What", "By when")
    assert [[cell.text for cell in row[:3]] for row in laid.rows] == [row[:3] for row in listed]
    assert {len(row) for row in laid.rows} == {len(laid.columns)}


def test_a_table_of_duties_tells_who_owes_what_by_when_and_is_no_table_of_papers(desk: Desk) -> None:
    answer = desk.kb.answer("duties of the Joint Board as a table")
    assert answer.skill == "obligations"
    assert any(block.columns[:3] == ("Who", "What", "By when") for block in answer.blocks)


@pytest.mark.parametrize(
    ("language", "said"),
    [("mr", "१२ जून २०२५ पर्यंत"), ("hi", "12 जून 2025 तक"), ("en", "by 12 June 2025"), ("ja", "2025年6月12日まで")],
)
def test_a_day_of_no_year_is_told_with_the_papers_year_in_the_readers_language(desk: Desk, language: str, said: str) -> None:
    told = rows(desk, "परिपत्रक", language, "vihiri")
    (wells,) = (row for row in told if "पाहणी" in row[1])
    assert (wells[0], wells[2]) == ("सर्व शाखा अभियंता", said)


def test_a_time_between_two_days_is_told_as_one(desk: Desk) -> None:
    told = rows(desk, "कोणी काय करायचे?", "mr", "vihiri")
    assert next(row[2] for row in told if "मदत कक्ष" in row[1]) == "१५ जून ते ३० सप्टेंबर"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What are the ministry's duties?", "en"),
        ("मंत्रालयाच्या जबाबदाऱ्या कोणत्या?", "mr"),
        ("मंत्रालय की जिम्मेदारियाँ क्या हैं?", "hi"),
        ("省の義務は何ですか。", "ja"),
    ],
)
def test_only_the_party_that_is_asked_for_and_what_every_party_owes(desk: Desk, text: str, language: str) -> None:
    told = rows(desk, text, language, "lantern")
    clauses = " ".join(row[1] for row in told)
    assert "accounts" in clauses
    assert "soundings" in clauses
    assert "repair the lantern" not in clauses


def test_numbers_of_a_foreign_clause_stand_beside_it_in_digits(desk: Desk) -> None:
    told = rows(desk, "双方の義務は。", "ja", "lantern")
    (soundings,) = (row for row in told if "soundings" in row[1])
    assert soundings[0] == "各当事者 (Each Party)"
    assert soundings[-1] == "12"


def test_whom_the_paper_does_not_name_is_said_to_owe_nothing_by_that_name(desk: Desk) -> None:
    made = obligations(desk.question("What must the contractor do?", "en", "lantern"), desk.ports)
    assert "The papers lay no duty on “contractor” by that name." in shown(made)


def test_only_duties_with_a_time_limit_and_only_those_that_fall_due_then(desk: Desk) -> None:
    limited = rows(desk, "Only the duties with a time limit, please.", "en", "lantern")
    assert all("60 per cent" not in row[1] for row in limited)
    assert len(rows(desk, "Which duties fall due in March 2026?", "en", "lantern")) == 1
    assert [row[2] for row in rows(desk, "इस महीने क्या करना है?", "hi", "taalaab", today=date(2025, 11, 3))] == ["30 नवंबर 2025 तक"]
    nothing = obligations(desk.question("What is due in May 2025?", "en", "lantern"), desk.ports)
    assert nothing is not None
    first, *below = shown(nothing).splitlines()
    assert first == "Nothing in the papers falls due then."
    assert below[0].startswith("Their time limit runs from something that the papers do not date")


@pytest.mark.parametrize(
    ("text", "language", "unknown"),
    [
        ("Suppose today is 1 October 2025: what is overdue?", "en", "the papers do not say whether this was done"),
        ("समजा आज १ ऑक्टोबर २०२५ आहे. मुदत उलटून गेलेली कामे कोणती?", "mr", "हे झाले की नाही ते कागदपत्रांत सांगितलेले नाही"),
        ("मान लीजिए आज 1 अक्टूबर 2025 है। अब तक कौन से काम हो जाने चाहिए थे?", "hi", "यह हुआ या नहीं, यह काग़ज़ों में नहीं बताया गया है"),
        ("今日が2025年10月1日だとして、期限を過ぎた義務は。", "ja", "行われたかどうかは文書に記載がありません"),
    ],
)
def test_what_is_overdue_is_told_with_what_later_papers_say_of_it(desk: Desk, text: str, language: str, unknown: str) -> None:
    told = rows(desk, text, language, "lantern", today=date(2030, 1, 1))
    (board,) = (row for row in told if "Joint Board shall be set up" in " ".join(row))
    assert board[-1] == "The Joint Board of the two sides was set up on 25 March and met at once."
    (lantern,) = (row for row in told if "repair the lantern" in " ".join(row))
    assert lantern[-1] == unknown
    assert any("delayed until September" in row[0] for row in told)
    assert all("bakers" not in " ".join(row) for row in told)


def test_nothing_is_overdue_before_its_day(desk: Desk) -> None:
    made = obligations(desk.question("Suppose today is 20 March 2025. What is overdue?", "en", "lantern"), desk.ports)
    assert shown(made) == "Nothing in the papers falls due then."


def test_a_notice_lays_duties_on_offices(desk: Desk) -> None:
    told = rows(desk, "誰がいつまでに何をしますか。", "ja", "tsuuchi")
    assert told[0][0] == "各課"
    assert told[0][2] == "2025年6月30日まで"
    assert told[1][2] == "毎年（3月）、2026年3月31日まで".replace("（", " (").replace("）", ")")


def test_where_no_paper_is_meant_all_that_lay_down_duties_are_read_and_news_are_not(desk: Desk) -> None:
    made = obligations(desk.question("Who owes what by when?", "en"), desk.ports)
    assert made is not None
    cited = {statement.citations[0].kind for statement in made.statements}
    assert cited == {"agreement", "other"}


def test_duties_of_the_matter_stand_first_and_what_else_the_paper_lays_down_below(desk: Desk) -> None:
    made = obligations(desk.question("Who pays for the lantern?", "en", "lantern", matter="cost of the lantern"), desk.ports)
    assert made is not None
    of_matter, others = (block for block in made.blocks if block.kind == "points")
    assert any("60 per cent" in row[1].text for row in of_matter.rows)
    assert all("soundings" not in row[1].text for row in of_matter.rows)
    assert others.text == "What else this paper lays down:"
    assert any("soundings" in row[1].text for row in others.rows)


def test_of_a_text_in_two_languages_the_readers_is_told_once(desk: Desk) -> None:
    both = Desk(desk.kb, [frozenset({desk.paper("lantern").id, desk.paper("taalaab").id})])
    told = rows(both, "किसे क्या करना है?", "hi", "lantern", "taalaab")
    assert {row[0] for row in told} == {"निगम", "मंत्रालय"}


def test_a_correction_holds_at_once(desk: Desk) -> None:
    card = make_card(desk.kb, desk.paper("taalaab").id)
    (cleaning,) = (one for one in card.obligations if one.due == date(2025, 11, 30))
    correct(desk.kb, card, Change(cleaning.key, None, now(), due=date(2025, 12, 31), actor="जल विभाग"))
    try:
        assert ["जल विभाग", "31 दिसंबर 2025 तक"] in [[row[0], row[2]] for row in rows(desk, "किसे क्या करना है?", "hi", "taalaab")]
    finally:
        take_back(desk.kb, card, cleaning.key)


def test_a_paper_that_lays_down_nothing_or_may_not_be_read_gives_no_duties(desk: Desk) -> None:
    question = desk.question("Who owes what?", "en")
    assert obligations(replace(question, filters=Filters(documents=(desk.paper("observer").id,))), desk.ports) is None
    assert obligations(question, replace(desk.ports, card=lambda _paper: None)) is None
    assert obligations(question, replace(desk.ports, papers=lambda: ())) is None


def test_a_long_clause_is_cut_where_a_part_of_it_ends() -> None:
    text = "2. " + "The Port shall mend the wall, " * 12
    start, end = clause_span(text, 0, len(text))
    assert (start, end - start <= 220, text[start:end].endswith("wall")) == (3, True, True)


def test_a_long_lead_before_the_actor_is_left_out_where_the_clause_is_too_long() -> None:
    text = f"Recognising {'the need for good lamps, ' * 9}the Parties intend to mend the lantern."
    start, end = clause_span(text, 0, len(text), "Parties")
    assert text[start:end] == "Parties intend to mend the lantern."


def test_a_clause_that_lays_it_on_two_is_told_once(desk: Desk) -> None:
    told = rows(desk, "Who owes what?", "en", "lantern")
    assert [row[0] for row in told if "60 per cent" in row[1]] == ["Ministry; Port"]


def test_what_is_due_this_year_is_told_of_all_papers_that_say_so(desk: Desk) -> None:
    made = obligations(desk.question("What is due this year?", "en"), desk.ports)
    assert made is not None
    cited = {statement.citations[0].document_id for statement in made.statements}
    assert {desk.paper(name).id for name in ("lantern", "vihiri", "taalaab", "tsuuchi")} <= cited


@pytest.mark.parametrize(
    ("language", "matter", "kept"),
    [
        ("en", "Who owes what to whom, and by when; only duties with a time limit", False),
        ("en", "the duties of the ministry", False),
        ("en", "the cost of the lantern", True),
        ("mr", "मंत्रालयाची कामे कधीपर्यंत", False),
        ("mr", "विहिरींची पाहणी", True),
        ("hi", "अब तक कौन से काम हो जाने चाहिए थे", False),
        ("hi", "तालाबों की सफाई", True),
        ("ja", "瑞穂国の省が負う約束と期限", False),
        ("ja", "研修の費用", True),
    ],
)
def test_words_of_duties_offices_and_times_are_no_matter(desk: Desk, language: str, matter: str, kept: bool) -> None:
    asks = wanted(desk.question(matter, language, matter=matter))  # type: ignore[arg-type]
    assert (asks.matter == matter) is kept


def test_a_paper_that_was_only_found_gives_way_to_those_in_which_the_office_owes_something(desk: Desk) -> None:
    asked = "What must the ministry do and by when?"
    found = replace(desk.question(asked, "en", "vihiri"), named=(), carried=False)
    made = obligations(found, desk.ports)
    assert made is not None
    assert any("accounts on or before 31 March" in cell.text for block in made.blocks for row in block.rows for cell in row)


def test_what_an_opening_calls_a_party_may_be_broken_by_a_line() -> None:
    opening = (
        'Pact\nNandgiri Municipal Corporation (hereinafter "the Corporation") and the\n'
        'City of Hoshikawa (hereinafter "the\nCity"), together "the Parties":'
    )
    assert full_name("City", opening) == "City of Hoshikawa"
    assert full_name("Corporation", opening) == "Nandgiri Municipal Corporation"
