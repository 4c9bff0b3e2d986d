"""What the papers say of a matter, sentence by sentence: what a draft quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex

from ingest.records import Language
from ingest.understand.sentences import sentence_spans
from kb.answer.candidates import is_fragment
from kb.answer.ports import Ports
from kb.answer.question import Question
from kb.answer.quoting import FETCHED, quoted
from kb.answer.rendering import values
from kb.answer.signatures import signing
from kb.answer.skills.drafts.terms import terms_in
from kb.answer.skills.drafts.wording import parts_of, says_role
from kb.answer.skills.evidence import Evidence
from kb.answer.verify.modality import claims
from kb.answer.words import script
from kb.records import Citation, DocumentInfo, Grade, SearchResult, Statement, Turn
from kb.search.followup import content

_NUMBERING = regex.compile(r"(?:\p{Nd}{1,3}[.)．、]|[(（](?:\p{Nd}{1,3}|\p{Latin}{1,3}|\p{Devanagari}\p{M}?)[)）])\s+")

_ROW = regex.compile(r": [^·\n]+ · [^:\n]+: ")
"""A row of a table: each of them has figures, and only that one is of the matter that is near to it."""

BESIDE = 0.03
"""How much nearer the best sentence of a stretch may be to the matter than another that is quoted with it (cosine)."""
OTHER = 0.02
"""How much nearer the best sentence of all may be than the best of another paper that is quoted as well."""
ANSWERS = 0.015
"""What the sentence that answers by the ranker's judgement (`kb.answer.quoting`) has more than its cosine."""
SHARES = 0.03
"""What a sentence has more that holds a number or day of the matter, that the last answer gave, or that names a term of the matter in
another language."""
ACROSS = 0.5
"""Which part of `BESIDE` holds in another language, where cosines lie closer together."""
FEW_WORDS = 2
"""Words of a matter below which it is searched for with what is sought beside it."""
FEWEST = 5
"""Words of a sentence that is quoted."""
UNSURE, EACH_UNSURE = 3, 2
"""Stretches that are quoted where it is not sure that the papers speak to the matter, and sentences of each."""
DECIDES = 0.02
"""What a sentence has more that names a day, an amount or a number, or orders something."""
BESIDE_DECIDING = 0.04
"""How much nearer than such a sentence of the same stretch the best may be."""
DECIDING = 3
"""Sentences of the quote that answered which are quoted beside the one that answers, because they decide something."""
REACH = 0.5
"""Part of the best passage's score from which another is quoted as well."""
FACTS = ("signed", "in_force", "term", "notice")
"""Stored facts whose sentences are quoted of a paper where nothing in particular is wanted."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a paper that speaks to the matter."""

    paper: DocumentInfo
    start: int
    end: int
    text: str
    language: Language
    path: tuple[str, ...]
    page_label: str


@dataclass(frozen=True, slots=True)
class _Near:
    """A sentence with how near it is to the matter, what it shares with it, and the rank of its statement.

    ``shares`` is 2 for a number or day, or what the last answer gave, and 1 for a term in another language. ``decides`` tells whether it
    names a day or amount or orders something.
    """

    said: Said
    near: float
    shares: int
    rank: int
    decides: bool = False


def said_of(
    matter: str, sought: str, question: Question, ports: Ports, evidence: Evidence, most: int, named: str = ""
) -> tuple[list[Said], Grade]:
    """The sentences that speak to a matter, best paper first and in order of each paper, and how sure it is that they do.

    ``sought`` is what is wanted of what was found beside the matter, ``named`` somebody of whom the papers are; "" for nothing.
    """
    filters = question.filters
    if question.papers:
        filters = replace(filters, documents=tuple(paper.id for paper in question.papers))
    # One word by itself is found badly.
    query = f"{matter} {sought}" if sought and len(content(matter, question.language)) < FEW_WORDS else matter
    query = f"{named} {query}".strip()
    result = ports.search(query, FETCHED, filters)
    statements, grade = quoted(query, question.language, result, ports)
    papers = {paper.id: paper for paper in ports.papers()}
    shown = [(s.citations[0], papers[s.citations[0].document_id], s) for s in statements if s.citations[0].document_id in papers]
    found = _near(matter, sought, shown, question, ports, evidence)
    if not found:
        facts = [said for paper in question.papers for said in told(paper, ports, evidence)][:most]
        return facts, "answers" if facts else "silent"
    if not sought:  # what is wanted beside the matter may stand elsewhere
        reached = _in_reach(found, result)
        found = [one for one in found if one.rank in reached]
    first = _first_of_each_part(matter, sought, found, question, ports)
    # What decides leads. After it the ranker's order holds; in the language of the first, what shares a day, a number or a term with the
    # matter comes before the rest.
    leading, own = found[0].said.language, {one.rank for one in first}
    groups = sorted(
        _by_statement(found),
        key=lambda group: (group[0].rank not in own, group[0].said.language != leading, -max(one.shares for one in group)),
    )
    if len(first) > 1:  # each thing that is to be told has its sentence
        groups = [group for group in groups if group[0].rank in own]
    sure = grade == "answers" or len(groups) == 1
    chosen = list(first[:most])
    for group in groups if sure else groups[:UNSURE]:
        top, same = max(one.near for one in group), group[0].said.language == groups[0][0].said.language
        if group[0].said.paper.id != groups[0][0].said.paper.id and not (
            top >= max(one.near for one in groups[0]) - OTHER if same else max(one.shares for one in group) > 0
        ):
            continue
        kept = [one for one in group if one not in chosen and one.near >= top - _beside(one, question, alone=len(groups) == 1)]
        room = most - len(chosen) if sure else min(most - len(chosen), EACH_UNSURE - sum(one in chosen for one in group))
        chosen += sorted(kept, key=lambda one: -one.near - DECIDES * one.decides)[: max(room, 0)]
        if len(chosen) >= most:
            break
    order = {group[0].rank: at for at, group in enumerate(groups)}
    return [one.said for one in sorted(chosen, key=lambda one: (order[one.rank], one.said.start))], grade


