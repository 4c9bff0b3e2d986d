"""Who owes what by when, from the cards of the papers that are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from kb.agreements.card_records import Card, Obligation
from kb.agreements.due_dates import returns
from kb.agreements.extraction.deadlines import last_day, periods_in
from kb.answer.document_selection.language_versions import held
from kb.answer.presentation.rendering import (
    joined,
    said_ahead,
    said_by,
    said_counted,
    said_day,
    said_every,
    said_period,
    said_when,
    said_within,
)
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.obligations.obligation_details import (
    clause_span,
    handled_cell,
    is_party,
    laid_out,
    owner_asked,
    papers_of,
    task_span,
    values_said,
    versions_told,
    without,
)
from kb.answer.skills.obligations.obligation_query import (
    JOINT,
    Wanted,
    addressed,
    asked_of,
    full_name,
    is_of,
    office_said,
    offices_in,
    wanted,
)
from kb.answer.skills.obligations.obligation_status import States
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters
from lang.languages import Language
from lang.values.calendars import When
from lang.words.names import name_keys
from prompts.phrases import phrase

PAPERS = 6
"""Papers whose duties are told together; where none are meant, the cards of `READ` are read."""
READ = 24
SHARE = 0.33
"""The share of the best passage's score that a paper's must have, to be one of the matter."""
MOST, FEWEST = 16, 5
"""Duties that are shown of one paper; with several papers fewer of each, but not fewer than the second."""
UNDATED = 5
"""Duties without a day that are named where it is asked what is overdue."""
CLOSE = 1.3
"""By how many standard deviations a clause must be nearer to the matter than the paper's clauses are, where the search did not find it."""
WHOLE_PAPER = 0.02
"""By how much nearer to the matter the best clause must be than the title, for the matter to be that of some clauses alone."""
_YEARS_ON = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty of a paper with the day that counts for it: ``due`` is the one at which it falls due, None where none can be told."""

    paper: DocumentInfo
    card: Card
    one: Obligation
    due: date | None = None
    dated: bool = False
    """Whether a time limit of any kind is stated."""

    @property
    def settled(self) -> bool:
        """Whether people said that it is done, or not ours; of what returns, as far as it fell due by its day."""
        handling = self.one.handling
        return handling is not None and (handling.closed or (self.due is not None and handling.covers(self.due)))


def obligations(question: Question, ports: Ports) -> SkillResult | None:
    """Points "actor — duty — by when", with what people set for it; None where no paper lays a duty on anybody."""
    owner = owner_asked(question, ports)
    asks = wanted(without(question, owner))
    papers = _papers(question, asks.matter, owner, ports)
    cards = [(paper, card) for paper in papers if (card := ports.card(paper)) is not None]
    duties = [[_owed(paper, card, one, asks) for one in card.obligations if _counts(one, asks)] for paper, card in cards]
    groups = [group for group in duties if group]
    if not groups:
        return None
    language, evidence, blocks, strange = question.said_in, Evidence(ports), [], ""
    if owner and not is_party(owner, [(owed.one.actor, owed.paper.language) for group in groups for owed in group]):
        groups = [[owed for owed in group if owed.one.handling is not None and owed.one.handling.owner == owner] for group in groups]
    else:
        groups, strange = _of_party(groups, asks, evidence)
        if strange and question.papers and not question.named and not question.carried:
            return obligations(replace(question, papers=()), ports)  # the paper was only found, and lays nothing on whom the question names
        if asks.offices - {JOINT} and not _meant(question):
            groups = _named_most(groups, question, evidence)
    if strange:
        blocks.append(Block("text", phrase("obligations.not_of", language, name=strange)))
    whole, matter = groups, asks.matter if not strange else ""
    if matter:
        groups = [_on_matter(group, matter, ports) for group in groups]
    states = States(question, asks.as_of, ports, evidence) if asks.overdue else None
    timed_groups = [(_in_time(group, asks), group) for group in groups]
    closed = sum(owed.settled for timed, _ in timed_groups for owed in timed) if asks.timed else 0
    told = [(timed, group) for every, group in timed_groups if (timed := [o for o in every if not (asks.timed and o.settled)])]
    shown = told[:PAPERS]
    for timed, group in shown:
        blocks += _blocks(timed, _undated(group) if asks.overdue else [], asks, max(FEWEST, MOST // len(shown)), evidence, states, question)
    if matter and len(shown) == len(whole) == 1 and not asks.timed:  # what else the one paper lays down is not kept back
        kept = shown[0][0]
        rest = [owed for owed in whole[0] if owed not in kept]
        room = max(FEWEST, MOST - len(kept))
        below = phrase("obligations.others", language)
        blocks += _blocks(rest, [], asks, room, evidence, None, question, below) if rest else []
    more = [Block("text", phrase("obligations.more_papers", language, count=len(told) - len(shown)))] if len(told) > len(shown) else []
    more += [Block("text", phrase("obligations.closed", language, count=closed))] if closed else []
    if not shown:
        if asks.timed:
            nothing = Block("text", phrase("obligations.nothing_due", language))
            open_ended = [undated for group in groups if (undated := _undated(group))] if not asks.overdue else []
            listed = [block for undated in open_ended[:PAPERS] for block in _undated_blocks(undated, evidence, language)]
            return SkillResult(evidence.statements, (nothing, *listed, *more))
        return (
            None if not _meant(question) else SkillResult((), (Block("text", phrase("obligations.none", language, title=papers[0].title)),))
        )
    return SkillResult(evidence.statements, (*blocks, *more)) if evidence.statements else None


def _papers(question: Question, matter: str, owner: str, ports: Ports) -> list[DocumentInfo]:
    """The papers that are meant; else those in which an owner sees to something or the matter is found, else all with duties."""
    if owner and not question.named and not question.carried:
        return versions_told(held(papers_of(owner, ports), question.filters)[:READ], question.said_in, ports)
    if meant := _meant(question):
        return versions_told(meant, question.said_in, ports)
    seen = [paper for paper in held(ports.papers(), question.filters) if paper.kind in ("agreement", "other", "report")]
    order = {"agreement": 0, "other": 1, "report": 2}
    found: dict[int, int] = {}
    if matter:
        hits = ports.search(matter, READ, question.filters).hits
        best = max((hit.score for hit in hits), default=0.0)
        found = {hit.document_id: rank for rank, hit in reversed(list(enumerate(hits))) if hit.score >= SHARE * best}
    if any(paper.id in found for paper in seen):
        seen = sorted((paper for paper in seen if paper.id in found), key=lambda paper: (order[paper.kind], found[paper.id]))
    else:
        seen.sort(key=lambda paper: (order[paper.kind], -(paper.date or date.min).toordinal()))
    return versions_told(seen[:READ], question.said_in, ports)


def _meant(question: Question) -> tuple[DocumentInfo, ...]:
    """The papers that are meant; none where they are all news, which tells of duties and lays down none."""
    return () if all(paper.kind == "news" for paper in question.papers) else question.papers


def _counts(one: Obligation, asks: Wanted) -> bool:
    """Whether it is a duty: neither struck out, nor a right unless rights are asked for."""
    return one.binds or (asks.rights and not one.dropped)


def _owed(paper: DocumentInfo, card: Card, one: Obligation, asks: Wanted) -> Owed:
    due = one.due
    period = _period(paper, one) if one.deadline is None else None
    if due is None and one.deadline is not None:
        days = returns(one.deadline, card.span, asks.as_of + _YEARS_ON)
        past = [day for day in days if day <= asks.as_of]
        if asks.timed:
            inside = [day for day in (past if asks.overdue else days) if _inside(day, asks)]
            due = inside[-1] if asks.overdue and inside else inside[0] if inside else None
        else:
            due = next((day for day in days if day > asks.as_of), past[-1] if past else None)
    if due is None and period is not None:
        due = last_day(period)
    return Owed(paper, card, one, due, dated=one.deadline is not None or one.due is not None or period is not None)


def _period(paper: DocumentInfo, one: Obligation) -> When | None:
    """The last date that a duty's clause names, where it states no other time limit."""
    found = periods_in(one.citation.quote)
    if not found:
        return None
    when = found[-1].last or found[-1].first
    return replace(when, year=paper.date.year) if when.year is None and paper.date is not None else when


