"""Reading BEIR folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets.beir import BeirError, Passage, load


def write(folder: Path, corpus: str, queries: str, qrels: str) -> Path:
    (folder / "qrels").mkdir()
    (folder / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    (folder / "queries.jsonl").write_text(queries, encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


CORPUS = json.dumps({"_id": "d1", "title": "T", "text": "one\u2028line"}, ensure_ascii=False) + "\n" + '{"_id": "d2", "text": "two"}\n'
QUERIES = '{"_id": "q1", "text": "one?"}\n{"_id": "q2", "text": "unjudged"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\n"


def test_a_set_is_read_and_queries_without_judgement_are_left_out(tmp_path: Path) -> None:
    data = load(write(tmp_path, CORPUS, QUERIES, QRELS))
    assert data.corpus == (Passage("d1", "T", "one\u2028line"), Passage("d2", "", "two"))
    assert data.queries == {"q1": "one?"}
    assert data.qrels == {"q1": {"d1": 1, "d2": 0}}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BeirError, match=r"corpus\.jsonl cannot be read"):
        load(tmp_path)


def test_a_broken_line_is_named_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(BeirError, match=r"corpus\.jsonl:2 is not JSON"):
        load(write(tmp_path, '{"_id": "d1", "text": "x"}\n{oops\n', QUERIES, QRELS))


def test_a_broken_judgement_is_named_with_its_number(tmp_path: Path) -> None:
    with pytest.raises(BeirError, match=r"test\.tsv:2"):
        load(write(tmp_path, CORPUS, QUERIES, "query-id\tcorpus-id\tscore\nq1 d1 1\n"))


def test_a_judgement_of_an_unknown_query_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BeirError, match="'q9'"):
        load(write(tmp_path, CORPUS, QUERIES, QRELS + "q9\td1\t1\n"))
