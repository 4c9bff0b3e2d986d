"""What needs no translation is written as each language writes it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from kb.answer.presentation.rendering import (
    _stored,
    clause,
    gloss,
    joined,
    page,
    quoted,
    said_by,
    said_counted,
    said_day,
    said_every,
    said_period,
    said_within,
    says,
    values,
)
from kb.verify.fact_check import facts_in
from lang.languages import LANGUAGES, Language
from lang.values.calendars import When

SPOKEN: tuple[Language, ...] = ("en", "hi", "mr", "ja")


def test_every_form_is_there_in_every_language() -> None:
    stored = _stored()
    tables = [stored["digits"], *(form for key in ("every", "units", "places") for form in stored[key].values())]
    assert all(set(LANGUAGES) <= set(form) for form in [*tables, stored["numbers"]])


def test_a_day_is_written_in_every_language() -> None:
    assert [said_day(date(2026, 2, 18), of) for of in SPOKEN] == ["18 February 2026", "18 फ़रवरी 2026", "१८ फेब्रुवारी २०२६", "2026年2月18日"]


def test_a_period_and_what_is_said_around_a_time() -> None:
    first, last = When(2026, 6, 5), When(2026, 9)
    assert [said_period(first, last, of) for of in SPOKEN] == [
        "5 June 2026 – September 2026",
        "5 जून 2026 से सितंबर 2026",
        "५ जून २०२६ ते सप्टेंबर २०२६",
        "2026年6月5日～2026年9月",
    ]
    assert said_by(said_period(first, None, "ja"), "ja") == "2026年6月5日まで"
    assert said_within(said_counted(Fraction(2), "week", "mr"), "mr") == "२ आठवडे मुदतीत"
    assert said_every("twice a year", "hi") == "वर्ष में दो बार"
    assert said_period(When(1948, 2, 3, "saka"), None, "en") == ""


def test_a_gloss_holds_nothing_that_the_text_has_already() -> None:
    assert gloss("2024年に42人、14日以内", "en") == ("14 days",)
    assert values("電話 03-0155-0300 へ2日以内に", "en") == ("2 days",)
    assert gloss("forty-two boats in 2024", "mr", 11) == ("४२",)
    assert gloss("42 boats, 5 crews in 2024", "mr", 0) == ()


@pytest.mark.parametrize(
    "text",
    ["30日以内", "1億2,400万ルピー", "84 करोड़ येन", "१५ जून २०२६", "financial year 2024-25", "6 माह", "९ सेकंद", "12.5 hectares", "6万2,000円"],
)
def test_what_is_written_reads_back_as_the_same_value(text: str) -> None:
    def read(said: str) -> list[object]:
        facts = facts_in(said)
        return [*(one.when for one in facts.dates), *((one.value, one.unit) for one in facts.quantities)]

    for language in SPOKEN:
        (said,) = values(text, language)
        assert read(said) == read(text)


def test_clauses_quotes_and_pages_are_named_in_the_language_of_the_reader() -> None:
    path = ("Article 4 Council", "3.")
    assert [clause(path, "en", language) for language in ("en", "mr", "hi", "ja")] == [
        "Article 4(3)",
        "कलम ४(३)",
        "अनुच्छेद 4(3)",
        "第4条第3項",
    ]
    assert clause(("Section 2. Fees", "(a)"), "en", "en") == "Section 2(a)"
    assert clause(("Introduction",), "en", "mr") == ""
    assert says(page("12", "mr"), quoted("boats", "mr"), "mr").endswith("१२: “boats”")
    assert says("", "boats", "ja") == "boats"
    assert joined(["14日", "", "3年"], "ja") == "14日、3年"
