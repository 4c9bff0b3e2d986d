"""Follow-up questions are made whole from the conversation, and questions that stand by themselves are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kb import Settings
from kb.answer.ask import ask
from kb.records import Answer, Done, Refusal, Searching, Timings, Turn
from kb.search.follow_up import Carrying, Rewriter, Rewritten, leaning_odds
from lang.languages import Language, detect
from tests.kb.answer_fakes import Shelf


def turn(question: str, language: Language, asked_as: str | None = None, refusal: Refusal | None = None) -> Turn:
    return Turn(question, Answer(question, language, "extractive", (), refusal, Timings(0.0, 0.0, 0.0), asked_as))


def test_a_third_question_leans_on_what_the_second_was_understood_as() -> None:
    before = [turn("Which pilot is first?", "en"), turn("And its cost?", "en", asked_as="And its cost? (flood pilot)")]
    made = Carrying().rewrite("Who bears it?", "en", before)
    assert made is not None
    assert made.carried == ("cost", "flood", "pilot")


def test_a_question_without_words_is_not_what_the_next_one_leans_on() -> None:
    nothing = turn("???", "en", refusal=Refusal("bad_question", "no words"))
    made = Carrying().rewrite("Who bears it?", "en", [turn("What will the flood pilot cost?", "en"), nothing])
    assert made is not None
    assert made.carried == ("flood", "pilot", "cost")


PAPERS = Shelf(
    [
        ("The Joint Committee meets twice a year. It is chaired by the Harbour Master.", "en", "agreement"),
        ("The mayor welcomed the guests with flowers.", "en", "news"),
    ]
)


def events(question: str, *history: Turn, rewriter: Rewriter | None = None) -> tuple[Searching, Answer]:
    ports = PAPERS.ports() if rewriter is None else replace(PAPERS.ports(), rewriter=rewriter)
    happened = list(ask(question, ports=ports, history=history))
    first, last = happened[0], happened[-1]
    assert isinstance(first, Searching)
    assert isinstance(last, Done)
    return first, last.answer


def test_the_answer_says_what_a_follow_up_was_understood_as_and_that_is_what_was_searched_for() -> None:
    PAPERS.searches.clear()
    first, answer = events("Who chairs it?", turn("How often does the Joint Committee meet?", "en"))
    assert answer.question == "Who chairs it?"
    assert answer.asked_as == first.asked_as == "Who chairs it? (Joint Committee meet)"
    assert PAPERS.searches == ["Who chairs it? (Joint Committee meet)"]


def test_a_question_after_a_change_of_topic_is_searched_for_as_it_stands() -> None:
    PAPERS.searches.clear()
    question = "Which flowers did the mayor give the guests?"
    assert events(question, turn("How often does the Joint Committee meet?", "en"))[1].asked_as is None
    assert PAPERS.searches == [question]


def test_another_rewriter_can_take_the_place_of_ours() -> None:
    class Clever:
        def rewrite(self, question: str, language: Language, history: Sequence[Turn]) -> Rewritten | None:
            return Rewritten("Who chairs the Joint Committee?", ())

        def leaning(self, question: str, language: Language) -> float:
            return 1.0

    assert events("Who chairs it?", turn("…", "en"), rewriter=Clever())[1].asked_as == "Who chairs the Joint Committee?"


@pytest.mark.parametrize(
    "question",
    [
        "who is on the joint committee and how often do they meet",
        "is there anything about metro rail?",
        "समझौता कब समाप्त होता है?",
        "पूर इशाऱ्यासाठी किती सेन्सर बसवले?",
        "下水道使用料の改定はいつからですか",
    ],
)
def test_a_question_that_says_what_it_is_about_stands_alone_however_short(question: str, tmp_path: Path) -> None:
    assert leaning_odds(Settings.load(home=tmp_path), question, detect(question)) < 0


@pytest.mark.parametrize("question", ["and for the Corporation?", "त्याची मुदत किती?", "और वह कब मिलेगा?", "その費用は？", "why not?"])
def test_a_question_that_does_not_leans_on_the_one_before(question: str, tmp_path: Path) -> None:
    assert leaning_odds(Settings.load(home=tmp_path), question, detect(question)) > 0


def test_a_question_that_stands_alone_is_not_joined_with_one_in_another_language() -> None:
    whole = Carrying(lambda _message, _language: -1.0)
    assert whole.rewrite("Who pays for it?", "en", [turn("पूर इशाऱ्यासाठी किती सेन्सर बसवले?", "mr")]) is None
    leaning = Carrying(lambda _message, _language: 1.0)
    made = leaning.rewrite("Who pays for it?", "en", [turn("पूर इशाऱ्यासाठी किती सेन्सर बसवले?", "mr")])
    assert made is not None
    assert "सेन्सर" in made.carried
