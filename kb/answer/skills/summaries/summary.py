"""A summary: of a paper, of several, or of what they say on a matter; short quotes, each under a label in the reader's language.

What is told depends on what the paper is (`kb.answer.skills.summaries.plans`); which sentences tell it is decided by
`kb.answer.skills.summaries.covering`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.understand.duplicates import squash
from kb.answer.question import Question
from kb.answer.rendering import joined, said_day
from kb.answer.skills.evidence import Evidence, Made
from kb.answer.skills.looked_up import Said, looked_up
from kb.answer.skills.summaries.clauses import clauses_in
from kb.answer.skills.summaries.covering import Point, choose, likely
from kb.answer.skills.summaries.formal import is_item
from kb.answer.skills.summaries.packing import Packed, pack
from kb.answer.skills.summaries.plans import HEADS, Aspect, aspects_of, plan_name
from kb.answer.skills.summaries.spelled import spelled_in, spellings
from kb.answer.skills.summaries.telling import Sentence, as_shown, label_of, most_of, on_one_line, runs_of, sentences_in
from kb.answer.skills.summaries.unwrapped import unwrapped
from kb.answer.skills.summaries.written import terms_in, written_in
from kb.answer.skills.versions import one_version_each
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, FactView
from lang.codes import Language
from lang.values.dates import dates_in
from lang.values.quantities import quantities_in
from prompts.phrases import phrase

POINTS = 6
"""Points of a paper, or on a matter, where it is not said how many."""
POINTS_EACH = 3
"""Points of each of several papers, where it is not said how many."""
MOST_POINTS = 15
MOST_PAPERS = 5
LONGEST_LABEL = 48
IMPRINT = 90
"""Characters that a line has beside the publisher where it only says who made a paper and when."""
_BY_CLAUSES = frozenset({"order", "paper"})
"""Plans of papers that are told clause by clause where they have clauses."""
_CORRECTABLE = ("kind", "title", "publisher", "date", "signed", "published")


def summary(question: Question, ports: Ports) -> Made | None:
    """The points of the papers that are meant, or what papers say on the matter that is asked of; None where there is neither."""
    papers, evidence = one_version_each(question.papers, question.said_in, ports)[:MOST_PAPERS], Evidence(ports)
    if question.matter:
        return _on_matter(question, papers, evidence, ports)
    if not papers:
        papers = one_version_each(_found(question, evidence, ports), question.said_in, ports)
    blocks: list[Block] = []
    for paper, share in zip(papers, _shares(question.points, len(papers)), strict=False):
        told = _told(paper, question, share, evidence, ports)
        if told:
            blocks += [Block("text", line) for line in _opening(paper, question.said_in, ports)] + [told]
    return Made(evidence.statements, tuple(blocks)) if blocks else None


def _found(question: Question, evidence: Evidence, ports: Ports) -> list[DocumentInfo]:
    """The paper that surely answers a message which means none by name."""
    found, grade = looked_up(question.asked, question, (), ports, evidence)
    return [found[0].paper] if found and grade == "answers" else []


def _on_matter(question: Question, papers: Sequence[DocumentInfo], evidence: Evidence, ports: Ports) -> Made | None:
    """The stretches that looking the matter up finds, in the papers that are meant or in all, each paper's under its name."""
    found, grade = looked_up(question.asked, question, papers, ports, evidence)
    if not found or (grade != "answers" and not papers):
        return None
    found, reader = found[: question.points or POINTS], question.said_in
    blocks = [] if papers else [Block("text", phrase("summary.of_matter", reader, matter=question.shown_matter))]
    for paper in {said.paper.id: said.paper for said in found}.values():
        own = [said for said in found if said.paper.id == paper.id]
        known = spellings([said.text for said in own], paper.language, reader, ports)
        blocks += [Block("text", line) for line in _opening(paper, reader, ports)]
        blocks.append(Block("points", rows=tuple(row for said in own if (row := _said_row(said, known, reader, evidence)))))
    return Made(evidence.statements, tuple(blocks))


