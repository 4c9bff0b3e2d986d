"""Who owes what: sentences of our own in four languages, each with what a person reads in it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Block
from kb.agreements.card_records import Duty, Span
from kb.agreements.due_dates import due_on, returns
from kb.agreements.extraction.actors import actors_of
from kb.agreements.extraction.deadlines import deadlines_in
from kb.agreements.extraction.obligation_extraction import find_duties
from lang.languages import Language

NAMES = ("India", "Ministry", "Corporation", "Participants", "मंत्रालय", "महानगरपालिका", "सहभागी पक्ष", "निगम", "甲", "乙")


def duties(text: str, language: Language = "en") -> list[Duty]:
    block = Block(1, "paragraph", (), text, 0, len(text), language)
    return list(find_duties(text, [block], actors_of("", NAMES), language))


def said(text: str, language: Language = "en") -> list[tuple[str, str]]:
    return [(duty.actor, duty.force) for duty in duties(text, language)]


ENGLISH = [
    ("The Corporation shall pay the fees within thirty days.", [("Corporation", "shall")]),
    ("Each Participant will bear its own costs.", [("Each Participant", "will")]),
    ("The Participants intend to share manuals.", [("Participants", "intends")]),
    ("The Participants agree to share manuals.", [("Participants", "shall")]),
    (
        "Either Participant may end it and shall inform the other in writing.",
        [("Either Participant", "may"), ("Either Participant", "shall")],
    ),
    ("The Ministry will train officers and the Corporation will pay for their travel.", [("Ministry", "will"), ("Corporation", "will")]),
    ("The Ministry will pay 60 per cent and the Corporation 40 per cent.", [("Ministry", "will"), ("Corporation", "will")]),
    ("No pilot may be extended before the report is accepted.", [("", "must_not")]),
    ("The Corporation shall not disclose the readings.", [("Corporation", "must_not")]),
    ("A workshop will be held every November.", [("", "will")]),
    ("The panel will be chaired by the Director of Works.", [("Director of Works", "will")]),
    ("In the first year, subject to funds, the Joint Committee should meet twice.", [("Joint Committee", "should")]),
    ("Today, the U.S. and India will open a depot.", [("U.S. and India", "will")]),
    ("The project will reduce flooding.", []),
    ("This Memorandum may be amended in writing.", []),
    ("It will include a railway that may be used by all.", []),
    ("The Participants share a long history.", []),
]


@pytest.mark.parametrize(("sentence", "wanted"), ENGLISH)
def test_an_english_sentence_says_who_owes_it_and_with_what_force(sentence: str, wanted: list[tuple[str, str]]) -> None:
    assert said(sentence) == wanted


MARATHI = [
    ("महानगरपालिका दर महिन्याला अहवाल सादर करेल.", [("महानगरपालिका", "will")]),
    ("कोणताही पक्ष सूचना देऊन करार समाप्त करू शकेल.", [("कोणताही पक्ष", "may")]),
    ("ही माहिती त्रयस्थ पक्षाला उघड केली जाणार नाही.", [("", "must_not")]),
    ("दरवर्षी संयुक्त कार्यशाळा घेण्यात येईल.", [("", "will")]),
    ("महानगरपालिकेने अहवाल सादर करणे बंधनकारक राहील.", [("महानगरपालिका", "shall")]),
    ("प्रत्येक पक्षाने मोजमापे जतन करावीत.", [("प्रत्येक पक्ष", "should")]),
    ("विमानप्रवासाचा खर्च महानगरपालिका करेल आणि निवासाचा खर्च मंत्रालय करेल.", [("महानगरपालिका", "will"), ("मंत्रालय", "will")]),
    ("शहरातील नाले जुने आहेत.", []),
]
HINDI = [
    ("निगम हर माह रिपोर्ट भेजेगा।", [("निगम", "will")]),
    ("कोई भी पक्ष लिखित सूचना देकर इसे समाप्त कर सकता है।", [("कोई भी पक्ष", "may")]),
    ("दोनों पक्ष मानकों का आदान-प्रदान करेंगे।", [("दोनों पक्ष", "will")]),
    ("पहली समीक्षा 31 मार्च 2028 तक पूरी की जाएगी।", [("", "will")]),
    ("निगम को हर माह रिपोर्ट भेजनी होगी।", [("निगम", "shall")]),
    ("नदी का जल स्तर बढ़ता है।", []),
]
JAPANESE = [
    ("甲は、乙の職員を毎年受け入れる。", [("甲", "will")]),
    ("乙は、報告書を提出しなければならない。", [("乙", "shall")]),
    ("甲及び乙は、秘密を第三者に漏らしてはならない。", [("甲及び乙", "must_not")]),
    ("いずれの当事者も、書面で通知することにより、本覚書を終了させることができる。", [("いずれの当事者", "may")]),
    ("合同委員会は、年2回開催されるものとする。", [("合同委員会", "shall")]),
    ("本覚書は、署名の日から効力を生ずる。", []),
]


@pytest.mark.parametrize(
    ("language", "sentence", "wanted"),
    [(language, *one) for language, listed in (("mr", MARATHI), ("hi", HINDI), ("ja", JAPANESE)) for one in listed],
)
def test_a_sentence_of_ours_says_who_owes_it(language: Language, sentence: str, wanted: list[tuple[str, str]]) -> None:
    assert said(sentence, language) == wanted


@pytest.mark.parametrize(
    ("language", "sentence", "key"),
    [
        ("en", "The Ministry will answer within thirty (30) days of receipt.", "30 day"),
        ("en", "The Ministry will finish the survey by 31 May 2027.", "2027-05-31"),
        ("en", "The Ministry will finish the survey by the end of March 2027.", "2027-03-31"),
        ("en", "The Ministry will publish readings within two hours of measurement.", "2 hour"),
        ("en", "The Joint Committee will meet twice a year.", "twice a year"),
        ("en", "The Ministry will train officers for three weeks.", ""),
        ("mr", "महानगरपालिका पंचेचाळीस दिवसांच्या आत विवरणपत्र पाठवेल.", "45 day"),
        ("hi", "निगम तीस दिनों के भीतर उत्तर देगा।", "30 day"),
        ("hi", "निगम हर माह रिपोर्ट भेजेगा।", "monthly"),
        ("ja", "乙は、令和9年3月31日までに報告書を提出する。", "2027-03-31"),
        ("ja", "乙は、受領後30日以内に回答する。", "30 day"),
    ],
)
def test_a_deadline_is_a_day_a_time_limit_or_how_often(language: Language, sentence: str, key: str) -> None:
    (found,) = duties(sentence, language)
    assert (found.deadline.key if found.deadline else "") == key
    if found.deadline is not None:
        assert sentence[found.deadline.start : found.deadline.end] == found.deadline.text


def test_an_item_with_a_day_of_its_own_is_owed_by_whom_its_lead_in_names() -> None:
    lead = "The Participants will carry out two pilots:"
    items = ["(a) a survey, to be completed by 31 May 2027; and", "(b) a platform in Ward 7."]
    text, blocks, at = "\n".join([lead, *items]), [], 0
    for line, path in ((lead, ("1.",)), (items[0], ("1.", "(a)")), (items[1], ("1.", "(b)"))):
        blocks.append(Block(1, "list_item", path, line, at, at + len(line), "en"))
        at += len(line) + 1
    found = find_duties(text, blocks, actors_of("", NAMES), "en")
    assert [(d.actor, d.force, d.deadline.key if d.deadline else "") for d in found] == [
        ("Participants", "will", ""),
        ("Participants", "will", "2027-05-31"),
    ]
    assert text[found[1].start : found[1].end] == items[0]


def test_a_preamble_and_a_signature_block_oblige_nobody() -> None:
    lines = [
        "The Ministry and the Corporation,",
        "Recognising that the Corporation will need help;",
        "Have agreed as follows:",
        "The Ministry will help.",
        "The Corporation will pay.",
        "Signed at Hoshimori. The Ministry will keep one copy.",
    ]
    text, blocks, at = "\n".join(lines), [], 0
    for line in lines:
        blocks.append(Block(1, "paragraph", (), line, at, at + len(line), "en"))
        at += len(line) + 1
    assert [d.actor for d in find_duties(text, blocks, actors_of("", NAMES), "en")] == ["Ministry", "Corporation"]


WORDS = st.sampled_from(
    ["the", "Ministry", "will", "may", "not", "be", "held", "and", "which", "of", ",", ";", "Participants", "intend to", "by", "(a)"]
)


@given(st.lists(WORDS, max_size=40))
def test_clauses_lie_within_their_sentence_in_order_and_disjoint(words: list[str]) -> None:
    text = " ".join(words)
    found = duties(text) if text.strip() else []
    for before, after in pairwise(found):
        assert before.end <= after.start
    assert all(0 <= d.start < d.end <= len(text) for d in found)


@pytest.mark.parametrize(
    ("clause", "key"),
    [
        ("The Board shall reply within one hundred and eighty (180) days.", "180 day"),
        ("The Board shall reply within two hundred days.", "200 day"),
        ("परिषद एकशे ऐंशी (१८०) दिवसांच्या आत उत्तर देईल.", "180 day"),
        ("परिषद एक सौ अस्सी (180) दिनों के भीतर उत्तर देगी।", "180 day"),
        ("The report shall be sent by 28 May.", "--05-28"),
        ("अहवाल जून महिन्याच्या अखेरपर्यंत सादर करावा.", "--06"),
        ("報告書を8月末までに提出する。", "--08"),
    ],
)
def test_a_time_limit_is_read_as_it_is_written(clause: str, key: str) -> None:
    assert next(deadlines_in(clause)).key == key


@pytest.mark.parametrize(
    ("clause", "every", "on"),
    [
        ("The Board shall send accounts on or before 31 March each year.", "yearly", ((3, 31),)),
        ("The Board meets twice a year, in May and in November.", "twice a year", ((5, 0), (11, 0))),
        ("परिषदेची बैठक दरवर्षी जून महिन्यात होईल.", "yearly", ((6, 0),)),
        ("परिषद हर वर्ष 31 मार्च तक लेखा भेजेगी।", "yearly", ((3, 31),)),
        ("委員会は毎年3月に基準を見直す。", "yearly", ((3, 0),)),
        ("The Board may meet twice a year, the first time in May.", "twice a year", ()),  # which the other is, it does not say
    ],
)
def test_what_returns_keeps_the_days_of_the_year_that_the_clause_names(clause: str, every: str, on: tuple[tuple[int, int], ...]) -> None:
    read = next(deadlines_in(clause))
    assert (read.every, read.on) == (every, on)


def test_a_day_of_no_year_is_the_next_after_the_paper_and_one_that_returns_falls_due_each_time() -> None:
    paper = Span(speaks=date(2025, 6, 10), ends=date(2027, 4, 30))
    (once,) = deadlines_in("The report shall be sent by 28 May.")
    assert due_on(once, "", 0, paper) == date(2026, 5, 28)
    (yearly,) = deadlines_in("The Board shall send accounts on or before 31 March each year.")
    assert due_on(yearly, "", 0, paper) is None
    assert returns(yearly, paper, date(2030, 1, 1)) == [date(2026, 3, 31), date(2027, 3, 31)]


@pytest.mark.parametrize(
    ("language", "sentence", "actor", "deadline"),
    [
        ("mr", "सर्व शाखा अभियंत्यांनी विहिरींची पाहणी १२ जूनपर्यंत पूर्ण करावी.", "सर्व शाखा अभियंता", "--06-12"),
        ("mr", "झाडांची छाटणी १५ मे पूर्वी करण्यात यावी.", "", "--05-15"),
        ("hi", "सभी तहसीलदारों को 15 जून तक सूची भेजनी होगी।", "सभी तहसीलदार", "--06-15"),
        ("hi", "सभी विभागाध्यक्ष 30 जून तक प्रतिवेदन प्रस्तुत करें।", "सभी विभागाध्यक्ष", "--06-30"),
        ("hi", "कुओं की सफाई 31 मई तक पूरी की जाए।", "", "--05-31"),
        ("en", "All section officers are directed to inspect the wells by 12 June.", "All section officers", "--06-12"),
        ("en", "Heads of departments are hereby requested to send the list by 30 June 2026.", "Heads of departments", "2026-06-30"),
        ("ja", "各課は、6月30日までに計画書を提出すること。", "各課", "--06-30"),
        ("ja", "7月15日までに申し込んでください。", "", "--07-15"),
    ],
)
def test_a_circular_lays_duties_on_offices_by_directing_and_requesting(
    language: Language, sentence: str, actor: str, deadline: str
) -> None:
    (one,) = duties(sentence, language)
    assert one.deadline is not None
    assert (one.actor, one.deadline.key) == (actor, deadline)


def test_an_office_that_is_to_be_kept_open_between_two_days_owes_that() -> None:
    (one,) = duties("पूर मदत कक्ष ५ जून ते २० सप्टेंबर या काळात सुरू राहील.", "mr")
    assert one.actor == "पूर मदत कक्ष"
    assert duties("हा परिसर सुरू राहील.", "mr") == []


@pytest.mark.parametrize(
    ("path", "row", "actor", "action", "deadline"),
    [
        ((), "Action: Mend the pump · Responsible: Harbour master · Due: 5 June 2026", "Harbour master", "Mend the pump", "2026-06-05"),
        (("काम · जबाबदार अधिकारी · मुदत",), "पंप दुरुस्ती\tबंदर अधिकारी\t५ जून", "बंदर अधिकारी", "पंप दुरुस्ती", "--06-05"),
        (("कार्य · उत्तरदायी · समय-सीमा",), "पंप की मरम्मत\tबंदरगाह अधिकारी\t30 दिन", "बंदरगाह अधिकारी", "पंप की मरम्मत", "30 day"),
        (("事項 · 担当 · 期限",), "ポンプの修理\t港湾課\t2026年6月5日", "港湾課", "ポンプの修理", "2026-06-05"),
    ],
)
def test_a_row_of_a_table_of_tasks_is_a_duty(path: tuple[str, ...], row: str, actor: str, action: str, deadline: str) -> None:
    (one,) = find_duties(row, [Block(1, "table_row", path, row, 0, len(row), "en")], actors_of("", ()), "en")
    assert one.deadline is not None
    assert (one.actor, one.action, one.deadline.key, row[one.deadline.start : one.deadline.end]) == (
        actor,
        action,
        deadline,
        one.deadline.text,
    )


@pytest.mark.parametrize(
    ("path", "row"), [(("段階 · 水位 · 市の行動",), "注意\t3.2メートル\t待機"), ((), "Period: April 2021 · Work: Rules · Cost: 5")]
)
def test_a_row_of_another_table_is_none(path: tuple[str, ...], row: str) -> None:
    assert find_duties(row, [Block(1, "table_row", path, row, 0, len(row), "en")], actors_of("", ()), "en") == ()


def test_minutes_lay_a_task_on_somebody_without_a_verb_of_duty() -> None:
    (one,) = duties("Action 3: The Chief Engineer to send the drawings to the Board by 5 June 2026.")
    assert (one.actor, one.force, one.action) == ("Chief Engineer", "shall", "send the drawings to the Board by 5 June 2026")
    assert one.deadline is not None
    assert one.deadline.day == date(2026, 6, 5)
    assert duties("The road to the harbour was open by 5 June 2026.") == []


@pytest.mark.parametrize(
    ("language", "sentence", "owed"),
    [
        ("en", "Applications must be submitted to the Registrar on or before 30 June 2026.", [("", "2026-06-30")]),
        ("en", "Teachers are to return the forms by Friday, 12 June 2026.", [("Teachers", "2026-06-12")]),
        ("en", "The Secretary is responsible for sending the minutes within ten days.", [("Secretary", "10 day")]),
        ("mr", "ग्रामपंचायतीने १० जूनपर्यंत अहवाल पाठवावा.", [("ग्रामपंचायत", "--06-10")]),
        ("mr", "नागरिकांनी १० जूनपर्यंत अर्ज सादर करावेत.", [("नागरिक", "--06-10")]),
        ("hi", "जल विभाग द्वारा 10 जून तक कुओं की सफाई पूरी की जाएगी।", [("जल विभाग", "--06-10")]),
        ("hi", "समिति की बैठक हर तीन महीने में होगी।", [("समिति", "quarterly")]),
        ("ja", "経費は、県が6割、町が4割を負担する。", [("県", ""), ("町", "")]),
        ("ja", "各校は名簿を5月20日（水）までに提出すること。", [("各校", "--05-20")]),
        ("ja", "井戸の点検は6月末日までに完了させる。", [("", "--06")]),
    ],
)
def test_who_owes_it_by_when(language: Language, sentence: str, owed: list[tuple[str, str]]) -> None:
    assert [(one.actor, one.deadline.key if one.deadline else "") for one in duties(sentence, language)] == owed
