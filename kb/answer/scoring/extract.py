"""Answers that quote: the sentences of the found passages that answer, word for word.

Nothing is written anew: a statement is a sentence of a document, and its citation says where it stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ingest.understand.duplicates import covered, numbers, shingles, squash
from kb.answer.scoring.candidates import Budget, Candidate, preselect, sentences_of
from kb.answer.scoring.glossary_overlap import bridged
from kb.answer.scoring.lexical import lexical_scores
from kb.answer.scoring.name_overlap import name_scores
from kb.answer.scoring.score import Scored, score
from kb.answer.scoring.token_alignment import align
from kb.answer.spans.signatures import signed_first, with_signatures
from kb.ports import FloatMatrix, FloatVector, Ports
from kb.records import STANDING, Citation, ExpandedTerm, Hit, Statement
from kb.verify.citations import cite_span
from lang.codes import Language

RETOLD = 0.5
"""Least share of the shorter of two texts that stands in the other. One word of fifteen changed leaves 0.8."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer looks like: at most ``statements`` of them.

    From the third on, a statement is kept when its score is at most ``drop`` below the best. A sentence in another language counts
    as a translation from the cosine ``twin`` on.
    """

    statements: int = 4
    drop: float = 1.5
    twin: float = 0.93


def rank_sentences(
    question: str,
    query: FloatVector,
    hits: Sequence[Hit],
    ports: Ports,
    budget: Budget = Budget(),
    terms: Sequence[ExpandedTerm] = (),
) -> tuple[list[Scored], FloatMatrix]:
    """The sentences of the hits that were looked at, best first, and their vectors in the same order, shape ``(n, dimension)``.

    ``terms`` are those of the glossary that the question names.
    """
    candidates = with_signatures(question, sentences_of(hits[: budget.passages]), hits)
    if not candidates:
        return [], np.zeros((0, 0), dtype=np.float32)
    lexical = lexical_scores(question, candidates)
    bridges = [bridged(question, c.text, c.hit.language, terms) for c in candidates]
    chosen = sorted(preselect(candidates, lexical, budget, [len(spans) for spans in bridges]))
    sentences = [candidates[i] for i in chosen]
    vectors, states = ports.embedder.contextual([c.text for c in sentences])
    aligned = align(question, ports.embedder.tokens([question])[0], sentences, states, [bridges[i] for i in chosen])
    names = name_scores(question, candidates)
    scored = score(question, query, sentences, lexical[chosen], names[chosen], vectors, aligned)
    order = sorted(range(len(scored)), key=lambda i: (-scored[i].score, scored[i].candidate.hit.rank, scored[i].candidate.start))
    order = signed_first(order, sentences)
    return [scored[i] for i in order], vectors[order]


def compose(ranked: Sequence[Scored], vectors: FloatMatrix, language: Language, ports: Ports, shape: Shape = Shape()) -> list[Statement]:
    """Turn ranked sentences into statements, best first.

    A sentence that stands word for word in several documents is one statement with a citation for each; one that another paper's copy
    of the same story has in nearly these words and with these figures is not repeated. Of a sentence and its translation, the one in
    the question's language comes first and the other after everything else. A sentence that refers back to the one before it is
    quoted together with that one, unless a statement above it ends with that. A heading answers only where there is nothing else.
    """
    taken: list[int] = []
    again: dict[int, list[int]] = {}
    twins: list[int] = []
    said = any(not scored.candidate.heading for scored in ranked)
    for i, scored in enumerate(ranked):
        if said and scored.candidate.heading:
            continue
        same = next((j for j in taken if _key(ranked[j].candidate.text) == _key(scored.candidate.text)), None)
        if same is not None:
            again.setdefault(same, []).append(i)
            continue
        if any(_retells(ranked[j].candidate, scored.candidate) for j in taken):
            continue
        twin = next((j for j in taken if _translates(ranked[j].candidate, scored.candidate, vectors[j], vectors[i], shape.twin)), None)
        if twin is not None:
            better = scored.candidate.hit.language == language != ranked[twin].candidate.hit.language
            if better:
                taken[taken.index(twin)] = i
            twins.append(twin if better else i)
        elif len(taken) < 2 or (len(taken) < shape.statements and scored.score >= ranked[taken[0]].score - shape.drop):
            taken.append(i)
    statements: list[Statement] = []
    chosen = (taken + twins)[: shape.statements]
    shown = {(ranked[i].candidate.hit.document_id, ranked[i].candidate.start) for i in chosen}
    for i in chosen:
        above = [c for statement in statements for c in statement.citations]
        citations = [cite(ranked[j].candidate, shown, ports, above) for j in [i, *again.get(i, [])]]
        good = tuple(c for c in citations if c is not None and c.status == "verified")
        if good and not all(_inside(c, above) for c in good):
            statements.append(Statement(good[0].quote, STANDING[ranked[i].candidate.hit.kind], good))
    return statements


def cite(candidate: Candidate, shown: set[tuple[int, int]], ports: Ports, above: Sequence[Citation] = ()) -> Citation | None:
    """A citation of the sentence, from its ``context`` on unless that sentence is shown by itself, or in ``above`` already."""
    hit = candidate.hit
    start = candidate.start if (hit.document_id, candidate.context) in shown else candidate.context
    before = [c.end for c in above if c.document_id == hit.document_id and c.start <= start < c.end <= candidate.start]
    if before:
        left = hit.text[max(before) - hit.start : candidate.start - hit.start]
        start = candidate.start - len(left.lstrip())
    found = cite_span(hit, start, candidate.end, ports)
    if found is None:
        return None
    around = ports.context(hit.document_id, hit.version, start, candidate.end)
    return replace(found, counterparts=hit.counterparts, context=around)


def _inside(citation: Citation, above: Sequence[Citation]) -> bool:
    """Whether a quote is part of one that stands above it."""
    return any(c.document_id == citation.document_id and c.start <= citation.start and citation.end <= c.end for c in above)


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _retells(one: Candidate, other: Candidate) -> bool:
    """Whether two papers' copies of one story say nearly the same here."""
    return other.hit.document_id in {variant.document_id for variant in one.hit.variants} and tells_again(one.text, other.text)


def tells_again(one: str, other: str) -> bool:
    """Whether two texts say the same in nearly the same words, with the same figures."""
    if numbers(one) != numbers(other):
        return False
    fewer, more = sorted((shingles(squash(one)), shingles(squash(other))), key=len)
    return covered(fewer, more) >= RETOLD


def _translates(one: Candidate, other: Candidate, first: FloatVector, second: FloatVector, threshold: float) -> bool:
    return one.hit.language != other.hit.language and float(first @ second) >= threshold