def _said_row(said: Said, known: Mapping[str, str], reader: Language, evidence: Evidence) -> tuple[Cell, ...]:
    """A stretch under its heading, where the reader reads the paper's language."""
    cited = evidence.cite(said.paper, said.start, said.end, _marks(said.text))
    label = _heading(said.paper, said.path[-1] if said.path else "", reader) or phrase("summary.aspect.other", reader)
    return (Cell(label), Cell(on_one_line(said.text), cited), *_gloss(said.paper, said.text, known, reader, cited)) if cited else ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A paper as it is read for its points; ``told`` says where its facts stand, by their field."""

    text: str
    sentences: list[Sentence]
    aspects: tuple[Aspect, ...]
    told: dict[str, list[int]]


def _told(paper: DocumentInfo, question: Question, most: int, evidence: Evidence, ports: Ports) -> Block | None:
    """The points of a paper; of an agreement the parties first, from the facts that are stored."""
    facts = ports.facts(paper.id)
    text, outline = unwrapped(evidence.text(paper), evidence.outline(paper), paper.title)
    name = plan_name(paper, facts, [text[block.start : block.end] for block in outline[:HEADS]])
    plan = aspects_of(name)
    if name in _BY_CLAUSES:
        rows = _by_clauses(paper, most, plan, question.said_in, evidence, ports)
        if rows:
            return Block("points", rows=rows)
    parties = _parties(paper, facts, question.said_in, evidence, ports) if any(a.name == "parties" for a in plan) else ()
    if parties:
        plan, most = tuple(a for a in plan if a.name != "parties"), most - 1
    told: dict[str, list[int]] = defaultdict(list)
    for fact in facts:
        if fact.start is not None:
            told[fact.field].append(fact.start)
    outline = [block for block in outline if squash(text[block.start : block.end]) != squash(paper.title)]
    heads = [block for block in outline[:HEADS] if _is_imprint(text[block.start : block.end], paper)]
    sentences = sentences_in(text, [block for block in outline if block not in heads], paper.language)
    if parties:
        sentences = _without_preamble(sentences, facts)
    read = _Read(text, sentences, plan, told)
    points = _points(paper, read, most, ports)
    known = spellings([point.run.text for point in points], paper.language, question.said_in, ports)
    told_rows = [_row(paper, point, read, known, question.said_in, evidence) for point in points]
    held = tuple(row for row in (parties, *told_rows) if row)
    return Block("points", rows=held) if held else None


def _is_imprint(line: str, paper: DocumentInfo) -> bool:
    """Whether a line at the head of a paper says who made it and when, which stands above the points."""
    return paper.publisher is not None and squash(paper.publisher) in squash(line) and len(line) <= len(paper.publisher) + IMPRINT


def _without_preamble(sentences: Sequence[Sentence], facts: Sequence[FactView]) -> list[Sentence]:
    """The sentences without that which says who the parties are, where they are told apart."""
    places = [fact.start for fact in facts if fact.field == "parties" and fact.start is not None]
    named = [sum(one.start <= at < one.end for at in places) for one in sentences]
    return [one for one, many in zip(sentences, named, strict=True) if many < 2 and not (many and is_item(one.text))]


def _by_clauses(
    paper: DocumentInfo, most: int, plan: Sequence[Aspect], reader: Language, evidence: Evidence, ports: Ports
) -> tuple[tuple[Cell, ...], ...]:
    """The points of a paper that is built of clauses; () where it is not, or where they are fewer than the paper has to tell."""
    text, outline = unwrapped(evidence.text(paper), evidence.outline(paper), paper.title)
    clauses = clauses_in(text, [block for block in outline if squash(text[block.start : block.end]) != squash(paper.title)])
    points = pack(clauses, most, most_of(paper.language), ports.embedder)
    if not points:
        return ()
    said = [" ".join(sentence.text for _, sentence in point.parts) for point in points]
    known = spellings(said, paper.language, reader, ports)
    aspects = likely(said, plan, ports.embedder)
    rows = []
    labelled = next((at for at, clause in enumerate(clauses) if clause.numbered and clause.label), 0)
    opening = clauses[:labelled]  # of a paper whose clauses have labels, those that come before them
    for point, words, likeliest in zip(points, said, aspects, strict=True):
        aspect = "gist" if point.parts[0][0] in opening else likeliest
        quotes = _spans(point, text)
        cited = tuple(at for start, end, _ in quotes for at in evidence.cite(paper, start, end, _marks(text[start:end])))
        if cited:
            shown = Cell(" · ".join(on_one_line(text[start:end]) + (" …" if cut else "") for start, end, cut in quotes), cited)
            label = _label_of_clauses(point, reader) if paper.language == reader else ""
            rows.append((Cell(label or phrase(f"summary.aspect.{aspect}", reader)), shown, *_gloss(paper, words, known, reader, cited)))
    return tuple(rows)


def _spans(point: Packed, text: str) -> list[tuple[int, int, bool]]:
    """What a point quotes, and whether it is cut: sentences of a clause that follow one another are one quote."""
    spans: list[tuple[int, int, bool]] = []
    before = None
    for clause, sentence in point.parts:
        cut = sentence.more or (sentence.text.endswith((",", "、", "，")) and text[sentence.end : sentence.end + 1] not in ("\n", ""))
        if spans and clause is before and not text[spans[-1][1] : sentence.start].strip():
            spans[-1] = (spans[-1][0], sentence.end, cut)
        else:
            spans.append((sentence.start, sentence.end, cut))
        before = clause
    return spans


def _label_of_clauses(point: Packed, reader: Language) -> str:
    """The labels of the clauses that a point quotes; what stands before the first clause without one is the background."""
    own = [clause.label if clause.label or clause.numbered else phrase("summary.aspect.why", reader) for clause, _ in point.parts]
    labels = [label for label in dict.fromkeys(own) if label]
    return " · ".join(labels) if all(len(label) <= LONGEST_LABEL for label in labels) else ""


def _parties(paper: DocumentInfo, facts: Sequence[FactView], reader: Language, evidence: Evidence, ports: Ports) -> tuple[Cell, ...]:
    """Who the parties are, each name cited where it stands; () where fewer than two are known."""
    found = [(f.value, evidence.cite(paper, f.start, f.end)) for f in facts if f.field == "parties" and f.start is not None and f.end]
    cited = tuple(dict.fromkeys(at for _, places in found for at in places))
    values = list(dict.fromkeys(value for value, places in found if places))
    if len(values) < 2:
        return ()
    named = "; ".join(values)
    known = spellings([f"· {named}"], paper.language, reader, ports)
    return Cell(phrase("summary.aspect.parties", reader)), Cell(named, cited), *_gloss(paper, named, known, reader, cited)


def _points(paper: DocumentInfo, read: _Read, most: int, ports: Ports) -> list[Point]:
    """As many points as are wanted, where the paper has that much to tell: of shorter runs where the longest are too few."""
    found: list[Point] = []
    room = most_of(paper.language)
    for longest in (room, room // 2, 0):
        if len(found) >= most:
            break
        runs = runs_of(read.sentences, read.text, longest)
        more = choose(read.sentences, runs, read.aspects, most, ports.embedder, paper.title, read.told)
        found = more if len(more) > len(found) else found
    return found


def _row(
    paper: DocumentInfo, point: Point, read: _Read, known: Mapping[str, str], reader: Language, evidence: Evidence
) -> tuple[Cell, ...]:
    """A label and the quote; for a reader of another language its names, terms, dates and amounts as they write them, too."""
    run = point.run
    cited = evidence.cite(paper, run.start, run.end, _marks(run.text))
    if not cited:
        return ()
    cells = Cell(_label(paper, point, reader)), Cell(as_shown(run, read.sentences), cited)
    return *cells, *_gloss(paper, run.text, known, reader, cited)


def _gloss(paper: DocumentInfo, text: str, known: Mapping[str, str], reader: Language, cited: tuple[int, ...]) -> tuple[Cell, ...]:
    """Names, terms, dates and amounts of a text as the reader writes them; () where they read the paper's language, or it has none."""
    if paper.language == reader:
        return ()
    values = dict.fromkeys((*spelled_in(text, paper.language, known), *written_in(text, paper.language, reader)))
    return (Cell(phrase("summary.gloss", reader, values=joined(values, reader)), cited),) if values else ()


