"""Tasks played through the real paths, what is recorded of them, and the figures over them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.tasks.official_tasks import OF_CORPUS, OF_SAMPLES, papers_of, report
from eval.tasks.task_checks import Output, Task, TasksError
from ingest.ocr.tesseract import INSTALL
from tests.eval.tasks.test_task_checks import ROW, task
from tests.support import shared

PACT = "Pact on gauges\n\nThe Ministry installs forty gauges along the river.\n\nIt lasts three years.\n"


def _file(folder: Path, *rows: dict[str, object]) -> Path:
    (folder / "papers").mkdir()
    (folder / "papers" / "pact.txt").write_text(PACT, encoding="utf-8")
    (folder / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder / "tasks.jsonl"


def test_a_small_set_is_played_recorded_and_scored_beside_its_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hello = {**ROW, "id": "b", "skill": "chat", "turns": ["How many gauges?", "Thanks a lot!"], "must": [], "cites": [], "shape": "chat"}
    wrong = {**ROW, "id": "c", "must": ["fifty"], "must_not": []}
    file = _file(tmp_path, ROW, hello, wrong)
    out, outputs = tmp_path / "out.json", tmp_path / "outputs.jsonl"
    home = ["--base", str(tmp_path / "papers"), "--home", str(tmp_path / "home")]
    assert main(["tasks", str(file), *home, "--json", str(out), "--outputs", str(outputs), "--failures"]) == 0
    printed = capsys.readouterr().out
    assert 'c lookup {"must": ["fifty"]}' in printed
    assert "skill chat" in printed
    found = json.loads(out.read_text(encoding="utf-8"))
    ours, passages = found["systems"]["setu"], found["systems"]["passages"]
    assert (ours["all"]["passed"], ours["skill"]["chat"]["pass"], ours["turns"]["1"]["pass"]) == (2, 1.0, 0.5)
    assert (passages["all"]["passed"], passages["skill"]["chat"]["pass"]) == (1, 0.0)
    assert found["crashed"] == 0
    assert [row["pass"] for row in found["per_task"]] == [True, True, False]
    rows = [json.loads(line) for line in outputs.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["kind"], row["citations"]) for row in rows] == [
        ("a", "lookup", ["pact.txt"]),
        ("b", "chat", []),
        ("c", "lookup", ["pact.txt"]),
    ]

    # Part of a set is no set that floors could be for.
    assert main(["tasks", str(file), *home, "--only", "chat", "--json", str(out)]) == 0
    part = json.loads(out.read_text(encoding="utf-8"))
    assert (part["tasks"], part["data"]["queries"]) == (1, found["data"]["queries"] + " of 1 tasks")
    capsys.readouterr()

    # The same outputs are scored again without asking, and one of them read.
    assert main(["tasks", str(file), "--recorded", str(outputs), "--show", "c"]) == 0
    shown = capsys.readouterr().out
    assert "> How many gauges?" in shown
    assert "forty gauges" in shown
    assert "Wanted: Forty." in shown
    assert 'It fails: {"must": ["fifty"]}.' in shown


def test_a_skill_that_fails_fails_its_task_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def thrown(question: str, *_: object) -> None:
        if "Boom" in question:
            raise RuntimeError("no such skill")

    monkeypatch.setattr("kb.answer.ask.chat", thrown)
    file, out = _file(tmp_path, {**ROW, "id": "b", "turns": ["How many gauges?", "Boom"]}, ROW), tmp_path / "out.json"
    assert main(["tasks", str(file), "--base", str(tmp_path / "papers"), "--json", str(out)]) == 0
    assert "b failed" in capsys.readouterr().err
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["crashed"], [row["pass"] for row in found["per_task"]]) == (1, [False, True])


def test_figures_and_intervals_are_those_worked_by_hand() -> None:
    tasks: list[Task] = [task(id=str(at), language="en" if at < 2 else "mr", turns=["?"] * (1 + at % 2)) for at in range(4)]
    good, bad = Output("", "forty gauges", citations=("pact.txt",)), Output("", "forty gauges")
    systems = {"setu": {"0": good, "1": good, "2": good, "3": bad}, "passages": {"0": good, "1": bad, "2": bad}}
    found = report(tasks, systems, {"0": 1.0, "1": 2.0, "2": 3.0, "3": 4.0})
    ours = found["systems"]["setu"]
    assert ours["all"] == {"tasks": 4, "passed": 3, "pass": 0.75, "must": 1.0, "must_not": 1.0, "cites": 0.75, "shape": 1.0}
    assert (ours["language"]["mr"]["pass"], ours["turns"]["1"]["pass"], ours["turns"]["2+"]["pass"]) == (0.5, 1.0, 0.5)
    assert found["systems"]["passages"]["all"]["must"] == 0.75  # one has no output
    assert found["seconds"]["lookup"]["p50"] == 2.5
    low, high = ours["interval"]
    assert 0.0 <= low < 0.75 < high <= 1.0
    assert found["systems"]["passages"]["ahead"][0] < 0.5 < found["systems"]["passages"]["ahead"][1]


@pytest.mark.parametrize("argv", [["missing.jsonl"], ["tasks.jsonl", "--only", "nobody"], ["tasks.jsonl", "--base", "nowhere"]])
def test_what_cannot_be_used_is_said(argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    _file(tmp_path, ROW)
    monkeypatch.chdir(tmp_path)
    assert main(["tasks", *argv, "--home", str(tmp_path / "home")]) == 1
    assert capsys.readouterr().err.strip()


def test_a_paper_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TasksError, match=r"pudhari-mlit-thane\.txt"):
        papers_of(tmp_path / "shared" / "benchmarks" / "tasks-dev" / "tasks.jsonl", None)


@pytest.mark.shared
def test_the_development_tasks_are_about_sixteen_papers() -> None:
    papers = papers_of(shared("benchmarks", "tasks-dev", "tasks.jsonl"), None)
    assert len({path.name for path in papers}) == len(OF_SAMPLES) + len(OF_CORPUS) == 16


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(shutil.which("tesseract") is None, reason=f"six tasks are answered by a scan only; {INSTALL}")
def test_the_development_tasks_stay_above_their_floors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "tasks-dev.json"
    assert main(["tasks", str(shared("benchmarks", "tasks-dev", "tasks.jsonl")), "--json", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["crashed"] == 0, capsys.readouterr().err
    capsys.readouterr()
    assert main(["gate", str(out)]) == 0, capsys.readouterr().err
