"""Answers that quote: the sentences of the found passages that answer, word for word.

Nothing is written anew: a statement is a sentence of a document, and its citation says where it stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.records import Language
from kb.answer.candidates import Candidate, preselect, sentences_of
from kb.answer.ports import FloatMatrix, Ports
from kb.answer.score import Scored, Weights, score
from kb.answer.verify.quotes import check
from kb.errors import UnknownDocumentError
from kb.records import STANDING, Citation, Hit, Statement


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is looked at. ``tokens`` is what the chosen sentences cost to embed, the greater part of the time an answer takes."""

    passages: int = 8
    sentences: int = 16
    tokens: int = 420
    statements: int = 4
    drop: float = 1.5
    """A third or later statement is kept when its score is at most this far below the best."""
    twin: float = 0.93
    """Cosine from which a sentence in another language is taken to say the same."""


def rank_sentences(
    question: str, hits: Sequence[Hit], ports: Ports, budget: Budget = Budget(), weights: Weights = Weights()
) -> tuple[list[Scored], FloatMatrix]:
    """The candidate sentences of the hits, best first, and their vectors in the same order, shape ``(n, dimension)``."""
    chosen = preselect(question, sentences_of(hits[: budget.passages]), budget.sentences, budget.tokens)
    if not chosen:
        return [], np.zeros((0, 0), dtype=np.float32)
    vectors = ports.embedder.passages([c.text for c in chosen])
    ranked = score(question, ports.embedder.query(question), chosen, vectors, weights)
    row = {id(c): i for i, c in enumerate(chosen)}
    return ranked, vectors[[row[id(s.candidate)] for s in ranked]]


def compose(ranked: Sequence[Scored], vectors: FloatMatrix, language: Language, ports: Ports, budget: Budget = Budget()) -> list[Statement]:
    """Turn ranked sentences into statements, best first.

    A sentence that stands word for word in several documents is one statement with a citation for each. Of a sentence and its
    translation, the one in the question's language comes first and the other after everything else.
    """
    taken: list[int] = []
    again: dict[int, list[int]] = {}
    twins: list[int] = []
    for i, scored in enumerate(ranked):
        same = next((j for j in taken if _key(ranked[j].candidate.text) == _key(scored.candidate.text)), None)
        if same is not None:
            again.setdefault(same, []).append(i)
            continue
        if len(taken) >= budget.statements or (len(taken) >= 2 and scored.score < ranked[taken[0]].score - budget.drop):
            continue
        twin = next((j for j in taken if _translates(ranked[j].candidate, scored.candidate, vectors[j], vectors[i], budget.twin)), None)
        if twin is None:
            taken.append(i)
        elif scored.candidate.hit.language == language != ranked[twin].candidate.hit.language:
            taken[taken.index(twin)] = i
            twins.append(twin)
        else:
            twins.append(i)
    statements = []
    for i in (taken + twins)[: budget.statements]:
        citations = [_cite(ranked[j].candidate, ports) for j in [i, *again.get(i, [])]]
        good = tuple(c for c in citations if c is not None and c.status == "verified")
        if good:
            statements.append(Statement(ranked[i].candidate.text, STANDING[ranked[i].candidate.hit.kind], good))
    return statements


def _cite(candidate: Candidate, ports: Ports) -> Citation | None:
    hit = candidate.hit
    try:
        text = ports.text(hit.document_id, hit.version)
    except UnknownDocumentError:
        # Deleted by another process since the search: there is nothing left to cite.
        return None
    return Citation(
        document_id=hit.document_id,
        document=hit.document,
        source=hit.source,
        version=hit.version,
        kind=hit.kind,
        date=hit.date,
        page=hit.page,
        page_label=hit.page_label,
        path=hit.path,
        start=candidate.start,
        end=candidate.end,
        language=hit.language,
        quote=candidate.text,
        status=check(candidate.text, text, candidate.start, candidate.end),
    )


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _translates(one: Candidate, other: Candidate, first: np.ndarray, second: np.ndarray, threshold: float) -> bool:
    return one.hit.language != other.hit.language and float(first @ second) >= threshold