def _label(paper: DocumentInfo, point: Point, reader: Language) -> str:
    """The heading of the paper where the reader reads it; else the aspect, where the run is surely of it."""
    return _heading(paper, point.run.heading, reader) or phrase(f"summary.aspect.{point.aspect.name if point.sure else 'other'}", reader)


def _heading(paper: DocumentInfo, heading: str, reader: Language) -> str:
    """A heading of the paper as a label; "" where the reader reads another language, or it is too long."""
    label = label_of(heading) if paper.language == reader else ""
    return label if len(label) <= LONGEST_LABEL else ""


def _marks(text: str) -> tuple[tuple[int, int], ...]:
    """Where the figures of a point stand."""
    dates = [(d.start, d.end) for d in dates_in(text)]
    amounts = [(q.start, q.end) for q in quantities_in(text, dates) if q.role == "amount" and not (q.spelled and q.number == 1)]
    return tuple(sorted((*dates, *amounts)))


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


def _shares(points: int | None, papers: int) -> list[int]:
    """How many points each paper gets; papers that come last get none where there are more papers than points."""
    if points is None:
        return [POINTS if papers == 1 else POINTS_EACH] * papers
    total = max(1, min(points, MOST_POINTS))
    return [share for at in range(papers) if (share := total // papers + (at < total % papers))]
