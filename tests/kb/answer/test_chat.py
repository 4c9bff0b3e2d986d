"""Talk gets a friendly line in its language, and no quote; anything that asks something of the papers is no talk."""

from __future__ import annotations

import pytest

from ingest.records import Kind
from kb.answer.ask import ask, question_language
from kb.answer.skills.small_talk import chat
from kb.records import Answer, DocumentInfo, Done, Turn
from lang.languages import Language
from tests.kb.answer_fakes import Shelf

HELD: tuple[tuple[str, Kind], ...] = (
    ("Pact of Sagarpur", "agreement"),
    ("Harbour Observer", "news"),
    ("Second pact", "agreement"),
    ("Gauges that work", "best_practice"),
)
PAPERS = [DocumentInfo(at, title, title, 1, kind, "en", None, None, 1, 1, "published") for at, (title, kind) in enumerate(HELD, 1)]


@pytest.mark.parametrize("language", ["en", "hi", "mr", "ja"])
def test_a_greeting_shows_three_questions_of_different_kinds_of_papers(language: Language) -> None:
    line, invitation, options = chat("नमस्ते", language, lambda: PAPERS)
    assert line.text
    assert invitation.text
    assert len(options.items) == 3
    for title in ("Pact of Sagarpur", "Harbour Observer", "Gauges that work"):
        assert sum(title in item for item in options.items) == 1


def test_talk_is_answered_without_a_search_and_without_quotes() -> None:
    shelf = Shelf([("The committee meets twice a year.", "en", "agreement")])
    *_, done = ask("thank you!", ports=shelf.ports())
    assert isinstance(done, Done)
    answer: Answer = done.answer
    assert (answer.skill, answer.statements, answer.refusal, shelf.searches) == ("chat", (), None, [])
    assert [block.kind for block in answer.blocks] == ["text"]


def test_thanks_in_between_leave_a_follow_up_with_what_was_asked_before() -> None:
    shelf = Shelf([("The committee meets twice a year in Sagarpur.", "en", "agreement")])

    def answered(question: str, history: list[Turn]) -> Answer:
        *_, done = ask(question, ports=shelf.ports(), history=history)
        assert isinstance(done, Done)
        return done.answer

    first = Turn("How often does the committee meet?", answered("How often does the committee meet?", []))
    thanks = Turn("thanks", answered("thanks", [first]))
    assert answered("And where?", [first, thanks]).asked_as == answered("And where?", [first]).asked_as is not None


@pytest.mark.parametrize(("message", "language"), [("नमस्ते जी", "hi"), ("शुक्रिया", "hi"), ("नमस्कार", "mr")])
def test_a_greeting_is_answered_in_its_language(message: str, language: Language) -> None:
    assert question_language(message) == language
