"""Which lines of a paper may stand on a slide: those that lean on no other, are no frame of a paper, and stand under a heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase, Settings
from training.cited_lines import Scribe
from training.compose import content, objectives, slides
from training.make import make
from training.material.gather import gather
from training.material.source_sentences import sentences
from training.material.standing import SIGNS, announces, frame, of_rights, points, signs, states, weights
from training.material.worth import SEEN, WORDS, said, words
from training.records import Request

EXPRESS = """Beekeeping on the roofs of Larkhill: report of the first two years

Larkhill Parks Office, Third Floor, No. 41

© 2024 Larkhill Parks Office. This report may be copied for teaching.

1 Why hives were set up

The gardens of Larkhill bore a third less fruit in 2021 than in 2016. The gardeners put this down to the lack of bees.

2 What the beekeepers did

Volunteers set up 46 hives on nine flat roofs in the spring of 2022. Each hive is inspected every ten days by two beekeepers.

Those on the town hall were moved after a complaint. We thank the fire brigade for its ladders.

3 What the hives brought

The hives gave 610 kg of honey in 2023, which was sold at the weekly market of the town.
"""
ANSWERS = """Questions about the hives of Larkhill

Question 1. Who may keep a hive on a roof?

Answer: Every tenant whose landlord agrees in writing may keep two hives on a flat roof.

Q2. Does the town pay for the hive?

A: No. The beekeeper pays for the hive, and the town lends the smoker for one season.
"""


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("hives")
    for name, text in (("report.txt", EXPRESS), ("questions.txt", ANSWERS)):
        (home / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=Path(home) / "home")) as held:
        held.ingest([home / "report.txt", home / "questions.txt"])
        yield held


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Those on the pier were painted green.", "en"),
        ("What is kept there is counted each spring.", "en"),
        ("The same boat carries the mail on Sundays.", "en"),
        ("तेथे दोन घाट बांधले आहेत.", "mr"),
        ("उर्वरित पाच विहिरी पुढील वर्षी साफ होतील.", "mr"),
        ("वहाँ तीन कुएँ खोदे गए हैं।", "hi"),
        ("इन्हीं दो घाटों पर नाव रुकती है।", "hi"),
        ("以後は船を毎朝点検している。", "ja"),
        ("残る3隻は来年直す。", "ja"),
    ],
)
def test_a_line_that_points_to_another_is_told(text: str, language) -> None:
    assert points(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("There are nine ferries on the lake, and each of them carries bicycles.", "en"),
        ("समितीत पाच सदस्य असतील, त्यापैकी दोन नावाडी असतील.", "mr"),
        ("नौका सकाळी सहा ते रात्री दहा या वेळेत सुटते.", "mr"),
        ("जहाँ घाट टूटा है, वहाँ नाव नहीं रुकेगी।", "hi"),
        ("湖には渡し船が9隻あり、それぞれ自転車を載せる。", "ja"),
    ],
)
def test_a_word_that_means_what_the_line_itself_names_does_not_point_away(text: str, language) -> None:
    assert not points(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We look forward to your visit to the lake.", "en"),
        ("Who steers the ferry at night?", "en"),
        ("This report was written in spring.", "en"),
        ("Copy to: the harbour master; the fire brigade.", "en"),
        ("प्रत : बंदर अधिकारी; नौका विभाग.", "mr"),
        ("हम नाव समिति के आभारी हैं।", "hi"),
        ("本報告は湖の渡し船についてまとめたものである。", "ja"),
        ("जेटीचे नाव : ________ दिनांक : ________.", "mr"),
        ("This order will come into force on 1 May 2025.", "en"),
        ("हे परिपत्रक 1 ऑक्टोबर 2025 पासून लागू राहील.", "mr"),
        ("यह आदेश 5 जून 2025 से प्रभावी होगा।", "hi"),
        ("本通知は2025年4月1日から施行する。", "ja"),
    ],
)
def test_what_frames_a_paper_is_nothing_to_teach(text: str, language) -> None:
    assert frame(text, language)


@pytest.mark.parametrize(
    ("text", "language", "announced"),
    [
        ("The ferry is checked in the following order.", "en", True),
        ("नौकाचालकांना पुढील सूचना देण्यात येत आहेत.", "mr", True),
        ("पुढील वर्षी आणखी तीन नौका येतील.", "mr", False),
        ("नाविकों के लिए निम्नलिखित आदेश जारी किए जाते हैं।", "hi", True),
        ("船の点検は次のとおりとする。", "ja", True),
        ("The ferry is checked every morning.", "en", False),
    ],
)
def test_a_line_that_announces_what_stands_below_it_is_told(text: str, language, announced: bool) -> None:
    assert announces(text, language) is announced


@pytest.mark.parametrize(
    ("text", "language", "so"),
    [
        ("Keep for two years on the ferry, with a copy to the harbour.", "en", False),
        ("Extend to all nine ferries; report each fault the same day.", "en", False),
        ("The master keeps the log for two years.", "en", True),
        ("Nine ferries cross the lake every hour.", "en", True),
        ("Logs must be kept for two years.", "en", True),
        ("किमान अडीच मीटर लांबीच्या दोऱ्या, दोन आधार काठ्या.", "mr", False),
        ("नौका दर तासाला सुटते.", "mr", True),
    ],
)
def test_a_question_is_made_of_what_is_so_or_not_and_of_no_order(text: str, language, so: bool) -> None:
    assert states(text, language) is so


def test_who_may_copy_a_paper_is_told_in_four_languages() -> None:
    assert all(map(of_rights, ("© 2020 Lake Office.", "सर्वाधिकार सुरक्षित.", "इसका गैर-व्यावसायिक उपयोग हो सकता है।", "無断転載を禁じます。")))
    assert not of_rights("The right bank of the lake was planted with willows.")


def test_the_fitted_numbers_belong_to_the_signs_that_the_code_sees() -> None:
    stored = weights()
    assert (tuple(stored["signs"]), tuple(stored["seen"])) == (SIGNS, SEEN)
    assert len(stored["alone"]) == len(SIGNS) == len(signs("The ferry leaves at six.", "en"))
    assert len(stored["about"]) == len(SEEN)
    assert len(stored["usual"]) == 2


def test_a_line_above_a_paragraph_heads_it_and_a_letterhead_does_not(kb: KnowledgeBase) -> None:
    report = next(info for info in kb.documents() if info.title.startswith("Beekeeping"))
    under = {one.text: one.heading.named.text for one in sentences(kb, report)}
    assert under["Volunteers set up 46 hives on nine flat roofs in the spring of 2022."] == "What the beekeepers did"
    assert not any("Third Floor" in text or "copied" in text for text in under)


def test_a_question_heads_its_answer(kb: KnowledgeBase) -> None:
    paper = next(info for info in kb.documents() if info.title.startswith("Questions"))
    told = [(one.heading.named.text, one.text, one.alone) for one in sentences(kb, paper)]
    assert told == [
        ("Who may keep a hive on a roof?", "Every tenant whose landlord agrees in writing may keep two hives on a flat roof.", True),
        ("Does the town pay for the hive?", "No. The beekeeper pays for the hive, and the town lends the smoker for one season.", True),
    ]


def test_a_slide_has_one_line_of_one_heading_and_nothing_that_leans_or_thanks(kb: KnowledgeBase) -> None:
    scribe = Scribe(kb, gather(kb, Request("bee hives on roofs", ("en",))))
    shown = content(scribe, 8)
    assert shown
    assert all(len(one.shown) == 1 and words(said(one.shown[0])) <= WORDS for one in shown)
    lines = " ".join(one.shown[0].text for one in shown)
    assert "46 hives" in lines
    assert not any(part in lines for part in ("thank", "Those on", "©", "Third Floor"))


def test_an_objective_is_of_a_heading_that_a_slide_has_and_says_how_many_points(kb: KnowledgeBase) -> None:
    scribe = Scribe(kb, gather(kb, Request("bee hives on roofs", ("en",))))
    titles = {slide.title.text for slide in slides(scribe, with_case=False) if slide.kind == "content"}
    for line in objectives(scribe):
        assert any(f"“{name}”" in line.text for name in titles)
        assert "point" in line.text


def test_the_answer_to_a_listed_question_is_not_asked_without_it(kb: KnowledgeBase) -> None:
    made = make(kb, Request("who may keep a hive on a roof", ("en",), items=10))
    assert not any("smoker" in item.proof.text or "landlord" in item.proof.text for item in made.quiz)


def test_news_gives_no_line_where_other_papers_say_enough(tmp_path: Path) -> None:
    news = """Daily Larkhill

