"""What differs between two papers where nobody says in what, and which paper is meant for each kind that is named.

It tells values of the one that the other lacks, in sentences that speak of the same (by cosine, without their values).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TypeAlias

import numpy as np
import regex

from ingest.records import AUTHORITY
from kb.answer.document_selection.document_filters import word_pattern
from kb.answer.document_selection.document_linking import opening_of
from kb.answer.document_selection.document_mentions import genres_of, named_papers, speaks_of
from kb.answer.document_selection.language_versions import Edition, editions, name_of
from kb.answer.query_understanding.answer_types import matters
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence, SkillResult
from kb.answer.skills.tables.answering_sentences import fitting, sentences_in, unnumbered
from kb.answer.value_differences import bare, counted_after
from kb.ports import Ports
from kb.records import Block, Cell, DocumentInfo, Filters, KnownBy
from kb.verify.fact_check import facts_in
from lang.data_files import compiled, toml_of
from lang.languages import Language
from lang.modality import claims
from lang.normalise import search_form
from lang.words.search_tokens import content_words
from prompts.phrases import phrase

Value: TypeAlias = tuple[str, str]
"""A kind of value (``date``, a unit, "" for a number of something) and the value itself."""
LIKE, LIKE_COUNTS, LIKE_UNITS = 0.875, 0.85, 0.84
"""Cosine, without their values, from which two sentences speak of one thing; the second where both count the same, the third where both
have a value of one unit. Chosen by eye."""
THE_SAME = 0.93
"""Cosine, without their values, from which two sentences speak of one thing however each tells it: as a rule, or as what was agreed."""
SURE, SURE_ACROSS = 0.88, 0.86
"""The same where they count things of different names (trainees, carers), and where the names are those of two languages."""
FACTOR = 2
LONGEST = 500
"""Characters of a sentence that is compared: what is longer speaks of much."""
MOST = 6
YEAR = 12
"""Months from which a length of time that is told of an agreement is taken for its term."""
WORDS = 0.25
"""Share of the words of the shorter of two sentences in one language that the other has as well."""
LEAD, LEADING = 0.015, 600
"""What it counts for that a sentence is among the first characters of a newspaper's report."""
_ENDED = regex.compile(r"[.।。!?！？][\"'”’」』)）]?\s*$")
_SPOKEN = regex.compile(r"^\s*[“‘\"'「『]")
"""What a person is quoted to say is no report on the other paper."""
_EACH = regex.compile(r"\b(?:each|every|per)\b|प्रत्येक|प्रति|हर |दर |ごと|各|毎", regex.I)
EACH_BEFORE = 24
"""A number of each of several is no number of the whole."""
_IN_FORCE = regex.compile(r"\b(?:in force|in effect|valid)\b|अवधि|मुदत|कालावधी|वैध|अंमलात|अमलात|लागू|有効", regex.I)
_DAY = regex.compile(r"(?<![月\p{N}])(\p{N}{1,2})日(?=[、にの])")
_BEFORE, _BEHIND = regex.compile(r"^[^\p{N}]{0,40}$"), regex.compile(r"^\s*[】］\]:：।(（]")
"""What stands before and behind the day of a report at its head."""
_CLAUSE = regex.compile(r"^\s*[\p{N}.]+[.)]?\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a paper with the values that only this paper has, each with where it stands in the sentence."""

    paper: DocumentInfo
    start: int
    end: int
    text: str
    values: tuple[tuple[Value, int, int], ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """Two sentences on one thing, and what each says of it."""

    one: Said
    other: Said
    kind: str
    ours: tuple[int, int]
    theirs: tuple[int, int]


def apart(one: DocumentInfo, other: DocumentInfo, ports: Ports, evidence: Evidence) -> list[Apart]:
    """The sentences in which two papers say different things of the same, the likeliest first; each sentence and value once."""
    sides = [list(_said(paper, evidence)) for paper in (one, other)]
    known = [_known(side) for side in sides]
    ours = [kept for said in sides[0] if (kept := _only(said, known[1], other.language)).values]
    theirs = [kept for said in sides[1] if (kept := _only(said, known[0], one.language)).values]
    stored = _stored(one, sides[0], sides[1], ports, evidence)
    stored = stored or [
        Apart(pair.other, pair.one, pair.kind, pair.theirs, pair.ours) for pair in _stored(other, sides[1], sides[0], ports, evidence)
    ]
    if not ours or not theirs:
        return stored
    vectors = [ports.embedder.passages([bare(said.text) for said in side]) for side in (ours, theirs)]
    cosines = vectors[0] @ vectors[1].T
    # A newspaper says first what its report is of; what stands farther down is mostly beside it.
    lead = [[LEAD * (said.paper.kind == "news" and said.start <= LEADING) for said in side] for side in (ours, theirs)]
    likely = cosines + np.array(lead[0])[:, None] + np.array(lead[1])[None, :]
    found = list(stored)
    at = {(side, said.start): place for side, those in enumerate((ours, theirs)) for place, said in enumerate(those)}
    told = [(side, said.start) for pair in stored for side, said in enumerate((pair.one, pair.other))]
    taken = {(key[0], at[key], kind) for key in told if key in at for kind in ("month", "date")}
    for place in np.argsort(-likely, axis=None):
        i, j = divmod(int(place), len(theirs))
        cosine = float(cosines[i, j])
        if len(found) == MOST:
            break
        if cosine < LIKE_UNITS or (cosine < THE_SAME and not _of_one_thing(ours[i], theirs[j])):
            continue
        for pair in _pairs(ours[i], theirs[j], cosine):
            keys = {(0, i, pair.kind), (1, j, pair.kind)}
            if not keys & taken:
                taken |= keys
                found.append(pair)
    return found


def _stored(agreement: DocumentInfo, ours: Sequence[Said], theirs: Sequence[Said], ports: Ports, evidence: Evidence) -> list[Apart]:
    """The stored term and day of signing of an agreement, each beside what another paper says otherwise."""
    return [*_term(agreement, ours, theirs, ports), *_signing(agreement, theirs, ports, evidence)]


def _term(agreement: DocumentInfo, ours: Sequence[Said], theirs: Sequence[Said], ports: Ports) -> list[Apart]:
    """How long an agreement is in force, beside how long another paper says of an agreement: the first that says so."""
    known = next((f for f in ports.facts(agreement.id) if f.field == "term" and f.start is not None), None)
    if known is None or known.start is None:
        return []
    clause = next(((said, at) for said in ours for at in _years(said) if said.start + at[1] <= known.start < said.start + at[2]), None)
    if clause is None or agreement.kind != "agreement":
        return []
    told = ((said, at) for said in theirs if speaks_of("agreement", said.text) or _IN_FORCE.search(said.text) for at in _years(said))
    said = next(told, None)
    if said is None or said[1][0] == clause[1][0]:
        return []
    return [Apart(clause[0], said[0], "month", clause[1][1:], said[1][1:])]


def _signing(agreement: DocumentInfo, theirs: Sequence[Said], ports: Ports, evidence: Evidence) -> list[Apart]:
    """The day an agreement was signed, beside the first other day on which another paper says that something was signed."""
    known = next((f for f in ports.facts(agreement.id) if f.field == "date" and f.start is not None), None)
    if agreement.kind != "agreement" or agreement.date is None or known is None or known.start is None or known.end is None:
        return []
    day: Value = ("date", agreement.date.isoformat())
    days = [(said, at) for said in theirs for at in (*said.values, *_days_of_month(said)) if at[0][0] == "date"]
    told = next(((said, at) for said, at in days if "signing" in matters(said.text)), None)
    sentences = sentences_in(evidence.text(agreement), evidence.outline(agreement))
    clause = next(((start, end) for start, end in sentences if start <= known.start and known.end <= end), None)
    if told is None or clause is None or any(_has({day}, at[0]) for _, at in days):
        return []
    where = (known.start - clause[0], known.end - clause[0])
    ours = Said(agreement, *clause, evidence.text(agreement)[slice(*clause)], ((day, *where),))
    return [Apart(ours, told[0], "date", where, told[1][1:])]


def _days_of_month(said: Said) -> Iterator[tuple[Value, int, int]]:
    """The days that a Japanese report names without their month, which is its own: 10日、…を結んだ."""
    if said.paper.kind == "news" and said.paper.language == "ja" and said.paper.date is not None:
        for match in _DAY.finditer(said.text):
            yield ("date", f"{said.paper.date:%Y-%m}-{int(match[1]):02}"), match.start(), match.end()


def _years(said: Said) -> list[tuple[Fraction, int, int]]:
    """The lengths of a year and more that a sentence names, in months, and where."""
    found = ((Fraction(value), start, end) for (unit, value), start, end in said.values if unit == "month")
    return [one for one in found if one[0] >= YEAR]


def _of_one_thing(one: Said, other: Said) -> bool:
    """Whether two sentences may speak of the same: neither tells of the past what the other plans."""
    said = [claims(side.text) for side in (one, other)]
    return not any("done" in a and "planned" not in a and "done" not in b for a, b in (said, said[::-1]))


def _alike(one: Said, other: Said) -> bool:
    """Whether two sentences share words, which those of two languages cannot."""
    if one.paper.language != other.paper.language:
        return True
    words = [set(content_words(bare(_CLAUSE.sub("", side.text)), side.paper.language)) for side in (one, other)]
    return len(words[0] & words[1]) >= WORDS * min(map(len, words))


def _pairs(one: Said, other: Said, cosine: float) -> Iterator[Apart]:
    """The values of one kind that two sentences have, where each has one of it."""
    for kind in dict.fromkeys(value[0] for value, _, _ in one.values):
        ours = [(start, end) for value, start, end in one.values if value[0] == kind]
        theirs = [(start, end) for value, start, end in other.values if value[0] == kind]
        if not theirs:
            continue
        pairs = [(a, b) for a in ours for b in theirs if _may_be_one(one, other, kind, a, b, cosine)]
        if pairs:
            yield Apart(one, other, kind, *pairs[0])


def _may_be_one(one: Said, other: Said, kind: str, ours: tuple[int, int], theirs: tuple[int, int], cosine: float) -> bool:
    """Whether two values may be meant for the same; of numbers that lie far apart hardly any are."""
    if kind == "date":
        return cosine >= LIKE and _alike(one, other)
    values = [Fraction(value) for said, at in ((one, ours), (other, theirs)) for (_, value), a, b in said.values if (a, b) == at]
    near = 0 < min(values) < max(values) <= FACTOR * min(values)
    if kind:
        return near and cosine >= LIKE_UNITS and _alike(one, other)
    if one.paper.language != other.paper.language:
        return near and cosine >= SURE_ACROSS
    counted = cosine >= LIKE_COUNTS and bool(_counted(one, ours) & _counted(other, theirs))
    return near and ((cosine >= SURE and _alike(one, other)) or counted)


def _counted(said: Said, at: tuple[int, int]) -> set[str]:
    """The words of what a number counts."""
    return set(counted_after(said.text, at[1], said.paper.language))


def _said(paper: DocumentInfo, evidence: Evidence) -> Iterator[Said]:
    text = evidence.text(paper)
    for start, end in sentences_in(text, evidence.outline(paper)):
        said = text[start:end]
        if paper.kind == "news" and (not _ENDED.search(said) or _SPOKEN.match(said)):
            continue
        if end - start <= LONGEST:
            found = tuple(_values(text[start:end], paper))
            if found:
                yield Said(paper, start, end, text[start:end], found)


def _values(text: str, paper: DocumentInfo) -> Iterator[tuple[Value, int, int]]:
    """The days, amounts and numbers of a sentence, without its own number and the day of the paper."""
    clause = _CLAUSE.match(text)
    begin = clause.end() if clause else len(text) - len(unnumbered(text).lstrip()) if text != unnumbered(text).strip() else 0
    facts = facts_in(text)
    for read in facts.dates:
        when = read.when
        if when.month is not None and when.day is not None and not when.fiscal:
            at_head = paper.kind == "news" and _BEFORE.search(text[: read.start]) and _BEHIND.search(text[read.end :])
            is_own = at_head or (paper.date is not None and (when.month, when.day) == (paper.date.month, paper.date.day))
            if not is_own:
                year = f"{when.year}-" if when.year is not None else ""
                yield ("date", f"{year}{when.month:02}-{when.day:02}"), read.start, read.end
    for one in facts.quantities:
        if not one.unit and _EACH.search(text[max(0, one.start - EACH_BEFORE) : one.start]):
            continue
        if one.role == "amount" and one.start >= begin and (one.unit or one.number > 2):
            yield (one.unit, str(one.value)), one.start, one.end


def _known(side: Sequence[Said]) -> set[Value]:
    """The values of a paper; of a number also what it counts, in its language."""
    plain = {value for said in side for value, _, _ in said.values}
    return plain | {key for said in side for value in said.values if value[0][0] == "" for key in _counting(said, value)}


def _counting(said: Said, value: tuple[Value, int, int]) -> list[Value]:
    """A number with each of the words of what it counts: ``("en:schools", "5")``."""
    (_, number), start, end = value
    return [(f"{said.paper.language}:{word}", number) for word in _counted(said, (start, end))]


def _only(said: Said, other: set[Value], language: Language) -> Said:
    """A sentence with the values that the other paper does not have; a day without its year is that of any year.

    A number of something is had by a paper in the same language only where it counts the same there.
    """

    def is_had(value: tuple[Value, int, int]) -> bool:
        counted = _counting(said, value) if value[0][0] == "" and said.paper.language == language else []
        return bool(other.intersection(counted)) if counted else _has(other, value[0])

    return Said(said.paper, said.start, said.end, said.text, tuple(one for one in said.values if not is_had(one)))


def _has(known: set[Value], value: Value) -> bool:
    if value in known or value[0] != "date":
        return value in known
    return any(kind == "date" and (day.endswith(value[1]) or value[1].endswith(day)) for kind, day in known)


FETCHED = 10
_CHECKED = frozenset(("agreement", "news"))
"""Kinds that are spoken of where a paper of them is called by its name: *the Shoreline* beside *the agreement*."""
BESIDE = " / "
"""What stands between the values of the two papers."""
ROOM = 160
"""Characters of a cell."""


def of_each_kind(question: Question, papers: Sequence[DocumentInfo], ports: Ports) -> list[Edition]:
    """For each of two kinds that are named, the text of it that fits the rest best; none where papers of both are meant already."""
    known = ports.known_by()
    named = named_papers(question.text, question.language, papers, known)
    called_by_name = named.papers if named.by_name and len(named.genres) == 1 else ()
    kinds = dict.fromkeys((*named.genres, *(paper.kind for paper in called_by_name if paper.kind in _CHECKED)))
    of = {genre: [p for p in papers if genre in genres_of(p, known.get(p.id, KnownBy()))] for genre in kinds}
    of = {genre: [p for p in those if p.kind == genre in _CHECKED] or those for genre, those in of.items() if those}
    told = question.papers if question.carried else question.named  # what is only likely meant suits the message, and not the other side
    meant = [paper for paper in question.papers if paper in told]
    if len(of) != 2 or all(any(paper in those for paper in meant) for those in of.values()):
        return []
    chosen: list[DocumentInfo] = []
    called = {paper.id for paper in (*told, *named.papers)}
    # The one that is called by its name first: the other is on the same.
    for genre in sorted(of, key=lambda genre: not any(paper.id in called for paper in of[genre])):
        there = [paper for paper in of[genre] if paper not in chosen]
        there = [paper for paper in there if paper.id in called] or there
        beside = (one.shown(question.said_in) for one in editions(chosen, ports, papers))
        asked = "\n".join(opening_of(paper, ports) for paper in beside) or question.text
        hits = ports.search(asked, FETCHED, Filters(documents=tuple(paper.id for paper in there))).hits if there else ()
        best = next((paper for hit in hits for paper in there if paper.id == hit.document_id), None)
        if best is None:
            return []
        chosen.append(best)
    return editions(chosen, ports, papers)


def differing(one: Edition, other: Edition, language: Language, ports: Ports, evidence: Evidence) -> SkillResult | None:
    """The stretches of two papers that say different things of the same, the text that weighs more first; None where none is found."""
    first, second = sorted((one, other), key=lambda side: -AUTHORITY[side.papers[0].kind])
    shown = second.shown(language)
    versions = sorted(first.papers, key=lambda p: (p.language != shown.language, p != first.shown(language)))
    told = ((paper, found) for paper in versions if (found := apart(paper, shown, ports, evidence)))
    paper, found = next(told, (None, []))
    if paper is None:
        return None
    names = [name_of(Edition((p,)), language, ports, (paper, shown)) for p in (paper, shown)]
    rows = [(_cell(pair.one, pair.ours, evidence), _cell(pair.other, pair.theirs, evidence)) for pair in found]
    lines = [phrase("compare.apart", language, n=len(found))]
    if paper.kind == "agreement" and shown.kind != "agreement":
        lines.append(phrase("compare.signed", language, title=names[0]))
    points = []
    for pair, row in zip(found, rows, strict=True):
        said = [" ".join(s.text[slice(*at)].split()) for s, at in ((pair.one, pair.ours), (pair.other, pair.theirs))]
        points.append((Cell(BESIDE.join(said), (*row[0].cited, *row[1].cited)),))
    table = Block("table", columns=tuple(names), rows=tuple(rows))
    return SkillResult(evidence.statements, (Block("text", " ".join(lines)), Block("points", rows=tuple(points)), table))


def asks_what_differs(text: str) -> bool:
    """Whether a wording asks in what papers differ."""
    return _words()["differs"].search(search_form(text).text) is not None


def without_asking(matter: str) -> str:
    """A matter without the words that only ask what differs."""
    form = search_form(matter).text
    for pattern in _words().values():
        form = compiled(rf"(?:{pattern.pattern})[\p{{L}}\p{{M}}]*").sub(" ", form)
    return form


def _cell(said: Said, at: tuple[int, int], evidence: Evidence) -> Cell:
    start, end = fitting(said.text, ROOM, at)
    shown = " ".join(said.text[start:end].split())
    return Cell(shown, evidence.cite(said.paper, said.start, said.end, marks=(at,)))


@cache
def _words() -> dict[str, regex.Pattern[str]]:
    stored = toml_of("kb.answer.skills.comparison", "document_differences.toml")
    return {name: word_pattern(words) for name, words in stored.items()}
