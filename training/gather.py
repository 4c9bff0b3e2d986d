"""From a topic to material: which sentences of which papers speak of it, each once, however many papers and languages have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ingest.near_duplicates import numbers
from ingest.records import AUTHORITY
from kb import KnowledgeBase
from kb.embed.embedder import FloatMatrix
from kb.records import DocumentInfo, Filters, Hit
from kb.search.ranking_signals import heading_match, heading_words
from kb.verify.fact_check import facts_in
from lang.languages import Language, detect
from lang.values.quantities import CURRENCIES
from lang.words.search_tokens import content_words
from training.errors import NoPapersError, NotCoveredError
from training.phrases import phrase
from training.records import Audience, Request
from training.source_sentences import Heading, Sentence, headings, sentences

FETCHED: Final = 40
"""Passages that are asked for, for the topic and for each of its aspects."""
ASPECT: Final = 0.6
"""What a passage counts that is found for an aspect of the topic, beside one that is found for the topic."""
MOST: Final = 420
"""Sentences that are looked at: each costs an embedding the first time."""
NAMED: Final = 0.5
"""Share of a heading's words that the topic names, from which the heading alone says that the papers cover it."""
FAINT: Final = 3.0
"""Score of the best passage below which the topic must share a word or a term with the passages that are found."""
TITLED: Final = 1.0
"""What it counts that a paper or heading is called by a term of the topic, in whatever language: scores across languages are lower."""
TRANSLATED: Final = 0.8
"""The same in two language versions of one document, where the two are each other's nearest."""
TWIN: Final = 0.93
"""Cosine from which a sentence in another language with the same numbers is the translation of another."""
NEAR: Final = 6
"""Headings that are offered where a topic is not covered."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences under one heading that speak of the topic, in the order of the paper; ``score`` is that of the best of them."""

    info: DocumentInfo
    heading: Heading
    sentences: tuple[Sentence, ...]
    score: float
    named: bool = False
    """Whether its paper or heading is called by a term of the topic, in whatever language."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a module is made of. ``groups`` are sorted by score; ``versions`` are the translations of a sentence, by its key.

    ``evidence`` is everything that was looked at, also what is there twice: what must not be contradicted.
    """

    request: Request
    papers: tuple[DocumentInfo, ...]
    groups: tuple[Group, ...]
    evidence: tuple[Sentence, ...]
    versions: Mapping[tuple[int, int], tuple[Sentence, ...]]

    def all(self) -> Iterator[Sentence]:
        """The sentences, best heading first."""
        return (sentence for group in self.groups for sentence in group.sentences)


def gather(kb: KnowledgeBase, request: Request, tell: Callable[[int, int], None] = lambda _done, _total: None) -> Material:
    """The material for a request; ``tell`` hears of every paper that was read, of how many.

    Raises:
        NoPapersError: there is no document, or one that was chosen is not in use.
        NotCoveredError: the papers say nothing of the topic, or nothing in a sentence that can stand alone.
    """
    if not request.documents:
        kb = kb.within(request.collections)
    papers = _papers(kb, request)
    filters = Filters(documents=tuple(info.id for info in papers) if request.documents else ())
    hits = _hits(kb, request, filters, papers)
    of_document: dict[int, list[tuple[Hit, float]]] = defaultdict(list)
    for hit, weight in hits:
        of_document[hit.document_id].append((hit, weight))
    known = {info.id: info for info in papers}
    wanted = [known[one] for one in of_document if one in known]
    read: list[Sentence] = []
    for done, info in enumerate(wanted):
        tell(done, len(wanted))
        read += [scored for one in sentences(kb, info) for scored in _placed(one, of_document[info.id])]
    tell(len(wanted), len(wanted))
    read = sorted(read, key=lambda one: -one.score)[:MOST]
    ranked = _ranked(kb, request, read)
    beside = {frozenset((hit.document_id, other.document_id)) for hit, _ in hits for other in hit.counterparts}
    kept, versions = _once(kb, request.languages[0], ranked, beside)
    groups = _grouped(kb, request.topic, kept)
    if not any(one.alone for group in groups for one in group.sentences):
        raise _not_covered(kb, request, papers)
    return Material(request, tuple(wanted), groups, tuple(ranked), versions)


def nearest(kb: KnowledgeBase, topic: str, papers: Sequence[DocumentInfo]) -> tuple[str, ...]:
    """The headings of the papers that come closest to a topic, best first."""
    found = [(info, heading) for info in papers for heading in headings(kb, info)]
    if not found:
        return ()
    cosines = kb.likeness.cosines([topic], [("", " ".join(heading.text.split())) for _, heading in found])[0]
    order = np.argsort(-cosines)
    return tuple(dict.fromkeys(" ".join(found[int(i)][1].text.split()) for i in order))[:NEAR]


