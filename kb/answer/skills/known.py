"""What is stored of the agreements that a look-up asks of: the sentences that hold it come first, and what a person corrected is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from kb.answer.question import Question
from kb.answer.skills.evidence import Evidence
from kb.answer.skills.paper_selection.editions import editions, facts_of
from kb.answer.skills.tables.aspects import aspects
from kb.answer.skills.tables.cells import Sheet
from kb.answer.spans.answer_types import asked_for
from kb.answer.spans.matters import common, matters
from kb.answer.stretches import as_stretches
from kb.ports import Ports
from kb.records import Block, Cell, Statement

ASPECTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"signing": ("signatories", "signed"), "effect": ("in_force",), "duration": ("term",), "renewal": ("renewal",), "ending": ("ending",)}
)
"""The aspects of an agreement (``aspects.toml``) that a matter of a question (``matters.toml``) asks for."""
MOST: Final = 3
"""Agreements that a question may mean, for each to be told."""


def known(question: Question, ports: Ports) -> tuple[Sequence[Statement], tuple[Block, ...]]:
    """The statements that hold what is asked, and a block with what a person corrected, which no paper is cited for.

    Nothing where nothing is stored, where the question asks for something else as well, or where too many agreements are meant. Who signed,
    and when, is read off the signing line (`kb.answer.spans.signatures`); only a correction of it is told here.
    """
    told = matters(question.asked) - common()
    agreements = [paper for paper in question.of_kind if paper.kind == "agreement"]
    meant = editions([paper for paper in agreements if paper in question.named] or agreements, ports)
    if not told or not told <= ASPECTS.keys() or not 0 < len(meant) <= MOST:
        return (), ()
    if "signing" in told and asked_for(question.asked) not in ("person", "date"):
        return (), ()
    read, corrected = Evidence(ports), Evidence(ports)
    lines: list[tuple[Cell, ...]] = []
    for edition in meant:
        for matter, aspect in [(one, aspects()[key]) for one in ASPECTS if one in told for key in ASPECTS[one]]:
            views = [one for paper in edition.papers for one in facts_of(paper, ports) if one.field in aspect.facts]
            by_person = any(one.origin == "person" for one in views)
            if not views or (matter == "signing" and not by_person):
                continue
            filled = Sheet(ports, corrected if by_person else read, question.language, question.said_in).stored(edition, aspect)
            if filled is not None and by_person:
                named = f"{edition.shown(question.said_in).title} – " if len(meant) > 1 else ""
                lines.append((Cell(f"{named}{aspect.label(question.said_in)}: {filled.cell.text}"),))
    block = (Block("points", rows=tuple(lines)),) if lines else ()
    return as_stretches(read.statements, ports.text, ports.outline), block
