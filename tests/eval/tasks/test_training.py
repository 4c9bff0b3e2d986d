"""The evaluation of training material: judgements belong to questions, pairs are counted by hand, every command line is taken."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from eval.tasks.products.training_material import (
    Judgement,
    for_reading,
    glossary_figures,
    glossary_gold,
    judgements,
    question_digest,
    quiz_figures,
)
from kb.records import Citation
from lang.languages import LANGUAGES
from training.records import BLANK, Entry, Line, Name, Option, QuizItem

QUOTE = "The pier was opened in 1931."
CITED = Citation(1, "History", "/h.md", 1, "report", None, 1, "1", ("Piers",), 0, len(QUOTE), "en", QUOTE, "verified")
PROOF = Line("p", QUOTE, (CITED,), "quote", "en")
CLOZE = QuizItem("a", "cloze", "date", "en", f"The pier was opened in {BLANK}.", PROOF, answers=("1931",))
TRUE = QuizItem("b", "true_false", "date", "en", QUOTE, PROOF, (Option("True", True, QUOTE), Option("False", False, "")))


def judged(item: QuizItem, *, key: bool = True, second: bool = False, sound: bool = True) -> Judgement:
    return Judgement(question_digest(item), item.language, item.kind, key, second, sound, "read")


def test_a_judgement_holds_for_that_very_question_only() -> None:
    assert question_digest(CLOZE) == question_digest(replace(CLOZE, id="other", proof=replace(PROOF, id="q")))
    for other in (
        replace(CLOZE, answers=("1932",)),
        replace(CLOZE, prompt=f"A pier was opened in {BLANK}."),
        replace(CLOZE, kind="choice"),
    ):
        assert question_digest(other) != question_digest(CLOZE)
    turned = tuple(replace(option, correct=not option.correct) for option in TRUE.options)
    assert question_digest(replace(TRUE, options=turned)) != question_digest(TRUE)


def test_the_figures_count_what_was_judged_and_name_what_was_not() -> None:
    broken = replace(CLOZE, answers=("1932",))
    rows = {row.item: row for row in (judged(CLOZE), judged(TRUE, second=True, sound=False))}
    figures = quiz_figures([CLOZE, TRUE, broken], rows)
    assert (figures["items"], figures["judged"], figures["unjudged"]) == (3, 2, [question_digest(broken)])
    assert figures["proved"] == pytest.approx(2 / 3, abs=1e-3)
    assert (figures["key_right"], figures["second_true"], figures["sound"]) == (1.0, 0.5, 0.5)
    assert figures["by_kind"] == {"cloze": 2, "true_false": 1}


def test_a_question_is_written_for_reading_with_its_key_and_its_proof() -> None:
    said = "\n".join(for_reading([TRUE]))
    assert question_digest(TRUE) in said
    assert "* True" in said
    assert f"› Piers: {QUOTE}" in said


def test_every_judgement_is_whole_and_none_is_there_twice_nor_has_words_of_a_corpus() -> None:
    rows = judgements()
    assert len(rows) >= 200
    for row in rows.values():
        assert len(row.item) == 16
        assert row.language in LANGUAGES
        assert row.sound <= (row.key_right and not row.second_true)
        assert row.sound or row.reason, row.item
        assert len(json.dumps(row.reason)) < 160
    assert {row.language for row in rows.values()} == set(LANGUAGES)


def entry(**names: str) -> Entry:
    return Entry("e", tuple(Name(language, text, "paper", (CITED,)) for language, text in names.items()))  # type: ignore[arg-type]


def test_pairs_of_names_are_counted_against_the_gold_by_hand() -> None:
    gold = [
        {"mr": frozenset({"पूर"}), "hi": frozenset({"बाढ़"}), "en": frozenset({"flood"}), "ja": frozenset[str]()},
        {"mr": frozenset({"खर्च"}), "hi": frozenset[str](), "en": frozenset({"cost", "costs"}), "ja": frozenset({"費用"})},
        {"mr": frozenset({"शाळा"}), "hi": frozenset[str](), "en": frozenset[str](), "ja": frozenset[str]()},
    ]
    figures = glossary_figures([entry(mr="पूर", en="Flood"), entry(en="costs", ja="地域")], gold)
    assert (figures["pairs"], figures["precision"], figures["wrong"]) == (2, 0.5, ["costs = 地域"])
    # The third thing is named in one language, and no pair can be made of it.
    assert (figures["things"], figures["recall"]) == (2, 0.5)


def test_a_name_that_only_a_glossary_has_is_no_pair_of_the_papers() -> None:
    listed = Entry("e", (Name("mr", "पूर", "setu"), Name("en", "flood", "paper", (CITED,))))
    assert glossary_figures([listed], [])["pairs"] == 0


def test_the_gold_glossary_has_enough_things_in_several_languages() -> None:
    several = [row for row in glossary_gold() if sum(bool(row[language]) for language in LANGUAGES) > 1]
    assert len(several) >= 25
