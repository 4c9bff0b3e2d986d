"""Whole answers timed in a base that is filled up with synthetic papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.speed.latency import Timed, summary
from kb import KnowledgeBase, Settings
from tests.eval.speed.test_scale import small_set  # noqa: F401 - a fixture
from tests.eval.tasks.test_task_checks import ROW


def test_figures_are_of_all_answers_and_of_what_was_done() -> None:
    found = summary([Timed("lookup", 0.1, 0.05), Timed("table", 3.0, 1.0), Timed("lookup", 0.3, 0.1)])
    assert list(found) == ["all", "lookup", "table"]
    assert (found["all"]["answers"], found["all"]["clock p50"], found["all"]["clock most"]) == (3, 0.3, 3.0)
    assert (found["lookup"]["clock p50"], found["lookup"]["processor p95"]) == (0.2, pytest.approx(0.0975, abs=1e-3))


def test_every_message_is_timed_in_a_base_of_the_size_that_was_asked_for(small_set: Path, tmp_path: Path) -> None:  # noqa: F811
    papers, file, home, out = (tmp_path / name for name in ("papers", "tasks.jsonl", "home", "out.json"))
    papers.mkdir()
    (papers / "pact.txt").write_text("Pact on gauges\n\nThe Ministry installs forty gauges along the river.\n", encoding="utf-8")
    rows = [ROW, {**ROW, "id": "b", "turns": ["How many gauges?", "Thanks a lot!"]}]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for size in (200, 230):  # the second time the base is gone on with
        argv = [str(file), str(small_set), "--base", str(papers), "--home", str(home), "--json", str(out), "--passages", str(size)]
        assert main(["latency", *argv]) == 0
        found = json.loads(out.read_text(encoding="utf-8"))
        assert found["passages"] == size
        assert {name: row["answers"] for name, row in found["seconds"].items()} == {"all": 3, "chat": 1, "lookup": 2}
        assert all(0 <= row["clock p50"] <= row["clock p95"] <= row["clock most"] for row in found["seconds"].values())
        with KnowledgeBase.open(Settings.load(home=home)) as kb:
            assert sum(info.chunks for info in kb.documents()) == size
            assert "forty gauges" in kb.answer("How many gauges does the Ministry install?").statements[0].text


@pytest.mark.parametrize("argv", [["missing.jsonl"], ["tasks.jsonl", "--passages", "few"], ["tasks.jsonl", "nowhere"]])
def test_what_cannot_be_used_is_said(argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "tasks.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (tmp_path / "pact.txt").write_text("Pact on gauges", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["latency", *argv, "--base", str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip()
