"""A table that stands in one paper: which is meant, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.tables.source_tables import stored_in
from kb.answer.skills.tables.table import table
from tests.kb.make import base
from tests.kb.skill_papers import asked, check, lines, named, ports_of, rows

WELLS_HI = """# कुआँ मरम्मत समिति की बैठक का कार्यवृत्त

दिनांक: 4 मार्च, 2025

## मद 1: मरम्मत योग्य कुएँ

समिति ने निम्न कुओं की मरम्मत का निर्णय लिया:

| क्र. | गाँव | मरम्मत का काम | अनुमानित लागत | समय-सीमा |
| --- | --- | --- | --- | --- |
| 1 | झरनापुर | जगत बनाना | 2.10 लाख रुपये | 30 जून, 2025 |
| 2 | बेलाटोली | गाद निकालना | 85,000 रुपये | 15 मई, 2025 |
| 3 | सोनपहरी | ढक्कन और चरखी | 1.40 लाख रुपये | 31 जुलाई, 2025 |

## मद 2: हाज़िरी

समिति के पाँच सदस्य आए। इस पर सहमति नहीं बनी कि बैठक कब हो।
"""
FAIR_JA = """# 凪浦町港まつり実行委員会会議録

令和6年5月9日、町民会館において開いた。

## 議事

議案第1号屋台の出店料の改定について

事務局:出店料を3,000円から4,000円に改める。

委員:近くの町より安い。

採決の結果、賛成9名で可決した。

議案第2号花火の打上げ時刻について

事務局:午後8時から午後7時30分に早める。

全員異議なく可決した。

議案第3号臨時バスの運行について

事務局:駅から会場まで臨時バスを走らせたい。

議案第3号は、継続審議とした。
"""
STALLS_MR = """मौजे वाकडी ग्रामपंचायत, वाकडी

जाहीर सूचना : आठवडे बाजारातील ओटे भाड्याने देणे

ओट्यांचा तपशील

ओटा क्र.     प्रवर्ग            मासिक भाडे      अनामत
-------------------------------------------------------
१ ते ४       सर्वसाधारण        ९०० रुपये       ५,००० रुपये
५ व ६        बचत गट            ४५० रुपये       २,००० रुपये
७            दिव्यांग           ४५० रुपये       १,००० रुपये

भाडे दर महिन्याच्या पाच तारखेपर्यंत भरावे.
"""
PACT_EN = """# Agreement on Kites

between the Village of Orm and the Village of Tarn

The Village of Orm and the Village of Tarn agree to fly kites together at a cost of Rs 20,000.

Signed at Orm on 3 May 2024.
"""
BRIGADE_EN = """# Fees of the Orm fire brigade

Fees of the Orm fire stations, engines and crew from 1 April 2026:

| No. | Service of the Orm fire stations | Fee |
| --- | --- | --- |
| 1 | Visit of a shop | Rs 450 |
| 2 | Visit of a mill | Rs 6,200 |

## Annex

| Place | Engines | Crew on duty | In charge |
| --- | --- | --- | --- |
| Neem Square | 4 | 26 | Ms. Pinto |
| Mill Road | 3 | 18 | Mr. Hiwale |

## Fire brigade fees: how the fees of the fire brigade are paid

Step 1: Fill in the form for fees of the fire brigade.

