"""A store grows through the real write path, is measured at every size, and is gone on with where it was left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.__main__ import main
from eval.datasets import synthetic
from eval.datasets.beir import load
from eval.speed import scale
from kb import KnowledgeBase, Settings
from kb.embed.e5_model import BundledEmbedder
from kb.embed.embedder import open_embedder

_THINGS = ("flood sensor", "tram line", "water main", "fire station", "land register")
_PLACES = ("Kalpanagar", "Thane", "Osaka", "Pune")
_BATMI = ("पूर संवेदक", "ट्राम मार्ग", "जलवाहिनी", "अग्निशमन केंद्र", "भूमी अभिलेख")
_GAAV = ("कल्पनगर", "ठाणे", "ओसाका", "पुणे")


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty passages in each of two languages, and two questions."""
    folder = tmp_path_factory.mktemp("sets") / "small"
    (folder / "qrels").mkdir(parents=True)
    texts = [f"The {thing} of {place} was opened last year. It is looked after by the city." for thing in _THINGS for place in _PLACES]
    texts += [f"{place} येथील {thing} मागील वर्षी सुरू झाले. त्याची देखभाल महानगरपालिका करते." for thing in _BATMI for place in _GAAV]
    rows = [{"_id": str(number), "title": "", "text": text} for number, text in enumerate(texts)]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    asked = ({"_id": "q1", "text": "Who looks after the tram line of Osaka?"}, {"_id": "q2", "text": "ठाणे येथील जलवाहिनी कधी सुरू झाली?"})
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t6\t1\nq2\t29\t1\n", encoding="utf-8")
    return folder


def _run(small_set: Path, home: Path, *sizes: str) -> dict[str, Any]:
    out = home.parent / "report.json"
    assert main(["scale", str(small_set), "--each", "2", "--home", str(home), "--json", str(out), "--sizes", *sizes]) == 0
    report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return report


def test_a_store_grows_is_measured_and_gone_on_with(
    small_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    first, second = _run(small_set, home, "200", "400")["sizes"]
    assert (first["chunks"], second["chunks"]) == (200, 400)
    for size in (first, second):
        assert size["rows_per_s"] > 0
        assert size["recall"] == 1.0  # of a file that is read from end to end
        assert [size["search"][name]["fewest"] for name in ("none", "kind 50 %", "document", "group")] == [10] * 4
        assert all(0 < latency["p50"] <= latency["p95"] for latency in size["search"].values())
        assert all(0 <= found["recall@10"] <= 1 for found in size["approximate"].values())
        assert all(size["disk_mb"][part] > 0 for part in ("catalogue", "scan"))
    assert second["disk_mb"]["scan"] == pytest.approx(2 * first["disk_mb"]["scan"], rel=0.05)
    assert "| 400    |" in capsys.readouterr().out

    monkeypatch.setattr(BundledEmbedder, "passages", lambda *_: pytest.fail("the vectors of the seeds are there already"))
    again = _run(small_set, home, "400", "430")["sizes"]
    assert [size["chunks"] for size in again] == [400, 430]
    assert again[0]["rows_per_s"] == 0
    assert again[1]["recall"] == 1.0  # the vectors of the older rows were made again as they were
    with KnowledgeBase.open(Settings.load(home=home)) as opened:
        assert sum(info.chunks for info in opened.documents()) == 430
        assert opened.verify() == ()
        assert sum(info.chunks for info in opened.seen_by(scale.OUTSIDER).documents()) == 215  # the one half of every growth


def test_neighbours_lie_as_far_apart_as_real_ones_and_are_the_same_each_time(small_set: Path, tmp_path: Path) -> None:
    found = synthetic.seeds([load(small_set)], open_embedder(Settings.load(home=tmp_path)), 20)
    made, again = list(synthetic.corpus(found, 60)), list(synthetic.corpus(found, 40, start=2))
    assert [document for document, _ in made[2:]] == [document for document, _ in again]
    assert {chunk.language for document, _ in made for chunk in document.chunks} == {"en", "mr"}
    for document, rows in made:
        assert [document.text[chunk.start : chunk.end] for chunk in document.chunks] == [chunk.text for chunk in document.chunks]
        assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize(("text", "size"), [("10k", 10_000), ("1m", 1_000_000), ("0.3m", 300_000), ("250", 250)])
def test_a_size_may_be_written_short(text: str, size: int) -> None:
    assert scale.size_of(text) == size


def test_what_is_no_size_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "--sizes", "5"]) == 2
    assert "no size of a corpus" in capsys.readouterr().err
