"""Exchanges are answered beside two plain ways, and counted by what must stand in an answer."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from eval.tasks.products.exchanges import command, holds, table

PAPER = """Notes of the lighthouse

The fare of the ferry is 40 rupees, and children ride free.

The insurance of the ferry costs 9,500 rupees a year and is paid by the harbour board.
"""


def test_what_must_stand_in_an_answer_is_found_in_any_digits_and_not_where_a_part_lacks() -> None:
    assert holds(["शुल्क ४० रुपये आहे"], ["40|चाळीस", "रुपये"])
    assert holds(["the fare", "is 40 rupees"], ["40", "FARE"])
    assert not holds(["the fare is 40 rupees"], ["40", "insurance"])


def test_an_exchange_is_asked_of_papers_and_its_answer_counted(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "notes.txt").write_text(PAPER, encoding="utf-8")
    row = {"id": "a", "set": "ferry", "first": "What is the fare of the ferry?", "then": "and the insurance?", "must": ["9,500"]}
    row |= {"whole": "What does the insurance of the ferry cost?", "shift": "attribute"}
    file, out = tmp_path / "exchanges.jsonl", tmp_path / "out.json"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    run = CliRunner().invoke(command, [str(file), "--base", str(tmp_path / "papers"), "--json", str(out)])
    assert run.exit_code == 0, run.output
    assert _row(run.stdout, "all")[:2] == ["all", "1"]
    assert json.loads(out.read_text(encoding="utf-8"))["exchanges"][0]["held"][0][-1] is True
    assert CliRunner().invoke(command, [str(tmp_path / "none.jsonl")]).exit_code != 0


def test_the_shares_are_those_of_the_kinds() -> None:
    rows = [{"shift": "entity"}, {"shift": "attribute"}]
    said = table(rows, [[[True, True, True]] * 3, [[False, False, True], [False] * 3, [True] * 3]])
    assert _row(said, "entity")[:5] == ["entity", "1", "1.00", "1.00", "1.00"]
    assert _row(said, "all")[:6] == ["all", "2", "0.50", "0.50", "1.00", "0.50"]


def _row(said: str, name: str) -> list[str]:
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in said.splitlines())
    return next(row for row in cells if row[0] == name)
