"""Why a statement is not verified is told in words, in four languages, on the page, the terminal and in JSON."""

from __future__ import annotations

from typing import get_args

import pytest

from kb.records import Check, Citation, Finding, Statement, Verdict
from lang.languages import LANGUAGES, Language
from ui.cli.json_output import shape
from ui.components.answer_wording import MOST, reasons
from ui.components.i18n import strings

CITATION = Citation(1, "Memorandum", "m.pdf", 1, "agreement", None, 1, "1", (), 0, 9, "en", "It is so.", "verified")


def statement(*findings: Finding, status: str = "partial") -> Statement:
    return Statement("It is not so.", "agreed", (CITATION,), Verdict(status, 0.4, findings, "alignment"))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", get_args(Check))
@pytest.mark.parametrize("shown", ["", "12"])
def test_every_check_has_its_words_in_every_language(check: Check, language: Language, shown: str) -> None:
    told = reasons(statement(Finding(check, "13", shown)), strings(language))
    assert told is not None
    assert "{" not in told


def test_what_was_said_and_what_stands_there_are_named() -> None:
    told = reasons(statement(Finding("number", "13", "12")), strings("en"))
    assert told == "Why not verified: the number “13” is not in the quotes, which say “12”"


def test_few_reasons_are_told_and_each_once() -> None:
    told = reasons(statement(*(Finding("number", str(n % 9)) for n in range(20))), strings("en"))
    assert told is not None
    assert told.count("the number") == MOST


def test_a_verified_statement_and_a_quote_have_no_reason() -> None:
    assert reasons(statement(status="verified"), strings("en")) is None
    assert reasons(Statement("It is so.", "agreed", (CITATION,)), strings("en")) is None


def test_the_json_has_support_and_findings() -> None:
    told = shape(statement(Finding("date", "2025", "2026")))
    assert told["verdict"] == {
        "status": "partial",
        "support": 0.4,
        "scorer": "alignment",
        "findings": [{"check": "date", "said": "2025", "shown": "2026"}],
    }
    assert shape(Statement("It is so.", "agreed", (CITATION,)))["verdict"] is None


def test_the_terminal_tells_the_reason_under_the_statement(capsys: pytest.CaptureFixture[str]) -> None:
    from kb.records import Answer, Timings
    from ui.cli.commands.ask import print_answer

    answer = Answer("?", "en", "generative", (statement(Finding("date", "2025", "2026")),), None, Timings(1.0, 1.0, 2.0))
    print_answer(answer)
    out = capsys.readouterr().out
    assert "◐ It is not so." in out
    assert "the date “2025” is not in the quotes, which say “2026”" in out
