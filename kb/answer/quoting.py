"""Which stretches of the found passages answer a question, in whatever language they are, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from kb.answer.ranking import NEAREST, WHOLE, WHOLE_UNSURE, rank_stretches, statements_of
from kb.answer.scoring import abstention
from kb.answer.scoring.candidates import Budget
from kb.answer.scoring.extract import rank_sentences
from kb.answer.scoring.score import Scored
from kb.answer.scoring.unknown_names import strangers
from kb.answer.spans.clauses import clause_statements
from kb.answer.spans.marks import marked
from kb.answer.stretches import as_stretches
from kb.answer.understand.question_kinds import out_of_scope
from kb.ports import Ports
from kb.records import ExpandedTerm, Grade, Hit, SearchResult, Statement
from lang.codes import Language
from lang.lexical.content_words import script

CLEAR = 1.5
"""The margin from which passages in other languages are not read as well; chosen by eye, not fitted."""
SURE = 1.6
"""The margin from which the papers answer; below it, and where the question names what they name nowhere, what is nearest is shown, and
that this is not sure.

Of the near misses of two sets of papers that strangers wrote, .75 of 56 lie below, and of the questions that these answer .49 of 216.
"""
NEAR = -2.5
"""The margin below which nothing is shown but where to look: of the questions that two other sets of strangers answer .01 and .03."""
BESIDE = Budget(tokens_across=360)
"""How much is read in other languages after the own language was read: both together stay within 300 ms on two cores."""
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
    clear, scored = _clearness(question, language, result.hits, ports, result.terms)
    clearest = max(clear.values())
    sure = _answers(clearest, question, result.hits, ports)
    if (clearest < NEAR and not named) or (not sure and (outside or out_of_scope(question, language))):
        return [], "silent"
    ranked = rank_stretches(question, result.hits, scored, ports, WHOLE if sure else WHOLE_UNSURE)
    if not sure:
        return statements_of(question, language, ranked, ports, NEAREST), "nearest"
    return statements_of(question, language, ranked, ports), "answers"


def is_sure(question: str, language: Language, result: SearchResult, ports: Ports) -> bool:
    """Whether the hits answer a question, and are not only near it."""
    clearest = max(_clearness(question, language, result.hits, ports, result.terms)[0].values())
    return _answers(clearest, question, result.hits, ports)


def _answers(clearest: float, question: str, hits: Sequence[Hit], ports: Ports) -> bool:
    """Whether hits that speak so clearly answer a question: they hold what it names."""
    return clearest >= SURE and not strangers(question, hits, ports.embedder)


def _clearness(
    question: str, language: Language, hits: Sequence[Hit], ports: Ports, terms: Sequence[ExpandedTerm]
) -> tuple[dict[bool, float], list[Scored]]:
    """How clearly the passages of each side speak, own language (False) and others (True), and their sentences, best first.

    Passages in the question's own language come first in a search, whether or not they answer. So where these do not answer clearly,
    the passages in other languages are read as well.
    """
    query = ports.embedder.query(question)
    clear: dict[bool, float] = {}
    found: list[tuple[float, Scored]] = []
    for across in (False, True):
        if clear and clear[False] >= CLEAR:
            break
        of_side = [h for h in hits if foreign(h, question, language) == across]
        ranked, _ = rank_sentences(question, query, of_side, ports, BESIDE if found else Budget(), terms)
        clear[across] = abstention.margin(question, language, query, ports.embedder.name, ranked, of_side, across=across, fetched=len(hits))
        found += [(clear[across] - place, scored) for place, scored in enumerate(ranked)]
    return clear, [scored for _, scored in sorted(found, key=lambda one: -one[0])]


def foreign(hit: Hit, question: str, language: Language) -> bool:
    """Whether a hit is of the other side: in another language than the question, or another script where one of the two is not known."""
    return script(hit.text) != script(question) if "und" in (language, hit.language) else hit.language != language
