"""Which wrong values are not taken for false, and which sentences can be asked about by themselves."""

from __future__ import annotations

import pytest

from lang.languages import Language
from training.quiz.answer_candidates import Slot, names_a_clause, stands_alone
from training.quiz.distractors import follows_from_limit


def slot_of(text: str, value: str) -> Slot:
    at = text.index(value)
    return Slot("number", at, at + len(value), value, value, "")


@pytest.mark.parametrize(
    ("language", "text", "value", "follow", "not_follow"),
    [
        ("en", "Minutes are sent within fourteen days of each meeting.", "fourteen days", "sixty days", "seven days"),
        ("en", "It is never switched off with less than twelve months' notice.", "twelve months", "four months", "twenty months"),
        ("en", "It will cost not more than Rs 3 crore in all.", "3 crore", "4 crore", "2 crore"),
        ("en", "More than 400 boats were counted in the harbour.", "400", "300", "500"),
        ("en", "The report is due no later than 30 days after the flood.", "30 days", "40 days", "20 days"),
        ("mr", "इतिवृत्त चौदा दिवसांच्या आत प्रसृत करण्यात येईल.", "चौदा दिवसांच्या", "साठ दिवसांच्या", "सात दिवसांच्या"),
        ("mr", "मुदत संपण्यापूर्वी किमान ३ महिने आधी कळवावे.", "३ महिने", "२ महिने", "५ महिने"),
        ("hi", "उत्तर 30 दिनों के भीतर दिया जाएगा।", "30 दिनों", "45 दिनों", "14 दिनों"),
        ("ja", "担当課は14日以内に回答する。", "14日", "44日", "4日"),
    ],
)
def test_a_wrong_value_that_follows_from_a_limit_is_not_taken_for_false(
    language: Language, text: str, value: str, follow: str, not_follow: str
) -> None:
    slot = slot_of(text, value)
    assert follows_from_limit(text, slot, follow, language)
    assert not follows_from_limit(text, slot, not_follow, language)


def test_a_value_that_is_no_limit_may_be_changed_either_way() -> None:
    text = "The course lasts three weeks at the institute."
    for instead in ("two weeks", "five weeks"):
        assert not follows_from_limit(text, slot_of(text, "three weeks"), instead, "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We cut the form to 15 fields and the stewards were glad."),
        ("en", "The leaders spoke of a partnership as reflective of this commitment."),
        ("en", "Signed at Tokyo on October 28, 2025, in duplicate, in the English language."),
        ("en", "The first of them hangs under the bridge in Ward 7."),
        ("mr", "दिनांक १८ फेब्रुवारी २०२६ रोजी होशिमोरी येथे दोन प्रतींत स्वाक्षरी करण्यात आली."),
        ("ja", "ただし、市の施設は8時に閉館する。"),
        ("ja", "警戒基準は、次の三段階とした。"),
        ("ja", "誠実な信念に基づく、著作権者の許可がないことの表明。"),
        ("ja", "著作物の性質と場所の詳細な説明（例えば、著作物のURL）。"),
    ],
)
def test_a_sentence_whose_meaning_lies_elsewhere_does_not_stand_alone(language: Language, text: str) -> None:
    assert not stands_alone(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The leaders announced plans to sign this year a new framework."),
        ("ja", "蓄電池は5年ごとに交換し、すべての水位計を年2回点検する。"),
        ("mr", "शहरात चौदा निवारा केंद्रे सज्ज ठेवण्यात येतील."),
    ],
)
def test_a_sentence_that_says_it_all_stands_alone(language: Language, text: str) -> None:
    assert stands_alone(text, language)


@pytest.mark.parametrize(
    "text", ["A breach of Article 3 costs INR 50,000.", "कलम ३ च्या उल्लंघनाबद्दल दंड होईल.", "第3条に違反した者は罰する。"]
)
def test_a_clause_named_by_its_number_says_nothing_without_its_paper(text: str) -> None:
    assert names_a_clause(text)
