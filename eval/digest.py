"""Which data was something measured on? SHA-256 of what was indexed and of what was asked: figures on other data say nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from eval.beir import BeirSet


def digests(data: BeirSet) -> dict[str, str]:
    """``corpus`` (ids, titles, texts, in order) and ``queries`` (those that are asked, with their judgements)."""
    return {
        "corpus": _of_rows([passage.id, passage.title, passage.text] for passage in data.corpus),
        "queries": _of_rows([query, text, sorted(data.qrels[query].items())] for query, text in data.queries.items()),
    }


def digest_of_files(paths: Iterable[Path]) -> str:
    """Of the names and bytes of files, in the order given; the folders they lie in do not count.

    Raises:
        OSError: a file cannot be read.
    """
    return digest_of_papers((path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths)


def digest_of_papers(papers: Iterable[tuple[str, str]]) -> str:
    """The same of files that were taken in, from the name of each and the SHA-256 of its bytes."""
    return _of_rows([name, sha256] for name, sha256 in papers)


def _of_rows(rows: Iterable[object]) -> str:
    total = hashlib.sha256()
    for row in rows:
        total.update(json.dumps(row, ensure_ascii=True).encode() + b"\n")
    return total.hexdigest()
