"""From a topic to material: which sentences of which papers speak of it, each once, however many papers and languages have it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ingest.near_duplicates import numbers
from ingest.records import AUTHORITY
from kb import KnowledgeBase
from kb.embed.embedder import FloatMatrix
from kb.records import DocumentInfo, Filters
from kb.verify.fact_check import facts_in
from lang.languages import LANGUAGES, Language
from lang.values.quantities import CURRENCIES
from training.errors import NoPapersError, NotCoveredError, OtherLanguageError
from training.material.source_sentences import Heading, Sentence, headings, sentences
from training.material.tables import Table, tables
from training.material.topicality import Fit, about, least
from training.material.worth import kept as kept_lines
from training.phrases import phrase
from training.records import Audience, Request

MOST: Final = 420
"""Sentences that are looked at: each costs an embedding the first time."""
ELSEWHERE: Final = 12
"""Passages in other languages whose sentences name things and must not be contradicted."""
TRANSLATED: Final = 0.8
"""Cosine from which sentences of two language versions of one document are translations, where each is the other's nearest."""
TWIN: Final = 0.93
"""Cosine from which a sentence in another language with the same numbers is the translation of another."""
ENOUGH: Final = 6
"""Sentences that stand alone with which other papers than news are enough for a module."""
NEAR: Final = 6
"""Headings that are offered where a topic is not covered."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences under one heading that speak of the topic, in the order of the paper; ``score`` is that of the best of them."""

    info: DocumentInfo
    heading: Heading
    sentences: tuple[Sentence, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Material:
    """What a module is made of. ``groups`` are sorted by score; ``versions`` are the translations of a sentence, by its key.

    ``evidence`` is everything that was looked at, also what is there twice or in other languages: what must not be contradicted.
    ``around`` are the other sentences of the same papers, of which wrong answers may be taken. ``tables`` stand in passages about the
    topic, the best first.
    """

    request: Request
    papers: tuple[DocumentInfo, ...]
    groups: tuple[Group, ...]
    evidence: tuple[Sentence, ...]
    versions: Mapping[tuple[int, int], tuple[Sentence, ...]]
    around: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()

    def all(self) -> Iterator[Sentence]:
        """The sentences, best heading first."""
        return (sentence for group in self.groups for sentence in group.sentences)


def gather(
    kb: KnowledgeBase, request: Request, tell: Callable[[int, int], None] = lambda _done, _total: None, *, translates: bool = False
) -> Material:
    """The material for a request: sentences of passages that are about its topic, in the module's language; the others are ``versions``.

    Args:
        kb: whose papers are looked at.
        request: topic, languages, papers.
        tell: hears of every paper that was read, of how many.
        translates: what is in other languages is taken too, because a language model will say it in the module's.

    Raises:
        NoPapersError: there is no document, or one that was chosen is not in use.
        NotCoveredError: the papers say nothing of the topic, or nothing in a sentence that can stand alone.
        OtherLanguageError: what they say is in other languages than the module's.
    """
    kb, papers, found = sought(kb, request, translates=translates)
    taken = [fit for fit in found if fit.chance >= least()]
    if not taken and not request.also:
        raise _not_covered(kb, request, papers)
    of_document: dict[int, list[Fit]] = {document: [] for document, _ in request.also}
    for fit in taken:
        of_document.setdefault(fit.hit.document_id, []).append(fit)
        for other in fit.hit.counterparts:
            # A language version is found with the one that is shown: its sentences are wanted for languages beside.
            version = replace(
                fit.hit, chunk=other.chunk, document_id=other.document_id, document=other.document, source=other.source,
                version=other.version, language=other.language, start=other.start, end=other.end, text="", counterparts=(),
            )  # fmt: skip
            of_document.setdefault(other.document_id, []).append(replace(fit, hit=version))
    known = {info.id: info for info in papers}
    wanted = [known[one] for one in of_document if one in known]
    read: list[Sentence] = []
    around: list[Sentence] = []
    for done, info in enumerate(wanted):
        tell(done, len(wanted))
        for one in sentences(kb, info):
            scored = _placed(one, of_document[info.id], request)
            (around if scored is None else read).append(scored or one)
    tell(len(wanted), len(wanted))
    read = sorted(read, key=lambda one: -one.score)[:MOST]
    ranked = _ranked(kb, request, read)
    beside = {frozenset((fit.hit.document_id, other.document_id)) for fit in taken for other in fit.hit.counterparts}
    kept, versions = _once(kb, request.languages[0], ranked, beside)
    own = kept if translates else [one for one in kept if one.language == request.languages[0]]
    own = _of_record(own)
    if not any(one.alone for one in own):
        spoken = Counter(one.language for one in kept if one.alone)
        if not spoken:
            raise _not_covered(kb, request, papers)
        raise _other_language(request, wanted, [language for language, _ in spoken.most_common()])
    laid_out = _tables(kb, request, [info for info in wanted if translates or info.language == request.languages[0]], of_document)
    return Material(
        request,
        tuple(wanted),
        _worthy(kb, request, _grouped(own)),
        (*ranked, *_elsewhere(kb, request, papers)),
        versions,
        tuple(around),
        laid_out,
    )


def _of_record(found: Sequence[Sentence]) -> list[Sentence]:
    """The sentences without those of news, where other papers say enough: a newspaper may have it wrong, and is nobody's word."""
    record = [one for one in found if one.info.kind != "news"]
    return record if sum(one.alone for one in record) >= ENOUGH else list(found)


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


def _other_language(request: Request, papers: Sequence[DocumentInfo], spoken: Sequence[Language]) -> OtherLanguageError:
    own = request.languages[0]
    titles = " · ".join(info.title for info in papers if info.language in spoken)
    named = ", ".join(phrase(f"language.{one}", own) for one in spoken)
    mine = phrase(f"language.{own}", own)
    message = phrase("error.other_language", own, topic=request.topic, titles=titles, languages=named, own=mine)
    return OtherLanguageError(message, tuple(spoken))


def sought(kb: KnowledgeBase, request: Request, *, translates: bool = False) -> tuple[KnowledgeBase, tuple[DocumentInfo, ...], list[Fit]]:
    """What a request may be made of: the base within its collections, the papers, and their passages that may be about the topic.

    The passages are in the languages of the module, in others only where those have none, or where they will be translated.

    Raises:
        NoPapersError: there is no document, or one that was chosen is not in use.
    """
    if not request.documents:
        kb = kb.within(request.collections)
    language = request.languages[0]
    there = {info.id: info for info in kb.documents() if info.state != "rejected" and info.chunks}
    if not there:
        raise NoPapersError(phrase("error.no_papers", language))
    for one in request.documents:
        if one not in there:
            raise NoPapersError(phrase("error.withdrawn", language, about=str(one)))
    papers = tuple(there[one] for one in (request.documents or there))
    return kb, papers, (_about(kb, request, request.languages) if not translates else []) or _about(kb, request, ())


def _about(kb: KnowledgeBase, request: Request, languages: tuple[Language, ...]) -> list[Fit]:
    """The passages in some languages, or in all, that may be about the topic; none where not one is likely and languages are chosen."""
    found = about(kb, request.topic, Filters(documents=request.documents, languages=languages))
    return found if not languages or any(fit.chance >= least() for fit in found) else []


def _placed(one: Sentence, fits: Sequence[Fit], request: Request) -> Sentence | None:
    """The sentence with the chance of the best passage that it stands in; None where it is not wanted."""
    if one.heading.key in request.without:
        return None
    weight = max((fit.chance for fit in fits if fit.hit.start <= one.start < fit.hit.end), default=None)
    if weight is None and one.heading.key in request.also:
        weight = least()
    return replace(one, score=weight, chance=weight) if weight is not None else None


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


def _elsewhere(kb: KnowledgeBase, request: Request, papers: Sequence[DocumentInfo]) -> Iterator[Sentence]:
    """The sentences of the passages nearest to the topic in other languages than the module's."""
    others = tuple(language for language in LANGUAGES if language not in request.languages)
    found = kb.search(request.topic, k=ELSEWHERE, filters=Filters(documents=request.documents, languages=others)).hits
    known = {info.id: info for info in papers}
    for document in dict.fromkeys(hit.document_id for hit in found):
        spans = [(hit.start, hit.end) for hit in found if hit.document_id == document]
        if document in known:
            yield from (one for one in sentences(kb, known[document]) if any(start <= one.start < end for start, end in spans))


def _tables(
    kb: KnowledgeBase, request: Request, papers: Sequence[DocumentInfo], of_document: Mapping[int, Sequence[Fit]]
) -> tuple[Table, ...]:
    """The tables of passages about the topic, the best first."""
    found = []
    for info in papers:
        for table in tables(kb, info):
            placed = _placed(table.rows[0], of_document[info.id], request)
            if placed is not None and placed.score >= least():
                found.append(replace(table, score=placed.score))
    return tuple(sorted(found, key=lambda table: (-table.score, table.key)))


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


def _worthy(kb: KnowledgeBase, request: Request, groups: Sequence[Group]) -> tuple[Group, ...]:
    """The headings with the sentences of lines that are worth showing, the best first; of headings that a person ticked, all."""
    ticked = {group.heading.key for group in groups if group.heading.key in request.also}
    shown = kept_lines(kb, request.topic, [group.sentences for group in groups])
    found = [
        group if group.heading.key in ticked else replace(group, sentences=mine)
        for group, mine in zip(groups, shown, strict=True)
        if mine or group.heading.key in ticked
    ]
    return tuple(sorted(found, key=lambda group: (-max(one.worth for one in group.sentences), -group.score, group.heading.key)))


def _grouped(kept: Sequence[Sentence]) -> tuple[Group, ...]:
    under: dict[tuple[int, int], list[Sentence]] = defaultdict(list)
    for one in kept:
        under[one.heading.key].append(one)
    found = []
    for group in under.values():
        first = group[0]
        best = sorted((one.score for one in group), reverse=True)
        score = sum(weight * value for weight, value in zip((1.0, 0.3, 0.2), best, strict=False)) + 0.1 * AUTHORITY[first.info.kind]
        found.append(Group(first.info, first.heading, tuple(sorted(group, key=lambda one: one.start)), score))
    return tuple(sorted(found, key=lambda group: (-group.score, group.heading.key)))
