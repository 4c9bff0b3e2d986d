"""``setu collections``, ``setu samples`` and ``--collection``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import PROJECT
from tests.ui.conftest import Setu


def test_collections_are_made_filled_listed_asked_and_removed(home: Path, papers: Path) -> None:
    setu = Setu(home)
    assert setu("collections", "make", "Tide pact", "--description", "Gauges").exit_code == 0
    number = json.loads(setu("search", "tide gauges", "-k", "1", "--json").stdout)["hits"][0]["source"]
    listed = {one["source"]: one["id"] for one in json.loads(setu("docs", "list", "--json").stdout)}
    moved = json.loads(setu("collections", "move", "Tide pact", str(listed[number]), "--json").stdout)
    assert (moved["moved"], moved["papers"], moved["groups"]) == ([listed[number]], 1, [])
    pact, default = json.loads(setu("collections", "list", "--json").stdout)
    assert (pact["name"], pact["description"], pact["papers"], pact["kinds"]) == ("Tide pact", "Gauges", 1, {"agreement": 1})
    assert pact["newest"]["date"] == "2025-03-05"
    assert (default["name"], default["papers"]) == ("default", 2)
    for command in (("search", "gauges"), ("ask", "Who bears the cost of the tide gauges?")):
        assert "forty tide gauges" in setu(*command, "--collection", "tide pact").stdout
        assert "forty tide gauges" not in setu(*command, "--collection", "default").stdout
    assert json.loads(setu("card", "--collection", "default", "--json").stdout) == []
    assert "in: Tide pact" in setu("docs", "list").stdout
    wrong = setu("ask", "Who?", "--collection", "Other")
    assert wrong.exit_code == 2
    assert "There is no collection 'Other'" in wrong.stderr
    assert setu("collections", "rename", "Tide pact", "Tides").exit_code == 0
    assert "Removed Tides" in setu("collections", "remove", "Tides").stdout
    assert [one["papers"] for one in json.loads(setu("collections", "list", "--json").stdout)] == [3]


def test_an_ingest_makes_the_collection_it_names_and_puts_known_papers_into_it(home: Path, papers: Path) -> None:
    setu = Setu(home)
    assert setu("ingest", str(papers), "--collection", "Harbour").exit_code == 0
    assert [(one["name"], one["papers"]) for one in json.loads(setu("collections", "list", "--json").stdout)] == [
        ("Harbour", 3), ("default", 0),
    ]  # fmt: skip


def test_samples_are_added_once_kept_apart_and_removed(fresh: Setu, tmp_path: Path) -> None:
    sample = str(PROJECT / "samples" / "documents" / "sagartat-samachar.txt")
    assert fresh("samples", "add", "--once", sample).exit_code == 0
    assert len(json.loads(fresh("search", "सागरतट", "--json").stdout)["hits"]) > 0
    (tmp_path / "own.txt").write_text("The lantern bridge is closed on Mondays.\n", encoding="utf-8")
    assert fresh("ingest", str(tmp_path / "own.txt")).exit_code == 0
    assert {Path(hit["source"]).name for hit in json.loads(fresh("search", "सागरतट", "--json").stdout)["hits"]} <= {"own.txt"}
    asked = json.loads(fresh("search", "सागरतट", "--collection", "samples", "--json").stdout)
    assert {Path(hit["source"]).name for hit in asked["hits"]} == {"sagartat-samachar.txt"}
    assert json.loads(fresh("samples", "remove", "--json").stdout) == {"removed": 1}
    assert fresh("docs", "delete", "2", "--yes").exit_code == 0
    assert fresh("samples", "add", "--once", sample).exit_code == 0
    assert json.loads(fresh("docs", "list", "--json").stdout) == []


def test_a_paper_is_kept_in_the_house_and_let_go(home: Path, papers: Path) -> None:
    setu = Setu(home)
    assert "may leave the house" in setu("docs", "house", "1").stdout
    assert json.loads(setu("docs", "house", "1", "--keep", "--json").stdout)["in_house"] is True
    assert "stays in the house" in setu("docs", "list").stdout
    assert "stays in the house" in setu("docs", "show", "1").stdout
    assert {one["id"] for one in json.loads(setu("docs", "list", "--json").stdout) if one["in_house"]} == {1}
    assert "may leave the house" in setu("docs", "house", "1", "--release").stdout
    assert "stays in the house" not in setu("docs", "list").stdout
