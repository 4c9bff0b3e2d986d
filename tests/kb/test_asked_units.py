"""How many kilometres, what percentage: a sentence without such a quantity does not tell."""

from __future__ import annotations

import pytest

from kb.answer.asked_units import asked_unit
from tests.kb.answer_fakes import Shelf
from tests.kb.test_ask import answer


@pytest.mark.parametrize(
    ("question", "told", "silent"),
    [
        ("How many kilometres long is the river?", "It is 42 km long.", "The gauge stands at 6.5 metres."),
        ("नदीची लांबी किती किलोमीटर आहे?", "नदी ४२ किलोमीटर लांब आहे.", "पातळी ६.५ मीटर झाली."),
        ("नदी कितने किलोमीटर लंबी है?", "नदी 800 मीटर लंबी है।", "नदी के किनारे 42 संवेदक हैं।"),
        ("川の長さは何キロメートルですか。", "長さは42kmである。", "水位計は42基である。"),
        ("What percentage of the cost does it bear?", "It bears 60 per cent.", "It bears 4.96 crore rupees."),
        ("महानगरपालिका किती टक्के खर्च करेल?", "४० टक्के खर्च.", "४ कोटी रुपये खर्च."),
        ("市の負担は何％ですか。", "負担は40パーセントとする。", "負担は4000万円とする。"),
    ],
)
def test_the_unit_that_is_asked_for_must_be_there(question: str, told: str, silent: str) -> None:
    tells = asked_unit(question)
    assert tells is not None
    assert tells(told)
    assert not tells(silent)


@pytest.mark.parametrize(
    "question",
    ["How many gauges are there?", "How many years does it last?", "किती अधिकारी?", "職員は何人ですか。", "何が決まりましたか。"],
)
def test_other_questions_name_no_unit(question: str) -> None:
    assert asked_unit(question) is None


def test_a_paper_that_only_tells_another_quantity_is_no_answer() -> None:
    papers = Shelf([("The river has a gauge. The gauge of the river stands at 6.5 metres.", "en", "report")])
    assert answer("How many kilometres long is the river with the gauge?", papers).grade == "nearest"
    told = Shelf([("The river has a gauge. The river with the gauge is 42 kilometres long.", "en", "report")])
    assert answer("How many kilometres long is the river with the gauge?", told).statements
