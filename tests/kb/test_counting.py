"""How many: a number of the thing itself comes before other numbers."""

from __future__ import annotations

import pytest

from kb.answer.counting import counts, thing_counted
from kb.answer.cues import holds
from kb.answer.extract import rank_sentences
from tests.kb.answer_fakes import Shelf, WordEmbedder


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("How many gauges does the city have?", "gauges does the "),
        ("शहरात किती पर्जन्यमापक आहेत?", "पर्जन्यमापक आहेत"),
        ("風浜市の水位計は何台ですか", "水位計"),
        ("水位計の数はいくつですか", "水位計"),
        ("How many years does it last?", None),
        ("有効期間は何年ですか", None),
        ("Who counts the gauges?", None),
    ],
)
def test_the_thing_to_be_counted_is_read_from_the_question(question: str, thing: str | None):
    assert thing_counted(question) == thing


@pytest.mark.parametrize(
    ("thing", "sentence", "language", "counted"),
    [
        ("水位計", "本川に水位計96基を設置した。", "ja", True),
        ("水位計", "水位計は10分ごとに水位を送る。", "ja", False),
        ("水位計", "水位計1基当たりの費用は280万円である。", "ja", False),
        ("gauges", "The city set up 96 new water gauges.", "en", True),
        ("gauges", "The gauges report every 10 minutes.", "en", False),
        ("अधिकारी", "पहिल्या तुकडीत आठ अधिकारी जातील.", "mr", True),
        ("gauges", "本川に水位計96基を設置した。", "en", False),
    ],
)
def test_a_number_of_the_thing_stands_beside_it(thing: str, sentence: str, language: str, counted: bool):
    assert (counts(thing, sentence, language) > 0) is counted  # type: ignore[arg-type]


def test_the_sentence_that_counts_gauges_ranks_before_that_with_the_minutes_between_their_readings():
    said = "風浜市の水位計は10分ごとに水位を送る。川に水位計96基を置いた。風浜市の水位計は年2回点検する。風浜市は人口41万人である。"
    shelf, question = Shelf([(said, "ja", "report")]), "風浜市の水位計は何台ですか"
    ranked, _ = rank_sentences(question, WordEmbedder().query(question), [shelf.hit(0)], shelf.ports())
    assert ranked[0].candidate.text == "川に水位計96基を置いた。"


def test_what_may_be_done_is_no_month():
    assert not holds("This Memorandum may be amended, and boats march past.", "date")
    assert holds("The gauges go live in May.", "date")
    assert holds("in March", "date")
