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
    said_amount,
    said_by,
    said_counted,
    said_day,
    said_every,
    said_fact,
    said_number,
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
    tables = [stored["digits"], stored["months"], *(form for key in ("dates", "every", "units", "places") for form in stored[key].values())]
    assert all(set(LANGUAGES) <= set(form) for form in [*tables, stored["numbers"]])


def test_a_day_is_written_in_every_language() -> None:
    assert [said_day(date(2026, 2, 18), of) for of in SPOKEN] == ["18 February 2026", "18 फ़रवरी 2026", "१८ फेब्रुवारी २०२६", "2026年2月18日"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2024-03", ["March 2024", "मार्च 2024", "मार्च २०२४", "2024年3月"]),
        ("2024", ["2024", "2024", "२०२४", "2024年"]),
        ("2024/25", ["financial year 2024-25", "वित्त वर्ष 2024-25", "आर्थिक वर्ष २०२४-२५", "2024年度"]),
        ("--03-31", ["31 March", "31 मार्च", "३१ मार्च", "3月31日"]),
        ("--11", ["November", "नवंबर", "नोव्हेंबर", "11月"]),
        ("6 months", ["6 months", "6 माह", "६ महिने", "6か月"]),
        ("1 year", ["1 year", "1 वर्ष", "१ वर्ष", "1年"]),
        ("on signature", ["on signature"] * 4),
        ("-", ["-"] * 4),
    ],
)
def test_a_stored_fact_is_written_as_exactly_as_it_is_known(value: str, said: list[str]) -> None:
    assert [said_fact(value, of) for of in SPOKEN] == said


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


@pytest.mark.parametrize(
    ("value", "language", "said"),
    [
        (1234567, "en", "1,234,567"), (1500000, "hi", "15 लाख"), (123456, "mr", "१,२३,४५६"), (62000, "ja", "6万2,000"),
        (9500, "hi", "9,500"), (0, "ja", "0"), (Fraction(5, 2), "mr", "२.५"), (Fraction(1, 3), "en", ""),
    ],
)  # fmt: skip
def test_numbers_are_grouped_and_scaled_as_a_language_does(value: int | Fraction, language: Language, said: str) -> None:
    assert said_number(Fraction(value), language) == said


@pytest.mark.parametrize(
    ("value", "unit", "language", "said"),
    [
        (124_000_000, "INR", "ja", "1億2,400万ルピー"), (124_000_000, "INR", "mr", "१२.४ कोटी रुपये"),
        (124_000_000, "INR", "en", "Rs 12.4 crore"), (1_234_567, "INR", "en", "Rs 12,34,567"),
        (840_000_000, "JPY", "en", "840 million yen"),
        (36, "month", "en", "3 years"), (18, "month", "hi", "18 माह"), (14, "day", "ja", "14日"), (90, "minute", "mr", "९० मिनिटे"),
        (1_500, "g", "en", "1.5 kg"), (42, "", "mr", "४२"),
    ],
)  # fmt: skip
def test_an_amount_in_a_base_unit_is_said_in_the_largest_that_fits(value: int, unit: str, language: Language, said: str) -> None:
    assert said_amount(Fraction(value), unit, language) == said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("by 31 May 2027, within thirty days, at Rs 12.40 crore", "ja", ("2027年5月31日", "30日", "1億2,400万ルピー")),
        ("2027年5月31日までに毎年11月", "mr", ("३१ मे २०२७", "नोव्हेंबर")),
        ("तीन वर्षे, ६० टक्के", "en", ("3 years", "60 per cent")),
        ("(1) One notice in writing", "hi", ()),
        ("one year and 15 km of pipes", "hi", ("1 वर्ष", "15 किलोमीटर")),
        ("2時間10分に延びた。", "en", ("10",)),
    ],
)
def test_values_of_a_text_are_written_as_the_reader_writes_them(text: str, language: Language, said: tuple[str, ...]) -> None:
    assert values(text, language) == said


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
