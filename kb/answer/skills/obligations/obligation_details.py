"""What is shown of a duty: its clause, at most so many characters, its numbers in the reader's language; and what people set for it.

Done ones are told as done or left out, and who sees to something is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from kb.agreements.card_records import Obligation
from kb.answer.document_selection.language_versions import one_version_each
from kb.answer.presentation.rendering import joined, said_by, said_day, said_quantity
from kb.answer.query_understanding.intent import asks_for_table
from kb.answer.query_understanding.query_parsing import owner_named, without_owner
from kb.answer.query_understanding.question import Question
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo
from lang.labels import read_item
from lang.languages import Language
from lang.values.dates import dates_in
from lang.values.quantities import quantities_in
from lang.words.names import name_keys
from prompts.phrases import phrase

LONGEST = 220
LEAD = 40
"""Characters before the actor of a clause that is too long, from which on they are left out."""
_BREAK = regex.compile(r"[,;、，]\s*|\s+(?=and\b|आणि\b|और\b)")
_IN_ROW = regex.compile(r"\t|\s·\s")


def values_said(one: Obligation, start: int, end: int, language: Language) -> str:
    """The numbers of ``[start, end)`` of a clause in the reader's language, without its time limit: "12, 3 weeks, 60%"."""
    clause = one.citation.quote[start - one.citation.start : end - one.citation.start]
    taken = [(read.start, read.end) for read in dates_in(clause)]
    if one.deadline is not None:
        taken.append((one.deadline.start - start, one.deadline.end - start))
    said = []
    for value in quantities_in(clause, taken):
        if value.unit or value.number >= 2:
            said.append(said_quantity(value, language))
    return joined(list(dict.fromkeys(said)), language)


def clause_span(text: str, start: int, end: int, actor: str = "") -> tuple[int, int]:
    """At most `LONGEST` characters of a clause without its number, cut where a part of the sentence ends.

    A clause that is longer begins with its actor, where a long lead stands before that ("Recognising the need …, the Parties").
    """
    item = read_item(text[start:end])
    if item is not None:
        start += len(item.printed)
    start += len(text[start:end]) - len(text[start:end].lstrip())
    if end - start <= LONGEST:
        return start, end
    if actor and (lead := text[start:end].find(actor)) > LEAD:
        start += lead
        if end - start <= LONGEST:
            return start, end
    cuts = [start + m.start() for m in _BREAK.finditer(text[start : start + LONGEST])]
    spaces = [at for at in range(start, start + LONGEST) if text[at].isspace()]
    good = [at for at in cuts if at - start > LONGEST // 2] or spaces
    return start, good[-1] if good else start + LONGEST


def task_span(one: Obligation) -> tuple[int, int]:
    """The words of a duty: of a row of a table the cell that says what is to be done, for who and by when are told beside it."""
    quote, at = one.citation.quote, one.citation.quote.find(one.action)
    if at < 0 or not one.action or not _IN_ROW.search(quote):
        return one.citation.start, one.citation.end
    return one.citation.start + at, one.citation.start + at + len(one.action)


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
