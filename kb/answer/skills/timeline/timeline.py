"""What happened when: the dated events of the papers that are meant, or of a matter, in order of date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

import regex

from ingest.records import AUTHORITY
from kb.answer.document_selection.language_versions import held, one_version_each, texts_of
from kb.answer.presentation.rendering import joined, said_by, said_every, said_period, said_when
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.timeline.events import Event, events_of
from kb.answer.skills.timeline.timeline_range import between, between_patterns, end_of, named_ends, within
from kb.ports import FloatVector, Ports
from kb.records import Block, Cell, DocumentInfo, Filters, Hit
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import search_form
from lang.token_features import speaks_of
from lang.words.names import Name, name_keys, names
from lang.words.search_tokens import content_words, script
from prompts.phrases import phrase

MOST = 16
"""Events that are shown."""
READ = 40
"""Passages of a matter that are looked at."""
PAPERS = 8
SHARE = 0.33
"""The share of the best passage's score that a passage must have whose events belong to the matter."""
HALF = 0.5
"""The share of the matter's words that a sentence of its language must have, to belong to it wherever it stands."""
NAMED = 0.6
"""The share of the matter's names that a paper must have, of those that the paper with most of them has."""
ALIKE = 0.93
"""Cosine from which two sentences of one date tell of one event; of two papers `ALIKE_DAY` will do on a whole day, or one of a month."""
ALIKE_DAY = 0.80
DIFFER = 0.88
"""Cosine from which two papers tell of one event although they date it otherwise."""
APART = 45
"""Days that such dates lie apart at most."""
FEW = 3
"""Events from which on figures of a year are left out; where a matter leaves fewer of one paper, all of it are told."""
_PERCENT = regex.compile(r"[%％]|\bper ?cent|टक्क|प्रतिशत|फ़?ीसदी|パーセント")
_RELATED = ("agreement", "news", "other")


def timeline(question: Question, ports: Ports) -> SkillResult | None:
    """Points "date — sentence"; None where nothing is dated."""
    evidence = Evidence(ports)
    limits = named_ends(question)
    matter = _matter(question, limits)
    hits = ports.search(matter or question.asked, READ, question.filters).hits
    proper = _proper(matter, question, hits, ports)
    telling = _telling(matter, proper, question)
    papers = _papers(question, matter, not telling, proper, hits, ports)
    found = [event for paper in papers for event in _events(paper, ports, evidence) if event.first is not None]
    if not found:
        return SkillResult((), (Block("text", phrase("timeline.none", question.said_in)),)) if question.papers else None
    found = [event for event in found if not _statistic(event)] if sum(not _statistic(event) for event in found) >= FEW else found
    whole = len(texts_of(question.papers, ports)) == 1  # of one paper all that is dated is told
    kept = _of_matter(matter, telling, question, papers, found, ports) if telling and not whole else list(range(len(found)))
    ends = [end_of(words, found, papers, ports, last=at == 1) for at, words in enumerate(limits or ())]
    kept = between(ends, found, kept) if ends else within(question, found, kept)
    vectors = dict(zip(kept, ports.embedder.passages([found[at].text for at in kept]), strict=True)) if kept else {}
    shown, differing = _once(found, kept, vectors, _related(papers, ports))
    return _laid_out(question, [found[at] for at in shown], {id(found[at]) for at in differing}, evidence)


def _events(paper: DocumentInfo, ports: Ports, evidence: Evidence) -> list[Event]:
    text = evidence.text(paper)
    return events_of(paper, text, evidence.outline(paper), ports.facts(paper.id), ports.card(paper)) if text else []


