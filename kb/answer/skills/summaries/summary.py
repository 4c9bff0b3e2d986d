"""A summary: of a paper, of several, or of what they say on a matter; short quotes, each under a label in the reader's language.

Which sentences are told is decided by what they are worth (`kb.answer.skills.summaries.salience`) and by the room that the points have
(`kb.answer.skills.summaries.packing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

import numpy as np

from ingest.near_duplicates import squash
from kb.answer.document_selection.document_filters import of_papers
from kb.answer.document_selection.language_versions import one_version_each
from kb.answer.document_selection.topic_relevance import matter_of, speaking
from kb.answer.presentation.quote_glosses import names_gloss, spelled_in, spellings, terms_in
from kb.answer.presentation.rendering import said_day
from kb.answer.query_understanding.intent import asks_shorter
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.last_answer import shorter
from kb.answer.skills.lookup import FoundStretch, looked_up
from kb.answer.skills.summaries.boilerplate import is_item, sums_up
from kb.answer.skills.summaries.clause_segmentation import Clause, parts_in
from kb.answer.skills.summaries.packing import POINTS, pack, shares
from kb.answer.skills.summaries.salience import (
    HEADS,
    POWER,
    Aspect,
    Seen,
    aspects_of,
    figure_spans,
    likely,
    plan_name,
    seen,
    worths,
    worths_on,
)
from kb.answer.skills.summaries.summary_sentences import Sentence, label_of, on_one_line, unwrapped
from kb.ports import FloatVector, Ports
from kb.records import Block, Cell, DocumentInfo, FactView
from lang.languages import Language
from prompts.phrases import phrase

MOST_PAPERS = 5
FETCHED = 200
"""Passages among which those are that papers say on a matter."""
ROOM, ROOM_JAPANESE = 240, 160
"""Characters of a point of several sentences."""
LEAST_LIKELY, LEAST_ALONE = 0.1, 0.2
"""How likely a sentence must be, beside the likeliest, to be told on a matter: where the paper as a whole may be meant, and where not."""
MATTER_FIRST, MATTER_ALONE = 0.5, 0.9
"""How likely a matter must be meant for what speaks to it to come first, and to be told alone."""
AMONG = 3
"""Stretches that must be of one paper for what is found on a matter to be told from it alone."""
OWN_LEAST, OWN_MOST = 80, 900
"""Characters that the summary has which a paper gives itself, to be told whole."""
LONGEST_LABEL = 48
IMPRINT = 90
"""Characters that a line has beside the publisher where it only says who made a paper and when."""
_CORRECTABLE = ("kind", "title", "publisher", "date", "signed", "published")


def summary(question: Question, ports: Ports) -> SkillResult | None:
    """The points of the papers that are meant, or what papers say on the matter that is asked of; None where there is neither."""
    papers, evidence = one_version_each(question.papers, question.said_in, ports)[:MOST_PAPERS], Evidence(ports)
    in_fewer = question.again and (not question.matter or asks_shorter(question.text))
    if in_fewer and (brief := shorter(question, evidence)) is not None:
        return brief
    if question.matter:
        return _on_matter(question, papers, evidence, ports)
    if not papers:
        papers = one_version_each(_found(question, evidence, ports), question.said_in, ports)
    blocks: list[Block] = []
    for paper, share in zip(papers, shares(question.points, len(papers)), strict=False):
        told = _told(paper, question, share, evidence, ports)
        if told:
            blocks += [Block("text", line) for line in _opening(paper, question.said_in, ports)] + [told]
    return SkillResult(evidence.statements, tuple(blocks)) if blocks else None


def _found(question: Question, evidence: Evidence, ports: Ports) -> list[DocumentInfo]:
    """The paper that surely answers a message which means none by name."""
    found, grade = looked_up(question.asked, question, (), ports, evidence)
    return [found[0].paper] if found and grade == "answers" else []


def _on_matter(question: Question, papers: Sequence[DocumentInfo], evidence: Evidence, ports: Ports) -> SkillResult | None:
    """What the papers that are meant say on the matter; where none is, the stretches that looking it up finds, each under its paper."""
    if not question.named and not question.carried and of_papers(question.text):
        return _of_many(question, evidence, ports)
    found, grade = looked_up(question.asked, question, papers, ports, evidence)
    if not found or (grade != "answers" and not papers):
        return None
    reader, of_one = question.said_in, len({said.paper.id for said in found[:AMONG]}) == 1
    told = papers or (_own(found) if of_one else ())
    blocks = [] if papers else [Block("text", phrase("summary.of_matter", reader, matter=question.shown_matter))]
    most = question.points or POINTS
    if told:
        each = [
            (paper, _rows_on(paper, question, _of_paper(paper, found), share, evidence, ports))
            for paper, share in zip(told, shares(most, len(told)), strict=False)
        ]
    else:
        each = [(paper, _said_rows(paper, _of_paper(paper, found[:most]), reader, evidence, ports)) for paper in _own(found[:most])]
    for paper, rows in each:
        blocks += [*(Block("text", line) for line in _opening(paper, reader, ports)), Block("points", rows=rows)] if rows else []
    return SkillResult(evidence.statements, tuple(blocks)) if any(block.kind == "points" for block in blocks) else None


def _of_many(question: Question, evidence: Evidence, ports: Ports) -> SkillResult | None:
    """What each of the papers that speak of the matter says on it, shortly, that which does so most first."""
    result = ports.search(question.matter, FETCHED, question.filters)
    known = {paper.id: paper for paper in ports.papers()}
    on_it = speaking(matter_of(question.matter, question.language, result.terms), result.hits, ports)
    papers = one_version_each([known[at] for at in on_it if at in known], question.said_in, ports)[:MOST_PAPERS]
    blocks = [Block("text", phrase("summary.of_matter", question.said_in, matter=question.shown_matter))]
    for paper, share in zip(papers, shares(question.points or POINTS, len(papers)), strict=False):
        found, _ = looked_up(question.matter, question, (paper,), ports, evidence)
        rows = _said_rows(paper, found[:share], question.said_in, evidence, ports)
        blocks += [*(Block("text", line) for line in _opening(paper, question.said_in, ports)), Block("points", rows=rows)] if rows else []
    return SkillResult(evidence.statements, tuple(blocks)) if len(blocks) > 1 else None


def _of_paper(paper: DocumentInfo, found: Sequence[FoundStretch]) -> list[FoundStretch]:
    """Those of some stretches that are of a paper."""
    return [said for said in found if said.paper.id == paper.id]


def _own(found: Sequence[FoundStretch]) -> tuple[DocumentInfo, ...]:
    """The papers of some stretches, in their order."""
    return tuple({said.paper.id: said.paper for said in found}.values())


def _rows_on(
    paper: DocumentInfo, question: Question, found: Sequence[FoundStretch], most: int, evidence: Evidence, ports: Ports
) -> tuple[tuple[Cell, ...], ...]:
    """The points of what a paper says on the matter; ``found`` are the stretches of it that looking the matter up found."""
    text, clauses = clauses_of(paper, evidence)
    own: tuple[tuple[Cell, ...], ...] = ()
    if question.of_matter < MATTER_FIRST:
        own, clauses, most = _with_own_summary(paper, clauses, most, question.said_in, evidence, ports)
    if not clauses:
        return own
    of_paper = seen(clauses, paper, ports.embedder)
    likely_on = worths_on(of_paper, question.asked, [(said.start, said.end, said.answers) for said in found], ports.embedder)
    whole = worths(of_paper)
    share = 1.0 if question.of_matter >= MATTER_ALONE else question.of_matter  # as likely as a matter is meant, what speaks to it counts
    least = LEAST_ALONE if share == 1.0 else LEAST_LIKELY
    on_it = np.where((likely_on >= least * likely_on.max()) & ((whole > 0) | (share == 1.0)), likely_on**POWER, 0.0)
    even = float(whole.sum()) / max(float(on_it.sum()), 1e-9)
    worth = np.asarray(share * even * on_it + (1 - share) * whole, dtype=np.float32) if whole.any() else on_it
    best_first = share >= MATTER_FIRST
    plan = _plan(paper, ports.facts(paper.id), evidence)
    return (*own, *_rows(paper, text, clauses, of_paper, worth, most, plan, question.said_in, evidence, ports, best_first=best_first))


def _said_rows(
    paper: DocumentInfo, found: Sequence[FoundStretch], reader: Language, evidence: Evidence, ports: Ports
) -> tuple[tuple[Cell, ...], ...]:
    """The stretches of a paper, each under its heading, where the reader reads the paper's language."""
    known = spellings([said.text for said in found], paper.language, reader, ports)
    rows = []
    for said in found:
        cited = evidence.cite(paper, said.start, said.end, figure_spans(said.text))
        label = _heading(paper, said.path[-1] if said.path else "", reader) or phrase("summary.aspect.other", reader)
        rows += [(Cell(label), Cell(on_one_line(said.text), cited), *names_gloss(paper, said.text, known, reader, cited))] if cited else []
    return tuple(rows)


