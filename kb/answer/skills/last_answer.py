"""What the last answer told, for a message that only says how it is to be put: shorter, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.records import Block, Cell, Citation, DocumentInfo

SHORT: Final = 2
"""Stretches that a shorter answer tells where it is not said how many."""


def told_last(question: Question, evidence: Evidence) -> Iterator[tuple[DocumentInfo, Citation, Cell]]:
    """What answered in each stretch that looking up told last: its paper, the stretch, and the words as a cell."""
    last = next((turn.answer for turn in reversed(question.history) if turn.answer.skill in ("lookup", "clarify")), None)
    for statement in last.statements if last is not None else ():
        for cited in statement.citations[:1]:
            if (paper := evidence.paper_of(cited)) is not None:
                first, end = (statement.answering[0][0], statement.answering[-1][1]) if statement.answering else (0, len(cited.quote))
                yield paper, cited, evidence.quote(paper, cited.start + first, cited.start + end)


def shorter(question: Question, evidence: Evidence) -> SkillResult | None:
    """What answered in the first stretches alone, without what stood around it; None where nothing was looked up."""
    cells = {cell.text: cell for _, _, cell in told_last(question, evidence)}
    rows = tuple((cell,) for cell in list(cells.values())[: question.points or SHORT])
    grade = question.history[-1].answer.grade if question.history else "answers"
    return SkillResult(evidence.statements, (Block("points", rows=rows),), grade=grade) if rows else None