Step 2: Pay the fees of the fire brigade.
"""
FILES = {"brigade-en.md": BRIGADE_EN, "wells-hi.md": WELLS_HI, "fair-ja.md": FAIR_JA, "stalls-mr.txt": STALLS_MR, "pact-en.md": PACT_EN}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    folder = tmp_path_factory.mktemp("stored")
    with base(folder / "home") as kb:
        papers = folder / "papers"
        papers.mkdir()
        for name, text in FILES.items():
            papers.joinpath(name).write_text(text, encoding="utf-8")
        assert len(kb.ingest([papers]).added) == len(FILES)
        (pact,) = named(kb, "pact-en.md")
        kb.correct(pact.id, "kind", "agreement")
        yield kb


def test_the_table_of_a_paper_that_fits_is_shown_with_its_own_columns(held: KnowledgeBase) -> None:
    text = "मरम्मत योग्य कुओं की तालिका बनाइए: गाँव, काम, लागत, कब तक"
    question = replace(asked(text, "hi", "मरम्मत योग्य कुओं की: गाँव, काम, लागत, कब तक"), named=named(held, "wells-hi.md"))
    made = table(question, ports_of(held))
    assert made is not None
    check(made, held)
    (block,) = [block for block in made.blocks if block.kind == "table"]
    assert block.columns == ("क्र.", "गाँव", "मरम्मत का काम", "अनुमानित लागत", "समय-सीमा")
    assert rows(made)[1] == ["2", "बेलाटोली", "गाद निकालना", "85,000 रुपये", "15 मई, 2025"]
    assert len(block.rows) == 3
    assert all(cell.cited for row in block.rows for cell in row)
    assert "कुआँ मरम्मत समिति" in lines(made)


@pytest.mark.parametrize("meant", [True, False], ids=["of the paper", "found"])
def test_of_two_tables_the_one_is_shown_that_has_the_columns(held: KnowledgeBase, meant: bool) -> None:
    question = asked(
        "Tabulate the Orm fire stations: engines, crew on duty, in charge", "en", "Orm fire stations: engines, crew on duty, in charge"
    )
    if meant:
        question = replace(question, papers=named(held, "brigade-en.md"))
    made = table(question, ports_of(held))
    assert made is not None
    (block,) = [block for block in made.blocks if block.kind == "table"]
    assert block.columns == ("Place", "Engines", "Crew on duty", "In charge")


def test_a_table_goes_before_numbered_steps(held: KnowledgeBase) -> None:
    question = replace(asked("table of the fire brigade fees pls", "en", "fire brigade fees"), papers=named(held, "brigade-en.md"))
    made = table(question, ports_of(held))
    assert made is not None
    assert rows(made)[0] == ["1", "Visit of a shop", "Rs 450"]


def test_a_table_of_papers_that_nobody_named_is_not_mostly_empty(held: KnowledgeBase) -> None:
    columns = "price of a kite, length of the string, colour of the tail, month of the festival"
    assert table(asked(f"Make a table: {columns}", "en", columns), ports_of(held)) is None


def test_numbered_items_have_what_stands_under_them_and_what_was_decided(held: KnowledgeBase) -> None:
    text = "港まつり実行委員会の議案ごとに、内容と結果を表にしてください。"
    question = replace(asked(text, "ja", "港まつり実行委員会の議案ごとに、内容と結果"), named=named(held, "fair-ja.md"))
    made = table(question, ports_of(held))
    assert made is not None
    check(made, held)
    shown = rows(made)
    assert [row[0] for row in shown] == [
        "議案第1号屋台の出店料の改定について", "議案第2号花火の打上げ時刻について", "議案第3号臨時バスの運行について",
    ]  # fmt: skip
    assert [row[-1] for row in shown] == ["採決の結果、賛成9名で可決した。", "全員異議なく可決した。", "議案第3号は、継続審議とした。"]
    assert "3,000円から4,000円" in shown[0][1]


def test_columns_that_are_parted_by_blanks_are_a_table(held: KnowledgeBase) -> None:
    text = "बाजारातील ओट्यांचं भाडं आणि अनामत यांची तुलना तक्त्यात दाखवा"
    question = replace(asked(text, "mr", "बाजारातील ओट्यांचं भाडं आणि अनामत यांची"), named=named(held, "stalls-mr.txt"))
    made = table(question, ports_of(held))
    assert made is not None
    check(made, held)
    assert rows(made) == [
        ["१ ते ४", "सर्वसाधारण", "९०० रुपये", "५,००० रुपये"],
        ["५ व ६", "बचत गट", "४५० रुपये", "२,००० रुपये"],
        ["७", "दिव्यांग", "४५० रुपये", "१,००० रुपये"],
    ]


def test_a_table_of_papers_is_not_taken_from_one(held: KnowledgeBase) -> None:
    text = "सभी समझौतों की तालिका: मरम्मत योग्य कुएँ, तारीख़, लागत"
    made = table(replace(asked(text, "hi", "मरम्मत योग्य कुएँ, तारीख़, लागत"), named=named(held, "wells-hi.md")), ports_of(held))
    assert made is not None
    assert "20,000 रुपये" in lines(made)
    assert "झरनापुर" not in lines(made)


def test_a_matter_that_no_table_holds_gives_none_of_another(held: KnowledgeBase) -> None:
    made = table(asked("Table of glacier moths", "en", "glacier moths"), ports_of(held))
    assert made is None or made.refusal is not None or "झरनापुर" not in lines(made)


def test_what_is_laid_out_is_found_by_its_form(held: KnowledgeBase) -> None:
    evidence = Evidence(ports_of(held))
    found = {name: [(len(one.rows), len(one.items)) for one in stored_in(named(held, name)[0], evidence)] for name in FILES}
    assert found["wells-hi.md"] == [(3, 0), (0, 2)]
    assert found["fair-ja.md"] == [(0, 3)]
    assert found["stalls-mr.txt"] == [(3, 0)]
    assert found["pact-en.md"] == []


def test_a_table_without_money_is_not_what_is_asked_of_costs(tmp_path: Path) -> None:
    stages = "| Stage | Level |\n| --- | --- |\n| Watch | 3.2 metres |\n| Flee | 4.8 metres |"
    paper = f"# Tide Report\n\n{stages}\n\nThe gauges cost 84,000 dollars. Yearly care costs 6,200 dollars.\n"
    (tmp_path / "tide-en.md").write_text(paper, encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([tmp_path / "tide-en.md"])
        made = table(asked("Put the costs of the tide report into a table", "en", "costs", named(kb, "tide-en.md")), ports_of(kb))
    assert made is not None
    assert [row[0] for row in rows(made)] == ["84,000 dollars", "6,200 dollars"]
