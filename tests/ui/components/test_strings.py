from __future__ import annotations

import ast
from datetime import date
from string import Formatter

import pytest
import regex

from ingest.records import KINDS
from lang.languages import LANGUAGES, Language
from tests.support import PROJECT
from ui.components.i18n import _table, from_locale, strings
from ui.pages.navigation import PAGES

SCRIPT = {"mr": r"\p{Devanagari}", "hi": r"\p{Devanagari}", "ja": r"[\p{Han}\p{Hiragana}\p{Katakana}]", "en": r"[A-Za-z]"}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_strings_with_the_same_places_to_fill_in(language: Language) -> None:
    english, other = _table("en"), _table(language)
    assert other.keys() == english.keys()
    for key, value in english.items():
        if isinstance(value, str):
            assert fields(str(other[key])) == fields(value), key
        else:
            assert len(other[key]) == len(value), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_is_empty_or_left_in_another_script(language: Language) -> None:
    for key, value in _table(language).items():
        for text in (value,) if isinstance(value, str) else value:
            assert regex.search(SCRIPT[language], text) or key in ("app.title", "documents.between"), f"{language} {key}: {text}"


def test_every_string_that_the_code_asks_for_exists_and_every_string_is_asked_for() -> None:
    known = set(_table("en"))
    asked: set[str] = set()
    stems: set[str] = set()
    for file in [PROJECT / "app.py", *(PROJECT / "ui").rglob("*.py")]:
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        beginnings = {id(node.values[0]) for node in nodes if isinstance(node, ast.JoinedStr)}
        for node in nodes:
            if (
                id(node) not in beginnings
                and isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and regex.fullmatch(r"[a-z]+(?:\.[a-z_]+)+", node.value)
            ):
                asked.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                stems.add(str(node.values[0].value))
    asked |= {f"{page.key}.title" for page in PAGES}
    counted = {key.rsplit(".", 1)[0] for key in known if key.endswith((".one", ".many"))} | {"library.facts"}  # a table, asked by its rows
    tables = {"kind", "language", "status", "chat", "place", "source", "filters", "documents", "empty", "error", "examples", "app"}
    tables |= {"standing", "note", "takeaway", "permalink"} | {f.name for f in (PROJECT / "ui" / "strings").iterdir() if f.is_dir()}
    missing = {key for key in asked if key.split(".")[0] in tables and not key.endswith((".py", ".png", ".css", ".js"))} - known - counted
    assert missing == set()
    used = {key for key in known if key in asked or key.rsplit(".", 1)[0] in asked or any(key.startswith(s) for s in stems if "." in s)}
    assert known - used == set()


def test_dates_are_written_as_each_language_writes_them() -> None:
    day = date(2026, 2, 18)
    assert [strings(x).date(day) for x in ("en", "mr", "hi", "ja")] == [
        "18 February 2026",
        "18 फेब्रुवारी 2026",
        "18 फ़रवरी 2026",
        "2026年2月18日",
    ]
    assert strings("en").date(None) == ""


def test_one_thing_and_several_are_counted_differently() -> None:
    words = strings("en")
    assert words.count("documents.pages", 1) == "1 page"
    assert words.count("documents.pages", 6) == "6 pages"


@pytest.mark.parametrize(
    ("locale", "expected"), [("hi-IN", "hi"), ("mr", "mr"), ("ja_JP", "ja"), ("fr-FR", "en"), (None, "en"), ("", "en")]
)
def test_the_browsers_locale_chooses_the_language(locale: str | None, expected: str) -> None:
    assert from_locale(locale) == expected


def test_a_text_of_unknown_language_is_spoken_to_in_english() -> None:
    assert strings("und")("kind.agreement") == "Agreement"


def test_every_kind_of_document_has_a_name() -> None:
    assert all(strings(language)(f"kind.{kind}") for language in LANGUAGES for kind in KINDS)


def test_the_strings_lie_beside_the_code() -> None:
    strings_of = PROJECT / "ui" / "strings"
    for folder in [strings_of, *(f for f in strings_of.iterdir() if f.is_dir())]:
        assert {f.stem for f in folder.glob("*.toml")} == set(LANGUAGES), folder
