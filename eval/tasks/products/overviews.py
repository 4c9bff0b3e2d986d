"""Is a paper told well at a glance? ``python -m eval overviews FOLDER…``.

The papers of the folders are taken in, and the overview of each is made for a reader of its own language. A line is *bad* where a rule
finds in it what tells nobody anything: a heading, the form of a paper, words that only lead to a list, a question without its answer, half
a sentence, the same words twice. Rules do not see a line that is off the point; `--show` prints all for people to read. A question is
*answered* where the paper, asked alone and anew, answers it and cites nothing else.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import regex

from eval import options
from ingest.near_duplicates import squash
from kb import KnowledgeBase, Settings
from kb.agreements.card_records import NoTextError
from kb.answer.overview.overview import Overview
from kb.answer.skills.summaries.boilerplate import asks, formality, leads_in, names_its_columns
from kb.errors import KnowledgeBaseError
from kb.records import Filters

_STOPS = regex.compile(r"(?:[.!?。！？।॥…;；,、]|\p{Nd}|[)）])['\"”’」』）)\]]*$")
_PART = regex.compile(r" · ")


@dataclass(frozen=True, slots=True)
class Measured:
    """The overview of a paper, why some of its lines are bad (by their place), and which of its questions were answered."""

    told: Overview
    bad: dict[int, str]
    answered: tuple[bool, ...]


def measure(kb: KnowledgeBase) -> Iterator[Measured]:
    """Measure the overview of every paper of a base."""
    for info in kb.documents():
        if info.state != "published":
            continue
        try:
            told = kb.overview(info.id, info.language)
        except NoTextError:
            continue
        headings = {squash(part) for block in kb.outline(info.id) for part in block.path} | {squash(info.title)}
        yield Measured(told, defects(told, headings), tuple(_answered(kb, info.id, one.text) for one in told.questions))


def defects(told: Overview, headings: set[str]) -> dict[int, str]:
    """What is wrong with the lines of an overview, by their place; ``headings`` are those of the paper, squashed."""
    found: dict[int, str] = {}
    seen: set[str] = set()
    for at, row in enumerate(told.lines.rows):
        if row[0].text and len(row[1].cited) > 1 and ";" in row[1].text:
            continue  # the parties
        why = _wrong(row[1].text, headings, seen)
        if why:
            found[at] = why
    return found


def _wrong(line: str, headings: set[str], seen: set[str]) -> str:
    parts = [part for part in _PART.split(line) if part.strip()]
    if squash(line) in headings:
        return "heading"
    if names_its_columns(line):
        return ""
    if any(formality(part) for part in parts if regex.search(r"\p{L}", part)):
        return "form"
    if leads_in(line):
        return "leads in"
    if asks(line):
        return "question"
    if line.startswith("…") or line[:1].islower() or not _STOPS.search(line):
        return "half"
    twice = any(squash(part) in seen for part in parts if len(part) > 20)
    seen.update(squash(part) for part in parts)
    return "twice" if twice else ""


def _answered(kb: KnowledgeBase, document: int, question: str) -> bool:
    answer = kb.answer(question, filters=Filters(documents=(document,)), engine="extractive")
    cited = {citation.document_id for statement in answer.statements for citation in statement.citations}
    return answer.refusal is None and answer.grade == "answers" and cited == {document}


def report(found: Sequence[Measured]) -> dict[str, Any]:
    """Counts and shares."""
    lines = sum(len(one.told.lines.rows) for one in found)
    bad = Counter(why for one in found for why in one.bad.values())
    asked = [flag for one in found for flag in one.answered]
    return {
        "papers": len(found),
        "lines": lines,
        "bad": dict(bad),
        "good": 1 - sum(bad.values()) / lines if lines else 0.0,
        "questions": len(asked),
        "with_three": sum(len(one.answered) == 3 for one in found),
        "answered": sum(asked) / len(asked) if asked else 0.0,
    }


@click.command()
@click.argument("folders", nargs=-1, type=options.PATH)
@options.home(help="a home that holds papers already; without folders it is measured as it is")
@options.save_json()
@options.show(help="print every overview, bad lines and unanswered questions marked")
@options.failing(1, KnowledgeBaseError, OSError)
def command(folders: tuple[Path, ...], home: Path | None, out: Path | None, show: bool) -> None:
    """Do overviews have lines that tell something, and questions that are answered? FOLDERS: papers to take in."""
    if not folders and home is None:
        raise click.UsageError("Name folders of papers, or a --home that holds some.")
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="setu-eval-") as scratch,
        KnowledgeBase.open(Settings.load(home=home or Path(scratch))) as kb,
    ):
        if folders:
            kb.ingest(folders)
        for one in measure(kb):
            found.append(one)
            if show:
                click.echo(_shown(one), nl=False)
    told = report(found)
    options.save(out, told)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _shown(one: Measured) -> str:
    lines = [f"{one.told.paper.title} ({one.told.paper.source.rsplit('/', 1)[-1]})"]
    for at, row in enumerate(one.told.lines.rows):
        why = f"  !! {one.bad[at]}" if at in one.bad else ""
        lines.append(f"  - {f'{row[0].text}: ' if row[0].text else ''}{row[1].text}{why}")
    lines += [f"  {'?' if ok else '??'} {asked.text}" for asked, ok in zip(one.told.questions, one.answered, strict=True)]
    return "\n".join(lines) + "\n\n"
