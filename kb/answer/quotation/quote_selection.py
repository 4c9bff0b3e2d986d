"""Which stretches of the found passages answer a question, in whatever language they are, in which order, and how sure that is.

How likely each of the first passages answers: what the search and what reading it with the question (a cross-encoder) say, added with the
fitted weights in ``reader_weights.json``, which ``python -m eval reader`` writes. Of each passage, in that order, the stretch of its best
sentence is quoted; what a stretch is, `kb.answer.quotation.quote_spans` says. The odds of the best decide the grade: answers, nearest,
silent.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import regex

from ingest.near_duplicates import squash
from kb.answer.query_understanding.intent import out_of_scope
from kb.answer.quotation.answer_spans import asks_for_list, marked, marks_in
from kb.answer.quotation.quote_spans import MOST_LIST, Span, as_stretches, stretch_of
from kb.answer.scoring.candidates import Budget, Candidate, sentences_of
from kb.answer.scoring.refusals import unknown_names
from kb.answer.scoring.sentence_ranking import clause_statements, rank_sentences, tells_again
from kb.answer.scoring.signatories import with_signatures
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import STANDING, ExpandedTerm, Grade, Hit, SearchResult, Statement
from kb.verify.citations import cite_span, overlap
from kb.verify.prompt_injection import addressed_from
from lang.languages import Language
from lang.words.search_tokens import script

_SAYS = regex.compile(r"[\p{L}\p{N}]")
READ, AT_ONCE = 6, 4
"""Passages of a search that are read at most, and how many at once: those that follow only where of those before none surely answers."""


@dataclass(frozen=True, slots=True)
class Read:
    """A passage: ``odds`` are the log-odds that it answers, −∞ where it was not read; ``[start, end)`` of its document answers best."""

    hit: Hit
    odds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """The weights of the log-odds that the reader gives and of how far the search's score lies below its best; and the limits.

    From ``sure`` on the papers answer; what seems to be outside of what papers hold is shown from ``likely`` on; below ``near`` nothing is
    shown but where to look.
    """

    read: float
    searched: float
    bias: float
    sure: float
    likely: float
    near: float


def read_first(question: str, hits: Sequence[Hit], ports: Ports, most: int = READ) -> list[Read]:
    """The first passages of a search, those first that answer best; those that were not read follow as they were found."""
    if not _SAYS.search(question):
        return []
    order = reader_weights()
    best = max((hit.score for hit in hits[:most]), default=0.0)
    found: list[Read] = []
    for start in range(0, min(most, len(hits)), AT_ONCE):
        part = hits[start : min(start + AT_ONCE, most)]
        for hit, told in zip(part, ports.reads(question, [(hit.document, hit.text) for hit in part]), strict=True):
            odds = order.read * told.odds + order.searched * (hit.score - best) + order.bias
            found.append(Read(hit, odds, hit.start + told.start, hit.start + told.end))
        if any(one.odds >= order.sure for one in found):
            break
    rest = [Read(hit, -math.inf, hit.start, hit.end) for hit in hits[len(found) : most]]
    return [*sorted(found, key=lambda one: -one.odds), *rest]


@cache
def reader_weights() -> ReaderWeights:
    """The weights and limits in ``reading.json`` beside this module, which ``python -m eval reader`` writes."""
    stored = json.loads(resources.files("kb.answer.quotation").joinpath("reader_weights.json").read_text(encoding="utf-8"))
    return ReaderWeights(**stored["order"])


SHOWN = 5
"""Stretches that an answer shows at most; the page folds those after the second."""
NEAREST = 3
"""Stretches that are shown where it is not sure that any answers."""
POINTED = Budget(passages=NEAREST, tokens=240, tokens_across=300)
"""Of which passages the sentences are compared, to say which answers, and how much of them."""
WHOLE, WHOLE_UNSURE = 900, 1300
"""Characters up to which a passage is shown whole, where it is sure that the papers answer and where it is not.

Then the sentence around which a longer one would be cut may not be the one that answers.
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """``[start, end)`` of a hit's document, and in it the sentence that answers best; offsets are those of the document."""

    hit: Hit
    start: int
    end: int
    sentence: Span
    text: str

    @property
    def document_id(self) -> int:
        """Of the hit's document."""
        return self.hit.document_id


