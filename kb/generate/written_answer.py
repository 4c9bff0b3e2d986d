"""The whole way of an answer by a language model: what it may read, whose turn it is, what that may cost, and what was sent.

Papers that are not to leave the house are quoted beside what it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from kb import event_log
from kb.generate import grounding
from kb.generate.streaming import BEAT_S, Budget
from kb.generate.writer import Fault, More, Pen, Written, write
from kb.generate.writing_queue import Ticket
from kb.ports import Ports
from kb.records import Event, Hit, Looking, Skill, Statement, StatementReady, Waiting, Writing
from lang.languages import Language
from prompts.phrases import phrase
from prompts.templates import identity

Y = TypeVar("Y")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked: a question as it was searched for. ``typed`` gives it without a word that search took from the papers.

    ``hits`` were found, best first; ``quoted`` is the extractive answer. With a ``skill`` that lays out quotes, these are the hits.
    ``more`` searches for what the model finds lacking in them; ``before`` is the question that this one leans on, as it was typed.
    """

    question: str
    typed: Callable[[], str]
    language: Language
    hits: Sequence[Hit]
    quoted: Sequence[Statement]
    skill: Skill = "lookup"
    more: More | None = None
    before: str = ""


def written_answer(asked: Asked, ports: Ports, pen: Pen) -> Generator[Event, None, Written]:
    """Yield the statements that stand as events; returns what became of the whole. See `kb.generate.writer.write`.

    Where the model is outside the house, it is shown nothing of the papers that are to stay there; where all that is quoted is of these,
    it is not asked.
    """
    if _all_kept(asked, _kept(ports, pen)):
        return _unwritten("in_house", asked.language, pen)
    budget = Budget(pen.tokens, pen.seconds)
    ticket = pen.queue.enter()
    try:
        if not (yield from _turn_came(ticket, budget)):
            return _unwritten("busy", asked.language, pen)
        if _all_kept(asked, kept := _kept(ports, pen)):  # again: while one waits, papers are marked
            return _unwritten("in_house", asked.language, pen)
        if not (taken := pen.purse.take(pen.tokens)):
            return _unwritten("spent", asked.language, pen)
        budget.most_tokens = taken
        withheld = _withheld(asked, kept)
        question = asked.typed() if kept else asked.question
        writing = write(question, asked.language, asked.hits, asked.quoted, ports, pen, kept, budget, asked.skill, asked.more, asked.before)
        try:
            written = yield from _as_events(writing, pen, budget, withheld)
        finally:
            pen.purse.settle(taken, budget.spent)
    finally:
        ticket.leave()
    if withheld and (written.statements or written.silent):
        beside = [statement for statement in asked.quoted if _all_of(statement, kept)]
        note = phrase("note.withheld", asked.language, n=withheld)
        written = replace(written, notes=(*written.notes, note), silent=written.silent and not beside, beside=tuple(beside))
    return written


def _turn_came(ticket: Ticket, budget: Budget) -> Generator[Event, None, bool]:
    """Wait in the queue, telling the place, as long as half of the time is left: who is asked later writes nothing that is whole."""
    while place := ticket.place:
        yield Waiting(place)
        patience = budget.seconds_left - budget.seconds / 2
        if patience <= 0:
            return False
        ticket.wait(min(patience, BEAT_S))
    return True


def _as_events(
    writing: Generator[Statement | Looking | Writing, None, Written], pen: Pen, budget: Budget, withheld: int
) -> Generator[Event, None, Written]:
    """Pass on what is written, and log what was sent where; closed with the asker, so that the model stops."""
    shown, fault = 0, "stopped"

    def told(found: Statement | Looking | Writing) -> Event:
        nonlocal shown
        if isinstance(found, Looking):
            return found
        if isinstance(found, Writing):
            shown = found.passages
            return found
        return StatementReady(found)

    try:
        written = yield from passed_on(writing, told)
        fault = written.fault or ""
        return written
    finally:
        event_log.event(
            "written",
            model=pen.model,
            host=pen.destination.host,
            passages=shown,
            withheld=withheld,
            tokens_in=budget.prompted,
            tokens_out=budget.received,
            ms=round(budget.seconds_spent * 1000),
            fault=fault or None,
        )


def passed_on(inner: Generator[Y, None, R], told: Callable[[Y], Event]) -> Generator[Event, None, R]:
    """Yield what is told of each thing that another generator yields, and return what it returns; it is closed with this one."""
    with closing(inner):
        while True:
            try:
                found = next(inner)
            except StopIteration as end:
                return cast(R, end.value)
            yield told(found)


def _kept(ports: Ports, pen: Pen) -> frozenset[int]:
    """The documents of which the model may be shown nothing."""
    return frozenset() if pen.destination.inside else ports.in_house()


def _all_kept(asked: Asked, kept: Collection[int]) -> bool:
    return bool(asked.quoted) and all(_all_of(statement, kept) for statement in asked.quoted)


def _all_of(statement: Statement, documents: Collection[int]) -> bool:
    return bool(statement.citations) and all(citation.document_id in documents for citation in statement.citations)


def _withheld(asked: Asked, kept: Collection[int]) -> int:
    """How many papers were left out that the model would have been shown something of."""
    cited = {citation.document_id for statement in asked.quoted for citation in statement.citations}
    return len((cited | {hit.document_id for hit in asked.hits[: grounding.MOST]}) & set(kept))


def _unwritten(fault: Fault, language: Language, pen: Pen) -> Written:
    when = {"when": pen.purse.again} if fault == "spent" else {}
    return Written((), False, fault, (phrase(f"note.{fault}", language, **when),), pen.chat.name, identity("answer"))