def _told(paper: DocumentInfo, question: Question, most: int, evidence: Evidence, ports: Ports) -> Block | None:
    """The points of a paper; of an agreement the parties first, from the facts that are stored."""
    facts = ports.facts(paper.id)
    text, clauses = clauses_of(paper, evidence)
    plan = _plan(paper, facts, evidence)
    alone = most == 1  # one point says what a paper is about, and not between whom
    parties = _parties(paper, facts, question.said_in, evidence, ports) if any(a.name == "parties" for a in plan) and not alone else ()
    if parties:
        plan, most = tuple(a for a in plan if a.name != "parties"), most - 1
        clauses = _without_preamble(clauses, facts)
    own, clauses, most = _with_own_summary(paper, clauses, most, question.said_in, evidence, ports)
    rows: tuple[tuple[Cell, ...], ...] = ()
    if clauses:
        found = seen(clauses, paper, ports.embedder)
        worth = _with_term(worths(found), found, facts) if paper.kind == "agreement" else worths(found)
        rows = _rows(paper, text, clauses, found, worth, most, plan, question.said_in, evidence, ports)
    held = (*own, *((parties,) if parties else ()), *rows)
    return Block("points", rows=held) if held else None


def _with_term(worth: FloatVector, found: Seen, facts: Sequence[FactView]) -> FloatVector:
    """What sentences are worth, those as much as the best that say for how long the agreement is in force."""
    places = [fact.start for fact in facts if fact.field == "term" and fact.start is not None]
    says = np.array([any(one.start <= at < one.end for at in places) for one in found.sentences], dtype=bool)
    return np.where(says, worth.max(initial=0.0), worth).astype(np.float32)


