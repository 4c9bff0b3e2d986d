"""A sentence that somebody brings, held against the papers: whether they bear it out, where, and what in it they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kb.document_records import Filters, Hit
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import Citation, Verdict
from kb.verify.citations import check_quote
from lang.languages import LANGUAGES, Language, detect
from server.evidence.passage_texts import linked_shape
from ui.components.answer_wording import findings
from ui.components.i18n import strings

if TYPE_CHECKING:
    from kb import KnowledgeBase

READ: Final = 6
"""Passages that a statement is held against: what bears a sentence out stands among the first few, or is not found."""
SHOWN: Final = 3
_ORDER: Final = ("verified", "partial", "unsupported")


class BadStatementError(KnowledgeBaseError):
    """There is no statement, or it is too long to be one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement, the language it is in, the best verdict that passages gave, and these passages, that of the verdict first."""

    statement: str
    language: Language
    verdict: Verdict
    quotes: tuple[tuple[Citation, Verdict], ...]


def check_statement(kb: KnowledgeBase, statement: str, filters: Filters) -> Checked:
    """Look for what speaks to a statement, and compare it with each passage as is done with what a language model writes.

    Raises:
        BadStatementError: there is no statement, or it is longer than a question may be.
    """
    said = " ".join(statement.split())
    if not said:
        raise BadStatementError("There is no statement to check. Give one sentence.")
    if len(said) > kb.settings.max_question_chars:
        raise BadStatementError(f"The statement is longer than {kb.settings.max_question_chars} characters. Check it sentence by sentence.")
    found = kb.search(said, k=READ, filters=filters)
    cited = [citation for hit in found.hits if (citation := _cited(kb, hit)) is not None]
    judged = sorted(((one, kb.judge(said, [one])) for one in cited), key=lambda pair: _rank(pair[1]))  # else in the order of the search
    nothing = kb.judge(said, ())
    return Checked(said, detect(said, found.language), judged[0][1] if judged else nothing, tuple(judged[:SHOWN]))


def checked_shape(checked: Checked, address: str) -> dict[str, Any]:
    """A verdict as JSON: ``verdict``, the ``reasons`` in words, ``findings``, and the ``quotes`` with a status each."""
    words = strings(checked.language if checked.language in LANGUAGES else "en")
    why = findings(checked.verdict, checked.verdict.status, words) if checked.quotes else None
    return {
        "statement": checked.statement,
        "language": checked.language,
        "verdict": checked.verdict.status,
        "support": round(checked.verdict.support, 3),
        "reasons": [why] if why else [],
        "findings": [{"check": one.check, "said": one.said, "shown": one.shown} for one in checked.verdict.findings],
        "quotes": [
            {**linked_shape(citation, address), "verdict": verdict.status, "support": round(verdict.support, 3)}
            for citation, verdict in checked.quotes
        ],
    }


def _rank(verdict: Verdict) -> tuple[int, float]:
    """The best verdict first, and the surer of two; of none that bears it out, the passage that is nearest tells most."""
    return _ORDER.index(verdict.status), -verdict.support if verdict.status != "unsupported" else 0.0


def _cited(kb: KnowledgeBase, hit: Hit) -> Citation | None:
    """The passage of a hit as a citation that is checked; None where it was deleted meanwhile."""
    try:
        text = kb.text(hit.document_id, hit.version)
        doubtful = kb.doubtful(hit.document_id, hit.version, hit.start, hit.end)
        place = kb.place(hit.document_id, hit.version, hit.start)
        replaced = kb.replaced(hit.document_id) if hit.kind != "news" else None
    except UnknownDocumentError:
        return None
    return Citation(
        hit.document_id, hit.document, hit.source, hit.version, hit.kind, hit.date, hit.page, hit.page_label, hit.path, hit.start, hit.end,
        hit.language, hit.text, check_quote(hit.text, text, hit.start, hit.end), hit.variants, hit.counterparts, hit.context, replaced,
        place.ocr, doubtful,
    )  # fmt: skip