def _of_party(groups: Sequence[list[Owed]], asks: Wanted, evidence: Evidence) -> tuple[list[list[Owed]], str]:
    """The duties of whom the question names, and what every party of its papers owes; all, with the name, where it owes none."""
    all_of = [owed for group in groups for owed in group]
    own = {id(owed) for owed in all_of if is_of(owed.one, owed.paper, evidence.text(owed.paper), asks)}
    if not own:
        return list(groups), next((word for office in sorted(asks.offices - {JOINT}) if (word := asked_of(office, asks.words))), "")
    joint = {id(owed) for owed in all_of if JOINT in offices_in(owed.one.actor)}
    theirs = [group for group in groups if any(id(owed) in own for owed in group)]
    return [[owed for owed in group if id(owed) in own | joint] for group in theirs], ""


def _named_most(groups: Sequence[list[Owed]], question: Question, evidence: Evidence) -> list[list[Owed]]:
    """Of papers that were not named those whose title and parties have most of the names in the question."""
    said = name_keys(question.text, question.language)

    def share(group: list[Owed]) -> int:
        paper, text = group[0].paper, evidence.text(group[0].paper)
        parties = {full_name(owed.one.actor, text) or owed.one.actor for owed in group}
        return len(set(said) & set(name_keys(" ".join((paper.title, *sorted(parties))), paper.language)))

    shares = [share(group) for group in groups]
    most = max(shares, default=0)
    return [group for group, one in zip(groups, shares, strict=True) if one == most] if most else list(groups)


