"""Between which days a timeline is asked for: from one event to another, or in a year that the question names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import regex

from ingest.records import AUTHORITY
from kb.agreements.extraction.deadlines import periods_in
from kb.answer.query_understanding.question import Question
from kb.answer.skills.timeline.events import Event
from kb.ports import Ports
from kb.records import DocumentInfo, Filters
from lang.data_files import toml_of
from lang.normalise import search_form

ANCHORS = 4
"""Passages in which the event is looked for that begins or ends the time asked for."""
BETTER = 0.03
"""What the best of these passages counts for beside the nearness of a sentence in it."""


def between(ends: Sequence[int | date | None], found: Sequence[Event], kept: Sequence[int]) -> list[int]:
    """The events from the first to the last, with these two."""
    first = found[ends[0]].first if isinstance(ends[0], int) else ends[0]
    last = found[ends[1]].last if isinstance(ends[1], int) else ends[1]
    if first is not None and last is not None and first > last:
        return list(kept)
    whole = sorted({*kept, *(end for end in ends if isinstance(end, int))})
    inside = [
        at for at in whole
        if (first is None or (found[at].last or date.max) >= first) and (last is None or (found[at].first or date.min) <= last)
    ]  # fmt: skip
    return inside if len(inside) >= 2 else list(kept)


def within(question: Question, found: Sequence[Event], kept: Sequence[int]) -> list[int]:
    """The events of the one month, year or time that the question names; all where it names none, or nothing is dated then."""
    named = [period for period in periods_in(question.text) if period.last is not None or period.first.precision != "day"]
    if len(named) != 1:
        return list(kept)
    limit = replace(found[0], when=named[0])
    if limit.first is None or limit.last is None:
        return list(kept)
    inside = [at for at in kept if (found[at].first or date.max) <= limit.last and (found[at].last or date.min) >= limit.first]
    return inside or list(kept)


def named_ends(question: Question) -> tuple[str, str] | None:
    """What the question says before and after "from … to …"; None where it names no two events."""
    for pattern in between_patterns().get(question.language, ()):
        if match := pattern.search(question.text):
            return match["a"].strip(), match["b"].strip()
    return None


def end_of(words: str, found: Sequence[Event], papers: Sequence[DocumentInfo], ports: Ports, *, last: bool) -> int | date | None:
    """The event, or the day, that begins or ends the time asked for; None where none is found."""
    if (told := _of_fact(words, found, ports)) is not None:
        return told
    dated = periods_in(words)
    if dated:
        event = replace(found[0], when=dated[-1 if last else 0])
        return event.last if last else event.first
    hits = ports.search(words, ANCHORS, Filters(documents=tuple(paper.id for paper in papers))).hits
    best = max((hit.score for hit in hits), default=0.0)
    if best <= 0:
        return None
    scores: dict[int, float] = {}
    for at, event in enumerate(found):
        over = [hit.score for hit in hits if hit.document_id == event.paper.id and hit.start <= event.start < hit.end]
        if over and not event.own:
            scores[at] = BETTER * max(over) / best
    if not scores:
        return None
    near = ports.embedder.passages([found[at].text for at in scores]) @ ports.embedder.query(words)
    return max(zip(scores, near, strict=True), key=lambda pair: scores[pair[0]] + float(pair[1]))[0]


def _of_fact(words: str, found: Sequence[Event], ports: Ports) -> int | None:
    """The event that is a signature or an entry into force, where the words name one."""
    form = search_form(words).text
    for field, pattern in _facts().items():
        if not pattern.search(form):
            continue
        for at, event in sorted(enumerate(found), key=lambda pair: -AUTHORITY[pair[1].paper.kind]):
            facts = [fact for fact in ports.facts(event.paper.id) if fact.field == field and fact.start is not None]
            if any(event.start <= (fact.start or 0) < event.end for fact in facts):
                return at
        for at, event in enumerate(found):
            if pattern.search(search_form(event.text).text):
                return at
    return None


@cache
def _facts() -> Mapping[str, regex.Pattern[str]]:
    stored = toml_of("kb.answer.skills.timeline", "timeline.toml")
    return {field: regex.compile(search_form(pattern).text) for field, pattern in stored["fact"].items()}


@cache
def between_patterns() -> Mapping[str, Sequence[regex.Pattern[str]]]:
    """How each language names the two."""
    stored = toml_of("kb.answer.skills.timeline", "timeline.toml")
    return {language: [regex.compile(one, regex.I) for one in those] for language, those in stored["between"].items()}
