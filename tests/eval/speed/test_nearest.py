"""The search of vectors alone is measured in files and by pgvector, over the same passages, and gone on with where it was left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.speed import nearest
from tests.eval.speed.test_scale import small_set  # noqa: F401 - a fixture


def test_both_ways_are_measured_over_the_same_passages(
    small_set: Path,  # noqa: F811
    pgvector_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(nearest, "_STEP", 100)
    out = tmp_path / "report.json"
    command = ["scale", str(small_set), "--each", "2", "--home", str(tmp_path / "home"), "--json", str(out), "--beside", pgvector_url]
    assert main([*command, "--sizes", "200", "400"]) == 0
    ways = json.loads(out.read_text(encoding="utf-8"))["ways"]
    assert [(way["passages"], way["name"]) for way in ways] == [(200, "files"), (200, "pgvector"), (400, "files"), (400, "pgvector")]
    for way in ways:
        assert way["recall"] == [1.0, 1.0]  # so few are compared one by one in the database as well
        assert all(0 < p50 <= p95 for p50, p95, _ in way["ms"].values())
        assert (way["server_mb"] > 0) == (way["name"] == "pgvector")
        assert way["build_s"] > 0
    files, indexed = ways[2:]
    assert files["disk_mb"] * 1e6 == pytest.approx(400 * (2 * 384 + 8), rel=0.05)
    assert indexed["disk_mb"] * 1e6 == pytest.approx(400 * 8, rel=0.05)
    assert "| 400      | pgvector |" in capsys.readouterr().out
    assert main([*command, "--sizes", "250"]) == 0
    assert {way["passages"] for way in json.loads(out.read_text(encoding="utf-8"))["ways"]} == {400}


def test_a_database_without_the_extension_is_told(
    small_set: Path,  # noqa: F811
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["scale", str(small_set), "--sizes", "100", "--beside", database_url]) == 2
    assert "CREATE EXTENSION vector" in capsys.readouterr().err
