"""A question about a numbered clause is answered by that clause, whatever its words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from kb.answer.scoring.candidates import Candidate, sentences_of
from kb.answer.scoring.extract import Shape, compose, rank_sentences
from kb.answer.scoring.score import Scored
from kb.errors import UnknownDocumentError
from kb.ports import FloatVector, Ports
from kb.records import Hit, Statement
from lang.codes import Language
from lang.lexical.content_words import content_words
from lang.references import references, stands_inside, without_references

MOST = 8
"""Sentences of a clause that are quoted when the question asks for nothing but the clause."""

_SAYING = """
    say says state states provide provides contain contains mean means read reads text content contents about under regarding tell explain
    summarise summarize show cover covers clause article section memorandum cooperation agreement document report moc mou according set out
    म्हणते म्हणतो म्हटले सांगते सांगतो सांगा आहे नमूद तरतूद तरतुदी मजकूर करार करारातील कराराच्या कराराचे सहकार्य कलम कलमात दिले लिहिले विषय विषयी बाबत अर्थ
    कहता कहती कहा लिखा प्रावधान पाठ ज्ञापन समझौते समझौता करार सहयोग अनुच्छेद धारा बताता बताइए बताएं विषय बारे अर्थ मतलब
    定める 規定 内容 覚書 協力 協定 条 項 号 第 書く 述べる 説明 教える 下さる 意味 本文 について つく 関する
"""


def clause_statements(question: str, language: Language, query: FloatVector, hits: Sequence[Hit], ports: Ports) -> list[Statement]:
    """Sentences of the clause that the question names, in their order; those that answer best where it asks for something in particular.

    Empty when the question names no clause, or when no document has one of that number.
    """
    asked = references(question)
    if not asked or not hits or not hits[0].channels.get("clause"):
        return []
    there = _at_the_place(hits)
    inside = [one.inside for one in asked if one.inside]
    if not _asks_for_more(question, there[0].language):
        found = [c for c in sentences_of(there) if not _heading(c)]
        within = [c for c in found if any(stands_inside(_path(c, ports), one) for one in inside)]
        ranked = [Scored(c, 0.0, 0.0, 0.0) for c in within or found]
        return compose(ranked, np.zeros((len(ranked), 1), dtype=np.float32), language, ports, Shape(statements=MOST))
    ranked, vectors = rank_sentences(without_references(question), query, there, ports)
    rows = [i for i, s in enumerate(ranked) if not s.candidate.fragment] or list(range(len(ranked)))
    if inside:
        rows = [i for i in rows if any(stands_inside(_path(ranked[i].candidate, ports), one) for one in inside)] or rows
    return compose([ranked[i] for i in rows], vectors[rows], language, ports)


def _at_the_place(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit and the other passages of the same place in its document, in the order of the text."""
    best = hits[0].channels.get("clause") or 0.0
    same = [h for h in hits if h.document_id == hits[0].document_id and (h.channels.get("clause") or 0.0) >= best]
    return sorted(same, key=lambda h: h.start)


def _heading(candidate: Candidate) -> bool:
    return candidate.fragment and candidate.text in " ".join(candidate.hit.path)


def _path(candidate: Candidate, ports: Ports) -> tuple[str, ...]:
    try:
        return ports.place(candidate.hit.document_id, candidate.hit.version, candidate.start).path
    except UnknownDocumentError:
        # Deleted by another process since the search.
        return ()


def _asks_for_more(question: str, pool: Language) -> bool:
    """Whether the question has words of its own beside naming a clause and asking what it says."""
    return bool(set(content_words(without_references(question), pool)) - _saying(pool))


@lru_cache(maxsize=8)
def _saying(pool: Language) -> frozenset[str]:
    return frozenset(content_words(_SAYING, pool))
