"""The files of the languages hold what is looked for in them, under the names that are looked for."""

from __future__ import annotations

import pytest
import regex

from lang.languages import LANGUAGES, PAPER_LANGUAGES, Language, known_of, script_of, words_of

TABLES = {
    "identification": {"words", "weak_words", "nouns", "endings", "strong_endings", "weak_endings", "letters"},
    "sentences": {"titles", "before_number", "maybe_final", "starters", "letter_names", "closing_verbs"},
    "dates": {"months", "day_endings", "of"},
    "written_dates": {"day", "month", "year", "month_day", "fiscal_year", "period", "by", "ahead", "within", "months"},
    "durations": {"day", "week", "month", "year"},
    "numerals": {"series", "tens", "values", "scales", "shifts", "ordinals"},
    "labels": {"part", "chapter", "annex", "section", "article", "clause"},
    "references": {"article", "annex", "chapter"},
}
every_language = pytest.mark.parametrize("language", PAPER_LANGUAGES)


@every_language
def test_a_language_has_a_name_a_script_and_function_words(language: Language):
    known = known_of(language)
    assert known["name"]
    assert known["script"] in ("latin", "devanagari", "japanese")
    assert known["function_words"].split()


@every_language
def test_a_language_has_no_table_or_key_that_nothing_reads(language: Language):
    known = {name: table for name, table in known_of(language).items() if isinstance(table, dict) and name != "units"}
    assert {name: table.keys() - TABLES.get(name, set()) for name, table in known.items() if table.keys() - TABLES.get(name, set())} == {}


@every_language
def test_a_year_has_twelve_months(language: Language):
    assert len(known_of(language).get("dates", {}).get("months", range(12))) == 12


@every_language
def test_what_is_an_expression_compiles(language: Language):
    known = known_of(language)
    for name in ("durations", "units", *(["references"] if script_of(language) != "japanese" else [])):
        for expression in known.get(name, {}).values():
            assert not regex.compile(expression).fullmatch("")


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_written_in_every_language_that_setu_speaks(language: Language):
    written = known_of(language)["written_dates"]
    assert (written.keys(), len(written["months"])) == (TABLES["written_dates"], 12)


def test_setu_speaks_languages_that_papers_may_be_in():
    assert set(LANGUAGES) <= set(PAPER_LANGUAGES)


def test_what_is_not_said_in_a_language_is_left_out():
    assert known_of("und") == {}
    assert script_of("und") == "none"
    assert words_of("labels", "section", "latin") == ()


def test_the_words_of_a_script_are_those_of_its_languages():
    assert words_of("labels", "chapter", "devanagari") == ("प्रकरण", "अध्याय")
    assert words_of("labels", "chapter") == ("chapter", "प्रकरण", "अध्याय", "章")
