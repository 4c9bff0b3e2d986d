"""An overview as it is kept: where its words stand, what stands beside them, and its questions; never a quote or a status."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from kb.answer.overview.records import Asked, Overview
from kb.answer.skills.evidence import Evidence
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, FactView
from lang.codes import Language

_ROOMS = ("kb/answer", "kb/card", "kb/verify", "lang", "prompts/phrases", "ingest/understand")
"""What decides what an overview says."""


def key_of(paper: DocumentInfo, facts: Sequence[FactView], model: str) -> str:
    """A name for all that an overview is made of: the version of a paper, what is known of it, the rules, and the model of meanings."""
    of_paper = (paper.id, paper.version, paper.title, paper.kind, paper.language, str(paper.date), model, rules())
    told = [(f.field, f.value, f.start, f.end, f.origin) for f in facts if f.origin != "document"]
    return hashlib.sha256(repr((of_paper, told)).encode()).hexdigest()


@cache
def rules() -> str:
    """A name for the rules by which overviews are made, 16 hex digits: another where their source is another."""
    digest = hashlib.sha256()
    top = Path(__file__).parents[3]
    for room in _ROOMS:
        for source in sorted((top / room).rglob("*")):
            if source.suffix in (".py", ".toml", ".json", ".tsv"):
                digest.update(source.relative_to(top).as_posix().encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def written(made: Overview) -> str:
    """An overview as JSON."""
    cited = [(one.citations[0].start, one.citations[0].end, one.marks) for one in made.statements]
    rows = [[(cell.text, cell.cited) for cell in row] for row in made.lines.rows]
    questions = [(one.text, one.language) for one in made.questions]
    return json.dumps({"rows": rows, "cited": cited, "questions": questions, "parties": made.parties}, ensure_ascii=False)


def read(stored: str, paper: DocumentInfo, language: Language, ports: Ports) -> Overview | None:
    """The overview that was kept of a paper, each citation found out anew for this reader; None where one does not stand any more.

    Raises:
        ValueError: it is no overview.
    """
    try:
        plain = json.loads(stored)
        evidence = Evidence(ports)
        found = [evidence.cite(paper, start, end, tuple((a, b) for a, b in marks)) for start, end, marks in plain["cited"]]
        rows = tuple(tuple(Cell(text, tuple(found[at][0] for at in cited)) for text, cited in row) for row in plain["rows"])
        questions = tuple(Asked(text, spoken) for text, spoken in plain["questions"])
        parties = tuple(plain["parties"])
    except IndexError:
        return None
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no overview of a paper: {error}.") from error
    return Overview(paper, language, parties, replace(Block("points"), rows=rows), evidence.statements, questions)
