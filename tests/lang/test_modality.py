"""Claims that a sentence makes beside its facts, and what is flagged when they are flipped."""

from __future__ import annotations

import pytest

from lang.modality import claims, denials, denies_more, flips


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("The Participants shall not disclose the data.", "not"),
        ("सहभागी माहिती उघड करणार नाहीत.", "not"),
        ("प्रतिभागी जानकारी नहीं देंगे।", "not"),
        ("参加者は情報を開示しない。", "not"),
        ("市は通知しなければならない。", "must"),
        ("The City shall give notice.", "must"),
        ("Either side may end it.", "may"),
        ("कोणताही पक्ष तो संपवू शकतो.", "may"),
        ("कोई भी पक्ष इसे समाप्त कर सकता है।", "may"),
        ("いずれの側も終了させることができる。", "may"),
        ("The depot is proposed for 2027.", "planned"),
        ("प्रकल्प प्रस्तावित आहे.", "planned"),
        ("यह परियोजना प्रस्तावित है।", "planned"),
        ("工事は来年に予定されている。", "planned"),
        ("किमान ३० दिवस", "at_least"),
        ("30日以上", "at_least"),
        ("within 30 days", "at_most"),
        ("30日以内", "at_most"),
        ("सर्व प्रभाग", "all"),
        ("केवल एक प्रभाग", "only"),
        ("The tickets are prohibited.", "not"),
        ("यह निषिद्ध है।", "not"),
        ("हे प्रतिबंधित आहे.", "not"),
        ("不可能である。", "not"),
        ("एकमेव पर्याय", "only"),
        ("唯一の選択肢", "only"),
        ("34個にすぎません。", "only"),
        ("一つしかありません。", "only"),
        ("本人に限り", "only"),
        ("काम पूर्ण होणे अपेक्षित आहे.", "planned"),
        ("वे सदस्य बन जाएंगे।", "planned"),
        ("衛星電話になることがあります。", "may"),
        ("हे करू नका.", "not"),
        ("ते शहराचे नसून जिल्ह्याचे आहेत.", "not"),
        ("पाण्याशिवाय", "not"),
        ("प्रवाशाविना", "not"),
        ("उसने इन्कार किया।", "not"),
        ("आपको फीस देनी होगी।", "must"),
        ("全員の同意", "all"),
    ],
)
def test_a_claim_is_seen_in_each_language(sentence: str, claim: str) -> None:
    assert claim in claims(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "市は通知しなければならない。",
        "市は通知しなければいけない。",
        "Not only the city pays.",
        "इसमें न केवल शहर शामिल है।",
        "केवळ शहरच नव्हे तर जिल्हाही",
        "少なくとも30日前に通知する。",
        "市だけでなく県も",
        "火星からのものは34個にすぎません。",
        "このような都市は一つしかありません。",
        "雨にもかかわらず、開かれた。",
        "まず、市が通知する。",
        "費用は少ない。",
        "不可欠な設備",
        "市のものとみなし、登録する。",
        "感染したのではないかと推測した。",
        "訪問は欠かせません。",
        "旅券を忘れずに携帯する。",
        "間違いなく開かれる。",
        "四駆でなければ着けません。",
        "विसरू नका: ते खुले आहे.",
        "यह न भूलें कि वह खुला है।",
        "वह बताता है कि यह सच है या नहीं।",
        "याशिवाय शहर खर्च करते.",
        "It closed not long after the fair.",
        "नकारात्मक परिणाम",
        "It took its refuse and its declining share.",
    ],
)
def test_a_double_negation_denies_nothing(sentence: str) -> None:
    assert "not" not in claims(sentence)


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("South Africa met the All Blacks.", "all"),
        ("They are drawn to each other.", "all"),
        ("各種の形式", "all"),
        ("国家安全保障顧問", "all"),
        ("全長は12kmである。", "all"),
        ("The Mayor signed in May 2025.", "may"),
        ("On May 28 it was signed.", "may"),
        ("अपेक्षित भाषा डेटा", "planned"),
        ("गृहनिर्माण योजना", "planned"),
        ("काम करणारी कंपनी", "planned"),
        ("यह कल होगा।", "must"),
        ("非常に大きい", "all"),
        ("全米バスケットボール協会", "all"),
        ("仮に起きたとしても", "draft"),
        ("私たちの知る限り", "only"),
        ("できるだけ早く", "only"),
        ("順応した分だけ", "only"),
        ("しかし、市は通知しない。", "only"),
        ("Not only the city pays.", "only"),
    ],
)
def test_a_word_that_only_looks_like_a_claim_makes_none(sentence: str, claim: str) -> None:
    assert claim not in claims(sentence)


