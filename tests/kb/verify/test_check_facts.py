"""A fact that was changed is found out in any script and calendar; a fact that is only written otherwise is let through."""

from __future__ import annotations

import pytest

from kb.verify.fact_check import check_facts


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The project costs 1.2 million rupees.", "प्रकल्पाचा खर्च १२ लाख रुपये आहे."),
        ("費用は120万ルピーである。", "The cost is Rs. 12,00,000."),
        ("It was signed on 12 March 2025.", "हा करार १२ मार्च २०२५ रोजी झाला."),
        ("令和7年3月12日に署名された。", "It was signed on 12 March 2025."),
        ("It was signed in March 2025.", "It was signed on 12 March 2025."),
        ("It was signed in 2025.", "令和7年3月12日に署名された。"),
        ("Notice of thirty days is needed.", "30日前までに通知する。"),
        ("तीस दिन की सूचना", "with thirty (30) days' notice"),
        ("It runs for three years.", "この覚書は三年間効力を有する。"),
        ("कलम ४(२) नुसार", "under Article 4(2)"),
        ("One of the two sides may end it.", "Either side may end it."),
        ("The 3rd phase", "第3期"),
        ("5G sensors", "センサーは5Gで通信する"),
        ("18 months", "1年6か月"),
        ("₹5 crore were granted.", "५ कोटींच्या निधीला मंजुरी मिळाली."),
        ("4 ft 8½ in", "4 फुट 8 1⁄2 इंच"),
        ("It took 4:41.30.", "4分41秒30かかった。"),
        ("20-30% of them", "20 से 30 प्रतिशत"),
        ("1週間を過ごす。", "They spend a week there."),
        ("COVID-19 spread.", "कोविड-19 फैला।"),
        ("कोविड-19 फैला।", "COVID-19 spread."),
        ("He died at the age of 54.", "५४ व्या वर्षी त्यांचे निधन झाले."),
        ("the January 21 primary", "२१ जानेवारीला झालेली निवडणूक"),
        ("सम्राट ऑगस्टस यांनी", "the emperor Augustus"),
        ("ऑगस्टच्या शेवटी", "at the end of August"),
    ],
)
def test_a_fact_that_is_only_written_otherwise_is_borne_out(statement: str, evidence: str) -> None:
    assert check_facts(statement, [evidence]) == ()


@pytest.mark.parametrize(
    ("statement", "evidence", "check", "said"),
    [
        ("The project costs 1.3 million rupees.", "प्रकल्पाचा खर्च १२ लाख रुपये आहे.", "number", "1.3 million rupees"),
        ("It was signed on 13 March 2025.", "हा करार १२ मार्च २०२५ रोजी झाला.", "date", "13 March 2025"),
        ("令和6年3月12日に署名された。", "It was signed on 12 March 2025.", "date", "令和6年3月12日"),
        ("It was signed on 12 March 2025.", "It was signed in March 2025.", "date", "12 March 2025"),
        ("Notice of thirty months is needed.", "30日前までに通知する。", "number", "thirty months"),
        ("Notice of 60 days is needed.", "तीस दिन की सूचना", "number", "60 days"),
        ("कलम ५ नुसार", "under Article 4(2)", "clause", "कलम ५"),
        ("Article 4(3) says so.", "under Article 4(2)", "clause", "Article 4(3)"),
        ("The 4th phase", "第3期", "number", "4th"),
        ("6G sensors", "センサーは5Gで通信する", "number", "6G"),
        ("₹5 crore were granted.", "५ लाखांच्या निधीला मंजुरी मिळाली.", "number", "5 crore"),
        ("4 ft 8¼ in", "4 फुट 8 1⁄2 इंच", "number", "8¼"),
        ("34 of them", "३४ टक्के", "number", "34"),
        ("34% of them", "३४ लोक", "number", "34%"),
        ("It lasts 30 minutes.", "30秒間続く。", "number", "30 minutes"),
        ("He died at the age of 55.", "५४ व्या वर्षी त्यांचे निधन झाले.", "number", "55"),
        ("COVID-18 spread.", "कोविड-19 फैला।", "number", "COVID-18"),
        ("1週間を過ごす。", "They spend a month and 1 day there.", "number", "1週間"),
        ("It starts on 20 July.", "The 20th meeting starts on July 18, 2014.", "date", "20 July"),
        ("the January 22 primary", "२१ जानेवारीला झालेली निवडणूक", "date", "January 22"),
        ("ऑगस्टपर्यंत", "until September", "date", "ऑगस्ट"),
        ("The fund holds USD 5 million.", "The fund holds INR 5 million.", "number", "5 million"),
    ],
)
def test_a_changed_fact_is_named(statement: str, evidence: str, check: str, said: str) -> None:
    [finding] = check_facts(statement, [evidence])
    assert finding.check == check
    assert said in finding.said or finding.said in said


def test_the_finding_says_what_the_evidence_has_instead() -> None:
    [finding] = check_facts("Notice of 60 days is needed.", ["Notice of 30 days in 2025 is needed."])
    assert (finding.said, finding.shown) == ("60 days", "30 days")


def test_the_heading_path_bears_out_a_clause_number() -> None:
    assert check_facts("Article 4 names the areas.", ["The areas are water and transport."], ["Article 4 Areas of Cooperation"]) == ()
    assert check_facts("Article 5 names the areas.", ["The areas are water and transport."], ["Article 4 Areas of Cooperation"]) != ()
