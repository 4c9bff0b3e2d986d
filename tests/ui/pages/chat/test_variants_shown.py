"""A story in three papers is shown as one, the other papers named: in the terminal and beside the answer, in each language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from lang.languages import LANGUAGES, Language
from tests.kb.make import base
from tests.kb.stories import PAPERS, STORY, three
from tests.support import PROJECT
from ui.cli.main import cli
from ui.components.i18n import strings

QUESTION = "How often do the gauges measure the water level?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with base(folder) as opened:
        opened.ingest_documents(three("en"))
    return folder


def said(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments), env={"SETU_HOME": str(home)})
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_names_the_other_papers_and_who_leads(home: Path) -> None:
    lines = said(home, "docs", "list").splitlines()
    named = {line.split()[-2]: after.strip() for line, after in zip(lines[::2], lines[1::2], strict=True)}
    assert named[PAPERS[2]] == f"The same story also in: {PAPERS[0]} (1) · {PAPERS[1]} (2)"
    assert named[PAPERS[0]] == f"The same story also in: {PAPERS[2]} (3) · {PAPERS[1]} (2) · 3 leads"
    assert f"The same story also in: {PAPERS[0]} (1) · {PAPERS[1]} (2)" in said(home, "docs", "show", "3")


def test_search_and_answer_show_the_statement_once_and_name_the_papers(home: Path) -> None:
    named = f"The same story also in: {PAPERS[0]} (1) · {PAPERS[1]} (2)"
    found = said(home, "search", QUESTION)
    assert found.count(STORY["en"][1]) == 1
    assert named in found
    answered = said(home, "ask", QUESTION)
    assert answered.count(STORY["en"][1]) == 1
    assert named in answered


def test_the_json_has_the_variants_of_hits_citations_and_documents(home: Path) -> None:
    hit = json.loads(said(home, "search", QUESTION, "--json"))["hits"][0]
    assert [(v["publisher"], v["document_id"], v["date"]) for v in hit["variants"]] == [
        (PAPERS[0], 1, "2025-03-12"),
        (PAPERS[1], 2, "2025-03-12"),
    ]
    cited = json.loads(said(home, "ask", QUESTION, "--json"))["statements"][0]["citations"][0]
    assert cited["variants"] == hit["variants"]
    listed = json.loads(said(home, "docs", "list", "--json"))
    assert {d["story"] for d in listed} == {3}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_panel_names_the_papers(home: Path, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_HOME", str(home))
    st.cache_resource.clear()
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["lang"] = language
    app.query_params["src"] = "3.1.0.20.1"
    app.run()
    st.cache_resource.clear()
    assert not app.exception
    drawn = "\n".join(str(element.proto.body) for element in app.get("html"))
    assert strings(language)("place.variants", names=f"{PAPERS[0]} · {PAPERS[1]}") in drawn