def _with_own_summary(
    paper: DocumentInfo, clauses: list[Clause], most: int, reader: Language, evidence: Evidence, ports: Ports
) -> tuple[tuple[tuple[Cell, ...], ...], list[Clause], int]:
    """The point that is the paper's own summary, where there is one and room for more, and what is left: clauses, and how many points."""
    own = _own_summary(paper, reader, evidence, ports) if most > 1 else ()
    if not own:
        return (), clauses, most
    return (own,), [clause for clause in clauses if not sums_up(clause.label)], most - 1


def _own_summary(paper: DocumentInfo, reader: Language, evidence: Evidence, ports: Ports) -> tuple[Cell, ...]:
    """What a paper gives as its own summary, whole; () where it gives none, or a long one."""
    text, outline = evidence.text(paper), evidence.outline(paper)
    for at, block in enumerate(outline):
        heading = text[block.start : block.end]
        if block.role != "heading" or not sums_up(label_of(heading)):
            continue
        below = list(takewhile(lambda one: one.role != "heading", outline[at + 1 :]))
        if not below or not OWN_LEAST <= below[-1].end - below[0].start <= OWN_MOST:
            return ()
        said = text[below[0].start : below[-1].end]
        cited = evidence.cite(paper, below[0].start, below[-1].end, figure_spans(said))
        known = spellings([said], paper.language, reader, ports)
        label = _heading(paper, heading, reader) or phrase("summary.aspect.gist", reader)
        return (Cell(label), Cell(on_one_line(said), cited), *names_gloss(paper, said, known, reader, cited)) if cited else ()
    return ()


