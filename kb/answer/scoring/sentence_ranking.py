"""How well each candidate sentence answers the question, and the statements that the best of them give, word for word.

``score = z(dense) + lexical + names + aligned + passage + cue``: the sentence's own cosine to the question, its words where the two share a
script and its names where they do not, how the question's tokens fit it and its passage, the standing of its passage among the hits, and
whether it holds the kind of thing that was asked for. Nothing is written anew: a statement is a sentence of a document, and its citation
says where it stands. A question about a numbered clause is answered by that clause, whatever its words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ingest.near_duplicates import covered, numbers, shingles, squash
from ingest.records import AUTHORITY
from kb.answer.query_understanding.answer_types import asked_for, holds
from kb.answer.scoring.candidates import Budget, Candidate, preselect, sentences_of
from kb.answer.scoring.sentence_features import UNALIGNED, Aligned, align, bridged, lexical_scores, name_scores, standardise
from kb.answer.scoring.signatories import signed_first, with_signatures
from kb.errors import UnknownDocumentError
from kb.ports import FloatMatrix, FloatVector, Ports
from kb.records import STANDING, Citation, ExpandedTerm, Hit, Statement
from kb.verify.citations import cite_span
from lang.languages import Language
from lang.references import references, stands_inside, without_references
from lang.words.search_tokens import content_words, script

ACROSS = 0.048
"""How much lower multilingual-e5-small sets the cosine of a question and its answer in another language (0.873 and 0.825, XQuAD en/hi)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for. ``docs/measurements/answers.md`` says how they were fitted."""

    dense: float = 0.9
    lexical: float = 1.5
    names: float = 0.3
    passage: float = 1.2
    cue: float = 1.8
    carried: float = 0.0
    loosest: float = 0.9
    aligned_passage: float = 0.8
    fragment: float = 1.0
    authority: float = 0.1


SAME_SCRIPT = Weights()
"""The weights of sentences in the question's script."""
ACROSS_LANGUAGES = Weights(
    dense=1.2, lexical=0.0, names=0.3, passage=1.4, cue=1.2, carried=1.7, loosest=0.6, aligned_passage=2.0, fragment=0.9
)
"""The weights of sentences in another script than the question's."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and its signals.

    ``dense`` is its cosine to the question, ``lexical`` its standardised BM25 (0 across scripts), ``names`` its share of the question's
    names (0 in the question's script), ``aligned`` how the question's tokens fit it.
    """

    candidate: Candidate
    score: float
    dense: float
    lexical: float
    names: float = 0.0
    aligned: Aligned = UNALIGNED


def score(
    question: str,
    query: FloatVector,
    candidates: Sequence[Candidate],
    lexical: FloatVector,
    names: FloatVector,
    vectors: FloatMatrix,
    aligned: Sequence[Aligned],
) -> list[Scored]:
    """Score the candidates, in their order.

    Args:
        question: as it was asked.
        query: its vector, shape ``(dimension,)``.
        candidates: n sentences.
        lexical: their standardised BM25, shape ``(n,)``.
        names: their share of the question's names, shape ``(n,)``, see `kb.answer.scoring.sentence_features`.
        vectors: row i is the vector of candidate i, shape ``(n, dimension)``.
        aligned: how the question's tokens fit each.
    """
    dense = vectors @ query
    across = np.array([script(c.text) != script(question) for c in candidates])
    kind = asked_for(question)
    columns = {
        "dense": standardise(np.asarray(dense + ACROSS * across, dtype=np.float32)),
        "lexical": standardise(lexical),
        "names": names,
        "passage": np.array([c.passage for c in candidates]),
        "cue": np.array([kind is not None and holds(c.text, kind) for c in candidates]),
        "carried": standardise(np.array([a.carried for a in aligned], dtype=np.float32)),
        "loosest": standardise(np.array([a.loosest for a in aligned], dtype=np.float32)),
        "aligned_passage": standardise(np.array([a.around for a in aligned], dtype=np.float32)),
        "fragment": -np.array([c.fragment for c in candidates], dtype=np.float32),
        "authority": np.array([AUTHORITY[c.hit.kind] - 1 for c in candidates]),
    }
    total = sum(np.where(across, getattr(ACROSS_LANGUAGES, n), getattr(SAME_SCRIPT, n)) * column for n, column in columns.items())
    rows = zip(candidates, total, dense, lexical, names, aligned, strict=True)
    return [Scored(c, float(t), float(d), float(x), float(n), a) for c, t, d, x, n, a in rows]


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


MOST_CLAUSES = 8
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
        return compose(ranked, np.zeros((len(ranked), 1), dtype=np.float32), language, ports, Shape(statements=MOST_CLAUSES))
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