def rank_stretches(
    question: str, read: Sequence[Read], ports: Ports, terms: Sequence[ExpandedTerm] = (), whole: int = WHOLE
) -> list[Stretch]:
    """A stretch of each passage that was read, best first; where it is asked who signed, that with the signatures before all others.

    Args:
        question: as it is searched for.
        read: the passages, best first, in all languages.
        ports: the knowledge base.
        terms: those of the glossary that the question names.
        whole: characters up to which a passage is shown whole.
    """
    scored, _ = rank_sentences(question, ports.embedder.query(question), [one.hit for one in read], ports, POINTED, terms)
    known = {(one.candidate.hit.document_id, one.candidate.start): place for place, one in enumerate(scored)}
    found: list[tuple[Candidate, Stretch]] = []
    for one in read:
        short = one.hit.end - one.hit.start <= whole
        pointed = replace(one, start=one.hit.start, end=one.hit.end) if short else one
        told = with_signatures(question, sentences_of([one.hit]), [one.hit])
        best = min(told, key=lambda c: _key(c, known, pointed), default=None)
        stretch = _stretch(pointed, best, ports) if best is not None else None
        if best is not None and stretch is not None:
            found.append((best, stretch))
    said = [one for one in found if not one[0].heading] or found  # a heading by itself answers only where there is nothing else
    return [stretch for _, stretch in sorted(said, key=lambda one: not one[0].signed)]


def _key(candidate: Candidate, known: dict[tuple[int, int], int], read: Read) -> tuple[bool, bool, bool, int, int]:
    """The best sentence of a passage has the least: signatures, then what stands where was read, no heading, found to answer best."""
    place = known.get((candidate.hit.document_id, candidate.start), len(known))
    outside = candidate.start < read.start or candidate.start >= read.end
    return not candidate.signed, outside, candidate.heading, place, candidate.start


def _stretch(read: Read, best: Candidate, ports: Ports) -> Stretch | None:
    """What of a passage was read to answer, in whole blocks, with the stretch of its best sentence.

    None where the paper was deleted since the search. A list may go on in the next passage. What speaks to a program, and what follows it,
    is not quoted.
    """
    hit = read.hit
    hit_span = hit.start, hit.end
    try:
        text = ports.text(hit.document_id, hit.version)
    except UnknownDocumentError:
        return None
    limit = addressed_from(hit.text)
    blocks = ports.outline(hit.document_id, hit.version, hit.start, hit.end + MOST_LIST)
    clean = [b for b in blocks if addressed_from(text[b.start : b.end]) is None and (limit is None or b.end - hit.start <= limit)]
    start, end = stretch_of(text, clean, best.start, best.end, hit.end)
    if limit is None and not best.signed:
        inside = [b for b in clean if read.start < (b.start + b.end) / 2 < read.end]
        held = [(max(b.start, hit.start), min(b.end, hit.end)) for b in inside] if (read.start, read.end) != hit_span else [hit_span]
        if held and held[-1][1] - held[0][0] <= WHOLE_UNSURE:
            start, end = min(start, held[0][0]), max(end, held[-1][1])
    return Stretch(hit, start, end, (best.start, best.end), text[start:end])


def statements_of(question: str, language: Language, ranked: Sequence[Stretch], ports: Ports, most: int = SHOWN) -> list[Statement]:
    """The best stretches as statements, each told once, in the question's language where a version of the paper has it."""
    taken: list[Stretch] = []
    again: dict[int, list[Stretch]] = defaultdict(list)
    for one in ranked:
        stretch = _own_version(one, language, ranked)
        if any(overlap(stretch, t) or _version_of(stretch, t) for t in taken):
            continue
        same = next((at for at, t in enumerate(taken) if squash(t.text) == squash(stretch.text)), None)
        if same is not None:
            again[same].append(stretch)
        elif not any(t.hit.document_id != stretch.hit.document_id and tells_again(t.text, stretch.text) for t in taken):
            taken.append(stretch)
        if len(taken) == most:
            break
    found = [_statement(question, stretch, again[at], ports) for at, stretch in enumerate(taken)]
    return [statement for statement in found if statement is not None]


def _statement(question: str, stretch: Stretch, again: Sequence[Stretch], ports: Ports) -> Statement | None:
    citations = [cite_span(s.hit, s.start, s.end, ports, s.sentence[0]) for s in (stretch, *again)]
    good = tuple(replace(c, counterparts=stretch.hit.counterparts) for c in citations if c is not None and c.status == "verified")
    if not good:
        return None
    answering = stretch.sentence[0] - stretch.start, stretch.sentence[1] - stretch.start
    said = stretch.text[slice(*answering)]
    marks = tuple((a + answering[0], b + answering[0]) for a, b in marks_in(question, said))
    if asks_for_list(question):  # its items stand below the sentence that leads them in
        marks = marks_in(question, stretch.text) or marks
    return Statement(good[0].quote, STANDING[stretch.hit.kind], good, marks=marks, answering=(answering,))