LARKHILL, 4 May 2024 (Staff reporter): Volunteers set up 64 hives on ten flat roofs, the mayor told reporters on Friday. \
Each hive is inspected every three days, said the mayor. Residents of Mill Street said that bees came into their kitchens.
"""
    more = "\n\n".join(
        f"Each keeper of a hive on a roof must check {what} before {when}."
        for what, when in (
            ("the straps", "a storm"),
            ("the frames", "May"),
            ("the water", "noon"),
            ("the smoker", "use"),
            ("the veil", "work"),
        )
    )
    for name, text in (("report.txt", f"{EXPRESS}\n4 What keepers must do\n\n{more}\n"), ("news.txt", news)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([tmp_path / "report.txt", tmp_path / "news.txt"])
        assert {info.kind for info in kb.documents()} >= {"news"}
        found = gather(kb, Request("bee hives on roofs", ("en",)))
    assert not [one.text for one in found.all() if one.info.kind == "news"]


PARTED = """Goat pens of Fernley: what was done

1 Background

Fernley counted 212 stray goats in its market in 2019.

The goats broke 31 stalls of the market in one summer.

2 What was done

The council built nine pens beside the market in May 2020.

Two keepers fed the goats each morning and wrote down every goat.

3 Definitions

“Pen” means a fenced yard of at least 40 square metres.

“Keeper” means a person whom the council pays to feed goats.
"""


def test_headings_that_name_no_matter_make_one_objective_and_definitions_name_their_terms(tmp_path: Path) -> None:
    (tmp_path / "pens.txt").write_text(PARTED, encoding="utf-8")
    with KnowledgeBase.open(Settings.load(home=tmp_path / "home")) as kb:
        kb.ingest([tmp_path / "pens.txt"])
        told = [line.text for line in objectives(Scribe(kb, gather(kb, Request("stray goats", ("en",)))))]
    parts = [text for text in told if "“Background”" in text or "“What was done”" in text]
    assert len(parts) == 1
    assert "stray goats" in parts[0]
    assert "Goat pens of Fernley" in parts[0]
    terms = [text for text in told if "“Pen”" in text]
    assert len(terms) == 1
    assert "“Keeper”" in terms[0]
    assert not any("“Definitions”" in text for text in told)
