"""Lists of duties: the heading or the lead-in says on whom the items are laid, in four languages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.records import Block, Role
from kb.agreements.card_records import Duty
from kb.agreements.extraction.actors import actors_of
from kb.agreements.extraction.obligation_extraction import find_duties
from lang.languages import Language

NAMES = ("Harbour Trust", "Weavers’ Guild", "जिल्हा परिषद", "संस्था", "प्रथम पक्ष", "द्वितीय पक्ष", "न्यास", "音羽市", "甲", "乙")
Line = tuple[Role, tuple[str, ...], str]


def duties(lines: Sequence[Line], language: Language) -> list[Duty]:
    blocks, text = [], ""
    for number, (role, path, line) in enumerate(lines):
        blocks.append(Block(number, role, path, line, len(text), len(text) + len(line), language))
        text += f"{line}\n"
    return list(find_duties(text, blocks, actors_of("", NAMES), language))


LED_IN = [
    ("en", "2. Lamps", "The Harbour Trust shall:", "(a) buy forty lamps within ninety days;", "(b) paint the jetty.", "Harbour Trust"),
    (
        "en",
        "2. Lamps",
        "The Weavers’ Guild is responsible for the following:",
        "(a) mending the nets;",
        "(b) dyeing them.",
        "Weavers’ Guild",
    ),
    ("mr", "कलम २ – दिवे", "जिल्हा परिषद –", "(अ) चाळीस दिवे नव्वद दिवसांच्या आत खरेदी करील;", "(आ) धक्का रंगवील.", "जिल्हा परिषद"),
    ("mr", "कलम २ – दिवे", "संस्थेने पुढील कामे करावीत :", "(अ) जाळी दुरुस्त करणे;", "(आ) रंग देणे.", "संस्था"),
    ("hi", "2. दीपक", "द्वितीय पक्ष निम्नलिखित कार्य करेगा:", "(क) चालीस दीपक खरीदना;", "(ख) घाट को रंगना।", "द्वितीय पक्ष"),
    ("ja", "(灯火)", "乙は、次の各号に掲げる業務を行うものとする。", "(1) 灯火40基を購入すること。", "(2) 桟橋の塗装", "乙"),
]


@pytest.mark.parametrize(("language", "heading", "lead", "first", "second", "actor"), LED_IN)
def test_items_belong_to_whom_the_words_before_them_name(
    language: Language, heading: str, lead: str, first: str, second: str, actor: str
) -> None:
    lines: list[Line] = [
        ("paragraph", (heading,), lead),
        ("list_item", (heading, "a"), first),
        ("list_item", (heading, "b"), second),
        ("list_item", ("9. Maps", "a"), "(a) a map of the bay"),
    ]
    found = duties(lines, language)
    assert [one.actor for one in found] == [actor, actor]
    assert found[1].action == second.split(None, 1)[1].rstrip(".。।")


HEADED = [
    ("en", "3. Duties of the Harbour Trust", "(a) To keep the register;", "Harbour Trust"),
    ("en", "3. The Harbour Trust’s responsibilities", "(a) Keeping the register;", "Harbour Trust"),
    ("mr", "कलम ३ – जिल्हा परिषदेची कर्तव्ये", "(अ) नोंदवही ठेवणे;", "जिल्हा परिषद"),
    ("mr", "३. संस्थेच्या जबाबदाऱ्या", "(अ) नोंदवही ठेवणे;", "संस्था"),
    ("hi", "3. प्रथम पक्ष के दायित्व", "(क) पंजी रखना;", "प्रथम पक्ष"),
    ("hi", "3. न्यास की जिम्मेदारियाँ", "(क) पंजी रखना;", "न्यास"),
    ("ja", "(音羽市の責務)", "(1) 台帳の整備", "音羽市"),
]


@pytest.mark.parametrize(("language", "heading", "item", "actor"), HEADED)
def test_items_under_a_heading_of_duties_belong_to_whom_it_names(language: Language, heading: str, item: str, actor: str) -> None:
    (one,) = duties([("list_item", (heading, "a"), item)], language)
    assert (one.actor, one.force) == (actor, "shall")


@pytest.mark.parametrize(
    ("language", "heading", "lead"),
    [
        ("en", "3. Areas", "The Participants will cooperate in the following areas:"),
        ("en", "3. Areas", "Documents to be attached:"),
        ("mr", "कलम ३ – क्षेत्रे", "सहभागी पक्ष पुढील क्षेत्रांत सहकार्य करतील:"),
        ("hi", "3. क्षेत्र", "पक्ष निम्नलिखित क्षेत्रों में सहयोग करेंगे:"),
        ("ja", "(分野)", "甲及び乙は、次の分野において協力する。"),
    ],
)
def test_a_list_of_areas_or_papers_is_none_of_duties(language: Language, heading: str, lead: str) -> None:
    found = duties([("paragraph", (heading,), lead), ("list_item", (heading, "a"), "(a) …")], language)
    assert all("(a)" not in one.action and not one.action.startswith("…") for one in found)


def test_an_item_that_names_its_own_actor_keeps_it() -> None:
    lines: list[Line] = [
        ("paragraph", ("2. Lamps",), "The Harbour Trust shall:"),
        ("list_item", ("2. Lamps", "a"), "(a) The Weavers’ Guild shall mend the nets."),
    ]
    assert [one.actor for one in duties(lines, "en")] == ["Weavers’ Guild"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Neither Party shall be liable for delay caused by fire."),
        ("mr", "आगीमुळे झालेल्या विलंबाबद्दल कोणताही पक्ष जबाबदार राहणार नाही."),
        ("hi", "आग से हुई देरी के लिए कोई भी पक्ष उत्तरदायी नहीं होगा।"),
        ("ja", "乙は、火災による遅延の責任を負わない。"),
    ],
)
def test_who_is_free_of_something_owes_nothing(language: Language, sentence: str) -> None:
    assert duties([("paragraph", (), sentence)], language) == []


def test_a_notice_tells_what_to_do_where_it_speaks_of_contacts_too() -> None:
    (one,) = duties([("paragraph", (), "担当者の連絡先を、9月30日(火) までに報告してください。")], "ja")
    assert one.deadline is not None
    assert one.deadline.on == ((9, 30),)


@pytest.mark.parametrize(
    ("heading", "row", "actor", "action"),
    [
        ("Milestone · Responsible · Date", "Lamps lit\tHarbour Trust\t3 May 2031", "Harbour Trust", "Lamps lit"),
        ("टप्पा · जबाबदारी · दिनांक", "दिवे लावणे\tसंस्था\t३ मे २०३१", "संस्था", "दिवे लावणे"),
        ("क्र. · गतिविधि · उत्तरदायी · तिथि", "1\tदीपक जलाना\tन्यास\t3 मई 2031", "न्यास", "दीपक जलाना"),
        ("番号 · 工程 · 担当 · 年月日", "1\t点灯\t音羽市\t2031年5月3日", "音羽市", "点灯"),
        ("Event · Responsible · Date", "Lamps lit\tHarbour Trust\t3 May 2031", "Harbour Trust", "Lamps lit"),
    ],
)
def test_a_row_of_milestones_is_a_duty_due_on_its_date(heading: str, row: str, actor: str, action: str) -> None:
    (one,) = duties([("table_row", ("Schedule", heading), row)], "en")
    assert (one.actor, one.action) == (actor, action)
    assert one.deadline is not None
    assert one.deadline.key == "2031-05-03"


def test_a_table_of_dates_without_anybody_responsible_lays_no_duty_on_anybody() -> None:
    assert duties([("table_row", ("Trains", "Work · Date"), "Lamps lit\t3 May 2031")], "en") == []
