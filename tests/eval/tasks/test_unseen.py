"""Sets of papers and questions by strangers: what is right, what is counted, and the floors of the development set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.tasks.unseen_papers import Question, Shown, UnseenError, figures, read_set, right
from tests.support import shared

ROW = {
    "id": "a",
    "question": "How many gauges?",
    "language": "en",
    "type": "when_howmuch",
    "answerable": True,
    "keys": ["forty|४०"],
    "docs": [],
}


def _question(**changes: object) -> Question:
    made = {
        "id": "a",
        "text": "?",
        "language": "en",
        "type": "list",
        "across": False,
        "answerable": True,
        "keys": ("forty|४०", "May"),
        "every": True,
    }
    return Question(**{**made, **changes})  # type: ignore[arg-type]


def test_every_key_must_stand_in_what_is_looked_at_or_one_of_its_alternatives() -> None:
    both = Shown(("There are ４０ gauges.", "They came in “MAY”."))
    assert not right(_question(), both, 1)
    assert not right(_question(), both, 2)  # 40 is not among the alternatives
    assert right(_question(), Shown(("FOR TY gauges in May",)), 1)  # spaces and case do not count
    assert right(_question(), Shown(("४० gauges", "in May")), 2)
    assert right(_question(every=False), both, None)
    assert not right(_question(), Shown(("forty in May",), silent=True), None)


def test_of_the_first_two_statements_what_lies_beyond_the_room_does_not_count() -> None:
    assert not right(_question(), Shown(("x" * 1200 + " forty in May",)), 2)
    assert right(_question(), Shown(("x" * 1200 + " forty in May",)), None)


def test_the_shares_are_those_worked_by_hand() -> None:
    questions = [_question(), _question(id="b"), _question(id="c", answerable=False, keys=()), _question(id="d", answerable=False, keys=())]
    shown = {"a": Shown(("no", "forty in May")), "b": Shown((), silent=True), "c": Shown(("near",), unsure=True), "d": Shown(("wrong",))}
    found = figures(questions, shown)
    assert (found["first"], found["first_two"], found["shown"], found["refused"], found["near_refused"]) == (0.0, 0.5, 0.5, 0.5, 0.5)
    assert found["characters"] == pytest.approx((14 + 4 + 5) / 3, abs=0.05)


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', "[]"])
def test_a_line_that_is_no_question_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "questions.jsonl").write_text(json.dumps(ROW) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UnseenError, match="line 2"):
        read_set(tmp_path)


def test_a_folder_without_questions_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unseen", str(tmp_path)]) == 1
    assert "questions.jsonl" in capsys.readouterr().err


def test_a_small_set_is_asked_beside_its_baselines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "pact.txt").write_text(
        "Pact on gauges\n\nThe Ministry installs forty gauges along the river.\n\nIt lasts three years.\n", "utf-8"
    )
    rows = [ROW, {**ROW, "id": "b", "question": "And how long does it last?", "after": "How many gauges?", "keys": ["three years"]}]
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    out, answers = tmp_path / "out.json", tmp_path / "answers.jsonl"
    assert main(["unseen", str(tmp_path), "--json", str(out), "--answers", str(answers)]) == 0
    report = json.loads(out.read_text(encoding="utf-8"))
    assert {name: system["all"]["first_two"] for name, system in report["systems"].items()} == {
        "setu": 1.0,
        "windows": 1.0,
        "passages": 1.0,
    }
    assert [json.loads(line)["id"] for line in answers.read_text(encoding="utf-8").splitlines()] == ["a", "b"]
    assert "setu all" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.shared
def test_the_development_set_stays_above_its_floors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "unseen-dev.json"
    assert main(["unseen", str(shared("benchmarks", "unseen-dev")), "--json", str(out)]) == 0
    capsys.readouterr()
    assert main(["gate", str(out)]) == 0, capsys.readouterr().err
