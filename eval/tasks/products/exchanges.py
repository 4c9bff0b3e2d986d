"""``python -m eval exchanges FILE --base DIR``: a question and one that leans on it, answered beside two plain ways.

FILE has an exchange a line: ``first`` and ``then``, two messages; ``whole``, the second as a question that stands by itself; ``must``,
regular expressions that together stand in what answers it; ``shift``, what it asks otherwise; and ``set``, the papers that it is about.
Beside what Setu tells stand the passages that a search finds for the second message alone, and for ``whole``, which nobody types.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
import regex

from eval import options
from eval.metrics.comparison import paired_bootstrap
from eval.report.tables import markdown
from kb import KnowledgeBase, Settings
from kb.errors import KnowledgeBaseError
from kb.records import Turn

SHOWN: Final = 5
WAYS: Final = ("Setu", "the message alone", "asked whole")
PLACES: Final = (1, 2, SHOWN)


def holds(texts: Sequence[str], must: Sequence[str]) -> bool:
    """Whether some texts together hold all of what must stand in an answer; digits of any script count as one."""
    said = _plain("\n".join(texts))
    return all(regex.search(_plain(one), said) is not None for one in must)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter for letter in folded)


def answered(kb: KnowledgeBase, exchange: Mapping[str, Any]) -> list[list[bool]]:
    """By way and by how many of the first texts are read: whether they hold the answer to the second message."""
    first = kb.answer(exchange["first"])
    then = kb.answer(exchange["then"], history=[Turn(exchange["first"], first)])
    laid_out = [cell.text for block in then.blocks for row in block.rows for cell in row]
    told = [[statement.text for statement in then.statements] or ["\n".join(laid_out)]]
    told += [[hit.text for hit in kb.search(exchange[text], k=SHOWN).hits] for text in ("then", "whole")]
    return [[holds(texts[:n], exchange["must"]) for n in PLACES] for texts in told]


@click.command()
@click.argument("file", type=options.PATH)
@options.file("--base", metavar="DIR", help="the papers: every file of this folder")
@options.home(help="a knowledge base that holds the papers, or gets them where it is empty")
@click.option("--set", "group", metavar="NAME", help="only the exchanges about these papers")
@options.save_json(help="what was found for each exchange")
@options.failing(1, KnowledgeBaseError, ValueError, KeyError, OSError)
def command(file: Path, base: Path | None, home: Path | None, group: str | None, out: Path | None) -> None:
    """Answer a question and one that leans on it, beside two plain ways.

    Exit status 1: the exchanges cannot be asked.
    """
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if group is None or row["set"] == group]
    found: list[list[list[bool]]] = []
    with (
        tempfile.TemporaryDirectory(prefix="setu-exchanges-") as scratch,
        KnowledgeBase.open(Settings.load(home=home or Path(scratch))) as kb,
    ):
        if base is not None and not kb.documents():
            kb.ingest([base])
        for done, row in enumerate(rows, start=1):
            found.append(answered(kb, row))
            options.progress(done, len(rows), "exchanges")
    options.save(out, {"exchanges": [{"id": row["id"], "shift": row["shift"], "held": one} for row, one in zip(rows, found, strict=True)]})
    click.echo(table(rows, found))


def table(rows: Sequence[Mapping[str, Any]], found: Sequence[Sequence[Sequence[bool]]]) -> str:
    """The shares of exchanges whose answer stands in the first, the first two and all texts, by way and by shift."""
    lines: list[list[object]] = []
    for shift in ("all", *dict.fromkeys(row["shift"] for row in rows)):
        some = [one for row, one in zip(rows, found, strict=True) if shift in ("all", row["shift"])]
        shares = (f"{sum(one[way][at] for one in some) / len(some):.2f}" for way in range(len(WAYS)) for at in range(len(PLACES)))
        lines.append([shift, len(some), *shares])
    heads = [f"{way}, {place}" for way in WAYS for place in ("first", "first two", "all")]
    ours, theirs = ([float(one[way][1]) for one in found] for way in (0, 1))
    lead = paired_bootstrap(ours, theirs)
    said = f"first two, Setu less the message alone: {lead.difference:+.2f} ({lead.low:+.2f} to {lead.high:+.2f})"
    return f"{markdown(['asked otherwise', 'n', *heads], lines)}\n\n{said}"
