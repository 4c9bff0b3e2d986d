"""Which stretch of a paper tells what is asked, and whether the paper speaks of a matter at all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import regex

from ingest.records import Block
from kb.answer.document_selection.document_filters import word_pattern
from kb.answer.document_selection.topic_relevance import HALF, UNKNOWN, Matter, matter_of
from kb.answer.quotation.answer_spans import marks_in
from kb.answer.scoring.candidates import Budget, Candidate, sentences_of
from kb.answer.scoring.refusals import margin
from kb.answer.scoring.sentence_ranking import Scored, rank_sentences
from kb.ports import FloatVector, Ports
from kb.records import DocumentInfo, Filters, Hit
from kb.verify.fact_check import facts_in
from kb.verify.prompt_injection import addressed_from
from lang.data_files import toml_of
from lang.languages import Language
from lang.normalise import search_form
from lang.sentences import sentence_spans

READ = Budget(passages=5, tokens=280, tokens_across=360)
"""What is read of one paper for one cell."""
FETCHED = 30
AMONG = 60
"""Hits that the margin takes for granted: with one paper there are few, but the others are held out by us, not missing."""
CLEAR = 0.0
"""The margin from which a paper speaks to what is asked though none of its words stand there."""
NEAR = -0.75
"""The same for a reader who names the papers, chosen by eye among a dozen matters in four languages."""
FAR = -1.5
"""The same where a stretch holds half of what is asked about; below it nothing is shown anywhere (`kb.answer.ask`)."""
BY_WORDS = 3.0
"""What holding all words of the matter counts for beside the score of a sentence (`kb.answer.scoring.sentence_ranking`)."""
LONE = 4.0
"""By how much a heading or a label must be better than a sentence."""
COMPARED = 12
"""Sentences of a paper, in the order of its passages, that are compared with a matter they all hold."""
AFTER = 30
"""Characters after a number in which the thing stands that it counts; in Japanese it stands right before it."""
PART = 130
"""Characters of a cell."""
_BREAK = regex.compile(r"[,;:—–]\s|[、，；：]|(?<=[।.])\s|\n|\t| (?:and|or|which|आणि|व|और|तथा|जो) ")
_TRAILS = regex.compile(r"(?:[\s,;:、，；：–—]|\s(?:of which|which|and|or|आणि|व|और|तथा|जो))+$")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_JAPANESE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
LEAST = 0.6
"""Share of a cell below which clauses that fit are followed by a part of the next."""
_NUMBERED = regex.compile(r"^\s*(?:[(（]?(?:\p{Nd}{1,2}|[a-z]|[ivx]{1,4}|\p{Devanagari}\p{M}?)[.)）]|[-•*・])\s+")


@dataclass(frozen=True, slots=True)
class Told:
    """``[start, end)`` of a paper, at most a cell long, and the span of the sentence in which it stands."""

    paper: DocumentInfo
    start: int
    end: int
    sentence: tuple[int, int]
    fact: str = ""
    """The words of it that are asked for, where the wording tells what is: a date, a number."""


def told_by(
    asked: str, language: Language, paper: DocumentInfo, ports: Ports, lenient: bool = False, context: str = "", room: int = PART
) -> Told | None:
    """What a paper tells of what is asked; None where it does not speak of it.

    ``context`` is what the conversation was about, where what is asked leans on it. With ``lenient``, any of the matter's words will do: a
    reader who names two papers wants to see what each has.
    """
    whole = f"{asked} {context}".strip()
    result = ports.search(whole, FETCHED, Filters(documents=(paper.id,)))
    hits = tuple(hit for hit in result.hits if hit.document_id == paper.id)
    if not hits:
        return None
    query = ports.embedder.query(whole)
    ranked, _ = rank_sentences(whole, query, hits, ports, READ, result.terms)
    if not ranked:
        return None
    matter, wider = matter_of(asked, language, result.terms), matter_of(whole, language, result.terms)
    sure = _holding(hits, matter, ports) or (_holding(hits, wider, ports) if context else None)
    if sure is None:
        ranked = _by_matter(ranked, matter)
        sure = ranked[0].candidate
        share = matter.held(_around(sure), paper.language) or 0.0
        beside = wider.held(_around(sure), paper.language) or 0.0
        if share <= HALF and not (lenient and context and beside >= HALF):
            across = paper.language != language
            clear = margin(whole, language, query, ports.embedder.name, ranked, hits, across=across, fetched=AMONG)
            if clear < (CLEAR if not lenient else NEAR if share < HALF else FAR):
                return None
        sure = _rate(hits, matter, wider, query, ports) if _asks(matter, "asked") else _below(sure, hits)
    return _part_of(paper, sure, whole, room, wider) if sure is not None else None


def _asks(matter: Matter, what: str) -> bool:
    """Whether it is asked how often (``asked``) or how many (``count``)."""
    return _rates()[what].search(search_form(matter.text).text) is not None


def _holding(hits: Sequence[Hit], matter: Matter, ports: Ports) -> Candidate | None:
    """The sentence that holds all of a matter, of several the nearest to it; where it is asked how many, one with a number."""
    if _asks(matter, "asked"):
        return None
    found = [c for c in sentences_of(hits) if not _lone(c) and (matter.held(c.text, c.hit.language) or 0.0) >= 1.0]
    if _asks(matter, "count"):
        found = [c for c in found if _counts(c.text, c.hit.language, matter)]
    return _nearest(found[:COMPARED], ports.embedder.query(matter.text), ports)


def _rate(hits: Sequence[Hit], matter: Matter, wider: Matter, query: FloatVector, ports: Ports) -> Candidate | None:
    """The nearest sentence that says how often anything is done, in a passage that speaks of the matter where any can be told to."""
    found = [c for c in sentences_of(hits) if not _lone(c) and _rates()["said"].search(search_form(c.text).text)]
    held = {c.hit.chunk: [one.held(c.hit.text, c.hit.language) for one in (matter, wider)] for c in found}
    near = [c for c in found if any(share is None or share > UNKNOWN for share in held[c.hit.chunk])]
    return _nearest(near[:COMPARED], query, ports)


def _counts(text: str, language: Language, matter: Matter) -> bool:
    """Whether a text has a number of the very thing: 水位計96基, *forty-two water-level sensors*."""
    for one in facts_in(text).quantities:
        if one.role != "amount" or one.unit or one.number <= 1:
            continue
        before = text[: one.start].rstrip("はが約、 ")
        if before.endswith(tuple(matter.names("ja"))) if language == "ja" else matter.named_in(text[one.end : one.end + AFTER], language):
            return True
    return False


def _below(best: Candidate, hits: Sequence[Hit]) -> Candidate:
    """Of a heading the first sentence that stands under it."""
    if not _lone(best):
        return best
    after = [c for c in sentences_of(hits) if not _lone(c) and c.start >= best.end]
    return min(after, key=lambda c: c.start, default=best)


def _nearest(found: Sequence[Candidate], query: FloatVector, ports: Ports) -> Candidate | None:
    if len(found) < 2:
        return next(iter(found), None)
    return found[int((ports.embedder.passages([c.text for c in found]) @ query).argmax())]


def _by_matter(ranked: Sequence[Scored], matter: Matter) -> list[Scored]:
    """Whole sentences first that hold the matter's words, headings last."""
    weighed = [
        replace(one, score=one.score + BY_WORDS * (matter.held(c.text, c.hit.language) or 0.0) - LONE * _lone(c))
        for one in ranked
        for c in (one.candidate,)
    ]
    return sorted(weighed, key=lambda one: -one.score)


