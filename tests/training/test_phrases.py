"""Every phrase is there in the four languages, with the same variables."""

from __future__ import annotations

from string import Template

import pytest

from lang.languages import LANGUAGES
from training.phrases import PhraseError, phrase, phrases
from training.records import AUDIENCES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase_with_the_same_variables(language) -> None:
    assert set(phrases(language)) == set(phrases("en"))
    for key, text in phrases(language).items():
        assert set(Template(text).get_identifiers()) == set(Template(phrases("en")[key]).get_identifiers()), key


def test_every_audience_has_its_objectives_and_its_task() -> None:
    for audience in AUDIENCES:
        for trait in ("duty", "figures", "practice", "general"):
            said = phrase(f"objective.{trait}.{audience}", "en", heading="Costs", count="3 points", place=" in “Report”")
            assert "“Costs” in “Report” (3 points)" in said
        assert phrase(f"task.{audience}", "ja", practice="費用").count("費用") == 1


def test_a_variable_that_is_missing_is_told_with_the_file() -> None:
    with pytest.raises(PhraseError, match=r"hi\.toml names \['heading'\]"):
        phrase("step.quiz", "hi")


def test_a_phrase_that_is_not_there_is_told_with_the_file() -> None:
    with pytest.raises(PhraseError, match=r"training/phrases/en\.toml has no phrase"):
        phrase("nothing.such", "und")
