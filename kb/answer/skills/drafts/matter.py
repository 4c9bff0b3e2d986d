"""What the papers say of a matter, stretch by stretch: what a draft quotes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import regex

from kb.answer.question import Question
from kb.answer.skills.evidence import Evidence
from kb.answer.skills.looked_up import Said, looked_up, numbering, short_of
from kb.answer.skills.summaries.salience import seen, worths
from kb.answer.skills.summaries.summary import clauses_of
from kb.answer.understand.paper_mentions import genres_of
from kb.ports import Ports
from kb.records import Citation, DocumentInfo, Grade, KnownBy, Turn
from kb.search.followup import content
from lang.codes import Language
from lang.sentences import sentence_spans

PARTS, LEAST = 5, 2
"""Parts of a matter that are looked up by themselves, and words that a part must have."""
_PARTS = regex.compile(
    r"[,;:.?!、，。।！？\n]+|\s(?:and|as well as|plus)\s|(?<=\s)(?:और|तथा|एवं|आणि|व|तसेच)(?=\s)"
    r"|(?<=[\p{Han}\p{Katakana}])(?:と|や|及び|および)(?=[\p{Han}\p{Katakana}])",
    regex.I,
)
FACTS = ("signed", "in_force", "term", "notice")
"""Stored facts whose sentences are quoted of a paper where nothing in particular is wanted."""
NAMES = ("title", "heading")
"""Roles of blocks that say nothing by themselves."""


def said_of(asked: str, question: Question, ports: Ports, evidence: Evidence, most: int) -> tuple[list[Said], Grade]:
    """The stretches that looking up ``asked`` in the papers that are meant finds, best first, and how sure it is that they answer it.

    Where none does, the sentences that hold the stored facts of these papers.
    """
    found, grade = looked_up(asked, question, question.papers, ports, evidence)
    if found:
        return found[:most], grade
    facts = [said for paper in question.papers for said in told(paper, ports, evidence)][:most]
    return facts, "answers" if facts else "silent"


def by_parts(matter: str, whole: Sequence[Said], question: Question, ports: Ports, evidence: Evidence) -> list[Said]:
    """What the paper that speaks most of a matter says to each part of it, then what else was found for the ``whole``; none twice.

    "Lamps done, money spent and what is left" are three facts, each in a clause of its own.
    """
    parts = [part for part in _PARTS.split(matter) if len(content(part, question.language)) >= LEAST][:PARTS]
    papers = (whole[0].paper,)
    found = [looked_up(part, question, papers, ports, evidence)[0][:1] for part in parts] if len(parts) > 1 else []
    kept: list[Said] = []
    for said in (*(one for those in found for one in those), *whole):
        again = any(said.paper.id == one.paper.id and said.start < one.end and one.start < said.end for one in kept)
        if not again and not made_of(said, NAMES, evidence):
            kept.append(said)
    return kept or list(whole)


def made_of(said: Said, roles: Collection[str], evidence: Evidence) -> bool:
    """Whether a stretch is blocks of these roles and nothing else."""
    blocks = [block for block in evidence.outline(said.paper) if block.start < said.end and said.start < block.end]
    return bool(blocks) and all(block.role in roles for block in blocks)


def said_at(paper: DocumentInfo, start: int, end: int, language: Language, ports: Ports, evidence: Evidence) -> Said:
    """A span of a paper as it is quoted."""
    place = ports.place(paper.id, paper.version, start)
    return Said(paper, start, end, evidence.text(paper)[start:end], language, place.path, place.page_label)


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
                found.setdefault(first, said_at(paper, first, block.start + b, block.language, ports, evidence))
    return list(found.values())


def discussed(paper: DocumentInfo, most: int, ports: Ports, evidence: Evidence) -> list[Said]:
    """What minutes tell that is worth most, a sentence of each of their sections, in order; of other papers nothing."""
    if "minutes" not in genres_of(paper, ports.known_by().get(paper.id, KnownBy())):
        return []
    _, clauses = clauses_of(paper, evidence)
    found = seen(clauses, paper, ports.embedder) if clauses else None
    if found is None:
        return []
    worth = worths(found)
    best = {group: max((at for at, own in enumerate(found.group) if own == group), key=lambda at: worth[at]) for group in set(found.group)}
    told = sorted(sorted(best.values(), key=lambda at: -float(worth[at]))[:most])
    places = [(found.sentences[at].start, found.sentences[at].end) for at in told]
    return [said_at(paper, start, end, paper.language, ports, evidence) for start, end in places]


def items_of(said: Said, evidence: Evidence) -> list[Said]:
    """The items of the list that the answering sentence is of, where it is of one with labels; else the sentences of the stretch."""
    text, outline = evidence.text(said.paper), evidence.outline(said.paper)
    inside = max(said.start, said.answers)
    block = next((block for block in outline if block.start <= inside < block.end), None)
    if block is None or block.role != "list_item" or not block.path:
        spans = [(said.start + a, said.start + b) for a, b in sentence_spans(said.text, said.language)]
        paths = [next((b.path for b in outline if b.start <= start < b.end), said.path) for start, _ in spans]
    else:
        items = [one for one in outline if one.role == "list_item" and one.path[:-1] == block.path[:-1]]
        spans, paths = [(one.start, one.end) for one in items], [one.path for one in items]
    starts = [start + numbering(text[start:end]) for start, end in spans]
    return [
        replace(said, start=first, end=end, text=text[first:end], path=path)
        for first, (_, end), path in zip(starts, spans, paths, strict=True)
    ]


def answered(turn: Turn, ports: Ports, evidence: Evidence) -> list[Said]:
    """What an answer gave, as far as it still stands there: its first quote, cut around the sentence that answers, and that of the next.

    Of an answer that was not sure it is the first quote alone.
    """
    papers = {paper.id: paper for paper in ports.papers()}
    found: dict[tuple[int, int], Said] = {}
    for at, (cited, start, end) in enumerate(_spans(turn, 2 if turn.answer.grade == "answers" else 1)):
        paper = papers.get(cited.document_id)
        if paper is None or evidence.text(paper)[cited.start : cited.end] != cited.quote:
            continue
        alone = start + numbering(cited.quote[start - cited.start : end - cited.start]), end
        first, last = short_of(paper, (cited.start, cited.end), (start, end), ports, evidence) if at == 0 else alone
        said = Said(paper, first, last, evidence.text(paper)[first:last], cited.language, cited.path, cited.page_label)
        found.setdefault((paper.id, first), said)
    return list(found.values())


def _spans(turn: Turn, most: int) -> Iterator[tuple[Citation, int, int]]:
    """The sentences that answer in the first quotes of an answer, with the citation and their place in its document."""
    for statement in turn.answer.statements[:most]:
        for cited in statement.citations[:1]:
            yield from ((cited, cited.start + start, cited.start + end) for start, end in statement.answering)
