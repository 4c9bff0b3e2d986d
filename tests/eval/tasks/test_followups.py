"""The gold of follow-up questions is well formed, and its measures count what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from eval.tasks.followups import HALVES, Asked, Conversation, Found, Outcome, false_rewrites, read_gold, report
from kb import Settings
from kb.records import Turn
from kb.search.follow_up import Carrying, Rewritten, leaning_odds
from lang.languages import LANGUAGES, Language

GOLD = read_gold()


def test_every_conversation_begins_with_a_question_that_stands_by_itself() -> None:
    for conversation in GOLD:
        assert conversation.turns[0].whole is None, conversation.id
        assert len(conversation.turns) >= 2, conversation.id
        assert all(turn.answers for turn in conversation.turns), conversation.id


def test_a_follow_up_is_also_given_as_a_person_would_ask_it_alone() -> None:
    wholes = [turn for conversation in GOLD for turn in conversation.turns if turn.whole is not None]
    assert len(wholes) >= 90
    assert all(turn.whole != turn.text for turn in wholes)


def test_both_halves_have_every_language() -> None:
    counted = Counter((c.half, c.language) for c in GOLD)
    assert set(counted) == {(half, language) for half in HALVES for language in LANGUAGES[:4]}
    assert min(counted.values()) >= 8


def outcome(half: str, language: Language, asked_as: str | None, **found: tuple[bool, bool]) -> Outcome:
    turn = Asked("Who bears it?", ("60",), "Who bears the cost?")
    return Outcome(Conversation("x", language, half, (turn,)), turn, asked_as, {way: Found(*flags) for way, flags in found.items()})


def test_the_report_counts_each_way_by_half_and_by_language() -> None:
    yes, no = (True, True), (False, False)
    outcomes = [
        outcome("development", "en", "…", raw=no, rewritten=yes, whole=yes),
        outcome("development", "ja", None, raw=no, rewritten=no, whole=(True, False)),
        outcome("held-out", "en", "…", raw=(True, False), rewritten=yes, whole=yes),
    ]
    found = report(outcomes, [])["followups"]
    assert found["development"] == {
        "questions": 2,
        "noticed": 0.5,
        "ways": {
            "raw": {"hit@5": 0.0, "answered": 0.0},
            "rewritten": {"hit@5": 0.5, "answered": 0.5},
            "whole": {"hit@5": 1.0, "answered": 0.5},
        },
    }
    assert found["en"]["questions"] == 2
    assert found["en"]["ways"]["raw"] == {"hit@5": 0.5, "answered": 0.0}


class Always:
    def rewrite(self, question: str, language: Language, history: Sequence[Turn]) -> Rewritten | None:
        return Rewritten(f"{question} ({history[-1].question})", ())


def test_a_question_that_stands_alone_is_asked_after_the_one_before_it_in_its_language() -> None:
    turns = (Asked("How many?", ("2",), None), Asked("And why?", ("3",), "Why so many?"), Asked("Who is the mayor?", ("x",), None))
    made = false_rewrites(
        [Conversation("a", "en", "held-out", turns)], [("When?", "en"), ("いつ？", "ja"), ("Where?", "en"), ("どこ？", "ja")], Always()
    )
    assert [(r.half, r.asked_as) for r in made] == [
        ("held-out", "Who is the mayor? (Why so many?)"),
        ("other", "Where? (When?)"),
        ("other", "どこ？ (いつ？)"),
    ]
    assert report([], made)["alone"] == {"held-out": {"questions": 1, "rewritten": 1}, "other": {"questions": 2, "rewritten": 2}}


@pytest.mark.parametrize(("half", "most"), [("development", 1), ("held-out", 2)])
def test_few_questions_that_stand_alone_are_rewritten(half: str, most: int, tmp_path: Path) -> None:
    rewriter = Carrying(partial(leaning_odds, Settings.load(home=tmp_path)))
    made = false_rewrites([c for c in GOLD if c.half == half], [], rewriter)
    assert sum(r.asked_as is not None for r in made) <= most
