"""An answer by a language model, with what it may not read left out: papers that are not to leave the house are quoted beside it."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from kb.generate import grounding
from kb.generate.writer import Fault, Pen, Written, write
from kb.ports import Ports
from kb.records import Event, Hit, Statement, StatementReady
from lang.languages import Language
from prompts.phrases import phrase
from prompts.templates import identity


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked: a question as it was searched for, and as it was typed, without a word that search took from the papers.

    ``hits`` were found, best first; ``quoted`` is the extractive answer.
    """

    question: str
    typed: str
    language: Language
    hits: Sequence[Hit]
    quoted: Sequence[Statement]


def written_answer(asked: Asked, ports: Ports, pen: Pen) -> Generator[Event, None, Written]:
    """Yield the statements that stand as events; returns what became of the whole. See `kb.generate.writer.write`.

    Where the model is outside the house, it is shown nothing of the papers that are to stay there; where all that is quoted is of these,
    it is not asked.
    """
    kept = frozenset[int]() if pen.destination.inside else ports.in_house()
    beside = [statement for statement in asked.quoted if _all_of(statement, kept)]
    if asked.quoted and len(beside) == len(asked.quoted):
        return _unwritten("in_house", asked.language, pen)
    with closing(write(asked.typed if kept else asked.question, asked.language, asked.hits, asked.quoted, ports, pen, kept)) as writing:
        while True:
            try:
                yield StatementReady(next(writing))
            except StopIteration as end:
                written: Written = end.value
                break
    withheld = _withheld(asked, kept)
    if withheld and (written.statements or written.silent):
        note = phrase("note.withheld", asked.language, n=withheld)
        written = replace(written, notes=(*written.notes, note), silent=written.silent and not beside, beside=tuple(beside))
    return written


def _all_of(statement: Statement, documents: Collection[int]) -> bool:
    return bool(statement.citations) and all(citation.document_id in documents for citation in statement.citations)


def _withheld(asked: Asked, kept: Collection[int]) -> int:
    """How many papers were left out that the model would have been shown something of."""
    cited = {citation.document_id for statement in asked.quoted for citation in statement.citations}
    return len((cited | {hit.document_id for hit in asked.hits[: grounding.MOST]}) & set(kept))


def _unwritten(fault: Fault, language: Language, pen: Pen) -> Written:
    return Written((), False, fault, (phrase(f"note.{fault}", language),), pen.chat.name, identity("answer"))
