"""The sentences of the best passages, the ones worth embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from ingest.understand.sentences import sentence_spans
from kb.answer.words import content_words, script
from kb.records import Hit

_ENDS = regex.compile(r"[.!?。！？।॥…|]['\"”’」』）)\]]*$")
_TEXT = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a hit: ``text`` equals the document text at ``[start, end)``.

    ``passage`` is how far the hit's score lies above the mean of the hits, in standard deviations. ``fragment`` marks what is no
    sentence: a heading, a caption, a lone label.
    """

    hit: Hit
    start: int
    end: int
    text: str
    passage: float
    fragment: bool


def sentences_of(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits, in order of rank, a span that two hits share only once."""
    scores = [hit.score for hit in hits]
    mean = sum(scores) / len(scores) if scores else 0.0
    spread = (sum((s - mean) ** 2 for s in scores) / len(scores)) ** 0.5 if scores else 0.0
    seen: set[tuple[int, int, int]] = set()
    found: list[Candidate] = []
    for hit in hits:
        passage = (hit.score - mean) / spread if spread > 1e-9 else 0.0
        for start, end in sentence_spans(hit.text, hit.language):
            place = (hit.document_id, hit.start + start, hit.start + end)
            text = hit.text[start:end]
            if place in seen or not _TEXT.search(text):
                continue
            seen.add(place)
            found.append(Candidate(hit, place[1], place[2], text, passage, is_fragment(text)))
    return found


def is_fragment(text: str) -> bool:
    """Whether a run of text is too short, or too little of a sentence, to answer by itself."""
    japanese = script(text) == "japanese"
    if _ENDS.search(text):
        return len(text) < (6 if japanese else 12)
    return len(text) < (12 if japanese else 40)


def share_of_words(question: str, candidate: Candidate) -> float:
    """The share of the question's different content words that the candidate holds, 0 when the question has none."""
    language = candidate.hit.language
    asked = set(content_words(question, language))
    return len(asked & set(content_words(candidate.text, language))) / len(asked) if asked else 0.0


def preselect(question: str, candidates: Sequence[Candidate], limit: int, budget: int) -> list[Candidate]:
    """The candidates worth embedding, at most ``limit`` of them and about ``budget`` tokens.

    In the question's script, a sentence is taken by the share of the question's words that it holds and by its passage; in another
    script by its passage alone.
    """
    written = script(question)

    def promise(candidate: Candidate) -> float:
        shared = share_of_words(question, candidate) if script(candidate.text) == written else 0.0
        return candidate.passage + 3.0 * shared - 2.0 * candidate.fragment

    chosen: list[Candidate] = []
    spent = 0.0
    for candidate in sorted(candidates, key=lambda c: (-promise(c), c.hit.rank, c.start)):
        cost = len(candidate.text) / (1.6 if script(candidate.text) == "japanese" else 4.2)
        if chosen and (len(chosen) >= limit or spent + cost > budget):
            break
        chosen.append(candidate)
        spent += cost
    return chosen