def _papers(question: Question, matter: str, broad: bool, proper: Sequence[Name], hits: Sequence[Hit], ports: Ports) -> list[DocumentInfo]:
    """The papers that are meant with those that tell of their parties, else those of the matter; each text in the reader's language."""
    named = list(question.papers)
    agreements = [paper for paper in named if paper.kind == "agreement"]
    if named and (not agreements or (broad and not proper)):
        return one_version_each(named, question.said_in, ports)
    if agreements:
        hits = [*hits, *ports.search(" ".join(paper.title for paper in agreements), READ, question.filters).hits]
    seen = {paper.id: paper for paper in held(ports.papers(), question.filters)}
    found = [seen[number] for number in dict.fromkeys(hit.document_id for hit in hits) if number in seen]
    if named:
        found = [paper for paper in found if paper.kind in _RELATED and _names_parties(paper, named, ports)]
    else:
        found = _speaking_of(proper, found, ports)
        if broad:
            found = [paper for paper in found if paper.kind in _RELATED] or found
        else:
            best = max((hit.score for hit in hits), default=0.0)
            near = {hit.document_id for hit in hits if hit.score >= SHARE * best}
            versions = [one for one in ports.parallels() if one & near]
            found = [paper for paper in found if paper.id in near or any(paper.id in one for one in versions)]
            met = {hit.document_id for hit in hits}
            signed = [paper for paper in seen.values() if paper.kind == "agreement" and paper.id in met and paper not in found]
            found += [one for one in signed if any(paper.kind == "news" and _names_parties(paper, [one], ports) for paper in found)]
    return one_version_each([*named, *(paper for paper in found if paper not in named)], question.said_in, ports)[:PAPERS]


def _names_parties(paper: DocumentInfo, agreements: Sequence[DocumentInfo], ports: Ports) -> bool:
    """Whether a paper names two parties of one of the agreements."""
    keys = _keys(paper, ports)
    for agreement in agreements:
        told = (fact.value for fact in ports.facts(agreement.id) if fact.field == "parties")
        parties = [_own_keys(party.strip(), agreement.language) for value in told for party in value.split(";")]
        if parties and sum(bool(party & keys) for party in parties) >= min(2, len(parties)):
            return True
    return False


@lru_cache(maxsize=256)
def _own_keys(party: str, language: Language) -> frozenset[str]:
    """The keys of a party's name without the words that say what kind of body it is, which those of others have as well."""
    own = " ".join(word for word in party.split() if not speaks_of(word, "body"))
    return frozenset(name_keys(own, language) or name_keys(party, language))


def _speaking_of(proper: Sequence[Name], found: Sequence[DocumentInfo], ports: Ports) -> list[DocumentInfo]:
    """The papers that hold most of the names of the matter; all where it has none."""
    shares = {paper.id: sum(bool(keys & set(name.keys)) for name in proper) for paper in found for keys in (_keys(paper, ports),)}
    most = max(shares.values(), default=0)
    return [paper for paper in found if shares[paper.id] >= NAMED * most]


def _keys(paper: DocumentInfo, ports: Ports) -> frozenset[str]:
    return _text_keys(f"{paper.title}\n{Evidence(ports).text(paper)}", paper.language)


@lru_cache(maxsize=64)
def _text_keys(text: str, language: Language) -> frozenset[str]:
    return frozenset(name_keys(text, language))


def _matter(question: Question, limits: tuple[str, str] | None) -> str:
    """The matter without the events between which it is asked for."""
    matter = question.matter
    for pattern in between_patterns().get(question.language, ()) if limits is not None else ():
        matter = pattern.sub(" ", matter)
    return matter.strip(" ,:;、：")


def _proper(matter: str, question: Question, hits: Sequence[Hit], ports: Ports) -> list[Name]:
    """The words of a matter by which an agreement that was found names its parties or its place."""
    met = {hit.document_id for hit in hits} | {paper.id for paper in question.papers}
    named = [
        (fact.value, paper.language)
        for paper in held(ports.papers(), question.filters)
        if paper.kind == "agreement" and paper.id in met
        for fact in ports.facts(paper.id)
        if fact.field in ("parties", "place")
    ]
    known = {key for value, language in named for key in name_keys(value, language)}
    return [name for name in names(matter, question.language) if known & set(name.keys)]


