"""What a kept answer is worth today: the status of each citation and verdict, found out again from the stored text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kb.errors import UnknownDocumentError
from kb.generate.grounding import MOST_CHARS
from kb.records import Answer, Citation, Conflict, Statement, Status, Verdict
from kb.verify.verdict import status_of


def recheck(answer: Answer, text_of: Callable[[int, int], str]) -> Answer:
    """The answer with every status found out again.

    ``text_of(document_id, version)`` gives the stored text and raises ``UnknownDocumentError`` where there is none. A quote that does not
    stand at its place is ``unsupported``. What a verdict found and the support it measured hold for the quotes as they were: its status
    follows from them, and is ``unsupported`` where one of the quotes no longer stands.
    """

    def again(citation: Citation) -> Citation:
        try:
            stands = text_of(citation.document_id, citation.version)[citation.start : citation.end]
        except UnknownDocumentError:
            return replace(citation, status="unsupported")
        return replace(citation, status="verified" if citation.quote and stands == citation.quote else "unsupported")

    def checked(statement: Statement) -> Statement:
        citations = tuple(again(c) for c in statement.citations)
        verdict = statement.verdict
        if verdict is not None:
            stand = bool(citations) and all(c.status == "verified" for c in citations)
            verdict = replace(verdict, status=_status_today(verdict, statement.text) if stand else "unsupported")
        return replace(statement, citations=citations, verdict=verdict)

    def still(conflict: Conflict) -> Conflict:
        return replace(conflict, one=again(conflict.one), other=again(conflict.other))

    return replace(
        answer,
        statements=tuple(map(checked, answer.statements)),
        conflicts=tuple(still(conflict) for conflict in answer.conflicts),
        left_out=tuple(map(checked, answer.left_out)),
    )


def _status_today(verdict: Verdict, text: str) -> Status:
    return "unsupported" if len(text) > MOST_CHARS else status_of(verdict.support, verdict.findings, verdict.scorer)
