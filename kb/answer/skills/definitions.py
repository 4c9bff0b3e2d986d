"""What a term or an abbreviation means: from where the papers define it, each quoted; None where none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.near_duplicates import squash
from kb.answer.document_selection.language_versions import held, one_version_each
from kb.answer.presentation.quote_glosses import terms_in, written_in
from kb.answer.presentation.rendering import joined
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.definition_forms import FORMS, LONGEST, Definition, asks_more, definition_in, mentions, terms_asked
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo
from lang.languages import Language
from lang.sentences import sentence_spans
from prompts.phrases import phrase

READ = 40
"""Passages that name the paper in which a term may be defined."""
MOST_PAPERS = 12
SHOWN = 3
"""Papers whose definitions are shown, where they define a term differently."""
MOST_TERMS = 3
MORE = 2
"""Stretches that tell more of it, where the question asks more."""
MOST_WITH_ITEMS = 500
_LEADS_IN = (":", "：", "—", ":-")


@dataclass(frozen=True, slots=True)
class _Found:
    paper: DocumentInfo
    term: str
    said: Definition
    text: str


def define(question: Question, ports: Ports) -> SkillResult | None:
    """What the papers that are meant, or that speak of the term, say that it means."""
    evidence = Evidence(ports)
    terms = terms_asked(question.text, question.matter)[:MOST_TERMS]
    more = asks_more(question.text, terms)
    found = [one for term in terms for one in _definitions(term, question, evidence, ports)]
    blocks = tuple(block for one in found for block in _blocks(one, more, question.said_in, evidence, ports))
    return SkillResult(evidence.statements, blocks) if evidence.statements else None


def _definitions(term: str, question: Question, evidence: Evidence, ports: Ports) -> list[_Found]:
    """The definitions of the papers, the most outright first, each meaning once."""
    found: list[_Found] = []
    for paper in one_version_each(_papers(term, question, ports), question.said_in, ports):
        text = evidence.text(paper)
        for name in (term, *_in_other_languages(term, question.language, paper.language)):
            said = definition_in(name, text, evidence.outline(paper))
            if said is not None:
                found.append(_Found(paper, name, said, text))
                break
    found.sort(key=lambda one: FORMS.index(one.said.form))
    outright = [one for one in found if FORMS.index(one.said.form) < FORMS.index("marked")] or found[:1]
    seen: set[str] = set()
    kept: list[_Found] = []
    for one in outright:
        meaning = squash(one.said.name or one.text[one.said.start : one.said.end])
        if meaning not in seen:
            seen.add(meaning)
            kept.append(one)
    return kept[:SHOWN]


def _papers(term: str, question: Question, ports: Ports) -> Sequence[DocumentInfo]:
    if question.papers:
        return question.papers
    known = {paper.id: paper for paper in held(ports.papers(), question.filters)}
    if len(known) <= MOST_PAPERS * 2:
        return tuple(known.values())
    hits = ports.search(term, READ, question.filters).hits
    return tuple(known[at] for at in dict.fromkeys(hit.document_id for hit in hits) if at in known)[:MOST_PAPERS]


def _in_other_languages(term: str, asked: Language, paper: Language) -> tuple[str, ...]:
    """The usual name of a term of the glossary in the language of a paper."""
    return terms_in(term, asked, paper, 1) if asked != paper else ()


def _blocks(one: _Found, more: str, reader: Language, evidence: Evidence, ports: Ports) -> Iterator[Block]:
    said = one.said
    outright = bool(said.name) and said.form != "marked"  # of a short form the sentence says it all
    whole = _with_items(one.text, *((said.start, said.end) if outright else _line(one)))
    marks = ((said.name_start, said.name_end),) if said.name else ((said.term, said.term_end),)
    cited = evidence.cite(one.paper, *whole, tuple((a - whole[0], b - whole[0]) for a, b in marks))
    if not cited:
        return
    yield Block("text", phrase("define.of", reader, term=one.term, title=one.paper.title))
    rows: list[tuple[Cell, ...]] = []
    if said.name:
        rows.append((Cell(phrase("define.long", reader)), Cell(" ".join(said.name.split()), cited)))
    label = phrase("define.where" if said.name else "define.meaning", reader)
    rows.append(_row(label, one, *whole, cited, reader))
    for start, end in _more(one, whole, more, ports):
        rows.append(_row(phrase("define.more", reader), one, start, end, evidence.cite(one.paper, start, end), reader))
    yield Block("points", rows=tuple(rows))


def _row(label: str, one: _Found, start: int, end: int, cited: tuple[int, ...], reader: Language) -> tuple[Cell, ...]:
    quote = one.text[start:end]
    cells = (Cell(label), Cell(" ".join(quote.split()), cited))
    values = written_in(quote, one.paper.language, reader) if one.paper.language != reader else ()
    return (*cells, Cell(phrase("define.gloss", reader, values=joined(values, reader)), cited)) if values else cells


def _line(one: _Found) -> tuple[int, int]:
    """The line that a sentence stands on, as far as there is room: what a term takes in and leaves out is explained around it."""
    start = one.text.rfind("\n", 0, one.said.start) + 1
    end = one.text.find("\n", one.said.end)
    end = end if end >= 0 else len(one.text)
    return (start, end) if end - start <= LONGEST else (one.said.start, one.said.end)


def _with_items(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch with the lines that it leads in, as many as there is room for ("stormwater includes—")."""
    if not text[start:end].rstrip().endswith(_LEADS_IN):
        return start, end
    while end < len(text):
        following = text.find("\n", end + 1)
        following = following if following >= 0 else len(text)
        if following - start > MOST_WITH_ITEMS:
            break
        end = following
    return start, end


def _more(one: _Found, shown: tuple[int, int], asked: str, ports: Ports) -> list[tuple[int, int]]:
    """Sentences that speak of the term and are nearest to what is asked beside its meaning, in order; () where nothing is."""
    if not asked:
        return []
    spans = [span for span in sentence_spans(one.text, one.paper.language) if span[1] <= shown[0] or span[0] >= shown[1]]
    named = [span for span in spans if mentions(one.term, one.text[slice(*span)]) and 40 <= span[1] - span[0] <= LONGEST]
    if not named:
        return []
    near = ports.embedder.passages([one.text[slice(*span)] for span in named]) @ ports.embedder.query(asked)
    return sorted(named[at] for at in np.argsort(-near, kind="stable")[:MORE])
