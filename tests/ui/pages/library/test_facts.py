"""``setu docs show`` and ``setu docs correct``: what is known of a document, and how a person corrects it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tests.ui.conftest import MEMORANDUM, Setu
from ui.cli.main import cli
from ui.components.i18n import strings
from ui.pages.library.fact_corrections import shown

NEWER = """MEMORANDUM OF COOPERATION between the Port of Ottermouth and the Ministry of Tides on Flood Warnings

Article 1 Earlier memorandum
This Memorandum supersedes the Memorandum of Cooperation signed on 5 March 2025.

Signed at Ottermouth on 8 April 2026.
"""


OLD, NEW = "1", "2"
"""The numbers that the two papers get."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Setu:
    """A home with a memorandum and the one that supersedes it. A test that corrects takes it back."""
    folder, home = tmp_path_factory.mktemp("papers"), tmp_path_factory.mktemp("home")
    (folder / "a.txt").write_text(MEMORANDUM, encoding="utf-8")
    (folder / "b.txt").write_text(NEWER, encoding="utf-8")
    result = CliRunner().invoke(cli, ["ingest", str(folder)], env={"SETU_HOME": str(home)})
    assert result.exit_code == 0, result.output
    return Setu(home)


def _facts(office: Setu, number: str, field: str) -> list[dict[str, Any]]:
    return [f for f in json.loads(office("docs", "show", number, "--json").stdout)["facts"] if f["field"] == field]


def test_every_fact_is_shown_with_the_place_where_it_stands(office: Setu) -> None:
    (signed,) = _facts(office, OLD, "signed")
    assert (signed["value"], signed["page_label"], signed["origin"], signed["corrected"]) == ("2025-03-05", "1", "text", False)
    assert MEMORANDUM.replace("\n\n", "\n")[signed["start"] : signed["end"]] == signed["text"] == "5 March 2025"
    assert [f["value"] for f in _facts(office, OLD, "parties")] == ["Port of Ottermouth", "Ministry of Tides"]
    shown = office("docs", "show", OLD).stdout
    assert "  signed        2025-03-05  [p. 1 · Article 2 Costs]" in shown
    assert "  parties       Ministry of Tides  [p. 1]" in shown


def test_a_superseded_document_is_shown_as_such_with_the_one_that_supersedes_it(office: Setu) -> None:
    (by,) = _facts(office, OLD, "superseded_by")
    assert (by["document_id"], by["origin"]) == (int(NEW), "document")
    assert f"on Flood Warnings (document {NEW})  [it says so on p. 1 · Article 1 Earlier memorandum]" in office("docs", "show", OLD).stdout
    (relation,) = _facts(office, NEW, "relations")
    assert (relation["value"], relation["document_id"]) == ("supersedes: Memorandum of Cooperation | 2025-03-05", int(OLD))


def test_a_correction_is_said_listed_and_taken_back(office: Setu) -> None:
    made = office("docs", "correct", OLD, "signed", "१२ मार्च २०२५")
    assert made.exit_code == 0, made.output
    assert "  signed        2025-03-12  [corrected 20" in made.stdout
    assert "read: 2025-03-05]" in made.stdout
    listed = json.loads(office("docs", "list", "--json").stdout)
    assert [d["date"] for d in listed if str(d["id"]) == OLD] == ["2025-03-12"]
    back = json.loads(office("docs", "correct", OLD, "--clear", "signed", "--json").stdout)
    assert back["date"] == "2025-03-05"
    assert [(f["value"], f["corrected"], f["changed"]) for f in back["facts"]] == [("2025-03-05", False, None)]


def test_none_says_that_there_is_no_such_fact(office: Setu) -> None:
    printed = json.loads(office("docs", "correct", OLD, "parties", "none", "--json").stdout)
    (fact,) = printed["facts"]
    assert (fact["value"], fact["corrected"], fact["extracted"]) == ("none", True, "Port of Ottermouth; Ministry of Tides")
    assert fact["changed"].startswith("20")
    assert office("docs", "correct", OLD, "--clear", "parties").exit_code == 0


def test_a_corrected_kind_changes_what_the_answer_says_it_rests_on(office: Setu) -> None:
    office("docs", "correct", OLD, "kind", "news")
    answer = json.loads(office("ask", "Who will bear the cost of the forty tide gauges?", "--json").stdout)
    office("docs", "correct", OLD, "--clear", "kind")
    assert [(s["standing"], s["citations"][0]["kind"]) for s in answer["statements"]][:1] == [("reported", "news")]


def test_what_cannot_be_corrected_is_refused_saying_what_to_do(office: Setu) -> None:
    complaints = {
        ("signed", "tomorrow"): "“tomorrow” cannot be the signed date: it must be one date, such as 2025-03-12",
        ("colour", "red"): "There is no fact “colour”. What can be corrected: kind, form, title",
        ("title", "none"): "--clear title",
        ("--clear", "kind"): "is not corrected, so there is nothing to take back",
        ("--clear", "colour"): "There is no fact “colour”",
        ("signed",): "Give FIELD and VALUE",
        ("signed", "2025-03-05", "--clear", "signed"): "not both",
    }
    before = office("docs", "list", "--json").stdout
    for arguments, complaint in complaints.items():
        result = office("docs", "correct", OLD, *arguments)
        assert result.exit_code == 2, arguments
        assert complaint in result.stderr
        assert "Traceback" not in result.output
    assert office("docs", "list", "--json").stdout == before


def test_a_document_that_is_not_there_cannot_be_corrected(office: Setu) -> None:
    result = office("docs", "correct", "999", "kind", "news")
    assert result.exit_code == 2
    assert result.stderr == "setu: There is no document 999. `setu docs list` shows which there are.\n"


def test_the_help_names_every_fact_that_can_be_corrected(office: Setu) -> None:
    from kb.store.facts.fact_corrections import FIELDS

    shown = office("docs", "correct", "--help").stdout
    assert "Example" in shown
    assert [field for field in FIELDS if field not in shown] == []


def test_values_that_are_not_names_are_told_in_the_words_of_the_page() -> None:
    hindi, japanese = strings("hi"), strings("ja")
    assert shown("term", "3 years", japanese) == "3年"
    assert shown("renewal", "by agreement, for 3 years", japanese) == "合意により更新 · 3年"
    assert shown("notice", "6 months", hindi) == "6 माह"
    assert shown("in_force", "on publication", hindi) == "प्रकाशन की तिथि से"
    assert shown("relations", "based on: Letter of Intent | 2025-01-09", hindi) == "इस पर आधारित: Letter of Intent | 2025-01-09"
    assert shown("term", "until further notice", japanese) == "until further notice"