def _own_version(stretch: Stretch, language: Language, ranked: Sequence[Stretch]) -> Stretch:
    """The best stretch of the same passage in the question's language, where that was found as well."""
    if stretch.hit.language == language:
        return stretch
    return next((s for s in ranked if s.hit.language == language and _version_of(s, stretch)), stretch)


def _version_of(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches are of passages that are language versions of each other."""
    return any(overlap(counterpart, one.hit) for counterpart in other.hit.counterparts)


EVEN = 0.0
"""Log-odds from which what is by its wording outside of what papers hold (the weather of tomorrow) is answered all the same."""
AS_SURELY = 1.0
"""Log-odds below the best down to which a passage answers about as surely."""
FETCHED = 60
"""Hits that are asked for: the first few are read, the others show what the documents hold beside the question."""


def quoted(
    question: str,
    language: Language,
    result: SearchResult,
    ports: Ports,
    *,
    outside: bool = False,
    named: bool = False,
) -> tuple[list[Statement], Grade]:
    """The stretches of the hits that answer a question, as statements, and how sure it is that they do.

    One that is about something ``outside`` of what papers hold is answered only where they clearly speak of it; where the hits are of a
    paper that it ``named``, that paper is shown in any case.
    """
    clauses = clause_statements(question, language, ports.embedder.query(question), result.hits, ports)
    if clauses:
        return as_stretches(marked(question, clauses), ports.text, ports.outline), "answers"
    read = read_first(question, result.hits, ports)
    order = reader_weights()
    best = best_odds(question, result.hits, ports)
    sure = _answers(best, question, result.hits, ports)
    least = EVEN if out_of_scope(question, language) else order.likely if outside else order.near
    if best < least and not (named and least == order.near):
        return [], "silent"
    ranked = rank_stretches(question, read, ports, result.terms, WHOLE if sure else WHOLE_UNSURE)
    if not sure:
        return statements_of(question, language, ranked, ports, NEAREST), "nearest"
    return statements_of(question, language, ranked, ports), "answers"


def is_sure(question: str, result: SearchResult, ports: Ports) -> bool:
    """Whether the hits answer a question, and are not only near it."""
    return _answers(best_odds(question, result.hits, ports), question, result.hits, ports)


def best_odds(question: str, hits: Sequence[Hit], ports: Ports) -> float:
    """The log-odds that the passage answers that does best; −∞ where there is none."""
    return max((one.odds for one in read_first(question, hits, ports)), default=-math.inf)


def answering(question: str, hits: Sequence[Hit], ports: Ports) -> frozenset[int]:
    """The ids of the papers that may answer a short question: where one passage surely does, all but those that were read and do not.

    Else those of which a passage was read that answers about as surely as the best.
    """
    read = read_first(question, hits, ports)
    if not read:
        return frozenset()
    if read[0].odds < reader_weights().sure:
        return frozenset(hit.document_id for hit in _as_sure(read))
    best = {one.hit.document_id: one.odds for one in reversed(read)}
    return frozenset(hit.document_id for hit in hits if not -math.inf < best.get(hit.document_id, -math.inf) < reader_weights().near)


def beside_best(question: str, statements: Sequence[Statement], hits: Sequence[Hit], ports: Ports) -> list[Statement]:
    """The first of some statements, and those others whose passages answer about as surely as the best."""
    near = _as_sure(read_first(question, hits, ports))
    return [one for at, one in enumerate(statements) if at == 0 or any(overlap(one.citations[0], hit) for hit in near)]


def _as_sure(read: Sequence[Read]) -> list[Hit]:
    """Those of the passages that answer about as surely as the first, which answers best."""
    return [one.hit for one in read if one.odds >= read[0].odds - AS_SURELY]


def _answers(best: float, question: str, hits: Sequence[Hit], ports: Ports) -> bool:
    """Whether hits of which the best has such log-odds answer a question: they hold what it names."""
    return best >= reader_weights().sure and not unknown_names(question, hits, ports.embedder)


def foreign(hit: Hit, question: str, language: Language) -> bool:
    """Whether a hit is of the other side: in another language than the question, or another script where one of the two is not known."""
    return script(hit.text) != script(question) if "und" in (language, hit.language) else hit.language != language
