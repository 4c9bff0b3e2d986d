"""Who owes what: sentences of our own in four languages, each with what a person reads in it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Block, Language
from kb.card.actors import actors_of
from kb.card.obligations import find_duties
from kb.card.records import Duty

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