@pytest.mark.parametrize(
    ("statement", "evidence", "claim"),
    [
        ("The City shall end it.", "The City may end it.", "must"),
        ("市は終了させることができる。", "The City shall end it.", "may"),
        ("The depot was built.", "The depot is proposed for 2027.", "done"),
        ("काम पूर्ण झाले.", "The work is planned for 2027.", "done"),
        ("Data may be shared.", "Data shall not be shared.", "not"),
        ("The agreement is not binding.", "हा करार बंधनकारक आहे.", "not"),
        ("Notice is due at least 30 days before.", "30日以内に通知する。", "at_least"),
        ("All wards are covered.", "Three wards are covered.", "all"),
        ("केवल एक प्रभाग", "One ward and two depots", "only"),
    ],
)
def test_a_flipped_claim_is_named(statement: str, evidence: str, claim: str) -> None:
    assert claim in {flip.claim for flip in flips(statement, [evidence])}


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        ("The City may end it.", "市は終了させることができる。"),
        ("Each side pays its own costs.", "प्रत्येक पक्ष स्वतःचा खर्च करतो."),
        ("It is not binding.", "यह बाध्यकारी नहीं है।"),
        ("The City shall give notice.", "市は通知しなければならない。"),
        ("The work is planned for 2027.", "工事は2027年に予定されている。"),
        ("तिकिटे हस्तांतरणीय नाहीत.", "The tickets are non-transferable."),
        ("Tickets are hardly ever sold.", "तिकिटे विकली जात नाहीत."),
        ("Only 41 sensors work.", "わずか41台が動く。"),
        ("एकच ग्रह आहे.", "There is only one planet."),
        ("Only one ward is covered.", "एकच प्रभाग आहे."),
        ("It is always open.", "いつでも開いている。"),
        ("All wards are covered.", "सर्वांना ते लागू आहे."),
        ("It is paid every year.", "ते दरवर्षी दिले जाते."),
        ("He was unhurt.", "त्याला दुखापत झाली नाही."),
        ("ほとんど準備は必要ありません。", "Hardly any preparation is needed."),
        ("The bulb no longer works.", "電球は点灯しなくなります。"),
    ],
)
def test_what_says_the_same_is_left_alone(statement: str, evidence: str) -> None:
    assert flips(statement, [evidence]) == ()


def test_marks_of_denial_are_counted() -> None:
    assert denials("The city shall not sell, nor lend it, but not only for money.") == 2
    assert denials("विकता येणार नाही आणि देता येणार नाही.") == 2
    assert denials("州の法律を無効にする権限もなく、禁止もできない。") == 3


@pytest.mark.parametrize(
    ("statement", "evidence", "more"),
    [
        ("ते विकता येत नाही आणि देता येत नाही.", "It cannot be sold but can be given.", True),
        ("ते विकता येत नाही आणि देता येत नाही.", "It cannot be sold or given and is non-transferable.", False),
        ("हे प्रतिबंधित आहे; ते देता येत नाही.", "It is prohibited; it is non-transferable.", False),
        ("ते टाळा; ते विकता येत नाही.", "Avoid it; it can be sold.", True),
        ("ते विकता येत नाही.", "It cannot be sold and cannot be given.", False),
    ],
)
def test_more_denials_than_the_evidence_can_have_are_noticed(statement: str, evidence: str, more: bool) -> None:
    assert denies_more(statement, evidence) is more