def _plan(paper: DocumentInfo, facts: Sequence[FactView], evidence: Evidence) -> tuple[Aspect, ...]:
    """What a summary of a paper of this kind tells."""
    text = evidence.text(paper)
    return aspects_of(plan_name(paper, facts, [text[b.start : b.end] for b in evidence.outline(paper)[:HEADS]]))


def clauses_of(paper: DocumentInfo, evidence: Evidence) -> tuple[str, list[Clause]]:
    """The text of a paper with its broken lines joined, and what it tells, without its title and who made it."""
    text, outline = unwrapped(evidence.text(paper), evidence.outline(paper), paper.title)
    outline = [block for block in outline if squash(text[block.start : block.end]) != squash(paper.title)]
    heads = [block for block in outline[:HEADS] if _is_imprint(text[block.start : block.end], paper)]
    return text, parts_in(text, [block for block in outline if block not in heads], paper.language)


def _is_imprint(line: str, paper: DocumentInfo) -> bool:
    """Whether a line at the head of a paper says who made it and when, which stands above the points."""
    return paper.publisher is not None and squash(paper.publisher) in squash(line) and len(line) <= len(paper.publisher) + IMPRINT


def _without_preamble(clauses: Sequence[Clause], facts: Sequence[FactView]) -> list[Clause]:
    """The clauses without the sentence that says who the parties are, where they are told apart."""
    places = [fact.start for fact in facts if fact.field == "parties" and fact.start is not None]
    kept = []
    for clause in clauses:
        named = [sum(one.start <= at < one.end for at in places) for one in clause.sentences]
        told = [s for s, many in zip(clause.sentences, named, strict=True) if many < 2 and not (many and is_item(s.text))]
        kept += [replace(clause, sentences=tuple(told))] if told else []
    return kept


def _rows(
    paper: DocumentInfo,
    text: str,
    clauses: Sequence[Clause],
    found: Seen,
    worth: FloatVector,
    most: int,
    plan: Sequence[Aspect],
    reader: Language,
    evidence: Evidence,
    ports: Ports,
    *,
    best_first: bool = False,
) -> tuple[tuple[Cell, ...], ...]:
    """The points that are worth most, in the order of the paper or ``best_first``, each under the labels of its clauses.

    A reader of another language than the paper's gets what a point tells for a label.
    """
    sizes = [len(sentence.shown or sentence.text) for sentence in found.sentences]
    points = pack(worth, sizes, found.group, most, room_of(paper.language))
    if best_first:
        best = [max(float(worth[at]) for at, own in enumerate(found.group) if own == group) for group in range(len(clauses))]
        points = sorted(points, key=lambda point: -best[found.group[point[0]]])
    said = [" ".join(found.sentences[at].text for at in point) for point in points]
    known = spellings(said, paper.language, reader, ports)
    rows = []
    for point, words, likeliest in zip(points, said, likely(said, plan, ports.embedder) if said else (), strict=True):
        quotes = _spans([(clauses[found.group[at]], found.sentences[at]) for at in point], text)
        cited = tuple(at for start, end, _ in quotes for at in evidence.cite(paper, start, end, figure_spans(text[start:end])))
        if cited:
            label = _label([clauses[found.group[at]] for at in point]) if paper.language == reader else ""
            shown = Cell(" · ".join(one for _, _, one in quotes), cited)
            rows.append(
                (Cell(label or phrase(f"summary.aspect.{likeliest}", reader)), shown, *names_gloss(paper, words, known, reader, cited))
            )
    return tuple(rows)


