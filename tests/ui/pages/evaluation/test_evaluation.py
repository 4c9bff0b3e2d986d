"""Saved runs of the evaluation: kept, drawn, compared; and the process that makes one."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from eval.metrics.answer_quality import AskedQuestion, Outcome, Question, whole
from eval.metrics.comparison import CompareError
from lang.languages import LANGUAGES, Language
from tests.ui.jobs.test_runner import settled
from ui.components.i18n import strings
from ui.jobs import evaluation_runs
from ui.jobs.evaluation_runs import Measuring, RunError, Saved, work_of
from ui.jobs.runner import Jobs
from ui.pages.evaluation.evaluation_page import BROKEN
from ui.pages.evaluation.run_reports import MEASURES, against, figures, parts

AT = datetime(2026, 2, 18, 9, 30, tzinfo=UTC)


def answers(found: int, *, quote: str = "The port pays.", corpus: str = "c1") -> dict[str, Any]:
    """A run over ten Marathi questions of which ``found`` are answered in the first quote, and one Hindi one that is rightly refused."""
    asked = [
        AskedQuestion(
            Question(f"q{n}", f"कोण देणार {n}?", "mr", ("port",), frozenset({"a.pdf"}), answerable=True),
            Outcome((quote if n < found else "nothing",), ("a.pdf",), refused=False, language="mr", ms=10.0 + n, statuses=("verified",)),
            {"verifier": ()},
        )
        for n in range(10)
    ]
    silent = Question("h1", "मौसम?", "hi", (), frozenset(), answerable=False)
    asked.append(AskedQuestion(silent, Outcome((), (), refused=True, language="hi", ms=5.0), {"verifier": ()}))
    return {**whole(asked, "extractive"), "models": [], "data": {"corpus": corpus, "queries": "q1"}}


RETRIEVAL = {
    "sets": [
        {
            "name": "port",
            "documents": 3,
            "queries": 2,
            "systems": {"fused": {"ndcg@10": 0.75, "hit@5": 1.0, "mrr@10": 0.5, "recall@100": 1.0}},
            "per_query": {"fused": {"q1": 1.0, "q2": 0.5}},
        }
    ]
}
VERIFICATION = {
    "reliability": {"verifier": [{"low": 0.0, "high": 0.1, "score": 0.05, "supported": 0.125, "count": 8}]},
    "systems": {"verifier": {"auroc": 0.8, "low": 0.75, "high": 0.85, "calibration_error": 0.045}},
}


def saved(run: dict[str, Any], name: str = "new") -> Saved:
    return evaluation_runs.parse(name, json.dumps(run).encode(), AT)


def put(home: Path, name: str, run: dict[str, Any]) -> None:
    folder = evaluation_runs.folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")


def test_a_run_is_kept_under_its_name_or_one_with_a_number(tmp_path: Path) -> None:
    data = json.dumps(answers(5)).encode()
    assert [evaluation_runs.keep(tmp_path, "पहिली चाचणी.json", data).name for _ in range(3)] == [
        "पहिली चाचणी",
        "पहिली चाचणी 2",
        "पहिली चाचणी 3",
    ]
    assert evaluation_runs.keep(tmp_path, "../../etc/passwd.json", data).name == "passwd"
    assert evaluation_runs.keep(tmp_path, "...", data).name == "run"
    assert len(evaluation_runs.saved(tmp_path)) == 5
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / "evaluations"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"{", "json"), (b"\xff\xfe", "json"), (b"[1]", "object"), (b"{}", "object"), (b'{"a": NaN}', "json"), (b"[" * 100_000, "json")],
)  # fmt: skip
def test_what_is_no_run_is_not_kept(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(RunError) as refused:
        evaluation_runs.keep(tmp_path, "a.json", data)
    assert refused.value.reason == reason
    assert not evaluation_runs.folder(tmp_path).exists()


def test_a_file_that_is_too_large_is_neither_kept_nor_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "large", answers(5))
    monkeypatch.setattr(evaluation_runs, "MAX_BYTES", 100)
    with pytest.raises(RunError) as refused:
        evaluation_runs.keep(tmp_path, "a.json", b" " * 101)
    assert refused.value.reason == "large"
    assert evaluation_runs.saved(tmp_path) == ()


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".hidden", "a/b", "a\0b"])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.json").write_text('{"a": 1}', encoding="utf-8")
    evaluation_runs.folder(tmp_path).mkdir()
    with pytest.raises(RunError):
        evaluation_runs.load(tmp_path, name)
    assert not evaluation_runs.delete(tmp_path, name)
    assert (tmp_path / "secret.json").exists()


def test_runs_are_listed_the_newest_first_by_when_they_were_made_and_other_files_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "b", answers(5) | {"made": {"at": "2026-02-18T10:00:00+05:30", "version": "0.1.0"}})
    put(tmp_path, "a", answers(5) | {"made": {"at": "2026-02-18T10:00:00+00:00"}})
    put(tmp_path, "half", answers(5))
    (evaluation_runs.folder(tmp_path) / "half.json").write_text("{", encoding="utf-8")
    found = evaluation_runs.saved(tmp_path)
    assert [(one.name, one.at.hour, one.version) for one in found] == [("a", 10, ""), ("b", 4, "0.1.0")]


def test_a_run_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    put(tmp_path, "a", answers(5))
    assert evaluation_runs.load(tmp_path, "a").run["answer_in_quote"]["@1"] == 0.5
    put(tmp_path, "a", answers(6))
    os.utime(evaluation_runs.folder(tmp_path) / "a.json", ns=(1, time.time_ns() + 10**9))
    assert evaluation_runs.load(tmp_path, "a").run["answer_in_quote"]["@1"] == 0.6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_of_answers_has_tables_per_language_and_plots_in_the_language_of_the_page(language: Language) -> None:
    words = strings(language)
    drawn = parts(saved(answers(7)), words)
    assert [part.heading for part in drawn][1:] == [words(f"evaluation.part.{name}") for name in ("found", "cited", "refused", "ms")]
    found = drawn[1]
    assert f'<th scope="row">{words("language.mr")}</th><td>10</td><td>0.700</td>' in found.tables
    assert f'<tr class="all"><th scope="row">{words("evaluation.all")}</th><td>11</td>' in found.tables
    assert all(len(part.plots) == 1 and 'role="img"' in part.plots[0] for part in drawn[1:])
    assert words("language.hi") in drawn[3].plots[0]


def test_runs_of_other_commands_are_drawn_too() -> None:
    words = strings("en")
    assert "0.750" in parts(saved(RETRIEVAL), words)[1].tables
    drawn = parts(saved(VERIFICATION), words)
    assert "0.800" in drawn[1].tables
    assert "0.05, 0.12 (8)" in drawn[2].plots[0] or "0.05, 0.13 (8)" in drawn[2].plots[0]
    other = parts(saved({"splits": {"all": {"f1": 0.5}}, "note": "x"}), words)[1]
    assert '<th scope="row">splits › all › f1</th><td>0.5</td>' in other.tables


def test_names_in_a_file_are_text_and_never_markup() -> None:
    bad = "<script>alert(1)</script>"
    run = {"sets": [RETRIEVAL["sets"][0] | {"name": bad, "systems": {bad: {"ndcg@10": 0.5}}}]}
    for one in (saved(run), saved({bad: 1.5}), saved(answers(5) | {"made": {"version": bad, "settings": {bad: bad}}})):
        for part in parts(one, strings("en")):
            assert "<script" not in part.tables + "".join(part.plots)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data())
def test_whatever_stands_in_a_file_it_is_drawn_or_refused_in_order(data: some.DataObject) -> None:
    """One value of a run is replaced by anything that JSON can hold."""
    anything = some.recursive(
        some.none() | some.booleans() | some.floats(allow_nan=False) | some.text(max_size=5),
        lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    )
    run = data.draw(some.sampled_from([answers(5), RETRIEVAL, VERIFICATION]))
    run = json.loads(json.dumps(run))
    node = run
    for _ in range(data.draw(some.integers(0, 3))):
        below = [value for value in (node.values() if isinstance(node, dict) else node) if isinstance(value, dict | list) and value]
        if below:
            node = data.draw(some.sampled_from(below))
    key = data.draw(some.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(anything)
    for one in (lambda: parts(saved(run), strings("en")), lambda: against(saved(run), saved(run), strings("en"), with_questions=True)):
        try:
            one()
        except (RunError, CompareError, *BROKEN):
            continue


def test_two_runs_stand_side_by_side_with_what_differs() -> None:
    words = strings("en")
    differs, by_language, questions = against(saved(answers(10)), saved(answers(5), "old"), words, with_questions=True)
    assert '<th scope="row">first quote</th><td>10</td><td>0.500</td><td>1.000</td><td>+0.500</td>' in differs.tables
    assert '<strong class="setu-good">better</strong>' in differs.tables
    assert "Marathi: first 2 quotes" in by_language.tables
    assert "5 questions came out better" in questions.tables
    assert "0 questions came out worse" in questions.tables
    assert "The port pays." in questions.tables


def test_questions_and_quotes_are_only_for_those_who_may_see_every_document() -> None:
    drawn = against(saved(answers(10)), saved(answers(5), "old"), strings("en"), with_questions=False)
    assert "The port pays." not in "".join(part.tables for part in drawn)
    assert "कोण देणार" not in "".join(part.tables for part in drawn)


@pytest.mark.parametrize(
    ("new", "old"),
    [(answers(5), RETRIEVAL), (answers(5), answers(5, corpus="c2")), (RETRIEVAL, {"sets": [RETRIEVAL["sets"][0] | {"name": "other"}]})],
    ids=["other command", "other documents", "other set"],
)
def test_runs_that_cannot_be_compared_say_why(new: dict[str, Any], old: dict[str, Any]) -> None:
    with pytest.raises(CompareError):
        against(saved(new), saved(old, "old"), strings("en"), with_questions=True)


def test_every_measure_that_is_compared_has_a_name() -> None:
    from eval.report.paired_answers import MEASURES as COMPARED

    assert MEASURES.keys() == COMPARED.keys()


def test_figures_of_single_questions_are_left_out() -> None:
    assert figures({"a": {"b": 1, "per_query": {"q": 1.0}}, "per_question": [{"ms": 1}], "made": {"x": 1}}) == [("a › b", 1.0)]


def _child(text: str):
    return lambda out, engine: [sys.executable, "-c", text, str(out), engine]


STEPS = 'import json, sys\nprint("noise")\nprint(json.dumps({"stage": "ask", "done": 1, "total": 4}), flush=True)\n'


def test_a_run_tells_how_far_it_is_and_is_stopped(tmp_path: Path) -> None:
    jobs = Jobs[Measuring]("evaluation")
    key = jobs.start("", Measuring(), work_of(tmp_path, "first", "extractive", _child(STEPS + "sys.stdin.read(); sys.exit(130)")))
    for _ in range(600):
        if (job := jobs.get(key, "")) is not None and job.progress.stage == "ask":
            break
        time.sleep(0.1)
    assert job is not None
    assert job.progress == Measuring("ask", 1, 4)
    assert job.progress.share == pytest.approx(0.15 + 0.85 / 4)
    jobs.cancel(key, "")
    assert settled(jobs, key).state == "cancelled"


def test_a_run_that_ends_well_is_done_and_one_that_fails_says_why(tmp_path: Path) -> None:
    jobs = Jobs[Measuring]("evaluation")
    good = _child(STEPS + "open(sys.argv[1], 'w').write('{}')")
    done = settled(jobs, jobs.start("", Measuring(), work_of(tmp_path, "good", "extractive", good)))
    assert (done.state, done.made) == ("done", "good")
    assert (tmp_path / "evaluations" / "good.json").exists()
    bad = _child("import sys; sys.stderr.write('first\\nNo language model is set.\\n'); sys.exit(1)")
    failed = settled(jobs, jobs.start("", Measuring(), work_of(tmp_path, "bad", "extractive", bad)))
    assert (failed.state, str(failed.trouble)) == ("failed", "No language model is set.")


def test_a_process_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    jobs = Jobs[Measuring]("evaluation")
    work = work_of(tmp_path, "none", "extractive", lambda _out, _engine: [str(tmp_path / "missing")])
    assert isinstance(settled(jobs, jobs.start("", Measuring(), work)).trouble, FileNotFoundError)


def test_a_process_that_does_not_stop_when_asked_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation_runs, "PATIENCE_S", 0.5)
    mark = tmp_path / "pid"
    stuck = _child(f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(300)")
    jobs = Jobs[Measuring]("evaluation")
    key = jobs.start("", Measuring(), work_of(tmp_path, "stuck", "extractive", stuck))
    while not mark.exists() or not mark.read_text():
        time.sleep(0.05)
    jobs.cancel(key, "")
    assert settled(jobs, key).state == "cancelled"
    assert not Path(f"/proc/{mark.read_text()}").exists()
