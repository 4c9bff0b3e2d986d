from __future__ import annotations

from dataclasses import replace
from datetime import date

import click
import pytest

from ingest.records import KINDS
from kb.records import STANDING, Citation, Statement
from lang.languages import LANGUAGES
from ui.cli.output import clean, in_bold, one_line, place
from ui.components.answer_wording import Numbers, by_heading, heading_of, heading_words, reading_order
from ui.components.i18n import strings

PLACE = ("A memorandum", "/p/a.pdf", 2, "agreement", date(2026, 2, 18), 6, "vi", ("Article 4", "(2)"), 4, 9)
CITATION = Citation(3, *PLACE, "en", "words", "verified")
AGREED = Statement("words", "agreed", (CITATION,))
NEWS = Statement("other", "reported", (replace(CITATION, document_id=4, kind="news"),))


def test_statements_are_grouped_by_who_says_it_in_the_order_of_first_appearance() -> None:
    later = Statement("more", "agreed", (replace(CITATION, start=20, end=24),))
    assert by_heading([NEWS, AGREED, later]) == [(("reported", "news"), [NEWS]), (("agreed", "agreement"), [AGREED, later])]


def test_the_reading_order_goes_heading_by_heading() -> None:
    later = Statement("more", "agreed", (replace(CITATION, start=20, end=24),))
    assert reading_order([AGREED, NEWS, later]) == [AGREED, later, NEWS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_speaks_under_a_heading_of_its_own(kind: str, language: str) -> None:
    statement = Statement("words", STANDING[kind], (replace(CITATION, kind=kind),))  # type: ignore[index, arg-type]
    assert heading_words(heading_of(statement), language)  # type: ignore[arg-type]


def test_headings_say_who_speaks() -> None:
    assert heading_words(heading_of(AGREED), "en") == "The agreement says"
    assert heading_words(heading_of(NEWS), "en") == "The newspaper reports"
    assert heading_words(("inferred", "news"), "en") == "It follows from the documents that"


def test_citations_are_numbered_as_they_come_and_a_span_keeps_its_number() -> None:
    number = Numbers()
    other = replace(CITATION, start=20, end=24)
    assert [number(c) for c in (CITATION, other, replace(CITATION, status="unsupported"), replace(CITATION, version=3))] == [1, 2, 1, 3]


def test_a_place_names_document_page_clause_date_and_offsets() -> None:
    assert place(CITATION, strings("en")) == "A memorandum · p. vi · Article 4 › (2) · 18 February 2026 · characters 4 to 9"
    assert place(CITATION, strings("ja")) == "A memorandum · viページ · Article 4 › (2) · 2026年2月18日 · 4～9文字目"


def test_text_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b[2Jb\x07\u202ec\n\td") == "a\ufffd[2Jb\ufffd\ufffdc\n\td"
    assert one_line(" कलम\n ४ ") == "कलम ४"


def test_the_fact_in_a_quote_is_bold_in_the_terminal() -> None:
    assert in_bold("Signed\non 18  February 2026.", [(10, 27)]) == f"Signed on {click.style('18 February 2026', bold=True)}."
    assert in_bold(" plain ", []) == "plain"
