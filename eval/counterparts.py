"""Are the language versions of a document found, and their passages paired? ``python -m eval counterparts HOME…``.

Each home holds documents that were taken in. Every two documents in different languages are compared as a search compares them, but
without looking at the numbers of their articles: those are the truth of the passages. Two documents are taken to be versions of one in
truth where ``--same`` names a pattern of file names, one for each document (``memorandum|sahakarya``).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import regex

from kb import Settings
from kb.errors import KnowledgeBaseError
from kb.records import DocumentInfo
from kb.search.counterparts import FEWEST, Side, match, same_day, side
from kb.store.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Compared:
    """Two documents: whether they are versions of one in truth, and the pairs of places (None: no number) that were made."""

    one: str
    other: str
    same: bool
    numbered: int
    pairs: tuple[tuple[str | None, str | None], ...]


def compare(settings: Settings, same: Sequence[regex.Pattern[str]]) -> Iterator[Compared]:
    """Every two documents of a home in different languages that are long enough."""
    catalogue = Catalogue(settings)
    model = catalogue.setting("embedder") or ""
    documents = [d for d in catalogue.documents() if d.state != "rejected"]
    versions = {d.id: catalogue.version_id(d.id, None) for d in documents}
    with catalogue.read() as conn:
        sides = {d.id: side(conn, versions[d.id], model) for d in documents}
    catalogue.close()
    for one, other in combinations([d for d in documents if len(sides[d.id].chunks) >= FEWEST], 2):
        if one.language != other.language:
            left, right = sides[one.id], sides[other.id]
            made = match(_unnumbered(left), _unnumbered(right)) if same_day(one.date, other.date) else []
            pairs = tuple((left.keys[i], right.keys[j]) for i, j in made)
            alone = {key for key in left.keys if key is not None} & {key for key in right.keys if key is not None}
            yield Compared(one.source, other.source, _same(one, other, same), len(alone), pairs)


def report(compared: Sequence[Compared]) -> dict[str, float | int]:
    """Precision and recall of pairs of documents, and of pairs of passages that bear a number in both."""
    found = [c for c in compared if c.pairs]
    right = [c for c in found if c.same]
    numbered = [pair for c in right for pair in c.pairs if None not in pair]
    expected = sum(c.numbered for c in compared if c.same)
    good = sum(one == other for one, other in numbered)
    return {
        "documents compared": len(compared),
        "versions": sum(c.same for c in compared),
        "taken for versions": len(found),
        "taken rightly": len(right),
        "passages paired": len(numbered),
        "paired rightly": good,
        "places in both": expected,
    }


def run_cli(argv: Sequence[str]) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval counterparts", description="Language versions of a document and their passages.")
    parser.add_argument("homes", type=Path, nargs="+", help="homes that hold the documents")
    parser.add_argument("--same", action="append", default=[], metavar="PATTERN", help="file names of the versions of one document")
    arguments = parser.parse_args(argv)
    try:
        same = [regex.compile(pattern) for pattern in arguments.same]
        compared = [c for home in arguments.homes for c in compare(Settings.load(home=home), same)]
    except KnowledgeBaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(report(compared), indent=2) + "\n")
    return 0


def _unnumbered(one: Side) -> Side:
    return replace(one, keys=(None,) * len(one.keys))


def _same(one: DocumentInfo, other: DocumentInfo, same: Sequence[regex.Pattern[str]]) -> bool:
    names = [Path(d.source).name for d in (one, other)]
    return any(all(pattern.search(name) for name in names) for pattern in same)
