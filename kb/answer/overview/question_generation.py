"""What may be asked of a paper: questions made of its headings, duties, days, sums and facts, each with where it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import regex

from ingest.records import Block
from kb.agreements.card_records import Card, Obligation
from kb.answer.overview.suggested_questions import HEADING_CHARS
from kb.answer.presentation.rendering import said_day, said_quantity
from kb.answer.quotation.citation_builder import WHOLE
from kb.answer.skills.definition_forms import definition_in
from kb.answer.skills.summaries.boilerplate import asks, formality, is_vague, leads_in, names_its_columns, table_heads
from kb.answer.skills.summaries.salience import FEW, HEADS, plan_name
from kb.answer.skills.summaries.summary_sentences import APART, Sentence, label_of, sentences_in, unwrapped
from kb.ports import Ports
from kb.records import DocumentInfo, FactView
from lang.languages import Language
from lang.normalise import search_form
from lang.values.dates import dates_in
from lang.values.quantities import CURRENCIES, quantities_in
from prompts.phrases import phrase

ACTOR_CHARS: Final = 48
ASKED_CHARS: Final = (8, 110)
"""Shortest and longest question of a paper's own."""
MOST_OF: Final = 0.6
"""A heading over more than this part of a paper is its title."""
ROUND: Final = 100
"""A sum below this is a fee that says little of a paper."""
_ORDERS: Final = {
    "agreement": ("duty", "money", "term", "due", "ending", "heading", "bar", "effect", "signatories", "signed"),
    "order": ("due", "bar", "duty", "money", "heading", "means", "effect"),
    "faq": ("asked", "due", "money", "duty"),
    "minutes": ("heading", "due", "duty", "money", "figure"),
    "news": ("money", "will", "figure", "due", "duty", "was", "heading"),
    "report": ("heading", "figure", "money", "due", "duty", "was"),
    "paper": ("asked", "due", "heading", "money", "duty", "bar", "cell", "will", "means", "figure"),
}
"""The sorts of questions of a paper by the plan by which it is told, the most wanted first."""
_HEADED: Final = {"minutes": "decided", "report": "told", "news": "told"}
_QUESTION_LIKE: Final = regex.compile(r"(?:who|what|when|where|how|which)\s+(?:may|can|must|shall|should|is|are|to)\b", regex.I)
_WH: Final = regex.compile(r"(?:who|what|when|where|how|why|which)\b|(?:कौन|क्या|कैसे|कब|क्यों|कोण|काय|कसे|कधी|का)\s", regex.I)
_ASKED_MARK: Final = regex.compile(
    r"^(?:q(?:uestion)?\s?\p{Nd}*|प्र(?:श्न)?\.?\s?\p{Nd}*|問\s?\p{Nd}*|[QＱ]\s?\p{Nd}*)\s?[.:：–—)-]*\s*|^\p{Nd}{1,2}\s?[.)–—-]+\s*", regex.I
)
_NO_ACTOR: Final = regex.compile(
    r"\p{Nd}|[.;:()]|^(?:every|each|no|any|all|both|either|neither|one|two|three|four|five|six|seven|eight|nine|ten|several|some|it|they)\b|\b(?:who|which|that|whose)\b"
    r"|^(?:दोनों|दोन्ही|प्रत्येक|हर|कोई|कोणताही|कोणत्याही|सभी|सर्व|उभय|किसी|वह|वे|ते|तो)(?:\s|$)|(?:^|\s)(?:जो|ज्या|जिस|जिन|आपल्या\S*)(?:\s|$)"
    r"|^(?:त्या|ति|ती|हा|ही|हे|या|यां|आप|हम)\S{0,4}$|(?:वर|कडून|साठी|मध्ये|ला)$|(?:ने|नी)\s|^(?:両|各|いずれ|当該)|^[^甲乙丙丁国県市町村\P{Han}]$",
    regex.I,
)
"""What is no name of one who owes something: a quantity of them, a description, a pronoun."""
_BY: Final = regex.compile(r"(?:ने|नी)$")
"""Marathi names who has to do something in the case of who does it."""
_YEARS: Final = range(1900, 2101)
_QUOTED: Final = regex.compile(r"[“\"「]([^”\"」\n]{2,40})[”\"」]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question of a sort, and the spans ``[start, end)`` of the paper of which its answer has to cite one."""

    sort: str
    text: str
    language: Language
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """A paper as questions are made of it; ``sentences`` say something, and ``reader`` is the language to ask in."""

    paper: DocumentInfo
    reader: Language
    plan: str
    text: str
    outline: Sequence[Block]
    sentences: Sequence[Sentence]
    facts: Sequence[FactView]
    card: Card | None


def matter_of(paper: DocumentInfo, reader: Language, ports: Ports) -> Matter:
    """Read a paper for its questions."""
    facts = ports.facts(paper.id)
    text, outline = unwrapped(ports.text(paper.id, paper.version), ports.outline(paper.id, paper.version, 0, WHOLE), paper.title)
    plan = plan_name(paper, facts, [text[block.start : block.end] for block in outline[:HEADS]])
    return Matter(paper, reader, plan, text, outline, sentences_in(text, outline, paper.language), facts, ports.card(paper))


def candidates(matter: Matter) -> Iterator[Candidate]:
    """The questions that may be asked, the best first: one of each sort, then what could be asked of any paper beside the next of each."""
    made = [list(_OF[sort](matter)) for sort in _ORDERS[matter.plan]]
    for at in range(max(map(len, made), default=0)):
        yield from (some[at] for some in made if at < len(some))
        if at == 0:
            yield from _deadlines(matter)
    yield from _duties(matter)


def _ask(matter: Matter, sort: str, key: str, spans: Sequence[tuple[int, int]], **values: str) -> Candidate:
    return Candidate(sort, phrase(f"followups.of.{key}", matter.reader, **values), matter.reader, tuple(spans))


def _own(matter: Matter) -> bool:
    """Whether the words of the paper are those of the reader's language."""
    return matter.paper.language == matter.reader


def _asked(matter: Matter) -> Iterator[Candidate]:
    """The questions that the paper itself puts and answers."""
    for at, block in enumerate(matter.outline):
        said = " ".join(_ASKED_MARK.sub("", " ".join(matter.text[block.start : block.end].split())).split())
        least, most = ASKED_CHARS
        if not asks(said) or not least <= len(said) <= most or regex.search(r"[.!。।]\s", said) or block.role == "table_row":
            continue
        end = next((b.end for b in matter.outline[at + 1 :] if b.role not in ("title", "heading")), block.end)
        if _own(matter):
            yield Candidate("asked", said, matter.paper.language, ((block.end, end),))


def _duty(matter: Matter) -> Iterator[Candidate]:
    """What the one who owes most has to do, and the next."""
    owed: dict[str, list[Obligation]] = {}
    for one in _binding(matter):
        if 1 <= len(one.actor) <= ACTOR_CHARS and not _NO_ACTOR.search(one.actor):
            owed.setdefault(one.actor, []).append(one)
    for actor, duties in sorted(owed.items(), key=lambda one: -len(one[1])) if _own(matter) else ():
        if matter.reader == "mr" and _BY.search(actor):
            yield _ask(matter, "duty", "duty_by", _spans(duties), actor=actor)
            continue
        article = regex.search(rf"\bthe\s+{regex.escape(actor)}", matter.text, regex.I) if matter.reader == "en" else None
        named = f"the {actor}" if article and not actor.casefold().startswith("the ") else actor
        yield _ask(matter, "duty", "duty", _spans(duties), actor=named)


def _duties(matter: Matter) -> Iterator[Candidate]:
    """Who has to do what, where several have to do something."""
    owed = _binding(matter)
    if len({one.actor for one in owed}) > 1:
        yield _ask(matter, "duties", "duties", _spans(owed))


def _deadlines(matter: Matter) -> Iterator[Candidate]:
    """Which time limits are set, where there are several."""
    timed = [one for one in _binding(matter, labelled=True) if one.deadline is not None]
    if len(timed) > 1:
        yield _ask(matter, "deadlines", "deadlines", _spans(timed))


def _spans(owed: Sequence[Obligation]) -> list[tuple[int, int]]:
    return [(one.citation.start, one.citation.end) for one in owed]


def _binding(matter: Matter, *, labelled: bool = False) -> list[Obligation]:
    """The duties that sentences lay on somebody; what is read of the cells of a table may be the name of a column.

    ``labelled``: also those of rows that name their columns, which tell by when.
    """
    rows = [
        (block.start, block.end)
        for block in matter.outline
        if block.role == "table_row" and not (labelled and names_its_columns(matter.text[block.start : block.end]))
    ]
    owed = [one for one in matter.card.obligations if not one.dropped and one.force not in ("may", "intends")] if matter.card else []
    return [one for one in owed if not any(start <= one.citation.start < end for start, end in rows)]


def _due(matter: Matter) -> Iterator[Candidate]:
    """What has to be done by a day."""
    days: dict[date, list[tuple[int, int]]] = {}
    for one in _binding(matter, labelled=True):
        if one.deadline is not None and one.deadline.day is not None:
            days.setdefault(one.deadline.day, []).append((one.citation.start, one.citation.end))
    for day, spans in days.items():
        yield _ask(matter, "due", "due", spans, date=said_day(day, matter.reader))


def _on(matter: Matter, sort: str) -> Iterator[Candidate]:
    """What comes, or came, on a day; the day of the paper itself is none."""
    own = matter.paper.date
    for sentence in matter.sentences:
        for found in dates_in(sentence.text):
            when = found.when
            if own is None or not (when.year and when.month and when.day) or when.calendar not in ("gregorian", "japanese"):
                continue
            day = date(when.year, when.month, when.day)
            if day != own and (day > own) == (sort == "will"):
                yield _ask(matter, sort, sort, [(sentence.start, sentence.end)], date=said_day(day, matter.reader))


def _money(matter: Matter) -> Iterator[Candidate]:
    """What a sum is for, the largest first."""
    yield from _amounts(matter, "money", lambda unit: unit in CURRENCIES, ROUND)


def _figure(matter: Matter) -> Iterator[Candidate]:
    """What a share is of, what a number counts."""
    yield from _amounts(matter, "figure", lambda unit: unit == "percent", 0)
    yield from _amounts(matter, "figure", lambda unit: not unit, FEW)


def _amounts(matter: Matter, sort: str, fits: Callable[[str], bool], least: int) -> Iterator[Candidate]:
    found: dict[str, tuple[float, list[tuple[int, int]]]] = {}
    for sentence in matter.sentences:
        days = [(one.start, one.end) for one in dates_in(sentence.text)]
        for one in quantities_in(sentence.text, days):
            counted = one.role == "amount" and fits(one.unit) and one.value >= least and not (not one.unit and one.value in _YEARS)
            said = said_quantity(one, matter.reader) if counted else ""
            if said:
                found.setdefault(said, (float(one.value), []))[1].append((sentence.start, sentence.end))
    for said, (_, spans) in sorted(found.items(), key=lambda one: -one[1][0]):
        yield _ask(matter, sort, sort, spans, amount=said)


def _bar(matter: Matter) -> Iterator[Candidate]:
    """What is forbidden."""
    spans = [(one.citation.start, one.citation.end) for one in _binding(matter) if one.force == "must_not"]
    if spans:
        yield _ask(matter, "bar", "bar", spans)


def _heading(matter: Matter) -> Iterator[Candidate]:
    """What stands under a heading that says of what it is."""
    key = _HEADED.get(matter.plan, "heading")
    for heading, start, end in _headed(matter) if _own(matter) else ():
        if _QUESTION_LIKE.match(heading):
            yield Candidate("asked", f"{heading.rstrip('.: ')}?", matter.reader, ((start, end),))
        elif not _WH.match(heading):
            yield _ask(matter, "heading", key, [(start, end)], heading=heading)


def _headed(matter: Matter) -> list[tuple[str, int, int]]:
    """The headings that part the paper with the spans under them, those with the most to tell first."""
    told: dict[str, list[Sentence]] = {}
    for sentence in matter.sentences:
        if sentence.heading:
            told.setdefault(sentence.heading, []).append(sentence)
    title = search_form(f"{matter.paper.title} {matter.paper.publisher or ''}").text
    whole = sum(len(one.text) for one in matter.sentences)
    found = []
    for heading, said in told.items():
        name = label_of(label_of(heading))
        fit = 2 <= len(name) <= HEADING_CHARS and " · " not in name and sum(len(one.text) for one in said) < MOST_OF * whole
        if (
            fit
            and not asks(name)
            and not formality(name)
            and not leads_in(name)
            and not is_vague(name)
            and search_form(name).text not in title
        ):
            found.append((name, said[0].start, said[-1].end, sum(len(one.text) for one in said)))
    return [one[:3] for one in sorted(found, key=lambda one: -one[3])]


def _means(matter: Matter) -> Iterator[Candidate]:
    """What a term means that the paper defines."""
    blocks = [block for block in matter.outline if block.role not in APART]
    for sentence in matter.sentences if _own(matter) else ():
        for match in _QUOTED.finditer(sentence.text):
            said = definition_in(match[1].strip(), matter.text, blocks)
            if said is not None and said.form in ("means", "defined", "long") and said.start <= sentence.end and sentence.start <= said.end:
                yield _ask(matter, "means", "means", [(said.start, said.end)], term=match[1].strip())


def _cell(matter: Matter) -> Iterator[Candidate]:
    """What a table has for a row in a column."""
    if not _own(matter):
        return
    for columns, row, start, end in table_heads(matter.text, matter.outline):
        at = len(columns) - 1 if len(columns) < 4 else 2
        if len(row) == len(columns) and regex.search(r"\p{Nd}", row[at]) and len(columns[at]) <= HEADING_CHARS:
            yield _ask(matter, "cell", "cell", [(start, end)], column=columns[at], row=row[0])


def _fact(matter: Matter, sort: str, field: str) -> Iterator[Candidate]:
    """What is known of an agreement, at the place that says it."""
    spans = [(f.start, f.end) for f in matter.facts if f.field == field and f.start is not None and f.end is not None]
    if spans and matter.plan == "agreement":
        words = phrase("followups.of.called", matter.reader).split("|")
        title = matter.paper.title.casefold()
        yield _ask(matter, sort, sort, spans, paper=next((word for word in words if word in title), words[-1]))


_OF: Final[dict[str, Callable[[Matter], Iterator[Candidate]]]] = {
    "asked": _asked,
    "duty": _duty,
    "due": _due,
    "will": lambda matter: _on(matter, "will"),
    "was": lambda matter: _on(matter, "was"),
    "money": _money,
    "figure": _figure,
    "bar": _bar,
    "heading": _heading,
    "means": _means,
    "cell": _cell,
    "term": lambda matter: _fact(matter, "term", "term"),
    "effect": lambda matter: _fact(matter, "effect", "in_force"),
    "ending": lambda matter: _fact(matter, "ending", "notice"),
    "signed": lambda matter: _fact(matter, "signed", "signed"),
    "signatories": lambda matter: _fact(matter, "signatories", "signatories"),
}