def _not_covered(kb: KnowledgeBase, request: Request, papers: Sequence[DocumentInfo]) -> NotCoveredError:
    near = nearest(kb, request.topic, papers)
    message = phrase("error.not_covered", request.languages[0], topic=request.topic)
    if near:
        message = f"{message} {phrase('error.not_covered.nearest', request.languages[0], nearest=' · '.join(near))}"
    return NotCoveredError(message, near)


def _papers(kb: KnowledgeBase, request: Request) -> tuple[DocumentInfo, ...]:
    language = request.languages[0]
    there = {info.id: info for info in kb.documents() if info.state != "rejected" and info.chunks}
    if not there:
        raise NoPapersError(phrase("error.no_papers", language))
    for one in request.documents:
        if one not in there:
            raise NoPapersError(phrase("error.withdrawn", language, about=str(one)))
    return tuple(there[one] for one in (request.documents or there))


def _hits(kb: KnowledgeBase, request: Request, filters: Filters, papers: Sequence[DocumentInfo]) -> list[tuple[Hit, float]]:
    """The passages that speak of the topic or of an aspect of it, each with a weight from 0 to 1."""
    topic, language = request.topic, request.languages[0]
    first = kb.search(topic, k=FETCHED, filters=filters).hits
    if not _covered(kb, topic, first, filters, papers):
        raise _not_covered(kb, request, papers)
    spoken = detect(topic, language)
    aspects = [part.strip() for part in phrase("aspects", spoken).replace("；", ";").split(";")]
    best: dict[int, tuple[Hit, float]] = {}
    for weight, asked in ((1.0, topic), *((ASPECT, f"{topic} {aspect}") for aspect in aspects)):
        found = first if asked == topic else kb.search(asked, k=FETCHED // 2, filters=filters).hits
        top = max((hit.score for hit in found), default=1.0)
        for hit in found:
            share = weight * max(0.0, hit.score / top if top > 0 else 0.0)
            if hit.chunk not in best or best[hit.chunk][1] < share:
                best[hit.chunk] = (hit, share)
            for other in hit.counterparts:
                # A language version is found with the one that is shown: its sentences are wanted for languages beside.
                version = replace(
                    hit, chunk=other.chunk, document_id=other.document_id, document=other.document, source=other.source,
                    version=other.version, language=other.language, start=other.start, end=other.end, text="", counterparts=(),
                )  # fmt: skip
                if other.chunk not in best or best[other.chunk][1] < share:
                    best[other.chunk] = (version, share)
    return sorted(best.values(), key=lambda pair: -pair[1])


def _covered(kb: KnowledgeBase, topic: str, hits: Sequence[Hit], filters: Filters, papers: Sequence[DocumentInfo]) -> bool:
    """Whether the papers speak of the topic: a heading names it, or they would answer a question of these words."""
    if not hits:
        return False
    language = detect(topic)
    asked = heading_words(topic, language)
    for info in papers:
        for heading in headings(kb, info):
            line = heading_words(" ".join(heading.text.split()), language)
            if line and asked and heading_match(asked, [line], lambda _word: 1.0) >= NAMED:
                return True
    refusal = kb.answer(topic, filters=filters, engine="extractive").refusal
    if refusal is not None and refusal.reason not in ("ambiguous", "legal_opinion"):
        return False
    return hits[0].score >= FAINT or any(_shares(kb, topic, language, hit) for hit in hits[:5])


def _shares(kb: KnowledgeBase, topic: str, language: Language, hit: Hit) -> bool:
    asked = set(content_words(topic, language))
    own = len(asked & set(content_words(hit.text, hit.language)))
    return own >= max(1, (len(asked) + 1) // 2) or bool(kb.likeness.terms(topic, language) & kb.likeness.terms(hit.text, hit.language))


def _placed(one: Sentence, hits: Sequence[tuple[Hit, float]]) -> Iterator[Sentence]:
    """The sentence with the weight of the best passage that it stands in, if any."""
    weight = max((share for hit, share in hits if hit.start <= one.start < hit.end), default=None)
    if weight is not None:
        yield replace(one, score=weight)


def _ranked(kb: KnowledgeBase, request: Request, read: Sequence[Sentence]) -> list[Sentence]:
    """The sentences with their scores: of the passage, of their own nearness to the topic, and of what the audience needs."""
    if not read:
        return []
    cosines = kb.likeness.cosines([request.topic], [("", one.text) for one in read])[0]
    by_language: dict[str, list[float]] = defaultdict(list)
    for one, cosine in zip(read, cosines, strict=True):
        by_language[one.language].append(float(cosine))
    ranked = []
    for one, cosine in zip(read, cosines, strict=True):
        same = by_language[one.language]
        spread = float(np.std(same)) or 1.0
        near = (float(cosine) - float(np.mean(same))) / spread if len(same) > 2 else 0.0
        own = 0.4 if one.language == request.languages[0] else 0.0
        score = 2.0 * one.score + 0.5 * near + own + _worth(one, request.audience) - (0.6 if not one.alone else 0.0)
        ranked.append(replace(one, score=score))
    return sorted(ranked, key=lambda one: (-one.score, one.key))


def _worth(one: Sentence, audience: Audience) -> float:
    """What the facts of a sentence count for an audience: a ward officer's dates, an engineer's figures, a councillor's money."""
    facts = facts_in(one.text)
    units = {quantity.unit for quantity in facts.quantities if quantity.role == "amount"}
    dated = bool(facts.dates or facts.months) or bool(units & {"day", "month"})
    money = bool(units & (CURRENCIES | {"percent"}))
    figures = bool(units)
    by: dict[Audience, tuple[float, float, float]] = {
        "ward_officers": (0.5, 0.1, 0.2), "engineers": (0.2, 0.1, 0.5), "councillors": (0.2, 0.5, 0.1),
    }  # fmt: skip
    return sum(weight for weight, there in zip(by[audience], (dated, money, figures), strict=True) if there)


def _once(
    kb: KnowledgeBase, language: Language, ranked: Sequence[Sentence], beside: Collection[frozenset[int]]
) -> tuple[list[Sentence], dict[tuple[int, int], tuple[Sentence, ...]]]:
    """Each statement once: in the module's own language where it is there in that, else as it ranks; with its other versions.

    ``beside`` are the pairs of documents that are language versions of one.
    """
    own_first = sorted(ranked, key=lambda one: one.language != language)
    like = kb.likeness.among([one.text for one in own_first])
    translated = set(_translations(own_first, like, beside))
    kept: list[int] = []
    versions: dict[tuple[int, int], list[Sentence]] = defaultdict(list)
    for i, one in enumerate(own_first):
        if any(_overlap(one, own_first[j]) for j in kept):
            continue
        same = [j for j in kept if (j, i) in translated or _same(own_first[j], one, float(like[i, j]))]
        twin = max(same, key=lambda j: float(like[i, j]), default=None)
        if twin is None:
            kept.append(i)
        elif own_first[twin].language != one.language:
            versions[own_first[twin].key].append(one)
    return [own_first[i] for i in kept], {key: tuple(found) for key, found in versions.items()}


def _translations(found: Sequence[Sentence], like: FloatMatrix, beside: Collection[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """The pairs, the earlier first, of sentences of two versions of one document that are each other's nearest there."""
    of_document: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(found):
        of_document[one.info.id].append(i)
    for pair in beside:
        left, right = (of_document[document] for document in sorted(pair))
        if not left or not right:
            continue
        part = like[np.ix_(left, right)]
        above = part - part.mean(axis=1, keepdims=True) - part.mean(axis=0, keepdims=True)
        forth, back = above.argmax(axis=1), above.argmax(axis=0)
        for row, column in enumerate(forth):
            here, there = left[row], right[int(column)]
            if back[column] == row and part[row, column] >= TRANSLATED and _agree(found[here].text, found[there].text):
                yield min(here, there), max(here, there)


def _overlap(one: Sentence, other: Sentence) -> bool:
    return one.info.id == other.info.id and one.start < other.end and other.start < one.end


def _same(one: Sentence, other: Sentence, cosine: float) -> bool:
    if "".join(one.text.split()).casefold() == "".join(other.text.split()).casefold():
        return True
    if cosine < TWIN:
        return False
    if one.language == other.language:
        return cosine >= 0.985 and numbers(one.text) == numbers(other.text)
    return one.info.id != other.info.id and _agree(one.text, other.text)


def _agree(one: str, other: str) -> bool:
    """Whether two sentences in different languages have the same amounts, as far as both are read."""
    ours, theirs = ({(q.value, q.unit) for q in facts_in(text).quantities if q.role == "amount" and not q.spelled} for text in (one, other))
    return ours == theirs or (bool(ours & theirs) and (ours <= theirs or theirs <= ours)) or not (ours and theirs)


def _grouped(kb: KnowledgeBase, topic: str, kept: Sequence[Sentence]) -> tuple[Group, ...]:
    under: dict[tuple[int, int], list[Sentence]] = defaultdict(list)
    for one in kept:
        under[one.heading.key].append(one)
    asked = kb.likeness.terms(topic, detect(topic))
    about = {one.info.id: one.info for one in kept}
    on_topic = {info.id: bool(asked & kb.likeness.terms(info.title, info.language)) for info in about.values()}
    found = []
    for group in under.values():
        first = group[0]
        best = sorted((one.score for one in group), reverse=True)
        score = sum(weight * value for weight, value in zip((1.0, 0.3, 0.2), best, strict=False)) + 0.1 * AUTHORITY[first.info.kind]
        named = on_topic[first.info.id] or bool(asked & kb.likeness.terms(first.heading.text, first.language))
        score += TITLED if named else 0.0
        found.append(Group(first.info, first.heading, tuple(sorted(group, key=lambda one: one.start)), score, named))
    return tuple(sorted(found, key=lambda group: (-group.score, group.heading.key)))
