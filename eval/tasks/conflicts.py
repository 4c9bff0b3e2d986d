"""``python -m eval conflicts``: where sources disagree, does the answer say so, and which of them weighs more?

The sample papers and nine invented papers (``eval/data/conflicts_papers.jsonl``) that get facts of them, or of one another, wrong are
taken in; the questions of ``eval/data/conflicts_gold.jsonl`` touch a disagreement or none.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from eval import DATA, PROJECT, options
from eval.tasks.answers import outcome_of
from ingest.document.build import build_document
from ingest.records import Document, Hints, RawBlock, RawDocument, RawPage, Source
from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import Conflict

SAMPLES = PROJECT / "samples" / "documents"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answer to one question said of conflicts. ``expected`` is None where the sources agree."""

    id: str
    language: str
    expected: Mapping[str, Any] | None
    found: tuple[Conflict, ...]
    refused: bool
    half: str = "development"

    @property
    def right(self) -> Conflict | None:
        """The conflict that was expected, if it was found: of its kind, between its documents, in either order."""
        return next((c for c in self.found if self.expected is not None and _is(c, self.expected)), None)

    @property
    def weighed(self) -> bool:
        """Whether the right one of the two was given the weight, for the right reason."""
        found, expected = self.right, self.expected
        if found is None or expected is None or found.weight != expected["weight"]:
            return False
        return found.weight == "open" or Path(found.one.source).name in expected["one"]


def _is(found: Conflict, expected: Mapping[str, Any]) -> bool:
    one, other = Path(found.one.source).name, Path(found.other.source).name
    kinds = {found.what, expected["what"]}
    if len(kinds) > 1 and kinds != {"amount", "number"}:
        return False
    straight = one in expected["one"] and other in expected["other"]
    return straight or (other in expected["one"] and one in expected["other"])


def papers(path: Path = DATA / "conflicts_papers.jsonl") -> Iterator[Document]:
    """The invented papers."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        data = row["text"].encode()
        blocks = tuple(RawBlock(text) for text in row["text"].split("\n"))
        source = Source(f"{path}/{row['_id']}", hashlib.sha256(data).hexdigest(), "text", len(data))
        hints = Hints(title=row["title"], published=date.fromisoformat(row["date"]))
        yield build_document(RawDocument(source, (RawPage(1, "1", blocks, "markup"),), hints), kind=row.get("kind", "news"))


def measure(kb: KnowledgeBase, gold: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """Ask every question."""
    found = []
    for row in gold:
        answer = kb.answer(row["text"], engine="extractive")
        found.append(Outcome(row["_id"], row["lang"], row["conflict"], answer.conflicts, outcome_of(answer).refused, row["half"]))
    return found


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Recall of conflicts, false alarms, and how many were weighed rightly: in all, by language, and by half.

    The rules were written with the development half in sight; the held-out half is about other things, and was written afterwards.
    """
    groups = {"all": outcomes} | {x: [o for o in outcomes if o.language == x] for x in sorted({o.language for o in outcomes})}
    groups |= {half: [o for o in outcomes if o.half == half] for half in sorted({o.half for o in outcomes})}
    return {name: _figures(group) for name, group in groups.items()}


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    with_one = [o for o in outcomes if o.expected is not None]
    without = [o for o in outcomes if o.expected is None]
    right = [o for o in with_one if o.right is not None]
    said = [c for o in outcomes for c in o.found]
    return {
        "conflicts": len(with_one),
        "recall": len(right) / len(with_one) if with_one else 0.0,
        "standing_accuracy": sum(o.weighed for o in right) / len(right) if right else 0.0,
        "non_conflicts": len(without),
        "false_alarms": sum(bool(o.found) for o in without) / len(without) if without else 0.0,
        "precision": len(right) / len(said) if said else 0.0,
        "refused": sum(o.refused for o in outcomes),
    }


def open_base(home: Path) -> KnowledgeBase:
    """A knowledge base of the sample papers and the invented ones."""
    kb = KnowledgeBase.open(Settings.load(home=home))
    if not kb.documents():
        kb.ingest([SAMPLES])
        kb.ingest_documents(papers())
    return kb


def read_gold(path: Path = DATA / "conflicts_gold.jsonl") -> list[dict[str, Any]]:
    """The questions."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@click.command()
@options.home(help="a home made by this command before; without it the papers are taken in anew")
@options.save_json()
@options.show(help="print what was missed and what was said wrongly")
@options.failing(1, KnowledgeBaseError, OSError)
def command(home: Path | None, out: Path | None, show: bool) -> None:
    """Where sources disagree, does the answer say so?"""
    with tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch, open_base(home or Path(scratch)) as kb:
        outcomes = measure(kb, read_gold())
    found = report(outcomes)
    options.save(out, found)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    for o in outcomes if show else ():
        wrong = [c for c in o.found if c is not o.right]
        if wrong or (o.expected is not None and (o.right is None or not o.weighed)):
            click.echo(f"{o.id} {'missed' if o.expected and not o.right else ''} {'refused' if o.refused else ''}")
            for c in o.found:
                click.echo(f"    {c.what} {c.weight} {c.said} / {c.against} | {c.one.quote} | {c.other.quote}")
