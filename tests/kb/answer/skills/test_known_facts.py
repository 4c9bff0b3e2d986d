"""What is stored of an agreement answers a look-up first, and a person's correction of it is told as one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import KnowledgeBase
from tests.kb.make import base, document

PACT = (
    "The Port and the Ministry will keep the tide gauges of Sagarpur in working order.",
    "This Memorandum may be amended in writing, and an amendment remains valid for as long as it says.",
    "This Memorandum comes into effect on 1 June 2026 and remains in effect for four years.",
    "Either Participant may terminate this Memorandum by giving the other five months' notice in writing.",
    "Signed in duplicate at Norrvik on 18 February 2026.\nFor the Port of Sagarpur\nNaresh Kolhe\nFor the Ministry of Tides\nIlse Brandvik",
)


@pytest.fixture
def held(tmp_path: Path) -> Iterator[KnowledgeBase]:
    pact = tmp_path / "pact.txt"
    head = "MEMORANDUM OF COOPERATION ON TIDE GAUGES\n\nbetween the Port of Sagarpur and the Ministry of Tides of Norrvik"
    pact.write_text("\n\n".join((head, *(f"Article {at}\n{text}" for at, text in enumerate(PACT, 1)))), encoding="utf-8")
    with base(tmp_path / "home") as kb:
        kb.ingest([pact])  # what a paper says of itself is read off files
        story = ("The memorandum lasts six years and takes effect at once, an officer said.",)
        kb.ingest_documents([document("Harbour Courier", "en", "news", story)])
        yield kb


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How long does the memorandum remain valid?", "four years"),
        ("When does the memorandum come into effect?", "1 June 2026"),
        ("How can the memorandum be terminated?", "five months"),
        ("यह ज्ञापन कब से लागू है?", "1 June 2026"),
        ("覚書の有効期間は何年ですか。", "four years"),
        ("When was the memorandum signed?", "18 February 2026"),
        ("करारावर सही कधी झाली?", "18 February 2026"),
        ("覚書はいつ署名されましたか。", "18 February 2026"),
        ("Who signed the memorandum?", "Naresh Kolhe"),
    ],
)
def test_the_sentence_that_holds_what_is_stored_comes_first(held: KnowledgeBase, question: str, said: str) -> None:
    answer = held.answer(question)
    assert answer.blocks == ()
    assert answer.statements[0].citations[0].kind == "agreement"
    assert said in answer.statements[0].text


@pytest.mark.parametrize(
    "question", ["How long does the memorandum last according to the Harbour Courier?", "Harbour Courier नुसार करार कधी लागू होतो?"]
)
def test_what_another_paper_says_of_it_is_not_answered_from_what_is_stored(held: KnowledgeBase, question: str) -> None:
    assert held.answer(question).statements[0].citations[0].kind == "news"


def test_a_correction_is_told_as_one_and_not_the_text_alone(held: KnowledgeBase) -> None:
    (pact,) = [paper for paper in held.documents() if paper.kind == "agreement"]
    held.correct(pact.id, "signatories", "Revati Kelkar | Commissioner | Port of Sagarpur")
    answer = held.answer("Who signed the memorandum?")
    (block,) = answer.blocks
    ((cell, *_),) = block.rows
    assert "Revati Kelkar" in cell.text
    assert "corrected by a person" in cell.text
    assert cell.cited == ()  # no paper says it
    assert answer.skill == "lookup"
    assert any("Naresh Kolhe" in statement.text for statement in answer.statements)  # what the paper says stands below


def test_what_asks_for_something_else_is_looked_up(held: KnowledgeBase) -> None:
    (pact,) = [paper for paper in held.documents() if paper.kind == "agreement"]
    held.correct(pact.id, "signatories", "Revati Kelkar | Commissioner | Port of Sagarpur")
    assert held.answer("Who keeps the tide gauges?").blocks == ()


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Until when is the memorandum valid?", "31 May 2030"),
        ("When does the memorandum expire?", "31 May 2030"),
        ("करार कधी संपतो?", "३१ मे २०३०"),
        ("ज्ञापन कब तक लागू है?", "31 मई 2030"),
        ("覚書はいつまで有効ですか。", "2030年5月31日"),
    ],
)
def test_the_last_day_is_reckoned_from_the_term_which_is_quoted(held: KnowledgeBase, question: str, day: str) -> None:
    answer = held.answer(question)
    (block,) = answer.blocks
    ((cell, *_),) = block.rows
    assert day in cell.text
    assert "four years" in answer.statements[0].text
    assert (answer.skill, answer.grade) == ("lookup", "answers")


@pytest.mark.parametrize("question", ["How can the memorandum be terminated?", "When does the memorandum come into effect?"])
def test_how_it_ends_and_when_it_begins_is_no_question_for_the_last_day(held: KnowledgeBase, question: str) -> None:
    assert held.answer(question).blocks == ()
