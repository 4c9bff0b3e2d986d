"""The retrieval evaluation runs the real write path and the real read path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from eval.__main__ import main
from eval.datasets.beir import BeirSet, Passage
from eval.datasets.splits import HALVES, half, half_means, sample
from eval.tasks.retrieval import _limited, best_per_document, document
from tests.embedded import embedded_once
from tests.support import shared

CORPUS = [
    ("d1", "Ferry", "The ferry to the island leaves the north pier at seven in the morning."),
    ("d2", "Library", "The library lends up to five books for three weeks."),
    ("d3", "Waste", "Glass and paper are collected every second Tuesday."),
]
QUERIES = [("q1", "When does the ferry leave?", "d1"), ("q2", "How many books may I borrow?", "d2"), ("q3", "collection of glass", "d3")]


def folder(path: Path) -> Path:
    (path / "qrels").mkdir(parents=True)
    rows = [json.dumps({"_id": i, "title": title, "text": text}) for i, title, text in CORPUS]
    (path / "corpus.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (path / "queries.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": text}) for i, text, _ in QUERIES), encoding="utf-8")
    (path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{d}\t1\n" for q, _, d in QUERIES), encoding="utf-8"
    )
    return path


def test_a_passage_becomes_a_document_with_its_title_and_id() -> None:
    made = document(Passage("d7", "Ferry", "First line.\nSecond line."))
    assert made.source.uri == "beir:d7"
    assert made.facts.title == "Ferry"
    assert [block.text for block in made.blocks] == ["First line.", "Second line."]


def test_two_passages_with_one_text_have_two_hashes() -> None:
    assert document(Passage("a", "", "x")).source.sha256 != document(Passage("b", "", "x")).source.sha256


def test_a_document_counts_once_by_its_best_passage() -> None:
    hits = [SimpleNamespace(rank=rank, source=f"beir:{name}") for rank, name in enumerate(("a", "b", "a", "c"), start=1)]
    assert best_per_document(hits) == {"a": 1.0, "b": 0.5, "c": 0.25}  # type: ignore[arg-type]


def test_a_limited_set_keeps_what_is_judged_and_the_first_others_in_order() -> None:
    corpus = tuple(Passage(name, "", name) for name in "abcde")
    data = BeirSet("s", corpus, {"q1": "x", "q2": "y"}, {"q1": {"d": 1}, "q2": {"e": 1}})
    few = _limited(data, 1, 3)
    assert (dict(few.queries), dict(few.qrels)) == ({"q1": "x"}, {"q1": {"d": 1}})
    assert [passage.id for passage in few.corpus] == ["a", "b", "d"]
    assert [passage.id for passage in _limited(data, None, 1).corpus] == ["d", "e"]  # what is judged is never dropped
    assert _limited(data, None, None) == data


def test_questions_are_parted_and_sampled_by_their_ids_alone() -> None:
    names = [f"q{i}" for i in range(1000)]
    first = [name for name in names if half(name) == HALVES[0]]
    assert 450 < len(first) < 550
    assert sample(names, 50) == sample(names[::-1], 50) != names[:50]
    assert 15 < sum(half(name) == HALVES[0] for name in sample(names, 50)) < 35  # the sample is not one half
    assert sample(names[:3], 50) == sample(reversed(names[:3]), 3)


def test_each_half_has_the_mean_of_its_own_questions() -> None:
    one = next(name for name in "abcdefgh" if half(name) == HALVES[0])
    two = [name for name in "abcdefgh" if half(name) == HALVES[1]][:2]
    assert half_means({one: 1.0, two[0]: 0.5, two[1]: 0.0}) == {"development": 1.0, "held-out": 0.25}
    assert half_means({one: 0.5}) == {"development": 0.5}


def test_a_small_set_is_indexed_searched_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.json"
    assert main(["retrieval", str(folder(tmp_path / "small")), "--json", str(out)]) == 0
    (report,) = json.loads(out.read_text(encoding="utf-8"))["sets"]
    assert (report["name"], report["documents"], report["queries"]) == ("small", 3, 3)
    assert set(report["systems"]) == {"fused", "dense", "lexical", "names"}
    assert report["systems"]["fused"] == {"ndcg@10": 1.0, "hit@5": 1.0, "mrr@10": 1.0, "recall@100": 1.0}
    assert report["per_query"]["fused"] == {"q1": 1.0, "q2": 1.0, "q3": 1.0}
    assert report["first"]["fused"] == {"q1": "d1", "q2": "d2", "q3": "d3"}
    assert report["query_text"]["q2"] == "How many books may I borrow?"
    assert 0 < report["ms_per_query"]["p50"] <= report["ms_per_query"]["p95"]
    assert report["passages_per_s"] > 0
    assert "small" in capsys.readouterr().out
    # The mean of a system is the mean of its queries; a run compared with itself is not different.
    for system, scores in report["per_query"].items():
        assert sum(scores.values()) / 3 == pytest.approx(report["systems"][system]["ndcg@10"])
    assert main(["compare", str(out), str(out)]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "| small" in line]
    assert len(rows) == len(report["systems"])
    assert all("no difference" in row and "+0.0000 … +0.0000" in row for row in rows)


def test_a_folder_that_is_no_set_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrieval", str(tmp_path)]) == 2
    assert "corpus.jsonl" in capsys.readouterr().err


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The two sets have the same passages."""
    with embedded_once(tmp_path_factory):
        yield


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.usefixtures("embedded")
@pytest.mark.parametrize("name", ["xquad-en-hi", "xquad-hi-hi"])
def test_fusion_is_at_least_as_good_as_the_better_channel(name: str, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert main(["retrieval", str(shared("benchmarks", "beir", name)), "--json", str(out), "--limit-queries", "200"]) == 0
    systems = json.loads(out.read_text(encoding="utf-8"))["sets"][0]["systems"]
    best = max(systems["dense"]["ndcg@10"], systems["lexical"]["ndcg@10"])
    assert systems["fused"]["ndcg@10"] >= best - 0.005
    assert best > 0.85
