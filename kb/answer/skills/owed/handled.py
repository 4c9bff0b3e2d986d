"""What people set for obligations, as an answer tells it: done ones are told as done or left out, and who sees to something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answer.question import Question
from kb.answer.rendering import joined, said_by, said_day
from kb.answer.skills.versions import one_version_each
from kb.answer.understand.owners import owner_named, without_owner
from kb.answer.understand.request_forms import asks_for_table
from kb.card import Obligation
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo
from lang.codes import Language
from lang.lexical.names import name_keys
from prompts.phrases import phrase

LONGEST_NOTE = 160


def owner_asked(question: Question, ports: Ports) -> str:
    """Who sees to obligations and is named in the question, for what is with them; "" for nobody."""
    owners = {kept.handling.owner for those in ports.handlings().values() for kept in those if kept.handling.owner}
    return owner_named(question.text, question.language, owners)


def papers_of(owner: str, ports: Ports) -> list[DocumentInfo]:
    """The papers with obligations that somebody sees to, the latest first."""
    handled = {number for number, those in ports.handlings().items() if any(kept.handling.owner == owner for kept in those)}
    papers = [paper for paper in ports.papers() if paper.id in handled]
    return sorted(papers, key=lambda paper: (paper.date is None, -(paper.date.toordinal() if paper.date else 0), paper.id))


def is_party(owner: str, actors: Sequence[tuple[str, Language]]) -> bool:
    """Whether a name is also that of one of these, who owe something."""
    return any(set(name_keys(owner, language)) & set(name_keys(actor, language)) for actor, language in actors if actor)


def versions_told(papers: Sequence[DocumentInfo], language: Language, ports: Ports) -> list[DocumentInfo]:
    """Each text once, in a language as far as may be, but in the version for whose obligations something was set."""
    known, handled = {paper.id: paper for paper in ports.papers()}, ports.handlings()
    out = []
    for paper in one_version_each(papers, language, ports):
        text = next((group for group in ports.parallels() if paper.id in group), frozenset((paper.id,)))
        most = max((number for number in text if number in known), key=lambda n: (len(handled.get(n, ())), n == paper.id), default=paper.id)
        out.append(known.get(most, paper))
    return out


def handled_cell(one: Obligation, language: Language) -> tuple[Cell, ...]:
    """What was set for an obligation, and that a person set it; nothing where nobody did. It is no word of a paper and cites none."""
    handling = one.handling
    if handling is None:
        return ()
    parts = [phrase(f"obligations.now.{handling.now}", language)]
    if handling.through is not None:
        parts.insert(0, phrase("obligations.through", language, day=said_by(said_day(handling.through, language), language)))
    if handling.owner:
        parts.append(phrase("obligations.owner", language, name=handling.owner))
    if handling.note:
        note = " ".join(handling.note.split())
        parts.append(note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 1]}…")
    day = said_day(handling.at.date(), language)
    return (Cell(phrase("obligations.set", language, said=joined(parts, language), day=day)),)


def without(question: Question, owner: str) -> Question:
    """A question whose matter does not hold the name of who sees to something."""
    return replace(question, matter=without_owner(question.matter, owner)) if owner else question


def laid_out(rows: Sequence[tuple[Cell, ...]], heading: str, question: Question) -> list[Block]:
    """The duties one below the other; as a table, where one is asked for."""
    if not asks_for_table(question.text):
        return [Block("points", heading, rows=tuple(rows))]
    wide = max(len(row) for row in rows)
    heads = [phrase(f"obligations.column_{name}", question.said_in) for name in ("who", "what", "when")] + [""] * (wide - 3)
    even = tuple((*row, *[Cell("")] * (wide - len(row))) for row in rows)
    return [Block("text", heading), Block("table", columns=tuple(heads), rows=even)]
