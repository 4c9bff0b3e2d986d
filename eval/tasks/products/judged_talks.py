"""``python -m eval talks FILE``: conversations with Setu, each answer beside a plain baseline, for people to judge without names.

FILE has a conversation a line: ``id``, ``lang`` and ``turns``, each with ``text``, ``want`` and ``kind``. ``--sheet`` holds them and
writes a message a line with two answers, A and B: Setu's as text, and the first passages of the search for the message as it was typed.
Which is which hangs on the message alone. ``--grades`` has what the judges wrote, a line a message: ``id``, ``turn``, and for A and B
*right*, *partly* or *wrong*; it may be given more than once.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from eval import options
from eval.metrics.comparison import paired_bootstrap
from eval.report.tables import markdown
from kb import KnowledgeBase, Settings
from kb.answer.presentation.rendering import answer_text
from kb.errors import KnowledgeBaseError
from kb.records import Turn

PASSAGES: Final = 3
HISTORY: Final = 6
GRADES: Final = ("right", "partly", "wrong")
SYSTEMS: Final = ("Setu", "passages")


def setu_is_a(conversation: str, turn: int) -> bool:
    """Whether A is the answer of Setu."""
    return hashlib.sha256(f"{conversation}/{turn}".encode()).digest()[0] % 2 == 0


def held(kb: KnowledgeBase, conversation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Hold a conversation; yields a line of the sheet for each message."""
    history: list[Turn] = []
    for at, turn in enumerate(conversation["turns"]):
        answer = kb.answer(turn["text"], history=history[-HISTORY:])
        plain = "\n---\n".join(f"({hit.document}) {hit.text}" for hit in kb.search(turn["text"], k=PASSAGES).hits)
        both = (answer_text(answer), plain)
        first, second = both if setu_is_a(conversation["id"], at) else reversed(both)
        before = [one.question for one in history]
        history.append(Turn(turn["text"], answer))
        yield {
            "id": conversation["id"], "turn": at, "before": before, "message": turn["text"], "kind": turn["kind"], "want": turn["want"],
            "A": first, "B": second,
        }  # fmt: skip


def graded(conversations: Sequence[Mapping[str, Any]], grades: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The kind of each message that was judged, and the grades of the systems in the order of `SYSTEMS`.

    Raises:
        ValueError: a grade is none of `GRADES`, or of a message that there is not.
    """
    kinds = {(one["id"], at): turn["kind"] for one in conversations for at, turn in enumerate(one["turns"])}
    found = []
    for row in grades:
        key, pair = (row["id"], row["turn"]), (row["A"], row["B"])
        if key not in kinds or not set(pair) <= set(GRADES):
            raise ValueError(f"{key}: no message with two grades of {', '.join(GRADES)}")
        ours, theirs = pair if setu_is_a(*key) else pair[::-1]
        found.append((kinds[key], ours, theirs))
    return found


def table(found: Sequence[tuple[str, str, str]]) -> list[list[str]]:
    """The shares of each grade by system, of all and by kind."""
    kinds = Counter(kind for kind, _, _ in found)
    rows = []
    for name in ("all", *kinds):
        some = [one for one in found if name in ("all", one[0])]
        shares = (f"{sum(one[at] == grade for one in some) / len(some):.2f}" for at in (1, 2) for grade in GRADES)
        rows.append([name, str(len(some)), *shares])
    return rows


def _rows(files: Sequence[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


@click.command()
@click.argument("file", type=options.PATH)
@options.file("--base", metavar="DIR", help="the papers: every file of this folder")
@options.home(help="a knowledge base that holds the papers, or gets them where it is empty")
@options.file("--sheet", metavar="OUT.jsonl", help="hold the conversations, and write what is to be judged here")
@click.option("--grades", multiple=True, type=options.PATH, metavar="IN.jsonl", help="what judges wrote")
@options.failing(1, KnowledgeBaseError, ValueError, KeyError, OSError)
def command(file: Path, base: Path | None, home: Path | None, sheet: Path | None, grades: tuple[Path, ...]) -> None:
    """Hold the conversations of FILE for people to judge, or count what they judged.

    Exit status 1: the conversations cannot be held, or the grades are of other messages.
    """
    conversations = _rows([file])
    if sheet is not None:
        _hold(conversations, base, home, sheet)
    if grades:
        found = graded(conversations, _rows(grades))
        heads = ["messages", "n", *(f"{system} {grade}" for system in SYSTEMS for grade in GRADES)]
        click.echo(markdown(heads, table(found)))
        ours, theirs = ([float(one[at] == "right") for one in found] for at in (1, 2))
        lead = paired_bootstrap(ours, theirs)
        click.echo(f"\nright, Setu less passages: {lead.difference:+.2f} ({lead.low:+.2f} to {lead.high:+.2f})")


def _hold(conversations: Sequence[Mapping[str, Any]], base: Path | None, home: Path | None, sheet: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="setu-talks-") as scratch, KnowledgeBase.open(Settings.load(home=home or Path(scratch))) as kb:
        if base is not None and not kb.documents():
            kb.ingest([base])
        with sheet.open("w", encoding="utf-8") as out:
            for done, one in enumerate(conversations, start=1):
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in held(kb, one))
                options.progress(done, len(conversations), "conversations")
