"""Sets of papers of others, of which a file of this package keeps what a model sees: a line for each paper or request, with its set."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from eval.tags_data import read
from kb import KnowledgeBase, Settings


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


def put(name: str, group: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Replace the lines of a set in ``eval/data/NAME.jsonl``, those of other sets stay."""
    file = Path(str(resources.files("eval") / "data" / f"{name}.jsonl"))
    before = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    others = [line for line in before if json.loads(line)["set"] != group]
    made = [json.dumps({"set": group, **row}, ensure_ascii=False) for row in rows]
    file.write_text("\n".join([*others, *made]) + "\n", encoding="utf-8")


@contextmanager
def bases(homes: Mapping[str, Path]) -> Iterator[Iterator[tuple[str, KnowledgeBase]]]:
    """The sets, each with a knowledge base: those that are given, and those whose papers are kept here, taken in anew."""
    texts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read("invented_papers"):
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
