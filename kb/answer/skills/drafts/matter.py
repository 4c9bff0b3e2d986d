"""What the papers say of a matter, sentence by sentence: what a draft quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex

from ingest.records import Language
from ingest.understand.sentences import sentence_spans
from kb.answer.candidates import is_fragment
from kb.answer.ports import Ports
from kb.answer.question import Question
from kb.answer.quoting import FETCHED, quoted
from kb.answer.signatures import signing
from kb.answer.skills.drafts.rendered import values
from kb.answer.skills.drafts.wording import says_role
from kb.answer.skills.evidence import Evidence
from kb.answer.words import script
from kb.records import Citation, DocumentInfo, Grade, Statement, Turn

_NUMBERING = regex.compile(r"(?:\p{Nd}{1,3}[.)．、]|[(（](?:\p{Nd}{1,3}|\p{Latin}{1,3}|\p{Devanagari}\p{M}?)[)）])\s+")

BESIDE = 0.03
"""How much nearer the best sentence of a stretch may be to the matter than another that is quoted with it (cosine)."""
OTHER = 0.02
"""How much nearer the best sentence of all may be than the best of another paper that is quoted as well."""
ANSWERS = 0.015
"""What the sentence that answers by the ranker's judgement (`kb.answer.quoting`) has more than its cosine."""
SHARES, SHOWN = 0.03, 0.03
"""What a sentence has more that holds a number or day of the matter, and one that the last answer gave."""
ACROSS = 0.5
"""Which part of `BESIDE` holds in another language, where cosines lie closer together."""
FEWEST = 5
"""Words of a sentence that is quoted."""
UNSURE = 2
"""Sentences that are quoted where it is not sure that the papers speak to the matter."""
FACTS = ("signed", "in_force", "term", "notice")
"""Stored facts whose sentences are quoted of a paper where nothing in particular is wanted."""
OWN_MORE = 0.02
"""By how much sentences are nearer for being in the language of the matter."""


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


def said_of(matter: str, sought: str, question: Question, ports: Ports, evidence: Evidence, most: int) -> tuple[list[Said], Grade]:
    """The sentences that speak to a matter, best paper first and in order of each paper, and how sure it is that they do.

    ``sought`` is what is wanted of what was found beside the matter; "" for nothing.
    """
    filters = question.filters
    if question.papers:
        filters = replace(filters, documents=tuple(paper.id for paper in question.papers))
    result = ports.search(matter, FETCHED, filters)
    statements, grade = quoted(matter, question.language, result, ports)
    papers = {paper.id: paper for paper in ports.papers()}
    shown = [(s.citations[0], papers[s.citations[0].document_id], s) for s in statements if s.citations[0].document_id in papers]
    found = _near(matter, sought, shown, question.history, ports, evidence)
    if not found:
        facts = [said for paper in question.papers for said in told(paper, ports, evidence)][:most]
        return facts, "answers" if facts else "silent"
    most = most if grade == "answers" else min(most, UNSURE)
    best = max(near for near, _ in found)
    first = found[0][1].paper.id
    chosen: list[Said] = []
    for group in _by_statement(found):
        top = max(near for near, _ in group)
        own = group[0][1].paper.id
        if chosen and own != first and top + OWN_MORE * (group[0][1].language != question.language) < best - OTHER:
            continue
        beside = BESIDE * (1.0 if group[0][1].language == question.language else ACROSS)
        kept = sorted((one for one in group if one[0] >= top - beside), key=lambda one: -one[0])[: max(1, most - len(chosen))]
        chosen += sorted((said for _, said in kept), key=lambda said: said.start)
        if len(chosen) >= most:
            break
    return chosen[:most], grade


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
    history: Sequence[Turn],
    ports: Ports,
    evidence: Evidence,
) -> list[tuple[float, Said]]:
    """The sentences of the stretches with how near they are to the matter."""
    asked, last = set(values(matter, "en")), _answered(history)
    signs, roles = signing(matter), says_role(matter)
    found: list[tuple[Said, float]] = []
    for citation, paper, statement in shown:
        text = evidence.text(paper)
        for first, end in sentence_spans(citation.quote, citation.language):
            start = first + numbering(citation.quote[first:end])
            words, at = citation.quote[start:end], citation.start + start
            if (
                _says_little(words)
                or (signing(words) and not signs)
                or (says_role(words) and not roles)
                or text[at : citation.start + end] != words
            ):
                continue
            place = ports.place(paper.id, paper.version, at)
            answers = any(one < end and start < other for one, other in statement.answering)
            more = ANSWERS * answers + SHARES * bool(asked & set(values(words, "en")))
            more += SHOWN * any(d == paper.id and a < citation.start + end and at < b for d, a, b in last)
            found.append((Said(paper, at, citation.start + end, words, citation.language, place.path, place.page_label), more))
    if not found:
        return []
    vectors = ports.embedder.passages([said.text for said, _ in found])
    near = vectors @ ports.embedder.query(matter)
    if sought:
        near = np.maximum(near, vectors @ ports.embedder.query(f"{matter} {sought}"))
    return [(float(value) + more, said) for value, (said, more) in zip(near, found, strict=True)]


def _answered(history: Sequence[Turn]) -> list[tuple[int, int, int]]:
    """The sentences that the last answer gave, as document and span."""
    statements = history[-1].answer.statements if history and history[-1].answer.grade == "answers" else ()
    return [
        (s.citations[0].document_id, s.citations[0].start + start, s.citations[0].start + end)
        for s in statements[:2]
        if s.citations
        for start, end in s.answering
    ]


def _says_little(words: str) -> bool:
    """Whether it is no sentence: a heading, an address."""
    few = len(words) < 12 if script(words) == "japanese" else len(words.split()) < FEWEST
    return few or is_fragment(words)


def numbering(text: str) -> int:
    """Where a sentence begins after the number of its clause."""
    found = _NUMBERING.match(text)
    return found.end() if found is not None else 0


def _by_statement(found: Sequence[tuple[float, Said]]) -> list[list[tuple[float, Said]]]:
    """The sentences of one paper that stand together, in the order of the statements."""
    groups: list[list[tuple[float, Said]]] = []
    for near, said in found:
        if groups and groups[-1][-1][1].paper.id == said.paper.id and groups[-1][-1][1].end <= said.start:
            groups[-1].append((near, said))
        else:
            groups.append([(near, said)])
    return groups
