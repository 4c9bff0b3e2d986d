"""What a draft quotes: in which papers its facts are looked up, what they say of the matter, and the same words in the letter's language.

The papers are those that are likely meant, else those that name whom the draft is for or speak of its matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import regex

from ingest.records import Block
from kb.answer.document_selection.document_mentions import genres_of
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.skills.drafting.draft_request import Wanted
from kb.answer.skills.lookup import FoundStretch, looked_up, numbering, short_of
from kb.answer.skills.summaries.salience import seen, worths
from kb.answer.skills.summaries.summary import clauses_of
from kb.ports import Ports
from kb.records import Citation, Counterpart, DocumentInfo, Grade, KnownBy, Turn
from kb.search.follow_up import content
from lang.languages import Language
from lang.normalise import search_form
from lang.sentences import sentence_spans

FETCHED = 60
NAMING = 20
"""Passages that are found for a name in which it is looked for."""
FEW = 3
"""Papers that may have a name which tells the paper; what more have is the name of the asker's own city."""
_LEAD = regex.compile(r"^(?:(?:mr|mrs|ms|dr|prof|hon|shri|smt|m/s)\b\.?|श्री\.?|श्रीमती|सौ\.|डॉ\.?|मे\.|मेसर्स)\s*", regex.I)
_TRAIL = regex.compile(r"\s*(?:御中|様|殿|各位)$|\s*[,(（、].*$")
_CAPITALS = regex.compile(r"(?<![\p{L}'’-])\p{Lu}[\p{L}]{3,}(?: \p{Lu}[\p{L}]+)*")
_SHORTEST = 4


def papers_for(asked: Wanted, matter: str, question: Question, ports: Ports) -> tuple[DocumentInfo, ...]:
    """The papers of a draft.

    Those that are likely meant; where none is, the one that speaks most of the matter, of those that name the addressee, or somebody of
    the message, where few do.
    """
    if question.papers:
        return question.papers
    known = {paper.id: paper for paper in ports.papers()}
    named = next((papers for name in _names(asked, question) if 0 < len(papers := _naming(name, question, ports)) <= FEW), set())
    filters = replace(question.filters, documents=tuple(sorted(named))) if named else question.filters
    hits = ports.search(" ".join((asked.addressee, matter)).strip(), FETCHED, filters).hits
    order = list(dict.fromkeys(hit.document_id for hit in hits if hit.document_id in known))
    return tuple(known[at] for at in order[:1])


def row_of(asked: Wanted, paper: DocumentInfo, evidence: Evidence) -> Block | None:
    """The row of a register that names the addressee: a letter to one vendor quotes no row of another."""
    name, text = search_form(_bare(asked.addressee)).text, evidence.text(paper)
    rows = (block for block in evidence.outline(paper) if block.role == "table_row") if len(name) >= _SHORTEST else ()
    return next((block for block in rows if name in search_form(text[block.start : block.end]).text), None)


def _bare(said: str) -> str:
    """A name without what stands before and after it: *Mr*, 御中, an office."""
    return _TRAIL.sub("", _LEAD.sub("", said)).strip()


def _names(asked: Wanted, question: Question) -> Iterator[str]:
    """Whom a draft is for and from, and the names in Latin capitals that the message has."""
    for said in (asked.addressee, asked.sender, *_CAPITALS.findall(question.text)):
        name = _bare(said)
        if len(name) >= _SHORTEST and (name != name.casefold() or not name.isascii()):
            yield name


def _naming(name: str, question: Question, ports: Ports) -> set[int]:
    """The papers in which a name stands as it is."""
    form = search_form(name).text
    return {hit.document_id for hit in ports.search(name, NAMING, question.filters).hits if form in search_form(hit.text).text}


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


def said_of(asked: str, question: Question, ports: Ports, evidence: Evidence, most: int) -> tuple[list[FoundStretch], Grade]:
    """The stretches that looking up ``asked`` in the papers that are meant finds, best first, and how sure it is that they answer it.

    Where none does, the sentences that hold the stored facts of these papers.
    """
    found, grade = looked_up(asked, question, question.papers, ports, evidence)
    if found:
        return found[:most], grade
    facts = [said for paper in question.papers for said in told(paper, ports, evidence)][:most]
    return facts, "answers" if facts else "silent"


def by_parts(matter: str, whole: Sequence[FoundStretch], question: Question, ports: Ports, evidence: Evidence) -> list[FoundStretch]:
    """What the paper that speaks most of a matter says to each part of it, then what else was found for the ``whole``; none twice.

    "Lamps done, money spent and what is left" are three facts, each in a clause of its own.
    """
    parts = [part for part in _PARTS.split(matter) if len(content(part, question.language)) >= LEAST][:PARTS]
    papers = (whole[0].paper,)
    found = [looked_up(part, question, papers, ports, evidence)[0][:1] for part in parts] if len(parts) > 1 else []
    kept: list[FoundStretch] = []
    for said in (*(one for those in found for one in those), *whole):
        again = any(said.paper.id == one.paper.id and said.start < one.end and one.start < said.end for one in kept)
        if not again and not made_of(said, NAMES, evidence):
            kept.append(said)
    return kept or list(whole)


def made_of(said: FoundStretch, roles: Collection[str], evidence: Evidence) -> bool:
    """Whether a stretch is blocks of these roles and nothing else."""
    blocks = [block for block in evidence.outline(said.paper) if block.start < said.end and said.start < block.end]
    return bool(blocks) and all(block.role in roles for block in blocks)


