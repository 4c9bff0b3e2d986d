"""A module survives being written down, without anything that is derived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from kb.records import Citation, Finding, Verdict
from tests.training.modules import MODULES
from training.errors import DamagedModuleError
from training.module_store import read_module, write_module
from training.records import Line, Module, Request

CITED = Citation(1, "Memorandum", "/m.pdf", 1, "agreement", None, 1, "1", ("Article 1",), 10, 28, "en", "It lasts 5 years.", "verified")
MODULE = Module("m", "t", Request("term", ("en",)), datetime(2026, 1, 2, 3, 4), ())


@given(MODULES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_module_is_read_as_it_was_written(module: Module) -> None:
    assert read_module(write_module(module)) == module


def test_no_status_is_written_down_and_none_is_believed() -> None:
    module = replace(MODULE, objectives=(Line("a", "It lasts 5 years.", (CITED,)),))
    assert module.objectives[0].status == "verified"
    body = write_module(module)
    assert '"status"' not in body
    assert read_module(body).objectives[0].status == "unsupported"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"format": 1, "module": {"id": 3}}', '{"format": 99, "module": {}}', "null"])
def test_what_is_no_module_is_refused_in_words(body: str) -> None:
    with pytest.raises(DamagedModuleError, match=r"(?:Make it again|make the module again)"):
        read_module(body)


def test_a_quote_that_is_not_the_cited_words_is_unsupported() -> None:
    assert Line("a", "It lasts 5 years.", (CITED,)).status == "verified"
    assert Line("a", "It lasts 6 years.", (CITED,)).status == "unsupported"
    assert Line("a", "It lasts 5 years.", ()).status == "unsupported"


def test_a_phrase_of_ours_must_hold_the_cited_words() -> None:
    assert Line("a", "Say what “It lasts 5 years.” means.", (CITED,), "phrase").status == "verified"
    assert Line("a", "Say what it means.", (CITED,), "phrase").status == "partial"


def test_an_edited_line_is_worth_what_its_verdict_says_and_nothing_without_one() -> None:
    line = Line("a", "It lasts six years.", (CITED,), "edited")
    assert line.status == "unsupported"
    assert replace(line, verdict=Verdict("verified", 0.9)).status == "verified"
    found = Verdict("unsupported", 0.9, (Finding("number", "six", "5"),))
    assert replace(line, verdict=found).status == "unsupported"


def test_the_json_names_the_parts() -> None:
    module = json.loads(write_module(MODULE))["module"]
    assert {"objectives", "briefing", "plan", "slides", "handout", "quiz", "case", "glossary", "reading"} <= set(module)
