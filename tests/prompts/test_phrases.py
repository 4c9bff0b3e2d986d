"""The four languages say the same things."""

from __future__ import annotations

import pytest
import regex

from ingest.records import KINDS
from lang.languages import LANGUAGES, Language
from prompts.phrases import PhraseError, phrase, phrases, variables

SCRIPT: dict[Language, str] = {
    "en": r"\p{Latin}",
    "mr": r"\p{Devanagari}",
    "hi": r"\p{Devanagari}",
    "ja": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_phrases_of_english_with_the_same_variables(language: Language):
    english = {key: variables(text) for key, text in phrases("en").items()}
    assert {key: variables(text) for key, text in phrases(language).items()} == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_written_in_the_script_of_its_language(language: Language):
    foreign = [key for key, text in phrases(language).items() if not regex.search(SCRIPT[language], text)]
    assert foreign == []


def test_marathi_and_hindi_are_not_copies_of_each_other():
    same = {key for key in phrases("mr") if phrases("mr")[key] == phrases("hi")[key]}
    # The names of the two languages and words that both share.
    assert same <= {"language.mr", "language.hi", "label.page", "label.dated", "language.und"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_has_a_name_and_a_way_to_introduce_it(kind: str):
    for language in LANGUAGES:
        assert phrase(f"kind.{kind}", language)
        assert phrase(f"says.{kind}", language)


def test_the_standing_labels_are_the_agreed_ones():
    assert phrase("standing.agreed", "en") == "The agreement says"
    assert phrase("standing.agreed", "mr") == "करारात म्हटले आहे"
    assert phrase("standing.agreed", "hi") == "समझौते में कहा गया है"
    assert phrase("standing.agreed", "ja") == "協定には次のとおり記されています"


def test_variables_are_filled_in():
    assert phrase("label.page", "ja", page=6) == "6ページ"
    assert phrase("label.original", "en", name=phrase("language.ja", "en")) == "In Japanese (original):"


def test_an_unknown_language_is_spoken_to_in_english():
    assert phrase("kind.news", "und") == "News"


@pytest.mark.parametrize(
    ("key", "values", "named"),
    [("standing.sworn", {}, "standing.sworn"), ("label.page", {}, "page"), ("label.page", {"page": 1, "leaf": 2}, "leaf")],
)
def test_a_missing_phrase_or_a_wrong_variable_is_an_error_that_names_it(key: str, values: dict[str, int], named: str):
    with pytest.raises(PhraseError, match=named):
        phrase(key, "en", **values)
