"""Forms of a question that ask for duties whatever they are about."""

from __future__ import annotations

import pytest

from kb.answer.query_understanding.intent import (
    INTENTS,
    adds,
    asked_in_form,
    asks_for_dates,
    asks_for_draft,
    asks_for_table,
    asks_in_short,
    asks_what_is_held,
    checks,
    without_comparing,
)


@pytest.mark.parametrize(
    "message",
    [
        "Under the kite agreement, what must the Board supply and by when?",
        "Who must do what under the lantern memorandum?",
        "Make a table of who does what by when from the kite circular",
        "पतंग करार में न्यास को क्या-क्या करना है?",
        "संस्थेला काय काय करायचे आहे?",
        "凧の協定で協会がしなければならないことを挙げてください。",
        "誰がいつまでに何をするのですか。",
    ],
)
def test_all_that_somebody_must_do_is_a_question_of_duties(message: str) -> None:
    assert asked_in_form(message) == "obligations"


@pytest.mark.parametrize(
    "message",
    [
        "What must a kite be made of?",
        "By when must the form be sent?",
        "छूट पाने के लिए क्या-क्या करना होता है?",
        "पतंग कधी उडवायचे?",
        "凧はいつまでに返しますか。",
        "",
    ],
)
def test_one_thing_or_how_to_get_something_is_none(message: str) -> None:
    assert asked_in_form(message) is None


@pytest.mark.parametrize(
    "message",
    [
        "Please draft a polite letter to the kite club.",
        "Notice to the lantern sellers: the stalls close at six.",
        "पतंग मंडळाला पत्र: दोरा परत करा.",
        "दीपक संस्था को नोटिस: लालटेन वापस करें।",
        "अध्यक्षांसाठी टिपणी तयार करा",
        "凧の会あての依頼文を作ってください。",
    ],
)
def test_a_letter_that_is_plainly_asked_for_is_a_draft(message: str) -> None:
    assert asks_for_draft(message)


@pytest.mark.parametrize(
    "message",
    [
        "Who signed the letter of intent?",
        "पत्र कोणी लिहिले?",
        "पत्र किसने लिखा था?",
        "विवरणपत्र बनवा",
        "通知はいつ出ましたか。",
    ],
)
def test_a_question_about_a_letter_is_none(message: str) -> None:
    assert not asks_for_draft(message)


@pytest.mark.parametrize(
    "message",
    [
        "Good. Add how many kites were lost.",
        "Also tell them when it is due.",
        "दंड किती तेही लिहा.",
        "समय भी लिख दीजिए।",
        "期限も入れてください。",
    ],
)
def test_what_is_to_be_put_into_the_last_draft_is_known_wherever_it_stands(message: str) -> None:
    assert adds(message)


def test_a_question_adds_nothing() -> None:
    assert not any(map(adds, ["How many kites were lost?", "पतंग किती आहेत?", "凧は何枚ですか。"]))


@pytest.mark.parametrize(
    "message",
    [
        "Lay out every date of the kite race in order.",
        "पतंग स्पर्धेच्या तारखा एकामागून एक सांगा",
        "मेले की तारीखें याद रखने लायक सिलसिलेवार बताइए",
        "凧揚げの日程を時系列で教えて",
    ],
)
def test_all_days_one_after_another_are_a_timeline(message: str) -> None:
    assert asked_in_form(message) == "timeline"


@pytest.mark.parametrize(
    "message",
    [
        "What did the Gazette get wrong about the pact?",
        "Does the Gazette square with the pact?",
        "खरा करारही तितकाच आहे का?",
        "क्या वह असली पत्र से मेल खाती है?",
        "実際の協定と同じですか。",
    ],
)
def test_what_is_held_against_another_paper_is_checked(message: str) -> None:
    assert checks(message)
    assert not checks("When does the race begin?")


@pytest.mark.parametrize(
    ("message", "held"),
    [
        ("Which agreements do we hold, and between whom?", True),
        ("What must the City do under the pact?", False),
        ("Compare the two pacts", False),
    ],
)
def test_what_papers_there_are_is_asked_in_words_of_its_own(message: str, held: bool) -> None:
    assert asks_what_is_held(message) is held


def test_nothing_is_compared_where_no_word_asks_for_it() -> None:
    likely = {**dict.fromkeys(INTENTS, 0.0), "compare": 0.6, "opinion": 0.3, "lookup": 0.1}
    assert without_comparing("क्या यह ज्ञापन वैध है?", likely) == {**dict.fromkeys(INTENTS, 0.0), "opinion": 0.3 / 0.4, "lookup": 0.1 / 0.4}
    assert without_comparing("Compare the fees", likely) == likely


@pytest.mark.parametrize(
    ("message", "several"),
    [
        ("when dose the memorandum come in to efect and for how long", False),
        ("Give me a timeline of the ferry dispute.", True),
        ("Put the dates in the contract in order.", True),
        ("करार कधी लागू होतो?", False),
        ("सभेत ठरलेल्या तारखा क्रमाने सांगा.", True),
        ("समझौता कब से लागू है?", False),
        ("इस महीने की तारीखें बताइए", True),
        ("覚書はいつ発効しますか。", False),
        ("期日を早い順に並べてください。", True),
    ],
)
def test_it_is_told_whether_several_dates_are_asked_for(message: str, several: bool) -> None:
    assert asks_for_dates(message) is several


@pytest.mark.parametrize(
    "message",
    [
        "Put the two kites side by side in a table: weight and price.",
        "Make me a small table of the festival's wards.",
        "पतंगांच्या किमतींचा तक्ता करून द्या",
        "पतंगों के वज़न तालिका में दीजिए",
        "凧の重さと値段を表にまとめてください。",
    ],
)
def test_what_is_asked_for_as_a_table_is_one(message: str) -> None:
    assert asks_for_table(message)


@pytest.mark.parametrize(
    "message",
    [
        "What does the table in annex 2 say of paper kites?",
        "परिशिष्टातील तक्त्यात कागदी पतंगासमोर काय लिहिले आहे?",
        "समयसारणी में देरी हो तो क्या होगा?",
        "凧揚げ大会の年表を見せて",
        "Who sits at the head table?",
    ],
)
def test_what_stands_in_a_table_is_no_request_for_one(message: str) -> None:
    assert not asks_for_table(message)


@pytest.mark.parametrize(
    ("message", "short"),
    [
        ("凧の書簡を日本語で要約してください。", True),
        ("त्याचा मराठीत सारांश द्या", True),
        ("Give me the gist of the Japanese letter", True),
        ("凧の書簡を日本語に翻訳してください。", False),
        ("Translate the summary into Hindi", False),
        ("पत्र मराठीत द्या", False),
    ],
)
def test_a_summary_in_another_language_is_no_translation(message: str, short: bool) -> None:
    assert asks_in_short(message) is short