def _on_matter(group: list[Owed], matter: str, ports: Ports) -> list[Owed]:
    """The duties that speak of the matter; all where none stands out, or the matter is that of the whole paper, as its title tells."""
    if len(group) < 3:
        return group
    clauses = [" ".join(owed.one.citation.quote.split()) for owed in group]
    *clause_vectors, title = ports.embedder.passages([*clauses, group[0].paper.title])
    query = ports.embedder.query(matter)
    near = np.array(clause_vectors) @ query
    if float(title @ query) >= float(near.max()) - WHOLE_PAPER:
        return group
    spread = float(near.std()) or 1.0
    score = (near - float(near.mean())) / spread
    paper = group[0].paper
    hits = ports.search(matter, 3, Filters(documents=(paper.id,))).hits
    found = [any(h.start <= o.one.citation.start < h.end for h in hits) for o in group]
    kept = [owed for owed, s, hit in zip(group, score, found, strict=True) if s >= CLOSE or (hit and s >= 0)]
    return kept or group


def _in_time(group: list[Owed], asks: Wanted) -> list[Owed]:
    """The duties within the days that are asked for."""
    if asks.overdue:
        return [owed for owed in group if owed.due is not None and owed.due <= asks.as_of]
    if asks.first is not None or asks.last is not None:
        return [owed for owed in group if owed.due is not None and _inside(owed.due, asks)]
    return [owed for owed in group if owed.dated] if asks.limited else group


def _inside(day: date, asks: Wanted) -> bool:
    return (asks.first is None or day >= asks.first) and (asks.last is None or day <= asks.last)


def _blocks(
    group: list[Owed],
    undated: list[Owed],
    asks: Wanted,
    most: int,
    evidence: Evidence,
    states: States | None,
    question: Question,
    heading: str = "",
) -> list[Block]:
    language = question.said_in
    chosen = sorted(group, key=lambda owed: (not owed.dated, not owed.one.actor, owed.one.force not in ("shall", "will")))[:most]
    chosen.sort(key=lambda owed: (owed.due is None, owed.due or date.max, not owed.dated, owed.one.citation.start))
    rows: list[tuple[Cell, ...]] = []
    heading = heading or _heading(group[0], asks, question)
    for owed in chosen:
        row = _row(owed, evidence, language)
        if row is None:
            continue
        if rows and rows[-1][1:3] == row[1:3]:  # one clause lays it on two
            rows[-1] = (Cell(f"{rows[-1][0].text}; {row[0].text}"), *rows[-1][1:])
            continue
        said = states.of(owed.paper, owed.card, owed.one, _since(owed)) if states is not None else ()
        rows.append((*row, *said, *handled_cell(owed.one, language)))
    blocks = laid_out(rows, heading, question) if rows else []
    blocks += _undated_blocks(undated, evidence, language)
    if states is not None and (late := states.delays(group[0].paper, group[0].card)):
        blocks.append(Block("points", phrase("obligations.delayed", language), rows=late))
    if len(group) > len(chosen):
        blocks.append(Block("text", phrase("obligations.more", language, count=len(group) - len(chosen))))
    return blocks