def _telling(matter: str, proper: Sequence[Name], question: Question) -> list[Name]:
    """The words of a matter that are neither such names nor words for any cooperation: without them all that is dated belongs to it."""
    surfaces = {name.surface for name in proper}
    left = _broad().sub(" ", search_form(matter).text)
    words = set(content_words(left, question.language))
    return [Name(word, name_keys(word, question.language)) for word in words if not _in_any(word, surfaces, question)]


def _in_any(word: str, surfaces: Iterable[str], question: Question) -> bool:
    return any(word in content_words(surface, question.language) for surface in surfaces)


def _of_matter(
    matter: str, telling: Sequence[Name], question: Question, papers: Sequence[DocumentInfo], found: Sequence[Event], ports: Ports
) -> list[int]:
    """The events of the passages that the search finds for the matter, and those whose own words speak of it.

    Of the paper that speaks most of it the rows of its tables belong to it too: a schedule rarely names what it is the schedule of.
    In a paper in the script of the question that is not about the matter by its title, the words around the date must speak of it. Of one
    paper of which so few events are left, all are told.
    """
    hits = ports.search(matter, READ, Filters(documents=tuple(paper.id for paper in papers))).hits
    best = max((hit.score for hit in hits), default=0.0)
    near = [hit for hit in hits if hit.score >= SHARE * best]
    kept = []
    for at, event in enumerate(found):
        same = script(event.block) == script(question.text)
        inside = any(hit.document_id == event.paper.id and hit.start <= event.start < hit.end for hit in near)
        about = not same or _speaks(event.paper.title, event, telling) >= HALF or _speaks(event.block, event, telling) > 0
        if event.own and same and event.paper not in question.papers:
            inside = inside and _speaks(event.paper.title, event, telling) >= HALF
        scheduled = event.row and event.paper.id == hits[0].document_id if hits else False
        if (
            (inside and about)
            or scheduled
            or (event.own and event.paper in question.papers)
            or (same and _speaks(event.text, event, telling) >= HALF)
        ):
            kept.append(at)
    return kept if len(kept) >= FEW or len(papers) > 1 else list(range(len(found)))


def _statistic(event: Event) -> bool:
    """Whether a year is named only to say what some share was in it."""
    return event.when.first.precision in ("year", "fiscal_year") and event.when.last is None and _PERCENT.search(event.text) is not None


def _speaks(text: str, event: Event, telling: Sequence[Name]) -> float:
    """The share of the telling words that a text has."""
    words, keys = set(content_words(text, event.paper.language)), set(name_keys(text, event.paper.language))
    return sum(one.surface in words or bool(keys & set(one.keys)) for one in telling) / len(telling)


def _related(papers: Sequence[DocumentInfo], ports: Ports) -> Callable[[DocumentInfo, DocumentInfo], bool]:
    """Whether two papers tell of one agreement among them, at most one of them as its text."""
    about = {
        agreement.id: {
            agreement.id,
            *(paper.id for paper in papers if paper.kind != "agreement" and _names_parties(paper, [agreement], ports)),
        }
        for agreement in papers
        if agreement.kind == "agreement"
    }
    return lambda one, other: one.id != other.id and any({one.id, other.id} <= those for those in about.values())


def _once(
    found: Sequence[Event],
    kept: Sequence[int],
    vectors: Mapping[int, FloatVector],
    related: Callable[[DocumentInfo, DocumentInfo], bool],
) -> tuple[list[int], list[int]]:
    """Each event once, the signed text's words first; and those that another paper dates otherwise."""
    exact = {"day": 0, "month": 1, "fiscal_year": 2, "year": 3, "month_day": 3}
    order = sorted(
        kept, key=lambda at: (found[at].own, exact[found[at].when.first.precision], -AUTHORITY[found[at].paper.kind], found[at].start)
    )
    taken: dict[int, list[int]] = {}
    differing: list[int] = []
    for at in order:
        event = found[at]
        near = {shown: max(float(vectors[at] @ vectors[other]) for other in (shown, *again)) for shown, again in taken.items()}
        same = next((shown for shown, cosine in near.items() if _same(event, found[shown], cosine)), None)
        if same is not None:
            taken[same].append(at)
            continue
        for shown, cosine in near.items():
            if cosine >= DIFFER and related(found[shown].paper, event.paper) and _apart(event, found[shown]):
                differing += [at, shown]
        taken[at] = []
    return list(taken), differing