def _lone(candidate: Candidate) -> bool:
    """Whether it is a heading or a label: a row of a table and an item of a list are none."""
    return candidate.heading or (candidate.fragment and "\t" not in candidate.text and _NUMBERED.match(candidate.text) is None)


def _around(candidate: Candidate) -> str:
    """A sentence with the headings above it, which name what it speaks of."""
    return " ".join((candidate.text, *candidate.hit.path))


def _part_of(paper: DocumentInfo, candidate: Candidate, asked: str, room: int, matter: Matter) -> Told:
    """The part of a sentence that fits a cell, about the fact that is asked for, or about the words of the matter."""
    marks = marks_in(asked, candidate.text)
    about = marks[0] if marks else matter.named_in(candidate.text, candidate.hit.language)
    start, end = fitting(candidate.text, room, about)
    fact = " ".join(candidate.text[a:b] for a, b in marks)
    return Told(paper, candidate.start + start, candidate.start + end, (candidate.start, candidate.end), fact)


def fitting(text: str, room: int, fact: tuple[int, int] | None = None) -> tuple[int, int]:
    """The span of at most ``room`` characters that is shown of a sentence: whole clauses, about the fact where there is one."""
    number = _NUMBERED.match(text)
    first = number.end() if number else len(text) - len(text.lstrip())
    last = len(text.rstrip())
    if last - first <= room:
        return first, last
    stops = sorted({first, *(m.end() for m in _BREAK.finditer(text) if first < m.end() < last), last})
    parts = list(itertools.pairwise(stops))
    at = next((i for i, (a, b) in enumerate(parts) if fact and a <= fact[0] < b), 0)
    low = high = at
    while True:
        wider = [(low - 1, high)] if low else []
        wider = ([(low, high + 1)] if high + 1 < len(parts) else []) + wider
        good = next(((a, b) for a, b in wider if parts[b][1] - parts[a][0] <= room), None)
        if good is None:
            break
        low, high = good
    start, end = parts[low][0], parts[high][1]
    if end - start > room:
        start = max(start, min(fact[0] - room // 3, end - room)) if fact else start
        start = start if start == parts[low][0] else _word_start(text, start)
        stop = text.rfind(" ", start, start + room + 1)
        end = stop if stop > start + room // 2 else start + room
    elif end - start < LEAST * room and end < last:  # one clause that is short before one that is long
        stop = text.rfind(" ", start, start + room + 1)
        end = stop if stop > end else start + room if _JAPANESE.search(text[end : end + 5]) else end
    return start, start + len(_TRAILS.sub("", text[start:end]))


def _word_start(text: str, at: int) -> int:
    found = text.find(" ", at)
    return found + 1 if 0 <= found < at + 40 else at


def sentences_in(text: str, outline: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The spans of a paper's sentences, without titles, headings, and what speaks to a program."""
    for block in outline:
        if block.role in ("title", "heading"):
            continue
        said = text[block.start : block.end]
        program = addressed_from(said)
        for start, end in sentence_spans(said, block.language):
            if program is not None and end > program:
                break
            yield block.start + start, block.start + end


def unnumbered(text: str) -> str:
    """A clause without its number."""
    return _NUMBERED.sub("", f"{text} ")


@cache
def _rates() -> Mapping[str, regex.Pattern[str]]:
    stored = toml_of("kb.answer.skills.tables", "answering_sentences.toml")
    return {name: word_pattern(words) for name, words in stored.items()}