def _beside(one: _Near, question: Question, *, alone: bool) -> float:
    """How much nearer than a sentence the best of its stretch may be; what decides something belongs to the only stretch on a matter."""
    if one.decides and alone:
        return 1.0
    return (BESIDE_DECIDING if one.decides else BESIDE) * (1.0 if one.said.language == question.language else ACROSS)


def _in_reach(found: Sequence[_Near], result: SearchResult) -> set[int]:
    """The statements whose passage was found not much worse than the best, or that have a sentence nearly as near as the nearest."""
    scores: dict[int, float] = {}
    for one in found:
        held = [h.score for h in result.hits if h.document_id == one.said.paper.id and h.start < one.said.end and one.said.start < h.end]
        scores[one.rank] = max([scores.get(one.rank, 0.0), *held])
    least = REACH * max(scores.values())
    near = max(one.near for one in found) - OTHER
    return {rank for rank, score in scores.items() if score >= least} | {one.rank for one in found if one.near >= near}


def _first_of_each_part(matter: str, sought: str, found: Sequence[_Near], question: Question, ports: Ports) -> list[_Near]:
    """For each of the things that a matter asks to be told, the sentence that is nearest to it, first one that decides something."""
    parts = parts_of(matter, question.language)
    if sought and len(parts) == 1:  # the ranker knows better what is wanted beside the matter
        return []
    vectors = ports.embedder.passages([one.said.text for one in found])
    firsts = []
    for part in parts:
        near = vectors @ ports.embedder.query(part) if len(parts) > 1 else np.array([one.near for one in found], dtype=np.float32)
        worth = [float(value) + DECIDES * one.decides for value, one in zip(near, found, strict=True)]
        firsts.append(found[max(range(len(found)), key=worth.__getitem__)])
    return list({id(one): one for one in firsts}.values())


