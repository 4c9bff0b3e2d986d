"""Duties and dates that stand in lists, in schedules and in papers that are addressed to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.records import Kind
from kb import KnowledgeBase, Settings
from kb.answer.quotation.citation_builder import SkillResult
from kb.answer.skills.obligations.obligation_query import addressees, full_name
from kb.answer.skills.obligations.obligations import obligations
from kb.answer.skills.timeline.timeline import timeline
from lang.languages import Language
from tests.kb.owed_papers import Desk
from tests.once import once

PAPERS: dict[str, tuple[Kind, str]] = {
    "kites.html": (
        "agreement",
        """<h1>Agreement on the flying of kites</h1>
<p>This Agreement is made on 4 May 2031 between the Kite Board of Pelham (hereinafter “the Board”) and the Wind Institute of Ostra
(hereinafter “the Institute”). The Parties agree as follows:</p>
<h2>1. Duties of the Board</h2><p>The Board shall:</p><p>(a) mow the meadow within ten days;</p><p>(b) sell the tickets.</p>
<h2>2. Duties of the Institute</h2><p>The Institute shall:</p><p>(a) lend thirty kites;</p><p>(b) print a book of knots.</p>
<h2>Schedule</h2><table><tr><th>Milestone</th><th>Responsible</th><th>Date</th></tr>
<tr><td>Meadow fenced</td><td>Board</td><td>9 June 2031</td></tr>
<tr><td>Kites brought</td><td>Institute</td><td>2 July 2031</td></tr></table>""",
    ),
    "patang.html": (
        "agreement",
        """<h1>पतंग महोत्सव समझौता ज्ञापन</h1><p>हवा शिक्षण न्यास (प्रथम पक्ष)</p><p>तथा</p><p>मैदान विकास समिति (द्वितीय पक्ष)</p>
<p>दोनों पक्षों के बीच निम्नलिखित सहमति हुई:</p>
<h2>1. प्रथम पक्ष के दायित्व</h2><p>(क) तीस पतंगें उपलब्ध कराना;</p><p>(ख) गाँठों की पुस्तक छापना।</p>
<h2>2. द्वितीय पक्ष के दायित्व</h2><p>(क) मैदान की घास काटना;</p><p>(ख) टिकट बेचना।</p>""",
    ),
    "khabar.txt": (
        "news",
        """हवा न्यास का मेला
पेलहम समाचार, 6 मई 2031

हवा शिक्षण न्यास और मैदान विकास समिति में समझौता हुआ। मेले में झूले लगाए जाएँगे, ऐसा अध्यक्ष ने बताया।
""",
    ),
    "tako.txt": (
        "other",
        """凧第7号
2031年4月2日
各小学校長 殿
音羽市教育長
凧揚げ大会の準備について（通知）
記
1 参加者名簿を、5月20日（火） までに提出してください。
2 大会の担当者の連絡先を、5月9日までに報告してください。
3 市は、会場を6月1日に開きます。
""",
    ),
    "patangotsav.html": (
        "other",
        """<h1>शासन निर्णय : पतंग महोत्सव</h1><p>दिनांक : २ एप्रिल २०३१</p><p>प्रति,</p><p>सर्व मुख्याध्यापक</p><p>विषय : पतंग महोत्सव</p>
