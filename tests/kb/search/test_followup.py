"""Follow-up questions are made whole from the conversation, and questions that stand by themselves are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.answer.ask import ask
from kb.records import Answer, Done, Refusal, Searching, Timings, Turn
from kb.search.follow_up import Carrying, Rewriter, Rewritten
from lang.languages import Language
from tests.kb.answer_fakes import Shelf


def turn(question: str, language: Language, asked_as: str | None = None, refusal: Refusal | None = None) -> Turn:
    return Turn(question, Answer(question, language, "extractive", (), refusal, Timings(0.0, 0.0, 0.0), asked_as))


def rewritten(before: str, question: str, language: Language) -> str | None:
    made = Carrying().rewrite(question, language, [turn(before, language)])
    return made.question if made is not None else None


FOLLOWING = [
    ("en", "What will the flood-warning pilot cost?", "Who bears it?", "Who bears it? (flood-warning pilot cost)"),
    ("en", "When was the Memorandum signed?", "And who signed for Otter Bay?", "And who signed for Otter Bay? (Memorandum)"),
    ("en", "What does the flood-warning pilot cost?", "What about the data-platform pilot?", "What about the data-platform pilot? (cost)"),
    ("en", "What does Article 4 say?", "And paragraph 2?", "And Article 4 paragraph 2?"),
    ("mr", "संयुक्त समितीच्या बैठका किती वेळा होतात?", "तिचे अध्यक्ष कोण?", "तिचे अध्यक्ष कोण? (संयुक्त समितीच्या बैठका)"),
    ("hi", "सहयोग ज्ञापन कब लागू होगा?", "उसकी अवधि?", "उसकी अवधि? (सहयोग ज्ञापन लागू)"),
    ("ja", "洪水警報システムの整備費はいくらですか。", "年間の維持管理費は？", "年間の維持管理費は？（洪水警報システム、整備費、いくら）"),
    ("en", "When did the first sensors start?", "And the rest of them?", "And the rest of them? (when first sensors start)"),
    ("en", "Who approves the budget?", "And its yearly cost?", "And its yearly cost? (approves budget)"),
    ("en", "When does the pilot end?", "And can it be renewed?", "And can it be renewed? (pilot end)"),
    ("hi", "सहयोग ज्ञापन पर हस्ताक्षर किसने किए?", "और निगम की ओर से?", "और निगम की ओर से? (किसने सहयोग ज्ञापन हस्ताक्षर)"),
    ("mr", "पूर इशारा प्रकल्पाचा खर्च किती आहे?", "आणि माहिती मंचाचा?", "आणि माहिती मंचाचा? (किती पूर इशारा प्रकल्पाचा खर्च)"),
    ("ja", "第11条は何を定めていますか。", "では第3項は？", "では第11条第3項は？"),
]


@pytest.mark.parametrize(("language", "before", "question", "whole"), FOLLOWING)
def test_a_follow_up_says_again_what_it_left_out(language: Language, before: str, question: str, whole: str) -> None:
    assert rewritten(before, question, language) == whole


ALONE = [
    ("en", "What will the pilot cost?", "Who is the Chief Data Officer of Otter Bay?"),
    ("en", "What will the pilot cost?", "What penalty does a Participant pay when its statement of expenditure is late?"),
    ("en", "Who chairs it?", "And Article 8?"),
    ("en", "How many sirens are there?", "What does it cost per year to maintain the flood warning system of the city?"),
    ("mr", "महापौर कोण आहेत?", "महासभेने सहकार्य कराराला मंजुरी कधी दिली?"),
    ("hi", "समिति की बैठक कब होती है?", "मछुआरों के संगठन के अध्यक्ष कौन हैं?"),
    ("ja", "警戒基準の見直しは何に基づいていますか。", "合同委員会はどのように決定しますか。"),
    ("ja", "研修は何週間ですか。", "明日の東京の天気はどうですか。"),
]


@pytest.mark.parametrize(("language", "before", "question"), ALONE)
def test_a_question_that_stands_by_itself_carries_nothing_over(language: Language, before: str, question: str) -> None:
    assert rewritten(before, question, language) is None


def test_a_first_question_is_never_rewritten() -> None:
    assert Carrying().rewrite("Who bears it?", "en", []) is None


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
            return Rewritten("Who chairs the Joint Committee?", (), "pointing")

    assert events("Who chairs it?", turn("…", "en"), rewriter=Clever())[1].asked_as == "Who chairs the Joint Committee?"
