"""``python -m eval meant``: fit the model that tells which papers a request means, and say how often it is right on papers it has not seen.

``eval/data/meant.jsonl`` holds, for each request, what the model sees of every paper that was found or called, and which of them were
meant. The requests and the papers are of others. ``--add NAME DIR REQUESTS`` puts the requests of another set in: ``DIR`` holds its papers,
``REQUESTS`` a line each with ``text`` (or ``turns``), ``skill``, ``language`` and ``papers`` (or ``cites``), names of files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import click
import numpy as np

from eval import options
from eval.datasets.labelled_papers import read
from eval.datasets.splits import base_of, lines_of, put_set
from eval.fit.estimators import Floats, fit_rows, sigmoid
from eval.report.tables import markdown
from kb import Filters, KnowledgeBase
from kb.answer.ask import question_language
from kb.answer.document_selection.document_linking import FEATURES, MEANT, features
from kb.answer.document_selection.document_mentions import named_papers
from kb.answer.document_selection.language_versions import texts_of
from kb.answer.query_understanding.request_matter import matter_of

RIDGE = 1.0
DECIMALS = 3
SKILLS = frozenset(
    "summary obligations timeline table compare translate define draft list lookup inventory codemixed misspelt romanised".split()  # noqa: SIM905
)
"""Skills of the sets whose requests may mean a paper."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: what is seen of each text (rows of the shape ``(texts, len(FEATURES))``), and which texts are meant."""

    group: str
    skill: str
    language: str
    text: str
    seen: Floats
    meant: tuple[int, ...]
    missing: int
    """Texts that are meant of which nothing was found."""


def kept() -> list[Asked]:
    """The requests of `eval/data/meant.jsonl`."""
    return [
        Asked(
            row["set"], row["skill"], row["language"], row["text"],
            np.array(row["seen"], dtype=np.float64).reshape(-1, len(FEATURES)), tuple(row["meant"]), row["missing"],
        )
        for row in read("meant")
    ]  # fmt: skip


def fit(found: Sequence[Asked]) -> Floats:
    """The weights of the features, and the bias last."""
    rows = np.vstack([one.seen for one in found])
    labels = np.concatenate([np.isin(np.arange(len(one.seen)), one.meant) for one in found]).astype(np.float64)
    return fit_rows(rows, labels, RIDGE)


def chances(weights: Floats, one: Asked) -> Floats:
    """How likely each text is meant."""
    return sigmoid(one.seen @ weights[:-1] + weights[-1])


@click.command()
@options.add("requests", "REQUESTS")
@options.home()
@options.write("kb/answer/document_selection/document_linking.json")
def command(add: tuple[str, Path, Path] | None, home: Path | None, write: bool) -> None:
    """Fit the model that tells which papers a request means, and say how often it is right on papers it has not seen."""
    if add:
        _add(*add, home)
    found = kept()
    _report(found)
    if write:
        _write(fit(found), found)


def _report(found: Sequence[Asked]) -> None:
    columns = ("one paper", "model first", "and likely", "wrong, likely", "search first", "several", "model", "none", "none likely")
    rows = []
    for group in sorted({one.group for one in found}):
        weights = fit([one for one in found if one.group != group])
        counts = dict.fromkeys(("one", "first", "sure", "wrong", "search", "several", "all", "none", "silent"), 0)
        for one in (other for other in found if other.group == group):
            _count(counts, one, chances(weights, one))
        rows.append([group, *counts.values()])
    click.echo(markdown(["set left out", *columns], rows))


def _count(counts: dict[str, int], one: Asked, chance: Floats) -> None:
    best = int(np.argmax(chance)) if len(chance) else -1
    likely = best >= 0 and chance[best] >= MEANT
    if not one.meant and not one.missing:
        counts["none"] += 1
        counts["silent"] += not likely
    elif len(one.meant) + one.missing == 1:
        counts["one"] += 1
        counts["first"] += best in one.meant
        counts["sure"] += likely and best in one.meant
        counts["wrong"] += likely and best not in one.meant
        counts["search"] += bool(len(chance)) and int(np.argmax(one.seen[:, 0])) in one.meant
    else:
        counts["several"] += 1
        first = set(np.argsort(-chance)[: len(one.meant)].tolist())
        counts["all"] += not one.missing and first == set(one.meant) and all(chance[at] >= MEANT for at in first)


def _write(weights: Floats, found: Sequence[Asked]) -> None:
    digest = hashlib.sha256("\n".join(f"{one.group}\t{one.text}" for one in found).encode()).hexdigest()
    stored = {
        "command": "python -m eval meant --write",
        "requests": {"n": len(found), "sha256": digest},
        "bias": round(float(weights[-1]), DECIMALS),
        "weights": {name: round(float(weight), DECIMALS) for name, weight in zip(FEATURES, weights, strict=False)},
    }
    target = Path(str(resources.files("kb.answer.document_selection") / "document_linking.json"))
    target.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _add(name: str, papers: Path, requests: Path, home: Path | None) -> None:
    """Replace the requests of a set in the file by what is seen of them now."""
    with base_of(papers, home) as base:
        put_set("meant", name, list(_seen(lines_of(requests), base)))


def _seen(rows: Sequence[dict[str, Any]], base: KnowledgeBase) -> Iterator[dict[str, Any]]:
    ports = base._ports().for_one_question()
    papers = list(ports.papers())
    texts = sorted(texts_of(papers, ports), key=min)
    for row in rows:
        if row["skill"] not in SKILLS or len(row.get("turns", "1")) > 1:
            continue
        text = row["text"] if "text" in row else row["turns"][0]
        language = question_language(text)
        named = named_papers(text, language, papers, ports.known_by())
        seen = features(text, matter_of(text, language, named), named, papers, texts, Filters(), ports, parted=row["skill"] == "compare")
        wanted = {Path(one).stem for one in (row["papers"] if "papers" in row else row["cites"])}
        of_file = {paper.id for paper in papers if Path(paper.source).stem in wanted}
        there = list(seen)
        yield {
            "skill": row["skill"],
            "language": row["language"],
            "text": text,
            "seen": [[round(float(value), DECIMALS) for value in row] for row in seen.values()],
            "meant": [at for at, group in enumerate(there) if group & of_file],
            "missing": sum(1 for group in texts if group & of_file and group not in there),
        }


__all__ = ["Asked", "command", "fit", "kept"]
