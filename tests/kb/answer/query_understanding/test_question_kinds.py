"""Kinds of question by their wording, in four languages."""

from __future__ import annotations

import json

import pytest

from kb.answer.query_understanding.intent import QuestionPart, legal_opinion, out_of_scope, question_parts
from tests.support import PROJECT

LEGAL = [
    ("en", "Is this memorandum lawful under Indian law?"),
    ("en", "Would the High Court strike down Article 5?"),
    ("en", "Can we sue the Ministry if the pilot is late?"),
    ("en", "Does the data-platform pilot violate the constitution?"),
    ("en", "Should we sign the amendment?"),
    ("hi", "क्या यह ज्ञापन भारतीय क़ानून के अनुसार वैध है?"),
    ("hi", "क्या न्यायालय इस समझौते को रद्द कर सकते हैं और क्या निर्णय देगा?"),
    ("hi", "क्या हमें इस ज्ञापन पर हस्ताक्षर करने चाहिए?"),
    ("hi", "क्या यह समझौता संविधान का उल्लंघन करता है?"),
    ("mr", "हा करार कायदेशीर आहे का?"),
    ("mr", "या करारामुळे घटनेचा भंग होतो का?"),
    ("mr", "न्यायालयात हा करार टिकेल का?"),
    ("mr", "या करारावर आम्ही स्वाक्षरी करावी का?"),
    ("ja", "この覚書はインドの法律に違反しますか。"),
    ("ja", "この覚書は合法ですか。"),
    ("ja", "裁判所はどう判断しますか。"),
    ("ja", "この覚書に署名すべきでしょうか。"),
]
TEXTUAL = [
    ("en", "Is the memorandum legally binding?"),
    ("en", "Does the memorandum create obligations under international law?"),
    ("en", "May a difference be referred to a court?"),
    ("en", "Who signed the memorandum?"),
    ("hi", "क्या ज्ञापन से अंतरराष्ट्रीय क़ानून के तहत दायित्व बनते हैं?"),
    ("hi", "मतभेद होने पर क्या न्यायालय जा सकते हैं?"),
    ("mr", "या करारामुळे आंतरराष्ट्रीय कायद्यान्वये दायित्व निर्माण होते का?"),
    ("mr", "मतभेद न्यायालयात नेता येतात का?"),
    ("ja", "覚書は国際法上の義務を生じさせますか。"),
    ("ja", "誰が署名しましたか。"),
]


@pytest.mark.parametrize(("language", "question"), LEGAL)
def test_a_question_of_law_or_advice_is_known(language, question) -> None:
    assert legal_opinion(question, language)


@pytest.mark.parametrize(("language", "question"), TEXTUAL)
def test_a_question_about_what_a_text_says_of_law_is_none(language, question) -> None:
    assert not legal_opinion(question, language)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What will the weather be tomorrow?"),
        ("hi", "आज दस ग्राम सोने का भाव कितना है?"),
        ("mr", "पुरणपोळी बनवण्याची पद्धत कोणती?"),
        ("ja", "明日の東京の天気はどうですか。"),
    ],
)
def test_a_question_that_no_paper_of_an_exchange_answers_is_known(language, question) -> None:
    assert out_of_scope(question, language)


def test_no_question_that_the_samples_answer_is_taken_for_another_kind() -> None:
    lines = (PROJECT / "eval" / "data" / "samples_gold.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [(row["text"], row["lang"]) for row in map(json.loads, lines) if row["answerable"]]
    assert len(asked) > 70
    assert [q for q, language in asked if legal_opinion(q, language) or out_of_scope(q, language) or question_parts(q, language)] == []


COMPARED = [
    ("en", "Compare the number of water-level sensors of Lahargad and Kazehama", "Lahargad", "number of water-level sensors of Kazehama"),
    (
        "en",
        "What is the difference between the flood-warning pilot and the data-platform pilot?",
        "flood-warning pilot",
        "data-platform pilot",
    ),
    ("en", "How does Article 4 differ from Article 5?", "Article 4", "Article 5"),
    ("hi", "बाढ़ चेतावनी परियोजना और डेटा मंच परियोजना में क्या अंतर है?", "बाढ़ चेतावनी परियोजना", "डेटा मंच परियोजना"),
    ("hi", "लहरगड़ और काज़ेहामा के सेंसरों की तुलना कीजिए", "लहरगड़", "काज़ेहामा सेंसरों"),
    ("mr", "पूर इशारा प्रकल्प आणि माहिती मंच प्रकल्प यांच्यात काय फरक आहे?", "पूर इशारा प्रकल्प", "माहिती मंच प्रकल्प"),
    ("ja", "ラハルガド市と風浜市の水位計の数を比較してください。", "ラハルガド市", "風浜市の水位計の数"),
    ("ja", "洪水警報事業とデータ基盤事業の違いは何ですか。", "洪水警報事業", "データ基盤事業"),
]


@pytest.mark.parametrize(("language", "question", "one", "asked_of_other"), COMPARED)
def test_a_comparison_has_two_sides(language, question, one, asked_of_other) -> None:
    first, second = question_parts(question, language)
    assert first.name == one
    assert second.question == asked_of_other


def test_a_question_that_asks_two_things_is_two_questions() -> None:
    assert question_parts("When does the committee meet and who are the co-chairs?", "en") == (
        QuestionPart("When does the committee meet", "When does the committee meet"),
        QuestionPart("who are the co-chairs", "who are the co-chairs?"),
    )
    assert [p.name for p in question_parts("संयुक्त समितीची बैठक कधी होते आणि सह-अध्यक्ष कोण आहेत?", "mr")] == [
        "संयुक्त समितीची बैठक कधी होते",
        "सह-अध्यक्ष कोण आहेत",
    ]
    assert [p.name for p in question_parts("समिति की बैठक कब होती है और सह-अध्यक्ष कौन हैं?", "hi")] == [
        "समिति की बैठक कब होती है",
        "सह-अध्यक्ष कौन हैं",
    ]
    assert len(question_parts("覚書はいつ署名されましたか。また、誰が署名しましたか。", "ja")) == 2
    assert question_parts("Which wards and rivers are named?", "en") == ()
