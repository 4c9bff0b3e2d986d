"""Doubtful words: found again in the text of a page, kept in its record, and no fact that rests on one is sure."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document.build import aligned, doubtful_words
from ingest.ocr.reading_order import Word
from ingest.ocr.word_boxes import DOUBTFUL, WordBox, pack, unpack
from ingest.ocr.word_confidence import NAMES, agreed, chances, signals
from tests.scanned import scanned

NOTE = """MEMORANDUM OF UNDERSTANDING ON TIDE GAUGES
Between the Port of Ottermouth and the Ministry of Tides.
Article 1 Costs
The Ministry shall pay 4,500 rupees within ninety days.
Signed at Ottermouth on 5 March 2021.
"""


def boxes(words: list[tuple[str, float]]) -> bytes:
    return pack([WordBox(text, 0.0, 0.0, 0.1, 0.1, doubt) for text, doubt in words])


def said(record: bytes, text: str) -> list[str]:
    return [text[start:end] for start, end in doubtful_words(record, text)]


def test_a_record_keeps_how_doubtful_a_word_is_and_one_of_before_has_no_doubt() -> None:
    kept = unpack(pack([WordBox("गाव", 0.1, 0.2, 0.3, 0.4, 0.87), WordBox("शहर", 0.1, 0.2, 0.3, 0.4)]))
    assert [word.doubt for word in kept] == [0.87, 0.0]
    assert doubtful_words(b"", "anything") == ()


def test_doubtful_words_are_found_where_the_text_was_joined_cleaned_and_put_in_another_order() -> None:
    left = [("The", 0.0), ("left", 0.1), ("column", 0.0), ("begins", 0.9), ("here", 0.0), ("and", 0.0), ("ends", 0.1)]
    right = [("Right", 0.0), ("column", 0.0), ("speaks", 0.0), ("of", 0.0), ("1O0", 0.8), ("rupees", 0.0), ("only", 0.0)]
    text = "Right column\tspeaks of 1O0\nrupees only\nThe left column be-\ngins here and ends"
    assert said(boxes([*left, *right]), text) == ["1O0", "be-\ngins"]
    assert said(boxes([("水道局", 0.0), ("施", 0.1), ("没", 0.9), ("課", 0.6), ("です", 0.0)]), "水道局 施没課です") == ["没課"]


def test_a_sign_by_itself_is_no_doubtful_word() -> None:
    words = [("the", 0.0), ("committee", 0.0), (";", 0.9), ("meets", 0.0), ("0n", 0.9)]
    assert said(boxes(words), "the committee ; meets 0n") == ["0n"]


def test_a_word_that_the_text_left_out_has_no_place() -> None:
    head = [("Page", 0.0), ("7", 0.9)]
    body = [(word, 0.0) for word in ["the", "committee", "shall", "meet", "twice", "in", "each", "year"]]
    assert said(boxes([*head, *body]), "the committee shall meet twice in each year") == []


@given(st.lists(st.tuples(st.text("abcdeगावशहर水道局", min_size=1, max_size=9), st.booleans()), min_size=1, max_size=30))
def test_words_in_the_order_of_the_text_are_all_found(words: list[tuple[str, bool]]) -> None:
    record = boxes([(word, 0.9 if is_doubtful else 0.0) for word, is_doubtful in words])
    text = " ".join(word for word, _ in words)
    found = [text[start:end] for start, end in doubtful_words(record, text)]
    assert found == [word for word, is_doubtful in words if is_doubtful and any(map(str.isalpha, word))]


@given(st.text("ab水", max_size=40), st.text("ab水", max_size=40))
def test_no_letter_is_placed_twice_or_at_another_letter(read: str, shown: str) -> None:
    where = aligned(read, shown)
    placed = [place for place in where if place >= 0]
    assert len(set(placed)) == len(placed)
    assert all(shown[place] == read[at] for at, place in enumerate(where) if place >= 0)


def test_a_page_has_its_doubtful_words_as_spans_of_the_document_and_a_fact_on_one_is_not_sure() -> None:
    document = scanned(NOTE, {"4,500", "March"}, "agreement")
    assert [document.text[start:end] for start, end in document.pages[0].doubtful] == ["4,500", "March"]
    signed = document.facts.found.signed
    assert signed is not None
    assert signed.confidence == "likely"
    sound = scanned(NOTE, {"4,500"}, "agreement").facts.found.signed
    assert sound is not None
    assert sound.confidence == "sure"


def word(text: str, sure: float, at: int) -> Word:
    return Word(text, 100.0 * at, 0.0, 100.0 * at + 12 * len(text), 20.0, sure, "1", ("1", "1", "1"))


def test_an_unsure_word_that_no_language_has_is_likelier_wrong_than_a_sure_one() -> None:
    words = [word("committee", 0.96, 0), word("xqzvkj", 0.1, 1), word("meeting", 0.95, 2), word("shall", 0.4, 3)]
    sure, odd, *_ = chances(signals(words, 0.6, [0.0, 0.0, 1.0, 1.0]))
    assert sure < DOUBTFUL < odd


def test_what_other_readings_have_at_its_place_speaks_for_a_word() -> None:
    words = [word("shall", 0.6, 0), word("pay", 0.6, 1)]
    seen = [(one.text, (one.x0, one.y0, one.x1, one.y1)) for one in words]
    other = [("shall", seen[0][1]), ("bay", seen[1][1])]
    cut = [("sh", (0.0, 1.0, 25.0, 19.0)), ("all", (26.0, 1.0, 60.0, 19.0))]
    assert agreed(seen, [other]) == [1.0, 0.0]
    assert agreed(seen, [other, cut]) == [1.0, 0.0]
    assert agreed(seen, []) == [None, None]
    shares = agreed(seen, [other])
    backed, alone = chances(signals(words, 0.6, shares))
    assert backed < alone


def test_the_weights_name_each_signal_and_the_command_that_wrote_them() -> None:
    stored = json.loads((resources.files("ingest.ocr") / "doubt.json").read_text(encoding="utf-8"))
    assert tuple(stored["weights"]) == NAMES
    assert stored["command"] == "python -m eval doubt --write"


def test_a_damaged_record_is_told() -> None:
    with pytest.raises(ValueError, match="damaged"):
        doubtful_words(b"none of ours", "text")
