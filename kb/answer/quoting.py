"""Which stretches of the found passages answer a question, in whatever language they are, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kb.answer.ranking import NEAREST, WHOLE, WHOLE_UNSURE, rank_stretches, statements_of
from kb.answer.scoring.reading import Read, fitted, read_first
from kb.answer.scoring.unknown_names import strangers
from kb.answer.spans.clauses import clause_statements
from kb.answer.spans.marks import marked
from kb.answer.stretches import as_stretches
from kb.answer.understand.question_kinds import out_of_scope
from kb.ports import Ports
from kb.records import Grade, Hit, SearchResult, Statement
from kb.verify.citations import overlap
from lang.codes import Language
from lang.lexical.content_words import script

EVEN = 0.0
"""Log-odds from which what is by its wording outside of what papers hold (the weather of tomorrow) is answered all the same."""
AS_SURELY = 1.0
"""Log-odds below the best down to which a passage answers about as surely."""
FETCHED = 60
"""Hits that are asked for: the first few are read, the others show what the documents hold beside the question."""


def quoted(
    question: str,
    language: Language,
    result: SearchResult,
    ports: Ports,
    *,
    outside: bool = False,
    named: bool = False,
) -> tuple[list[Statement], Grade]:
    """The stretches of the hits that answer a question, as statements, and how sure it is that they do.

    One that is about something ``outside`` of what papers hold is answered only where they clearly speak of it; where the hits are of a
    paper that it ``named``, that paper is shown in any case.
    """
    clauses = clause_statements(question, language, ports.embedder.query(question), result.hits, ports)
    if clauses:
        return as_stretches(marked(question, clauses), ports.text, ports.outline), "answers"
    read = read_first(question, result.hits, ports)
    order = fitted()
    best = best_odds(question, result.hits, ports)
    sure = _answers(best, question, result.hits, ports)
    least = EVEN if out_of_scope(question, language) else order.likely if outside else order.near
    if best < least and not (named and least == order.near):
        return [], "silent"
    ranked = rank_stretches(question, read, ports, result.terms, WHOLE if sure else WHOLE_UNSURE)
    if not sure:
        return statements_of(question, language, ranked, ports, NEAREST), "nearest"
    return statements_of(question, language, ranked, ports), "answers"


def is_sure(question: str, result: SearchResult, ports: Ports) -> bool:
    """Whether the hits answer a question, and are not only near it."""
    return _answers(best_odds(question, result.hits, ports), question, result.hits, ports)


def best_odds(question: str, hits: Sequence[Hit], ports: Ports) -> float:
    """The log-odds that the passage answers that does best; −∞ where there is none."""
    return max((one.odds for one in read_first(question, hits, ports)), default=-math.inf)


def answering(question: str, hits: Sequence[Hit], ports: Ports) -> frozenset[int]:
    """The ids of the papers that may answer a short question: where one passage surely does, all but those that were read and do not.

    Else those of which a passage was read that answers about as surely as the best.
    """
    read = read_first(question, hits, ports)
    if not read:
        return frozenset()
    if read[0].odds < fitted().sure:
        return frozenset(hit.document_id for hit in _as_sure(read))
    best = {one.hit.document_id: one.odds for one in reversed(read)}
    return frozenset(hit.document_id for hit in hits if not -math.inf < best.get(hit.document_id, -math.inf) < fitted().near)


def beside_best(question: str, statements: Sequence[Statement], hits: Sequence[Hit], ports: Ports) -> list[Statement]:
    """The first of some statements, and those others whose passages answer about as surely as the best."""
    near = _as_sure(read_first(question, hits, ports))
    return [one for at, one in enumerate(statements) if at == 0 or any(overlap(one.citations[0], hit) for hit in near)]


def _as_sure(read: Sequence[Read]) -> list[Hit]:
    """Those of the passages that answer about as surely as the first, which answers best."""
    return [one.hit for one in read if one.odds >= read[0].odds - AS_SURELY]


def _answers(best: float, question: str, hits: Sequence[Hit], ports: Ports) -> bool:
    """Whether hits of which the best has such log-odds answer a question: they hold what it names."""
    return best >= fitted().sure and not strangers(question, hits, ports.embedder)


def foreign(hit: Hit, question: str, language: Language) -> bool:
    """Whether a hit is of the other side: in another language than the question, or another script where one of the two is not known."""
    return script(hit.text) != script(question) if "und" in (language, hit.language) else hit.language != language
