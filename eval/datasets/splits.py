"""Data parted and named: halves and folds by a hash, sets of papers that are left out in turn, and the SHA-256 of what was used.

Constants are chosen on one half of the questions, and papers are judged by what was fitted without their fold or set. Of sets of papers of
others, a file of ``eval/data`` keeps what a model sees: a line for each paper or request, with its set. Figures on data with another
digest say nothing.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from eval.datasets.beir import BeirSet
from eval.datasets.labelled_papers import read
from kb import KnowledgeBase, Settings

HALVES = ("development", "held-out")


def half(query: str) -> str:
    """The half that a question belongs to, whatever the set and the order of its files."""
    return HALVES[_number(f"h{query}") % 2]


def sample(queries: Iterable[str], n: int) -> list[str]:
    """``n`` questions that do not depend on the order of the files; fewer where there are no more."""
    return sorted(queries, key=_number)[:n]


def fold(paper: str, of: int) -> int:
    """The fold of so many that all that is of a paper belongs to."""
    return int(hashlib.sha256(paper.encode()).hexdigest(), 16) % of


def half_means(scores: Mapping[str, float]) -> dict[str, float]:
    """The mean score of each half that has questions."""
    parts = {name: [score for query, score in scores.items() if half(query) == name] for name in HALVES}
    return {name: sum(part) / len(part) for name, part in parts.items() if part}


def _number(text: str) -> int:
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(), 16)


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


@contextmanager
def base_of(papers: Path, home: Path | None) -> Iterator[KnowledgeBase]:
    """A knowledge base with the papers of a folder: that of ``home``, which gets them where it is empty, or one that is thrown away."""
    with tempfile.TemporaryDirectory() as scratch, KnowledgeBase.open(Settings.load(home=home or Path(scratch))) as base:
        if not base.documents():
            base.ingest([papers])
        yield base


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def put_set(name: str, group: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Replace the lines of a set in ``eval/data/NAME.jsonl``, those of other sets stay."""
    file = Path(str(resources.files("eval") / "data" / f"{name}.jsonl"))
    before = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    others = [line for line in before if json.loads(line)["set"] != group]
    made = [json.dumps({"set": group, **row}, ensure_ascii=False) for row in rows]
    file.write_text("\n".join([*others, *made]) + "\n", encoding="utf-8")


@contextmanager
def bases(homes: Mapping[str, Path], kept: str = "invented_papers") -> Iterator[Iterator[tuple[str, KnowledgeBase]]]:
    """The sets, each with a knowledge base: those that are given, and those whose papers are ``kept`` in a file here, taken in anew."""
    texts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read(kept):
        texts[row["set"]].append(row)

    def opened(scratch: Path) -> Iterator[tuple[str, KnowledgeBase]]:
        for name in sorted({*homes, *texts}):
            folder = scratch / name
            with KnowledgeBase.open(Settings.load(home=homes.get(name, folder / "home"))) as base:
                if name not in homes:
                    (folder / "papers").mkdir(parents=True, exist_ok=True)
                    for row in texts[name]:
                        (folder / "papers" / row["paper"]).write_text(row["text"], encoding="utf-8")
                    base.ingest([folder / "papers"])
                yield name, base

    with tempfile.TemporaryDirectory() as scratch:
        yield opened(Path(scratch))