def _undated(group: Sequence[Owed]) -> list[Owed]:
    """The duties with a time limit of which no day can be told, those that nobody has seen to."""
    return [owed for owed in group if owed.dated and owed.due is None and not owed.settled]


def _undated_blocks(undated: Sequence[Owed], evidence: Evidence, language: Language) -> list[Block]:
    found = [(row, owed.one) for owed in undated[:UNDATED] if (row := _row(owed, evidence, language)) is not None]
    rows = tuple((*row, *handled_cell(one, language)) for row, one in found)
    return [Block("points", phrase("obligations.undated", language), rows=rows)] if rows else []


def _since(owed: Owed) -> date | None:
    """Of what returns, the first day of the month in which it fell due."""
    returning = owed.one.deadline is not None and owed.one.deadline.every is not None
    return owed.due.replace(day=1) if returning and owed.due is not None else None


def _heading(first: Owed, asks: Wanted, question: Question) -> str:
    language, title = question.said_in, first.paper.title
    if asks.overdue:
        return phrase("obligations.overdue", language, title=title, day=said_day(asks.as_of, language))
    if asks.last is None:
        return phrase("obligations.of", language, title=title)
    last = said_day(asks.last, language)
    if asks.first is None:
        period = phrase("obligations.until", language, day=last)
    else:
        period = phrase("obligations.between", language, first=said_day(asks.first, language), last=last)
    return phrase("obligations.due", language, title=title, period=period)


def _row(owed: Owed, evidence: Evidence, language: Language) -> tuple[Cell, ...] | None:
    text, (first, last) = evidence.text(owed.paper), task_span(owed.one)
    start, end = clause_span(text, first, last, owed.one.actor)
    said = evidence.quote(owed.paper, start, end)
    if not said.cited:
        return None
    if end < last:
        said = replace(said, text=f"{said.text.rstrip(' ,;、，')} …")
    values = values_said(owed.one, start, end, language) if owed.paper.language != language else ""
    row = (Cell(_actor(owed, text, language)), said, Cell(_when(owed, language)))
    return (*row, Cell(values, said.cited)) if values else row


def _actor(owed: Owed, text: str, language: Language) -> str:
    actor = owed.one.actor or addressed(owed.one, owed.paper, text)
    if not actor:
        return phrase("obligations.nobody", language)
    said = office_said(actor, language) if owed.paper.language != language else ""
    return f"{said} ({actor})" if said and said != actor else actor


def _when(owed: Owed, language: Language) -> str:
    """By when, in the reader's language: the day where it can be told, with what it follows from."""
    deadline, due = owed.one.deadline, owed.due
    by = said_by(said_day(due, language), language) if due is not None else ""
    if deadline is None:
        if owed.one.due is not None:
            return by
        found = periods_in(owed.one.citation.quote)
        return joined([said_period(period.first, period.last, language) for period in found], language) or phrase(
            "obligations.no_limit", language
        )
    if deadline.every is not None:
        named = joined([said_when(When(None, month, day or None), language) for month, day in deadline.on], language)
        often = said_every(deadline.every, language)
        return joined([f"{often} ({named})" if named else often, by], language)
    if deadline.unit is not None:
        counted = said_counted(Fraction(deadline.count), deadline.unit, language)
        return joined([(said_ahead if deadline.ahead else said_within)(counted, language), by], language)
    return by or deadline.text
