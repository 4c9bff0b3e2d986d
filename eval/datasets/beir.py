"""A retrieval set in BEIR format: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/test.tsv``.

Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models" (2021).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class BeirError(Exception):
    """A set cannot be read: which file and line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One row of the corpus; ``title`` is empty where the set has none."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BeirSet:
    """``qrels[query][passage]`` is the graded relevance; ``queries`` holds only queries that have a judgement."""

    name: str
    corpus: tuple[Passage, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]


def load(directory: Path) -> BeirSet:
    """Read one set.

    Raises:
        BeirError: a file is missing or malformed, or a judgement names a query that is not there.
    """
    corpus = tuple(
        Passage(_text(row, "_id", where), str(row.get("title") or ""), _text(row, "text", where))
        for row, where in _rows(directory / "corpus.jsonl")
    )
    queries = {_text(row, "_id", where): _text(row, "text", where) for row, where in _rows(directory / "queries.jsonl")}
    qrels = _qrels(directory / "qrels" / "test.tsv")
    unknown = next((query for query in qrels if query not in queries), None)
    if unknown is not None:
        raise BeirError(f"{directory}: qrels/test.tsv judges the query {unknown!r}, which queries.jsonl does not hold.")
    return BeirSet(directory.resolve().name, corpus, {query: text for query, text in queries.items() if query in qrels}, qrels)


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BeirError(f"{where} is not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise BeirError(f"{where} is not a JSON object.")
        yield row, where


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise BeirError(f"{where} has no text under {key!r}.")
    return value


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), start=1):
        fields = line.split("\t")
        if number == 1 or not line.strip():  # the header
            continue
        try:
            query, passage, grade = fields
            judged.setdefault(query, {})[passage] = int(grade)
        except ValueError as error:
            raise BeirError(f"{path}:{number} is not `query-id<TAB>corpus-id<TAB>score`: {line!r}.") from error
    return judged


def _lines(path: Path) -> list[str]:
    # Not splitlines(): U+2028 and U+0085 stand inside JSON strings.
    try:
        return path.read_text(encoding="utf-8").replace("\r\n", "\n").split("\n")
    except OSError as error:
        raise BeirError(
            f"{path} cannot be read: {error.strerror}. A BEIR folder holds corpus.jsonl, queries.jsonl, qrels/test.tsv."
        ) from error
