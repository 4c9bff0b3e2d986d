"""Comparisons and questions of several parts: each part is answered by itself, and the statements say to which they speak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingest.records import Language
from kb.answer.kinds import Part, parts
from kb.records import Answer, Refusal, Statement, Timings, Turn
from kb.search.followup import Rewriter, content

EACH = 2
"""Statements that a part is given."""


def side_statements(
    question: str, language: Language, answer_part: Callable[[str], Sequence[Statement]], rewriter: Rewriter
) -> list[Statement]:
    """The statements of each part, the parts taking turns as they were asked; empty where fewer than two of them are answered.

    "… and when?" is no part: it asks more of the same.

    Args:
        question: as it is searched for.
        language: that of the question.
        answer_part: the statements for a question of one part, best first.
        rewriter: makes a later part whole that leans on the first ("… and who is responsible for them?").
    """
    found: list[list[Statement]] = []
    seen: set[tuple[int, int, int]] = set()
    asked = parts(question, language)
    if not all(content(part.question, language) for part in asked):
        return []
    for at, part in enumerate(asked):
        whole = _whole(part, asked[0], language, rewriter) if at else part.question
        new = [s for s in answer_part(whole) if not _spans(s) & seen][:EACH]
        seen |= {span for statement in new for span in _spans(statement)}
        found.append([replace(statement, side=part.name) for statement in new])
    return [statement for side in found for statement in side] if sum(map(bool, found)) > 1 else []


def _whole(part: Part, first: Part, language: Language, rewriter: Rewriter) -> str:
    nothing = Answer(first.question, language, "", (), Refusal("not_in_documents", ""), Timings(0.0, 0.0, 0.0))
    made = rewriter.rewrite(part.question, language, [Turn(first.question, nothing)])
    return made.question if made is not None else part.question


def _spans(statement: Statement) -> set[tuple[int, int, int]]:
    return {(c.document_id, c.start, c.end) for c in statement.citations}
