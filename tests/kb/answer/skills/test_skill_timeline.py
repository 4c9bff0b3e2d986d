"""What happened when: each date with the paper's words, in order, told once, and only what belongs to the matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from ingest.records import Block
from kb import KnowledgeBase, Settings
from kb.agreements.extraction.deadlines import lasting, periods_in
from kb.answer.skills.timeline.events import events_of
from kb.answer.skills.timeline.timeline import label_of, timeline
from kb.errors import UnknownDocumentError
from kb.records import Filters
from tests.kb.owed_papers import Desk, make, shown
from tests.once import once


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = once(tmp_path_factory, "owed", make) / "home"
    with KnowledgeBase.open(Settings(home=home)) as kb:
        yield Desk(kb)


def rows(desk: Desk, text: str, language: str, *papers: str, matter: str = "") -> list[list[str]]:
    made = timeline(desk.question(text, language, *papers, matter=matter), desk.ports)  # type: ignore[arg-type]
    assert made is not None
    for block in made.blocks:
        for row in block.rows:
            assert row[1].cited
            for at in row[1].cited:
                cited = made.statements[at].citations[0]
                assert cited.status == "verified"
                assert cited.quote == desk.kb.text(cited.document_id)[cited.start : cited.end]
    return [[cell.text for cell in row] for block in made.blocks for row in block.rows]


def test_the_dates_of_a_report_stand_in_order_with_fiscal_years_and_eras_resolved(desk: Desk) -> None:
    told = rows(desk, "年表にしてください。", "ja", "houkoku")
    assert [row[0] for row in told] == [
        "2021年度～2023年度", "2022年8月", "2024年5月12日", "2024年11月8日", "2025年9月1日",
    ]  # fmt: skip
    assert told[1][1] == "2022年8月の地震では、避難に40分を要した。"
    assert told[3][1] == "「音羽港における津波避難訓練の報告」の日付"
    assert all("71パーセント" not in row[1] for row in told)  # a figure of a year is no event


@pytest.mark.parametrize(
    ("language", "said"), [("en", "by 30 August 2025"), ("mr", "३० ऑगस्ट २०२५ पर्यंत"), ("hi", "30 अगस्त 2025 तक"), ("ja", "2025年8月30日まで")]
)
def test_a_time_limit_that_can_be_counted_is_told_as_the_day_it_ends(desk: Desk, language: str, said: str) -> None:
    told = rows(desk, "timeline", language, "lantern")
    assert [row[1] for row in told if row[0] == said] == [
        "The Port shall repair the lantern within one hundred and eighty (180) days after the signature of this Memorandum."
    ]


def test_a_day_without_a_year_is_the_one_nearest_to_the_papers_own_and_a_time_between_two_months_is_one(desk: Desk) -> None:
    told = rows(desk, "घटनाक्रम", "mr", "deepastambh")
    assert [row[0] for row in told] == ["२ मे २०२५", "५ मे २०२५", "जून २०२५ ते ऑगस्ट २०२५"]
    assert all("१२ मे" not in row[1] for row in told)  # the line above a story tells nothing of it


def test_an_event_is_told_once_in_the_words_of_the_signed_text_and_other_days_for_it_stand_with_their_paper(desk: Desk) -> None:
    made = timeline(desk.question("Timeline", "en", "lantern", "observer"), desk.ports)
    told = [[cell.text for cell in row] for block in (made.blocks if made else ()) for row in block.rows]
    signed = [row for row in told if "igned" in row[1]]
    assert [row[0] for row in signed] == ["3 March 2025", "5 March 2025"]
    assert signed[0][1] == "Signed at Ottermouth on 3 March 2025."
    assert signed[1][2] == "Lantern of Ottermouth to shine again"


def test_only_events_of_the_matter(desk: Desk) -> None:
    told = rows(desk, "Timeline of the Joint Board of Ottermouth", "en", matter="the Joint Board of Ottermouth")
    assert any("set up on 25 March" in row[1] for row in told)
    assert all("bakers" not in row[1] for row in told)
    assert all("訓練" not in row[1] for row in told)


@pytest.mark.parametrize(
    ("text", "language", "papers", "first", "last"),
    [
        ("Timeline from the storm to the signing", "en", ("observer",), "November 2023", "5 March 2025"),
        ("Timeline from 1 March 2025 to 1 April 2025", "en", ("observer",), "5 March 2025", "1 April 2025"),
        ("地震から2024年5月までの経緯", "ja", ("houkoku",), "2021年度～2023年度", "2024年5月12日"),  # which lasts until then
    ],
)
def test_a_question_limits_the_time_by_the_events_or_days_that_it_names(
    desk: Desk, text: str, language: str, papers: tuple[str, ...], first: str, last: str
) -> None:
    told = rows(desk, text, language, *papers)
    assert (told[0][0], told[-1][0]) == (first, last)


def test_of_a_text_in_two_languages_the_readers_is_told(desk: Desk) -> None:
    both = Desk(desk.kb, [frozenset({desk.paper("lantern").id, desk.paper("taalaab").id})])
    told = rows(both, "घटनाक्रम", "hi", "lantern")
    assert told[-1][1].startswith("निगम तालाबों की सफाई")


def test_papers_without_a_date_that_went_or_that_may_not_answer_give_nothing(desk: Desk) -> None:
    question = desk.question("Timeline of the lantern", "en", matter="lantern")
    assert timeline(question, replace(desk.ports, papers=lambda: ())) is None
    hidden = replace(question, filters=Filters(documents=(desk.paper("tsuuchi").id,)))
    assert "antern" not in shown(timeline(hidden, desk.ports)).replace("Timeline of the lantern", "")

    def gone(_document: int, _version: int) -> str:
        raise UnknownDocumentError("There is no such document.")

    named = desk.question("Timeline", "en", "lantern")
    assert shown(timeline(named, replace(desk.ports, text=gone))) == "The papers that are meant date no event."


def test_only_the_year_that_the_question_names(desk: Desk) -> None:
    assert [row[0] for row in rows(desk, "2024年の出来事は。", "ja", "houkoku")] == [
        "2021年度～2023年度",  # which lasts until March 2024
        "2024年5月12日",
        "2024年11月8日",
    ]


def test_news_of_an_agreement_belong_to_its_cooperation_and_not_to_the_paper_alone(desk: Desk) -> None:
    alone = rows(desk, "Timeline of the memorandum", "en", "lantern", matter="the memorandum")
    assert all("25 March" not in row[1] for row in alone)
    cooperation = rows(desk, "The Ottermouth and Karelund cooperation", "en", "lantern", matter="Ottermouth and Karelund cooperation")
    assert any("25 March" in row[1] for row in cooperation)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The accounts shall be settled before 31 March every year.", "en"),
        ("हिशेब दरवर्षी ३१ मार्चपूर्वी जुळवला जाईल आणि आयुक्तांना कळवला जाईल.", "mr"),
        ("हिसाब हर वर्ष 31 मार्च से पहले मिलाया जाएगा और आयुक्त को बताया जाएगा।", "hi"),
        ("決算の結果は、毎年3月31日までに港湾課長へ報告するものとする。", "ja"),
    ],
)
def test_what_comes_back_each_year_is_told_as_such(desk: Desk, sentence: str, language: str) -> None:
    paper = replace(desk.kb.documents()[0], date=date(2025, 9, 9))
    block = Block(1, "paragraph", (), sentence, 0, len(sentence), language)  # type: ignore[arg-type]
    (yearly,) = events_of(paper, sentence, [block], (), None)
    assert (yearly.every, yearly.first) == ("yearly", date(2026, 3, 31))
    assert label_of(yearly, "en") == "every year (31 March)"
    once_only = sentence.replace("every year", "").replace("दरवर्षी ", "").replace("हर वर्ष ", "").replace("毎年", "")
    block = replace(block, text=once_only, end=len(once_only))
    assert [str(event.when.first) for event in events_of(paper, once_only, [block], (), None)] in (["2025-03-31"], ["2026-03-31"])


def test_in_a_paper_without_a_day_of_its_own_days_are_near_the_first_that_it_names(desk: Desk) -> None:
    paper = replace(desk.kb.documents()[0], date=None)
    text = "Minutes of the meeting held on 9 September 2025 in the hall.\nAction: Sister Lobo writes the rules before 20 October."
    spans = [(0, text.index("\n")), (text.index("\n") + 1, len(text))]
    blocks = [Block(1, "paragraph", (), "", start, end, "en") for start, end in spans]
    assert [str(event.when.first) for event in events_of(paper, text, blocks, (), None)] == ["2025-09-09", "2025-10-20"]


@pytest.mark.parametrize(
    ("sentence", "ends"),
    [
        ("The lease runs for nine years from 1 August 2025.", "2034-07-31"),
        ("This Memorandum runs from 1 April 2025 for three years.", "2028-03-31"),
        ("हा करार १ एप्रिल २०२६ पासून पाच वर्षे अमलात राहील.", "2031-03-31"),
        ("यह समझौता 1 अप्रैल 2025 से तीन वर्ष तक लागू रहेगा।", "2028-03-31"),
        ("本協定は2025年4月1日から3年間有効とする。", "2028-03-31"),
        ("The notice of 12 May 2025 gives the tenant two months.", "None"),
    ],
)
def test_a_length_of_time_counted_from_a_day_has_its_last_day(sentence: str, ends: str) -> None:
    (period,) = periods_in(sentence)
    assert str(lasting(sentence, period).last) == ends