def said_at(paper: DocumentInfo, start: int, end: int, language: Language, ports: Ports, evidence: Evidence) -> FoundStretch:
    """A span of a paper as it is quoted."""
    place = ports.place(paper.id, paper.version, start)
    return FoundStretch(paper, start, end, evidence.text(paper)[start:end], language, place.path, place.page_label)


def told(paper: DocumentInfo, ports: Ports, evidence: Evidence) -> list[FoundStretch]:
    """The sentences of a paper that hold its stored facts: when it was signed, from when and for how long it is in force."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    known = {fact.field: (fact.start, fact.end) for fact in ports.facts(paper.id) if fact.start is not None and fact.origin == "text"}
    found: dict[int, FoundStretch] = {}
    for start in (known[name][0] for name in FACTS if name in known):
        block = next((b for b in outline if start is not None and b.start <= start < b.end), None)
        for a, b in sentence_spans(text[block.start : block.end], block.language) if block is not None else ():
            if block is not None and start is not None and block.start + a <= start < block.start + b:
                first = block.start + a + numbering(text[block.start + a : block.start + b])
                found.setdefault(first, said_at(paper, first, block.start + b, block.language, ports, evidence))
    return list(found.values())


def owed(papers: Sequence[DocumentInfo], ports: Ports, evidence: Evidence) -> list[FoundStretch]:
    """The duties that papers lay down, those with a time limit first; what leads in a list has its items."""
    found: list[tuple[bool, FoundStretch]] = []
    for paper in papers:
        card, end = ports.card(paper), len(evidence.text(paper))
        for duty in card.obligations if card is not None else ():
            if duty.dropped or duty.force == "may" or duty.citation.version != paper.version:
                continue
            first = duty.citation.start + numbering(duty.citation.quote)
            start, last = short_of(paper, (duty.citation.start, end), (first, duty.citation.end), ports, evidence)
            said = said_at(paper, max(start, first), last, paper.language, ports, evidence)
            if not any(one.paper.id == paper.id and one.start <= said.start < one.end for _, one in found):
                found.append((duty.deadline is None, said))
    return [said for _, said in sorted(found, key=lambda one: one[0])]


def discussed(paper: DocumentInfo, most: int, ports: Ports, evidence: Evidence) -> list[FoundStretch]:
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


def items_of(said: FoundStretch, evidence: Evidence) -> list[FoundStretch]:
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


def answered(turn: Turn, ports: Ports, evidence: Evidence) -> list[FoundStretch]:
    """What an answer gave, as far as it still stands there: its first quote, cut around the sentence that answers, and that of the next.

    Of an answer that was not sure it is the first quote alone.
    """
    found: dict[tuple[int, int], FoundStretch] = {}
    for at, (cited, start, end) in enumerate(_spans(turn, 2 if turn.answer.grade == "answers" else 1)):
        paper = evidence.paper_of(cited)
        if paper is None:
            continue
        alone = start + numbering(cited.quote[start - cited.start : end - cited.start]), end
        first, last = short_of(paper, (cited.start, cited.end), (start, end), ports, evidence) if at == 0 else alone
        said = FoundStretch(paper, first, last, evidence.text(paper)[first:last], cited.language, cited.path, cited.page_label)
        found.setdefault((paper.id, first), said)
    return list(found.values())


def _spans(turn: Turn, most: int) -> Iterator[tuple[Citation, int, int]]:
    """The sentences that answer in the first quotes of an answer, with the citation and their place in its document."""
    for statement in turn.answer.statements[:most]:
        for cited in statement.citations[:1]:
            spans = statement.answering or ((0, len(cited.quote)),)
            yield from ((cited, cited.start + start, cited.start + end) for start, end in spans)


def parallel_to(said: FoundStretch, language: Language, ports: Ports, evidence: Evidence) -> FoundStretch:
    """A sentence as the version of its paper in that language has it; the sentence itself where there is none."""
    if said.language == language:
        return said
    papers = {paper.id: paper for paper in ports.papers()}
    for other in ports.counterparts(said.paper.id, said.paper.version, said.start, said.end):
        if other.language == language and other.document_id in papers:
            paper = papers[other.document_id]
            text = evidence.text(paper)
            start, end = span_in(text, said.text, said.language, other, ports)
            start += numbering(text[start:end])
            place = ports.place(paper.id, other.version, start)
            return replace(
                said, paper=paper, start=start, end=end, text=text[start:end], language=language, path=place.path,
                page_label=place.page_label,
            )  # fmt: skip
    return said


def span_in(text: str, said: str, language: Language, other: Counterpart, ports: Ports) -> tuple[int, int]:
    """The sentences of a counterpart that say what ``said`` does: of the same rank where both have as many, else the nearest.

    Args:
        text: of the other version.
        said: what is looked for, in its own language.
        language: of ``said``.
        other: where its block or passage stands in the other version.
        ports: the knowledge base.
    """
    there = [(other.start + a, other.start + b) for a, b in sentence_spans(text[other.start : other.end], other.language)]
    count = len(sentence_spans(said, language))
    if len(there) <= max(count, 1):
        return other.start, other.end
    vectors = ports.embedder.passages([text[a:b] for a, b in there])
    query = ports.embedder.passages([said])[0]
    if count == 1:
        return there[int(np.argmax(vectors @ query))]
    runs = [float(np.mean(vectors[at : at + count] @ query)) for at in range(len(there) - count + 1)]
    at = int(np.argmax(runs))
    return there[at][0], there[at + count - 1][1]