<p>सर्व शाळांत पतंग महोत्सव घेण्यात यावा.</p><p>सहभागींची यादी २० मे २०३१ पर्यंत पाठविण्यात यावी.</p>
<h2>वेळापत्रक</h2><table><tr><th>अ.क्र.</th><th>कार्यवाही</th><th>जबाबदार अधिकारी</th><th>दिनांक</th></tr>
<tr><td>१</td><td>मैदान आखणे</td><td>मुख्याध्यापक</td><td>३ जून २०३१</td></tr>
<tr><td>२</td><td>पतंग वाटप</td><td>तालुका क्रीडा अधिकारी</td><td>९ जून २०३१</td></tr></table>""",
    ),
}


def make(folder: Path) -> None:
    """A home of the papers; only read."""
    with KnowledgeBase.open(Settings(home=folder / "home")) as kb:
        for name, (kind, text) in PAPERS.items():
            (folder / name).write_text(text, encoding="utf-8")
            assert not kb.ingest([folder / name], kind=kind).rejected


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with KnowledgeBase.open(Settings(home=once(tmp_path_factory, "owed-lists", make) / "home")) as kb:
        yield Desk(kb)


def cells(made: SkillResult | None) -> list[list[str]]:
    assert made is not None
    return [[cell.text for cell in row] for block in made.blocks for row in block.rows]


def test_the_items_and_the_milestones_of_a_party_are_told_with_what_is_dated_first(desk: Desk) -> None:
    told = cells(obligations(desk.question("What must the Institute do?", "en", "kites"), desk.ports))
    assert told[0] == ["Institute", "Kites brought", "by 2 July 2031"]
    assert {row[1] for row in told[1:]} == {"lend thirty kites;", "print a book of knots."}


def test_of_papers_that_are_not_named_that_is_told_whose_parties_the_question_names(desk: Desk) -> None:
    told = cells(obligations(desk.question("हवा शिक्षण न्यास को क्या-क्या करना है?", "hi"), desk.ports))
    assert {row[1] for row in told} == {"तीस पतंगें उपलब्ध कराना;", "गाँठों की पुस्तक छापना।"}


def test_news_that_is_named_does_not_hide_the_agreement_it_tells_of(desk: Desk) -> None:
    told = cells(obligations(desk.question("हवा शिक्षण न्यास को क्या-क्या करना है?", "hi", "khabar"), desk.ports))
    assert {row[1] for row in told} == {"तीस पतंगें उपलब्ध कराना;", "गाँठों की पुस्तक छापना।"}


@pytest.mark.parametrize(("party", "wanted"), [("हवा न्यास", "गाँठों की पुस्तक छापना।"), ("मैदान विकास समिति", "टिकट बेचना।")])
def test_a_party_is_known_by_the_name_that_the_opening_gives_it(desk: Desk, party: str, wanted: str) -> None:
    told = cells(obligations(desk.question(f"{party} को क्या-क्या करना है?", "hi", "patang"), desk.ports))
    assert len(told) == 2
    assert wanted in {row[1] for row in told}


@pytest.mark.parametrize(
    ("text", "language", "paper", "actor", "first"),
    [
        ("小学校がしなければならないことは何ですか。", "ja", "tako", "各小学校長", "2031年5月9日まで"),
        ("मुख्याध्यापकांनी काय करायचे?", "mr", "patangotsav", "सर्व मुख्याध्यापक", "२० मे २०३१ पर्यंत"),
    ],
)
def test_a_duty_that_names_nobody_belongs_to_whom_the_paper_is_addressed(
    desk: Desk, text: str, language: Language, paper: str, actor: str, first: str
) -> None:
    told = cells(obligations(desk.question(text, language, paper), desk.ports))
    assert told[0][0] == actor
    assert told[0][2] == first
    assert not any(row[0] in ("市", "तालुका क्रीडा अधिकारी") for row in told)


def test_who_sends_a_notice_does_not_owe_what_it_demands(desk: Desk) -> None:
    told = cells(obligations(desk.question("市の役割は何ですか。", "ja", "tako"), desk.ports))
    assert [row[0] for row in told] == ["市"]


def test_a_timeline_has_the_rows_of_a_schedule_without_their_dates(desk: Desk) -> None:
    told = cells(timeline(desk.question("पतंग महोत्सवात कधी काय?", "mr", "patangotsav"), desk.ports))
    assert ["३ जून २०३१", "मैदान आखणे · मुख्याध्यापक"] in [row[:2] for row in told]
    assert ["९ जून २०३१", "पतंग वाटप · तालुका क्रीडा अधिकारी"] in [row[:2] for row in told]


def test_a_row_of_an_english_schedule_does_not_say_its_date_twice(desk: Desk) -> None:
    told = cells(timeline(desk.question("Timeline of the kites?", "en", "kites"), desk.ports))
    assert ["9 June 2031", "Meadow fenced · Board"] in [row[:2] for row in told]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("CIRCULAR\nTo: All Wardens\nHeads of Gardens\nSubject: Kites\nTo be kept.", "All Wardens\nHeads of Gardens"),
        ("परिपत्र\nसेवा में,\nसमस्त प्रधानाचार्य\nविषय: पतंग", "समस्त प्रधानाचार्य"),
        ("通知\n各課長 様\n各支所長 殿\n件名", "各課長\n各支所長"),
        ("A paper about kites\nTomorrow they fly.", ""),
        ("", ""),
    ],
)
def test_an_address_is_read_to_its_subject(text: str, wanted: str) -> None:
    assert addressees(text) == wanted


def test_a_full_name_is_what_stands_before_the_brackets() -> None:
    opening = "between the Kite Board of Pelham (hereinafter “the Board”) and the Wind Institute of Ostra (“the Institute”)."
    assert full_name("Institute", opening) == "the Wind Institute of Ostra"
    assert full_name("Trust", opening) == ""
    assert full_name("乙", "音羽市（以下「甲」という。）と凧協会（以下「乙」という。）は") == "凧協会"
