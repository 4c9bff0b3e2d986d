"""A sentence that somebody brings, held against the papers: whether they bear it out, where, and what in it they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kb.document_records import Filters, Hit
from kb.errors import KnowledgeBaseError, UnknownDocumentError
from kb.records import Citation, Finding, Status, Verdict
from kb.verify.citations import cite_span
from lang.languages import LANGUAGES, Language, detect
from lang.sentences import sentence_spans
from server.evidence.passage_texts import linked_shape
from ui.components.answer_wording import findings
from ui.components.i18n import Strings, strings

if TYPE_CHECKING:
    from kb import KnowledgeBase

READ: Final = 8
"""Passages that a sentence is held against: what bears it out stands among the first few, or is not found."""
TOGETHER: Final = 3
"""The best of these are held against it together, too: a sentence may say what two passages say."""
SHOWN: Final = 3
MOST_SENTENCES: Final = 20
_STRENGTH: Final[dict[Status, int]] = {"unsupported": 0, "partial": 1, "verified": 2}


class BadStatementError(KnowledgeBaseError):
    """There is no statement, or it is too long to be one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a statement with the best verdict that passages gave, and these passages, those of the verdict first."""

    text: str
    verdict: Verdict
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement, the language it is in, and its sentences; it is as good as the weakest of them."""

    statement: str
    language: Language
    sentences: tuple[Sentence, ...]

    @property
    def weakest(self) -> Sentence:
        """The sentence on which the verdict rests."""
        return min(self.sentences, key=lambda one: _weight(one.verdict))


def check_statement(kb: KnowledgeBase, statement: str, filters: Filters, given: Sequence[Citation] = ()) -> Checked:
    """Compare each sentence of a statement with what speaks to it, as is done with what a language model writes.

    That is looked for where no quotes are ``given``.

    Raises:
        BadStatementError: there is no statement, or it is longer than a question may be, or has more than `MOST_SENTENCES` sentences.
    """
    said = statement.strip()
    if not said:
        raise BadStatementError("There is no statement to check. Give one sentence.")
    if len(said) > kb.settings.max_question_chars:
        raise BadStatementError(f"The statement is longer than {kb.settings.max_question_chars} characters. Check it sentence by sentence.")
    language = detect(said, "en")
    parts = [part for start, end in sentence_spans(said, language) if (part := said[start:end].strip())]
    if len(parts) > MOST_SENTENCES:
        raise BadStatementError(f"The statement has more than {MOST_SENTENCES} sentences. Check it in parts.")
    return Checked(said, language, tuple(_compared(kb, part, filters, tuple(given)) for part in parts))


def checked_shape(checked: Checked, address: str) -> dict[str, Any]:
    """A verdict as JSON: ``verdict``, the ``reasons`` in words, ``findings``, the ``quotes``, and the same of each sentence."""
    words = strings(checked.language if checked.language in LANGUAGES else "en")
    told = [_sentence_shape(one, words, address) for one in checked.sentences]
    weakest = told[checked.sentences.index(checked.weakest)]
    quotes = {quote["id"]: quote for one in told for quote in one["quotes"]}
    return {
        "statement": checked.statement,
        "language": checked.language,
        "verdict": weakest["verdict"],
        "support": weakest["support"],
        "reasons": list(dict.fromkeys(reason for one in told for reason in one["reasons"])),
        "findings": [finding for one in told for finding in one["findings"]],
        "quotes": list(quotes.values()),
        "sentences": [{**one, "quotes": [quote["id"] for quote in one["quotes"]]} for one in told],
    }


def _sentence_shape(one: Sentence, words: Strings, address: str) -> dict[str, Any]:
    why = findings(one.verdict, one.verdict.status, words) if one.citations else None
    return {
        "text": one.text,
        "verdict": one.verdict.status,
        "support": round(one.verdict.support, 3),
        "reasons": [why] if why else [],
        "findings": [{"check": found.check, "said": found.said, "shown": found.shown} for found in one.verdict.findings if found.said],
        "quotes": [linked_shape(citation, address) for citation in one.citations],
    }


def _compared(kb: KnowledgeBase, text: str, filters: Filters, given: tuple[Citation, ...]) -> Sentence:
    """The verdict of what is given; else of the passage, or the best few together, that bears a sentence out best, and nearest.

    Nothing is partly borne out by papers that do not speak of it.
    """
    if given:
        return Sentence(text, kb.judge(text, given), given)
    cited = [citation for hit in kb.search(text, k=READ, filters=filters).hits if (citation := _cited(kb, hit)) is not None]
    if not cited:
        return Sentence(text, kb.judge(text, ()), ())
    alone = [(kb.judge(text, (one,)), one) for one in cited]
    ranked = sorted(alone, key=lambda pair: _weight(pair[0]), reverse=True)  # else in the order of the search
    best, shown = ranked[0][0], tuple(one for _, one in ranked[:SHOWN])
    if best.status != "verified" and len(cited) > 1:
        together = kb.judge(text, tuple(one for _, one in ranked[:TOGETHER]))
        best = max(best, together, key=_weight)
    if best.status == "partial" and kb.silent_on(text, filters):
        return Sentence(text, replace(best, status="unsupported", findings=(Finding("silent", text),)), shown)
    return Sentence(text, best, shown)


def _weight(verdict: Verdict) -> tuple[int, float]:
    """The best verdict, and the surer of two; of those that bear nothing out none, for there the nearest passage tells most."""
    return _STRENGTH[verdict.status], verdict.support if verdict.status != "unsupported" else 0.0


def _cited(kb: KnowledgeBase, hit: Hit) -> Citation | None:
    """The passage of a hit as a citation that is checked, with all that the search tells of it; None where it was deleted meanwhile."""
    try:
        replaced = kb.replaced(hit.document_id) if hit.kind != "news" else None
    except UnknownDocumentError:
        return None
    cited = cite_span(hit, hit.start, hit.end, kb)
    if cited is None:
        return None
    return replace(
        cited, page=hit.page, page_label=hit.page_label, path=hit.path, counterparts=hit.counterparts, context=hit.context,
        superseded_by=replaced,
    )  # fmt: skip
