"""Ingests that are killed at random moments, beside another writer and a reader: a small run of ``tools/kill_test.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import PROJECT


@pytest.mark.slow
def test_killed_writers_lose_nothing_double_nothing_and_show_no_reader_half(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "tools/kill_test.py", "--kills", "4", "--documents", "12", "--minutes", "3", "--json", str(report)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["kills"] >= 4
    assert told["passages_seen"] > 100
    for wrong in ("inconsistent", "lost", "doubled", "half_seen", "failed"):
        assert told[wrong] == []


def test_the_kill_test_would_see_half_a_document() -> None:
    code = """
import sys; sys.path.insert(0, "tools")
from kill_papers import half, paper
whole = [(1, paper("a.txt", 3).decode())]
mixed = [(1, "part 1 of 3, edition 3."), (2, "part 2 of 4, edition 4."), (2, "part 3 of 4, edition 4.")]
print(half(whole) == "", half(mixed) != "", half([(1, "part 1 of 3, edition 3.")]) != "", half(whole * 2) != "")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 4
