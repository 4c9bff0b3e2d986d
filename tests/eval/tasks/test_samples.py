"""The small set: saved with what made it, and stopped with who started it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eval.datasets.splits import digest_of_files
from eval.report.plots import amounts
from eval.report.saved_runs import read_run
from eval.tasks import samples
from eval.tasks.answers import EvaluationError
from kb import Settings
from tests.support import PROJECT

pytestmark = pytest.mark.skipif(not samples.DOCUMENTS.is_dir(), reason="the sample papers are not here")


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SETU_HOME": str(home), "SETU_RECENCY_WEIGHT": "0.25"}


def test_a_run_of_a_few_papers_asks_them_under_the_settings_in_force_and_leaves_the_office_s_own_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents, scratch = tmp_path / "documents", tmp_path / "scratch"
    for folder in (documents, scratch):
        folder.mkdir()
    for name in ("sagartat-samachar.txt", "lahargad-ledger.html"):
        shutil.copy(samples.DOCUMENTS / name, documents)
    monkeypatch.setattr(samples, "DOCUMENTS", documents)
    told: list[tuple[str, int, int]] = []
    settings = Settings.load(home=tmp_path / "home", recency_weight=0.25)
    run = samples.measured(settings, scratch, limit=3, tell=lambda *step: told.append(step))
    assert told[0] == ("read", 0, 0)
    assert [step for step in told if step[0] == "ask"] == [("ask", done, 3) for done in (0, 1, 2, 3)]
    assert run["questions"] == 3
    assert (run["made"]["set"], run["made"]["settings"]["recency_weight"]) == ("samples", 0.25)
    assert run["data"]["corpus"] == digest_of_files(sorted(documents.iterdir()))
    assert (scratch / "catalogue.sqlite").exists()
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_a_run_says_when_it_was_made_and_under_which_settings_and_tells_how_far_it_is(tmp_path: Path) -> None:
    out = tmp_path / "home" / "evaluations" / "first.json"
    command = [sys.executable, "-m", "eval", "samples", "--json", str(out), "--limit", "3", "--steps"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=environment(tmp_path / "home"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        steps = [json.loads(line) for line in child.stdout]
        assert child.wait(timeout=120) == 0
    assert steps[0] == {"stage": "read", "done": 0, "total": 0}
    assert [(step["done"], step["total"]) for step in steps if step["stage"] == "ask"] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    saved = read_run(out)
    assert (saved.kind, saved.run["questions"]) == ("answers", 3)
    assert saved.run["made"]["set"] == "samples"
    assert saved.run["made"]["settings"]["recency_weight"] == 0.25
    assert saved.run["made"]["at"].endswith("+00:00")
    assert saved.run["data"]["queries"].endswith(" first 3")
    assert list(out.parent.iterdir()) == [out]  # no draft is left
    assert not (tmp_path / "home" / "catalogue.sqlite").exists()  # the papers of the office were not touched


@pytest.mark.slow
def test_a_run_stops_when_who_started_it_is_gone_and_saves_nothing(tmp_path: Path) -> None:
    """Also where interrupts are ignored, as in what runs in the background."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    out = tmp_path / "stopped.json"
    ignoring = ("sh", "-c", """trap '' INT; exec "$@" """, "sh")
    command = [*ignoring, sys.executable, "-m", "eval", "samples", "--json", str(out), "--steps"]
    with subprocess.Popen(
        command, cwd=PROJECT, env={**environment(tmp_path / "home"), "TMPDIR": str(scratch)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdin is not None
        for line in child.stdout:
            if json.loads(line)["stage"] == "ask":
                child.stdin.close()
                break
        assert child.wait(timeout=60) == 130
    assert not out.exists()
    assert list(scratch.glob("setu-*")) == []


def test_where_no_language_model_is_set_none_can_be_measured(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="SETU_LLM"):
        samples.measured(Settings.load(home=tmp_path), tmp_path / "scratch", engine="generative", tell=lambda *_: None)


def test_passwords_do_not_stand_in_a_run(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path, llm="http://asha:geheim@127.0.0.1:9/v1#model", llm_key="sk-secret")
    assert "geheim" not in json.dumps(samples.made(settings))
    assert "sk-secret" not in json.dumps(samples.made(settings))


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(83.0, ["0", "25", "50", "75", "100"]), (400.0, ["0", "100", "200", "300", "400"]), (0.0, ["0", "1", "2", "3", "4"])],
)
def test_an_axis_of_amounts_ends_on_a_round_number_that_is_not_less(most: float, ticks: list[str]) -> None:
    drawn = amounts("ms", [("mr", [most / 2, most])], ["p50", "p95"])
    labels = [part.split("<")[0] for part in drawn.split('text-anchor="middle">')[1:]]
    assert labels == ticks
