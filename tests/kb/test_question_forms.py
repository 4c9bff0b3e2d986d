"""Forms of a question that ask for duties whatever they are about."""

from __future__ import annotations

import pytest

from kb.answer.understand.request_forms import asked_in_form


@pytest.mark.parametrize(
    "message",
    [
        "Under the kite agreement, what must the Board supply and by when?",
        "Who must do what under the lantern memorandum?",
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
