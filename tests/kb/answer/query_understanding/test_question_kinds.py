"""Kinds of question by their wording, in four languages."""

from __future__ import annotations

import json

from kb.answer.query_understanding.intent import INTENTS, legal_opinion, out_of_scope, question_parts, without_comparing
from tests.support import PROJECT


def test_no_question_that_the_samples_answer_is_taken_for_another_kind() -> None:
    lines = (PROJECT / "eval" / "data" / "samples_gold.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [(row["text"], row["lang"]) for row in map(json.loads, lines) if row["answerable"]]
    assert len(asked) > 70
    assert [q for q, language in asked if legal_opinion(q, language) or out_of_scope(q, language) or question_parts(q, language)] == []


def test_nothing_is_compared_where_no_word_asks_for_it() -> None:
    likely = {**dict.fromkeys(INTENTS, 0.0), "compare": 0.6, "opinion": 0.3, "lookup": 0.1}
    assert without_comparing("क्या यह ज्ञापन वैध है?", likely) == {**dict.fromkeys(INTENTS, 0.0), "opinion": 0.3 / 0.4, "lookup": 0.1 / 0.4}
    assert without_comparing("Compare the fees", likely) == likely