def room_of(language: Language) -> int:
    """Characters of a point of several sentences in a language."""
    return ROOM_JAPANESE if language == "ja" else ROOM


def _spans(parts: Sequence[tuple[Clause, Sentence]], text: str) -> list[tuple[int, int, str]]:
    """What a point quotes, and how it is shown: sentences of a clause that follow one another are one quote."""
    spans: list[tuple[int, int, str]] = []
    before: tuple[Clause, Sentence] | None = None
    for clause, sentence in parts:
        follows = before is not None and clause is before[0] and not (sentence.shown or before[1].shown)
        start = spans.pop()[0] if spans and follows and not text[spans[-1][1] : sentence.start].strip() else sentence.start
        cut = sentence.more or (sentence.text.endswith((",", "、", "，")) and text[sentence.end : sentence.end + 1] not in ("\n", ""))
        shown = sentence.shown or on_one_line(text[start : sentence.end]) + (" …" if cut else "")
        spans.append((start, sentence.end, shown if sentence.opens or start < sentence.start else f"… {shown}"))
        before = clause, sentence
    return spans


def _label(clauses: Sequence[Clause]) -> str:
    """The labels of the clauses that a point quotes, those that fit; "" where none has one."""
    labels = list(dict.fromkeys(clause.label for clause in clauses if clause.label))
    while len(" · ".join(labels)) > LONGEST_LABEL:
        labels.pop()
    return " · ".join(labels)


def _parties(paper: DocumentInfo, facts: Sequence[FactView], reader: Language, evidence: Evidence, ports: Ports) -> tuple[Cell, ...]:
    """Who the parties are, each name cited where it stands; () where fewer than two are known."""
    found = [(f.value, evidence.cite(paper, f.start, f.end)) for f in facts if f.field == "parties" and f.start is not None and f.end]
    cited = tuple(dict.fromkeys(at for _, places in found for at in places))
    values = list(dict.fromkeys(value for value, places in found if places))
    if len(values) < 2:
        return ()
    named = "; ".join(values)
    known = spellings([f"· {named}"], paper.language, reader, ports)
    return Cell(phrase("summary.aspect.parties", reader)), Cell(named, cited), *names_gloss(paper, named, known, reader, cited)


def _heading(paper: DocumentInfo, heading: str, reader: Language) -> str:
    """A heading of the paper as a label; "" where the reader reads another language, or it is too long."""
    label = label_of(heading) if paper.language == reader else ""
    return label if len(label) <= LONGEST_LABEL else ""


def _opening(paper: DocumentInfo, reader: Language, ports: Ports) -> list[str]:
    """What the paper is, as it is stored; that a person corrected it; and in which language it is, if not in the reader's."""
    kind = phrase("summary.paper" if paper.kind == "other" else f"kind.{paper.kind}", reader)
    parts = [phrase("summary.titled", reader, kind=kind, title=paper.title)]
    if paper.publisher:
        parts.append(phrase("summary.published", reader, publisher=paper.publisher))
    if paper.date:
        parts.append(phrase("summary.dated", reader, date=said_day(paper.date, reader)))
    lines = [" · ".join(parts)]
    corrected = _corrected(ports.facts(paper.id))
    if corrected:
        lines.append(phrase("summary.corrected", reader, fields=", ".join(corrected)))
    if paper.language not in (reader, "und"):
        named = spelled_in(paper.title, paper.language, spellings([paper.title], paper.language, reader, ports))
        subjects = (*named, *terms_in(paper.title, paper.language, reader))
        line = phrase("summary.foreign", reader, tongue=phrase(f"language.{paper.language}", reader))
        lines.append(line + (" " + phrase("summary.subjects", reader, terms=", ".join(subjects)) if subjects else ""))
    return lines


def _corrected(facts: Sequence[FactView]) -> list[str]:
    """The values that a person put in the place of what was read."""
    return list(dict.fromkeys(fact.value for fact in facts if fact.origin == "person" and fact.field in _CORRECTABLE and fact.value))
