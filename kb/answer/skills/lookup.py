"""Looking a question up: the stretches that it finds, beside what another skill makes of the message, and what is stored of agreements.

The stretches are cut short enough to be quoted in a text that a skill makes. Where duties, a comparison or a summary is wanted of a matter,
they stand above what the skill lays out, and alone where one passage surely answers. Of the agreements that a question asks of, sentences
that hold a stored fact come first, and what a person corrected is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import regex

from kb.answer.document_selection.language_versions import Edition, among, cited_of, editions, facts_of, texts_of
from kb.answer.presentation.rendering import OPEN, said_fact
from kb.answer.query_understanding.answer_types import asked_for, common, matters
from kb.answer.query_understanding.intent import asks_for_dates, asks_until
from kb.answer.query_understanding.query_parsing import narrows
from kb.answer.query_understanding.question import LAID_OUT, Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.quotation.quote_selection import FETCHED, beside_best, best_odds, quoted, reader_weights
from kb.answer.quotation.quote_spans import Span, answering_alone, as_stretches, stretch_of
from kb.answer.skills.tables.cell_values import CellReader
from kb.answer.skills.tables.table_columns import aspects
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters, Grade, Skill, Statement
from kb.verify.citations import inside, overlap
from lang.languages import Language
from prompts.phrases import phrase

LENGTH = 400
"""Characters of a stretch; a list may be longer (`kb.answer.quotation.quote_spans`)."""
_NUMBERING = regex.compile(r"(?:\p{Nd}{1,3}[.)．、]|[(（](?:\p{Nd}{1,3}|\p{Latin}{1,3}|\p{Devanagari}\p{M}?)[)）])\s+")


@dataclass(frozen=True, slots=True)
class FoundStretch:
    """A stretch or sentence of a paper that speaks to the matter; ``answers`` is where the sentence begins that speaks to it most."""

    paper: DocumentInfo
    start: int
    end: int
    text: str
    language: Language
    path: tuple[str, ...]
    page_label: str
    answers: int = 0


def looked_up(
    asked: str, question: Question, papers: Sequence[DocumentInfo], ports: Ports, evidence: Evidence
) -> tuple[list[FoundStretch], Grade]:
    """The stretches that looking up ``asked`` finds, in some papers or, where there are none, in all that may answer; best first."""
    filters = among(question.filters, papers)
    statements, grade = quoted(asked, question.language, ports.search(asked, FETCHED, filters), ports, named=bool(papers))
    known = {paper.id: paper for paper in ports.papers()}
    held = ((known.get(statement.citations[0].document_id), statement) for statement in statements)
    return [_said(paper, statement, ports, evidence) for paper, statement in held if paper is not None], grade


def _said(paper: DocumentInfo, statement: Statement, ports: Ports, evidence: Evidence) -> FoundStretch:
    cited = statement.citations[0]
    first, last = statement.answering[0] if statement.answering else (0, len(cited.quote))
    answering = cited.start + first, cited.start + last
    start, end = short_of(paper, (cited.start, cited.end), answering, ports, evidence)
    return FoundStretch(paper, start, end, evidence.text(paper)[start:end], cited.language, cited.path, cited.page_label, answering[0])


def short_of(paper: DocumentInfo, stretch: Span, answering: Span, ports: Ports, evidence: Evidence) -> Span:
    """A stretch of a paper, cut to `LENGTH` around the sentence that answers, without the heading above it and its own number."""
    text, outline = evidence.text(paper), ports.outline(paper.id, paper.version, *stretch)
    start, end = stretch_of(text, outline, *answering, stretch[1], LENGTH)
    said = [block for block in outline if start <= block.start < end and block.role not in ("heading", "title")]
    start = max(start, said[0].start) if said and said[0].start <= answering[0] else start
    return start + numbering(text[start:end]), end


def numbering(text: str) -> int:
    """Where a sentence begins after the number of its clause."""
    found = _NUMBERING.match(text)
    return found.end() if found is not None else 0


ASPECTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"signing": ("signatories", "signed"), "effect": ("in_force",), "duration": ("term",), "renewal": ("renewal",), "ending": ("ending",)}
)
"""The aspects of an agreement (``aspects.toml``) that a matter of a question (``matters.toml``) asks for."""
OF_SIGNING: Final[Mapping[str, str]] = MappingProxyType({"person": "signatories", "date": "signed"})
"""Which aspect tells who signed, and which when."""
OF_LAST_DAY: Final = frozenset({"duration", "ending", "effect", "signing"})
"""The matters that a question for the last day of an agreement may touch, none of which it asks for by itself."""
MOST_AGREEMENTS: Final = 3
"""Agreements that a question may mean, for each to be told."""


def known(question: Question, ports: Ports) -> tuple[Sequence[Statement], tuple[Block, ...]]:
    """The statements that hold what is asked, and a block with what a person corrected, which no paper is cited for.

    Nothing where nothing is stored, where the question asks for something else as well or what a paper of another kind says of it, or
    where too many agreements are meant. Of who signed, and when, only what is asked for is told.
    """
    told = matters(question.asked) - common()
    until = asks_until(question.asked) and told <= OF_LAST_DAY
    told = frozenset({"duration"}) if until else told
    agreements = [paper for paper in question.of_kind if paper.kind == "agreement"]
    meant = editions([paper for paper in agreements if paper in question.named] if question.named else agreements, ports)
    if not told or not told <= ASPECTS.keys() or not 0 < len(meant) <= MOST_AGREEMENTS:
        return (), ()
    wanted = asked_for(question.asked)
    if "signing" in told and wanted not in ("person", "date"):
        return (), ()
    read, corrected = Evidence(ports), Evidence(ports)
    lines: list[tuple[Cell, ...]] = []
    for edition in meant:
        for matter, aspect in [(one, aspects()[key]) for one in ASPECTS if one in told for key in ASPECTS[one]]:
            views = [one for paper in edition.papers for one in facts_of(paper, ports) if one.field in aspect.facts]
            by_person = any(one.origin == "person" for one in views)
            if not views or (matter == "signing" and not by_person and aspect is not aspects()[OF_SIGNING[str(wanted)]]):
                continue
            filled = CellReader(ports, corrected if by_person else read, question.language, question.said_in).stored(edition, aspect)
            if filled is not None and by_person:
                named = f"{edition.shown(question.said_in).title} – " if len(meant) > 1 else ""
                lines.append((Cell(f"{named}{aspect.label(question.said_in)}: {filled.cell.text}"),))
        if until:
            lines += _last_day(edition, question, read, ports)
    block = (Block("points", rows=tuple(lines)),) if lines else ()
    return as_stretches(read.statements, ports.text, ports.outline), block


def _last_day(edition: Edition, question: Question, read: Evidence, ports: Ports) -> Iterator[tuple[Cell, ...]]:
    """The last day of an agreement, reckoned from the day it began and its term, with where the first stands."""
    cards = (ports.card(paper) for paper in edition.papers)
    span = next((card.span for card in cards if card is not None and card.span.ends is not None), None)
    if span is not None:
        reader, title = question.said_in, edition.shown(question.said_in).title
        CellReader(ports, read, question.language, reader).stored(edition, aspects()["in_force"])
        days = {"ends": said_fact(str(span.ends), reader), "begins": said_fact(str(span.effective), reader)}
        yield (Cell(phrase("lookup.last_day", reader, title=title, **days)),)


LED: Final = frozenset[Skill]({"obligations", "compare", "summary"})
"""Skills whose answer on a matter stands below the stretches that looking it up finds."""
OF_MATTER: Final = 0.4
"""How likely a summary must be wanted of a matter for that."""
PLAINLY: Final = 0.3
"""Log-odds from which one passage says all that may be a question: no request for a summary of a whole paper has a passage above."""


def on_matter(wanted: Question) -> bool:
    """Whether what is wanted of papers is wanted on a matter, and not of them as a whole."""
    return wanted.skill in LED and wanted.matter != "" and wanted.of_matter >= OF_MATTER


def answered_alone(wanted: Question, ports: Ports) -> bool:
    """Whether a message is looked up though a skill seems to be wanted: one passage is the answer."""
    return (on_matter(wanted) and wanted.points is None and in_one_place(wanted, ports)) or of_one_day(wanted, ports)


def in_one_place(wanted: Question, ports: Ports) -> bool:
    """Whether one passage of the papers that are meant answers by itself, and very surely so."""
    return _best_odds(wanted, ports) >= PLAINLY


def of_one_day(wanted: Question, ports: Ports) -> bool:
    """Whether a timeline is wanted of what is only asked when it was, and a passage surely answers that."""
    asks_when = wanted.skill == "timeline" and asked_for(wanted.asked) == "date" and not asks_for_dates(wanted.text)
    return asks_when and _best_odds(wanted, ports) >= reader_weights().sure


def _best_odds(wanted: Question, ports: Ports) -> float:
    """The log-odds that the passage of the papers that are meant answers which does best."""
    return best_odds(wanted.asked, ports.search(wanted.asked, FETCHED, among(wanted.filters, wanted.papers)).hits, ports)


def with_quotes(made: SkillResult, wanted: Question, ports: Ports) -> SkillResult:
    """What a skill made, and what looking the message up finds that it does not show.

    That stands above what is told of a matter, which one place may say better than a list of what was read from all, and above the summary
    of a paper one passage of which surely answers; else below it, where it answers and the message may as well be a question. Below stands
    also what is found beside a comparison that says what differs.
    """
    leads = on_matter(wanted)
    plainly = not leads and wanted.skill == "summary" and wanted.points is None and in_one_place(wanted, ports)
    if made.refusal is not None or not (leads or plainly or (wanted.skill in LAID_OUT and wanted.may_ask)):
        return made
    filters = meant_by(wanted, ports) if wanted.skill == "compare" else among(wanted.filters, wanted.papers)
    result = ports.search(wanted.asked, FETCHED, filters)
    statements, grade = quoted(wanted.asked, wanted.language, result, ports, named=leads)
    cited = [citation for statement in made.statements for citation in statement.citations[:1]]
    first_of = next((block.kind for block in made.blocks if block.kind != "text"), "")
    told = wanted.skill == "compare" and first_of == "points"  # it says first what differs
    if told or not (leads or plainly):
        more = [one for one in statements if not any(overlap(answering_alone(one).citations[0], there) for there in cited)]
        return replace(made, statements=(*made.statements, *more[:OPEN])) if leads or grade == "answers" else made
    first = beside_best(wanted.asked, statements[: OPEN if leads else 1], result.hits, ports)
    return made.led_by([one for one in first if not any(inside(one.citations[0], there) for there in cited)])


def meant_by(wanted: Question, ports: Ports) -> Filters:
    """Where the answer is looked for.

    A message by which the asker says which of several papers was meant is answered from that paper, so is one that tells a paper by its
    kind and day ("the circular of 10 October"), and one that wants only some of what the last answer told ("only those that got money")
    from the papers of that answer.
    """
    named = wanted.named
    chosen = bool(wanted.history) and wanted.history[-1].answer.skill == "clarify"
    if wanted.filters.documents:
        return wanted.filters
    if wanted.history and narrows(wanted.text):
        return among(wanted.filters, named or cited_of(wanted.history[-1].answer, ports.papers()))
    if len(texts_of(wanted.dated, ports)) == 1:
        return among(wanted.filters, wanted.dated)
    if not named or len(texts_of(named, ports)) > 1 or not (chosen or wanted.declined):
        return wanted.filters
    return among(wanted.filters, named)