def _same(one: Event, other: Event, near: float) -> bool:
    """Whether an event is told already, by one that is dated no less exactly."""
    if (one.paper.id, one.start, one.end) == (other.paper.id, other.start, other.end):
        return False  # another date of the same words: told together
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return False
    if not (one.first <= other.first and other.last <= one.last):
        return False
    whole = (one.first, one.last) == (other.first, other.last)
    if whole and one.own:
        return True
    month = one.when.first.precision == "month" and one.when.last is None and other.when.first.precision == "day"
    if one.paper.id != other.paper.id and (month or (whole and one.when.first.precision == "day")):
        return near >= ALIKE_DAY
    return whole and near >= ALIKE


def _apart(one: Event, other: Event) -> bool:
    both = one.when.first.precision == other.when.first.precision == "day"
    return both and one.first is not None and other.first is not None and 0 < abs((one.first - other.first).days) <= APART


def _laid_out(question: Question, events: Sequence[Event], differing: set[int], evidence: Evidence) -> SkillResult | None:
    language = question.said_in
    groups: dict[tuple[int, int, int], list[Event]] = {}
    for event in sorted(events, key=lambda one: (one.first or date.max, one.last or date.max)):
        groups.setdefault((event.paper.id, event.start, event.end), []).append(event)
    chosen = list(groups.values())
    left = 0
    if len(chosen) > MOST:
        exact = {"day": 0, "month": 1, "fiscal_year": 2, "year": 3, "month_day": 3}
        least = sorted(range(len(chosen)), key=lambda at: (exact[chosen[at][0].when.first.precision], at))[:MOST]
        left, chosen = len(chosen) - MOST, [chosen[at] for at in sorted(least)]
    several = len({group[0].paper.id for group in chosen}) > 1
    rows = [row for group in chosen if (row := _row(group, several, differing, evidence, question)) is not None]
    if not rows:
        return None
    blocks = [Block("points", phrase("timeline.heading", language), rows=tuple(rows))]
    if any(id(event) in differing for group in chosen for event in group):
        blocks.append(Block("text", phrase("timeline.differ", language)))
    if left:
        blocks.append(Block("text", phrase("timeline.more", language, count=left)))
    return SkillResult(evidence.statements, tuple(blocks))


def _row(group: Sequence[Event], several: bool, differing: set[int], evidence: Evidence, question: Question) -> tuple[Cell, ...] | None:
    language, event = question.said_in, group[0]
    labels = [label_of(one, language) for one in group]
    label = joined(list(dict.fromkeys(labels)), language)
    if event.when.start == event.when.end:  # counted from a time limit
        label = said_by(label, language)
    said = evidence.quote(event.paper, event.start, event.end)
    if not said.cited:
        return None
    if event.row:
        said = Cell(event.text, said.cited)
    if event.own:
        said = Cell(phrase("timeline.dated", language, title=event.paper.title), said.cited)
    source = event.paper.title if several and (event.paper.kind != "agreement" or any(id(one) in differing for one in group)) else ""
    return (Cell(label), said, Cell(source, said.cited)) if source and not event.own else (Cell(label), said)


def label_of(event: Event, language: Language) -> str:
    """The day or time of an event; of what comes back, how often and the day without its year."""
    if event.every is None:
        return said_period(event.when.first, event.when.last, language)
    return f"{said_every(event.every, language)} ({said_when(replace(event.when.first, year=None), language)})"


@cache
def _broad() -> regex.Pattern[str]:
    stored = toml_of("kb.answer.skills.timeline", "timeline.toml")
    return regex.compile("|".join(search_form(word).text for words in stored["broad"].values() for word in words))