def told(paper: DocumentInfo, ports: Ports, evidence: Evidence) -> list[Said]:
    """The sentences of a paper that hold its stored facts: when it was signed, from when and for how long it is in force."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    known = {fact.field: (fact.start, fact.end) for fact in ports.facts(paper.id) if fact.start is not None and fact.origin == "text"}
    found: dict[int, Said] = {}
    for start in (known[name][0] for name in FACTS if name in known):
        block = next((b for b in outline if start is not None and b.start <= start < b.end), None)
        for a, b in sentence_spans(text[block.start : block.end], block.language) if block is not None else ():
            if block is not None and start is not None and block.start + a <= start < block.start + b:
                first = block.start + a + numbering(text[block.start + a : block.start + b])
                place = ports.place(paper.id, paper.version, first)
                words = text[first : block.start + b]
                found.setdefault(first, Said(paper, first, block.start + b, words, block.language, place.path, place.page_label))
    return list(found.values())


def listed_with(said: Said, evidence: Evidence, most: int) -> list[Said]:
    """The items of the list that a sentence is of, in order, where it is of one with labels; else the sentence alone."""
    text, outline = evidence.text(said.paper), evidence.outline(said.paper)
    at = next((at for at, block in enumerate(outline) if block.start <= said.start < block.end), None)
    if at is None or outline[at].role != "list_item" or not outline[at].path:
        return [said]
    parent = outline[at].path[:-1]
    items = [block for block in outline if block.role == "list_item" and block.path[:-1] == parent]
    starts = [(block, block.start + numbering(text[block.start : block.end])) for block in items]
    return [Said(said.paper, at, b.end, text[at : b.end], b.language, b.path, said.page_label) for b, at in starts][:most]


def _near(
    matter: str,
    sought: str,
    shown: Sequence[tuple[Citation, DocumentInfo, Statement]],
    question: Question,
    ports: Ports,
    evidence: Evidence,
) -> list[_Near]:
    """The sentences of the stretches with how near they are to the matter."""
    asked, last = set(values(matter, "en")), _answered(question.history)
    signs, roles = signing(matter), says_role(matter)
    named = {id(found.term) for found in terms_in(matter, question.language)}
    found: list[_Near] = []
    for rank, (citation, paper, statement) in enumerate(shown):
        text = evidence.text(paper)
        for first, end in sentence_spans(citation.quote, citation.language):
            start = first + numbering(citation.quote[first:end])
            words, at = citation.quote[start:end], citation.start + start
            beside = (signing(words) and not signs) or (says_role(words) and not roles)
            if beside or _says_little(words) or text[at : citation.start + end] != words:
                continue
            place = ports.place(paper.id, paper.version, at)
            shown_before = any(d == paper.id and a < citation.start + end and at < b for d, a, b in last)
            shares = 2 if shown_before or asked & set(values(words, "en")) else 0
            if not shares and named and citation.language != question.language:
                shares = int(any(id(one.term) in named for one in terms_in(words, citation.language)))
            answers = any(one < end and start < other for one, other in statement.answering)
            said = Said(paper, at, citation.start + end, words, citation.language, place.path, place.page_label)
            found.append(_Near(said, ANSWERS * answers + SHARES * bool(shares), shares, rank, _decides(words) and not _ROW.search(words)))
    if not found:
        return []
    vectors = ports.embedder.passages([one.said.text for one in found])
    near = vectors @ ports.embedder.query(matter)
    if sought:
        near = np.maximum(near, vectors @ ports.embedder.query(f"{matter} {sought}"))
    return [replace(one, near=one.near + float(value)) for value, one in zip(near, found, strict=True)]


def _answered(history: Sequence[Turn]) -> list[tuple[int, int, int]]:
    """The sentences that the last answer gave, as document and span."""
    if not history or history[-1].answer.grade != "answers":
        return []
    return [(one.document_id, start, end) for one, start, end in _spans(history[-1], 2)]


def answered(turn: Turn, ports: Ports, evidence: Evidence) -> list[Said]:
    """The sentences that an answer gave, as far as they still stand there, and what else its first quote decides.

    Of an answer that was not sure it is the first quote alone.
    """
    papers = {paper.id: paper for paper in ports.papers()}
    found = []
    spans = list(_spans(turn, 2 if turn.answer.grade == "answers" else 1))
    if spans:
        quote = spans[0][0]
        beside = [(quote, quote.start + a, quote.start + b) for a, b in sentence_spans(quote.quote, quote.language)]
        spans += [one for one in beside if _decides(quote.quote[one[1] - quote.start : one[2] - quote.start])][:DECIDING]
    for cited, start, end in spans:
        paper = papers.get(cited.document_id)
        if paper is not None and evidence.text(paper)[cited.start : cited.end] == cited.quote:
            first = start + numbering(cited.quote[start - cited.start : end - cited.start])
            found.append(Said(paper, first, end, evidence.text(paper)[first:end], cited.language, cited.path, cited.page_label))
    apart = {(said.paper.id, said.start): said for said in found}
    return sorted(apart.values(), key=lambda said: (said.paper.id != found[0].paper.id, said.start))


def _spans(turn: Turn, most: int) -> Iterator[tuple[Citation, int, int]]:
    """The sentences that answer in the first quotes of an answer, with the citation and their place in its document."""
    for statement in turn.answer.statements[:most]:
        for cited in statement.citations[:1]:
            yield from ((cited, cited.start + start, cited.start + end) for start, end in statement.answering)


def _decides(words: str) -> bool:
    """Whether a sentence names a day, an amount or a number, or says what must or may be done."""
    return bool(values(words, "en")) or bool({"must", "at_least", "at_most", "only"} & claims(words).keys())


def _says_little(words: str) -> bool:
    """Whether it is no sentence: a heading, an address."""
    few = len(words) < 12 if script(words) == "japanese" else len(words.split()) < FEWEST
    return few or is_fragment(words)


def numbering(text: str) -> int:
    """Where a sentence begins after the number of its clause."""
    found = _NUMBERING.match(text)
    return found.end() if found is not None else 0


def _by_statement(found: Sequence[_Near]) -> list[list[_Near]]:
    """The sentences of each statement, in their order."""
    ranks = dict.fromkeys(one.rank for one in found)
    return [[one for one in found if one.rank == rank] for rank in ranks]
