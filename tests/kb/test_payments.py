"""How much is paid: what tells no amount, and does not speak of the thing, is no answer."""

from __future__ import annotations

import pytest

from kb.answer.payments import asked_payment
from tests.kb.answer_fakes import Shelf
from tests.kb.test_ask import answer


@pytest.mark.parametrize(
    "question",
    [
        "What penalty does a Participant pay for a late statement?",
        "What is the daily allowance of an officer?",
        "How much does the Corporation pay for the fare?",
        "उशीर झाल्यास किती दंड आकारला जाईल?",
        "सदस्यांना मानधन किती मिळेल?",
        "सदस्यों को प्रति बैठक कितना मानदेय मिलेगा?",
        "किराया कितना है?",
        "違反した場合の罰金はいくらですか。",
        "実証事業の費用は何円ですか。",
    ],
)
def test_a_question_of_how_much_is_paid_is_told_by_an_amount_or_by_the_thing_itself(question: str) -> None:
    tells = asked_payment(question)
    assert tells is not None
    for amount in ("It pays ₹ 5 lakh.", "५ लाख रुपये देण्यात आले.", "पाँच लाख रुपये दिए जाएँगे।", "5万円を支払う。", "£300 is paid a year."):
        assert tells(amount)
    for silent in ("It is due within forty-five days.", "४२ संवेदक बसवले जातील.", "यह 9 सितंबर 2024 को हुआ।", "装置は96基である。"):
        assert not tells(silent)


def test_a_sentence_that_says_there_is_no_such_payment_tells() -> None:
    tells = asked_payment("What penalty does a Participant pay?")
    assert tells is not None
    assert tells("No penalty is due between the Participants.")
    assert tells("सहभागींमध्ये कोणताही दंड आकारला जाणार नाही.")
    assert not tells("No fee is due between the Participants.")


def test_an_amount_of_something_else_does_not_tell_a_fee_but_it_may_be_the_cost() -> None:
    fee, cost = asked_payment("हर महीने कितना शुल्क देना होगा?"), asked_payment("毎年の訓練にはいくらかかりますか。")
    assert fee is not None
    assert cost is not None
    assert not fee("The pilot is estimated at Rs 12.40 crore, half of which the Ministry bears.")
    assert cost("The pilot is estimated at Rs 12.40 crore, half of which the Ministry bears.")
    assert not cost("訓練は毎年6月に行う。")


@pytest.mark.parametrize(
    "question",
    [
        "Who pays the costs of travel?",
        "What fine details does the annex give?",
        "How many officers are trained?",
        "किती अधिकारी प्रशिक्षित होतील?",
        "मोदकासाठी किती गूळ लागतो?",
        "कितने अधिकारी आएंगे?",
        "職員は何人ですか。",
        "費用は誰が負担しますか。",
    ],
)
def test_other_questions_ask_for_no_payment(question: str) -> None:
    assert asked_payment(question) is None


def test_what_is_near_but_tells_no_amount_is_no_answer() -> None:
    late = "Each Participant sends its statement of expenditure within forty-five days. Statements of expenditure are signed by both."
    papers = Shelf([(late, "en", "agreement")])
    assert answer("How long may the statement of expenditure take?", papers).statements
    assert answer("What penalty does a Participant pay for a late statement of expenditure?", papers).grade == "nearest"
    told = Shelf([(late + " A late statement of expenditure costs the Participant a penalty of 500 dollars.", "en", "agreement")])
    assert answer("What penalty does a Participant pay for a late statement of expenditure?", told).statements
