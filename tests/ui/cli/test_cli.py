from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import regex

from tests.support import PROJECT
from tests.ui.conftest import MEMORANDUM, Setu
from ui.cli.main import cli

HIT_KEYS = {
    "rank", "score", "channels", "document", "source", "version", "kind", "language", "page", "page_label", "path", "start", "end", "text",
}  # fmt: skip
CITATION_KEYS = {"document", "source", "version", "page", "page_label", "path", "start", "end", "language", "quote", "status"}


def test_ctrl_c_before_a_command_listens_for_it_has_the_same_exit_status(monkeypatch: pytest.MonkeyPatch, fresh: Setu) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kb.KnowledgeBase.open", interrupted)
    result = fresh("docs", "list")
    assert result.exit_code == 130
    assert "Stopped." in result.stderr


def test_a_search_prints_the_agreed_json(setu: Setu, papers: Path) -> None:
    result = setu("search", "who pays for the tide gauges", "-k", "2", "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed["query"] == "who pays for the tide gauges"
    assert printed["language"] == "en"
    assert printed["ms"] > 0
    assert [hit["rank"] for hit in printed["hits"]] == [1, 2]
    for hit in printed["hits"]:
        assert hit.keys() >= HIT_KEYS
        assert {"dense", "lexical"} <= hit["channels"].keys()
    first = printed["hits"][0]
    assert first["source"] == str(papers / "memorandum.txt")
    assert first["kind"] == "agreement"
    assert first["version"] == 1
    assert isinstance(first["path"], list)
    assert "forty tide gauges" in first["text"]


def test_an_answer_prints_the_agreed_json_and_quotes_word_for_word(setu: Setu) -> None:
    result = setu("ask", "Who will bear the cost of the tide gauges?", "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed.keys() >= {"question", "language", "engine", "ms", "statements", "refusal"}
    assert printed["language"] == "en"
    assert printed["engine"] == "extractive"
    assert printed["refusal"] is None
    assert printed["ms"].keys() >= {"search", "answer", "total"}
    statement = printed["statements"][0]
    assert statement.keys() >= {"text", "standing", "status", "citations"}
    assert (statement["standing"], statement["status"]) == ("agreed", "verified")
    citation = statement["citations"][0]
    assert citation.keys() >= CITATION_KEYS
    ((start, end),) = statement["answering"]
    assert statement["text"][start:end] == "The Ministry of Tides will bear the cost of the forty tide gauges."
    assert printed["grade"] == "answers"
    assert citation["quote"] == statement["text"]
    assert " ".join(citation["quote"].split()) in " ".join(MEMORANDUM.split())
    assert citation["date"] == "2025-03-05"
    assert citation["end"] - citation["start"] == len(citation["quote"])


def test_an_answer_in_text_names_document_page_place_date_and_offsets(setu: Setu) -> None:
    result = setu("ask", "Who will bear the cost of the tide gauges?")
    assert result.exit_code == 0, result.output
    assert "The agreement says" in result.stdout
    assert "The Ministry of Tides will bear the cost of the forty tide gauges." in result.stdout
    assert regex.search(r"\[1\] MEMORANDUM.* · p\. 1 · Article 2.* · 5 March 2025 · characters \d+ to \d+ · ✓ verified", result.stdout)


def test_an_answer_is_labelled_in_the_language_of_the_question(setu: Setu) -> None:
    result = setu("ask", "प्रशिक्षण का ख़र्च कौन देगा?")
    assert result.exit_code == 0, result.output
    assert "प्रशिक्षण का ख़र्च मंत्रालय देगा।" in result.stdout
    assert "✓ सत्यापित" in result.stdout


def test_a_follow_up_is_understood_from_the_questions_before_it(setu: Setu) -> None:
    before = ["--after", "Who will bear the cost of the forty tide gauges?"]
    assert setu("ask", "And when was it signed?", *before).output.splitlines()[0].startswith("Understood as: And when was it signed? (")
    assert json.loads(setu("ask", "And when was it signed?", *before, "--json").stdout)["asked_as"].startswith("And when was it signed? (")
    assert json.loads(setu("ask", "And when was it signed?", "--json").stdout)["asked_as"] is None


def test_a_question_without_an_answer_is_refused_with_the_nearest_passages(setu: Setu) -> None:
    result = setu("ask", "How many elephants live on the moon Callisto?", "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed["statements"] == []
    assert printed["refusal"]["reason"] == "out_of_scope"
    assert printed["refusal"]["message"]
    assert all(hit.keys() >= HIT_KEYS for hit in printed["refusal"]["nearest"])


@pytest.mark.parametrize("question", ["", "   ", "🌊🌊", "tide " * 2000], ids=["empty", "spaces", "emoji", "10,000 characters"])
def test_a_question_that_is_none_gets_a_clear_message(setu: Setu, question: str) -> None:
    printed = json.loads(setu("ask", question, "--json").stdout)
    assert printed["refusal"]["reason"] == "bad_question"
    spoken = setu("ask", question)
    assert spoken.exit_code == 0
    assert printed["refusal"]["message"] in spoken.stdout
    assert "Traceback" not in spoken.output


def test_an_empty_knowledge_base_says_what_to_do(fresh: Setu) -> None:
    printed = json.loads(fresh("ask", "Who signed it?", "--json").stdout)
    assert printed["refusal"]["reason"] == "empty_knowledge_base"
    assert "setu ingest" in fresh("docs", "list").stdout


def test_filters_limit_a_search(setu: Setu) -> None:
    def kinds(*options: str) -> set[str]:
        return {hit["language"] for hit in json.loads(setu("search", "tide", "--json", *options).stdout)["hits"]}

    assert kinds() == {"en", "hi"}
    assert kinds("--language", "hi") == {"hi"}
    assert kinds("--to", "2025-03-06") == {"en"}
    assert kinds("--from", "2025-03-06", "--to", "2025-03-10") == {"hi"}


def test_dates_in_the_wrong_order_are_refused(setu: Setu) -> None:
    result = setu("search", "tide", "--from", "2025-03-06", "--to", "2025-03-01")
    assert result.exit_code == 2
    assert "no document can match" in result.stderr


def test_an_ingest_says_what_became_of_each_file(fresh: Setu, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text(MEMORANDUM, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    first = fresh("ingest", str(folder), "--json")
    assert first.exit_code == 1
    printed = json.loads(first.stdout)
    assert printed["added"] == [str(folder / "good.txt")]
    assert [r["file"] for r in printed["rejected"]] == [str(folder / "empty.txt")]
    assert printed["rejected"][0]["reason"]
    assert printed["rejected"][0]["remedy"]
    (folder / "empty.txt").unlink()
    again = fresh("ingest", str(folder), "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["unchanged"] == [str(folder / "good.txt")]
    (folder / "good.txt").write_text(MEMORANDUM.replace("forty", "fifty"), encoding="utf-8")
    changed = fresh("ingest", str(folder))
    assert "0 added, 1 updated, 0 unchanged, 0 rejected" in changed.stdout
    assert "fifty tide gauges" in fresh("ask", "Who will bear the cost of the tide gauges?").stdout


def test_a_path_that_is_not_there_is_rejected_with_a_remedy(fresh: Setu, tmp_path: Path) -> None:
    result = fresh("ingest", str(tmp_path / "nowhere.pdf"))
    assert result.exit_code == 1
    assert "nowhere.pdf" in result.stdout
    assert "Traceback" not in result.output


def test_extract_shows_pages_blocks_and_facts_without_an_index(fresh: Setu, papers: Path) -> None:
    result = fresh("extract", str(papers / "memorandum.txt"), "--json")
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)
    assert printed.keys() >= {"source", "kind", "language", "facts", "pages", "blocks"}
    assert (printed["kind"], printed["language"]) == ("agreement", "en")
    assert printed["facts"].keys() >= {"title", "dates", "parties"}
    assert printed["pages"][0].keys() >= {"number", "label", "method", "quality", "language", "text"}
    block = next(b for b in printed["blocks"] if "forty tide gauges" in b["text"])
    assert block.keys() >= {"page", "role", "path", "text"}
    assert block["path"][0].startswith("Article 2")
    assert not (fresh.home / "catalogue.sqlite").exists()


def test_extract_of_a_bad_file_is_one_line_and_status_2(fresh: Setu, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    result = fresh("extract", str(empty))
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert "empty.pdf" in result.stderr


def test_documents_are_listed_shown_and_deleted_after_asking(fresh: Setu, papers: Path) -> None:
    assert fresh("ingest", str(papers / "memorandum.txt")).exit_code == 0
    listed = json.loads(fresh("docs", "list", "--json").stdout)
    assert [d["date"] for d in listed] == ["2025-03-05"]
    number = str(listed[0]["id"])
    shown = fresh("docs", "show", number).stdout
    assert "Article 2" in shown
    assert "agreement · en · dated 2025-03-05" in shown
    assert json.loads(fresh("docs", "show", number, "--json").stdout)["outline"]
    refused = fresh("docs", "delete", number, typed="n\n")
    assert refused.exit_code == 1
    assert len(json.loads(fresh("docs", "list", "--json").stdout)) == 1
    assert fresh("docs", "delete", number, "--yes").exit_code == 0
    assert json.loads(fresh("docs", "list", "--json").stdout) == []
    assert json.loads(fresh("search", "tide gauges", "--json").stdout)["hits"] == []


def test_a_document_that_is_not_there_is_one_line_and_status_2(setu: Setu) -> None:
    for command in (("docs", "show", "999"), ("docs", "delete", "999", "--yes")):
        result = setu(*command)
        assert result.exit_code == 2
        assert result.stderr.startswith("setu: ")
        assert len(result.stderr.strip().splitlines()) == 1


def test_an_unknown_setting_is_named(setu: Setu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETU_COLOUR", "blue")
    result = setu("docs", "list")
    assert result.exit_code == 2
    assert "SETU_COLOUR" in result.stderr


def test_the_doctor_finds_a_sound_store_consistent(setu: Setu) -> None:
    result = setu("doctor", "--verify", "--json")
    printed = json.loads(result.stdout)
    outcomes = {check["name"]: check["outcome"] for check in printed["checks"]}
    assert printed["ok"] is True, printed
    assert result.exit_code == 0
    assert all(outcomes[name] == "ok" for name in ("python", "sqlite", "disk", "embedder", "vectors", "store")), outcomes
    assert {"tesseract", "fonts"} <= outcomes.keys()


def test_the_doctor_fails_on_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = Setu(tmp_path / "file" / "home")("doctor", "--json")
    printed = json.loads(result.stdout)
    assert result.exit_code == 1
    disk = next(check for check in printed["checks"] if check["name"] == "disk")
    assert disk["outcome"] == "failed"
    assert "SETU_HOME" in disk["remedy"]


def test_reindex_leaves_the_answers_as_they_were(fresh: Setu, papers: Path) -> None:
    fresh("ingest", str(papers / "memorandum.txt"))
    before = json.loads(fresh("ask", "Who will bear the cost of the tide gauges?", "--json").stdout)["statements"]
    assert fresh("reindex").exit_code == 0
    assert json.loads(fresh("ask", "Who will bear the cost of the tide gauges?", "--json").stdout)["statements"] == before


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str, setu: Setu) -> None:
    result = setu(name, "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"setu {name}" in result.stdout


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        yield from commands(below, *path, name)


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
def test_each_example_in_the_help_stands_on_a_line_of_its_own(path: tuple[str, ...], setu: Setu) -> None:
    lines = setu(*path, "--help").stdout.splitlines()
    assert not [line for line in lines if "\\b" in line]
    at = next(at for at, line in enumerate(lines) if line.strip() in ("Example:", "Examples:"))
    assert lines[at + 1].strip().startswith(" ".join(["setu", *path]))


def test_help_does_not_load_the_knowledge_base() -> None:
    heavy = ("kb", "numpy", "sqlalchemy", "chromadb", "streamlit", "rich")
    code = f"import sys, ui.cli.main; sys.exit(' '.join(m for m in {heavy} if m in sys.modules) or None)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_output_is_utf8_whatever_the_locale_says(stocked: Path) -> None:
    command = [sys.executable, "-m", "ui.cli.main", "docs", "list"]
    environment = {**os.environ, "SETU_HOME": str(stocked), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "प्रशिक्षण" in done.stdout.decode("utf-8")
