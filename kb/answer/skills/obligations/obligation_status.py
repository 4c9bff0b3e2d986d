"""What later papers say of a duty: that it was done, or put off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import regex

from ingest.records import Block
from kb.agreements.card_records import Card, Obligation
from kb.answer.document_selection.language_versions import held
from kb.answer.query_understanding.question import Question
from kb.answer.quotation.citation_builder import Evidence
from kb.answer.scoring.sentence_features import words_shared
from kb.answer.skills.obligations.obligation_query import tells_of_delay
from kb.errors import UnknownDocumentError
from kb.ports import Ports
from kb.records import Cell, DocumentInfo, Filters
from lang.sentences import sentence_spans
from lang.values.dates import dates_in
from lang.words.names import name_keys
from lang.words.search_tokens import content_words
from prompts.phrases import phrase

FETCHED = 20
LONGEST = 440
SHARED = 2
"""Words beside names that a sentence must share with a duty of its language to tell of it."""
ACROSS = 2.5
"""By how many standard deviations a sentence in another language must be nearer to a duty than the sentences of its paper are."""
TITLE = 0.6
"""The share of the words of a title that a later paper must have, where the paper names no parties."""
_SENTENCE = regex.compile(r"[.。।!?！？”\"’」]\s*$")


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a later paper."""

    paper: DocumentInfo
    start: int
    end: int
    text: str


class States:
    """Looks up what later papers tell that name the parties of a paper, as far as they are out on a day."""

    def __init__(self, question: Question, as_of: date, ports: Ports, evidence: Evidence) -> None:
        self._question = question
        self._as_of = as_of
        self._ports = ports
        self._evidence = evidence
        self._told: dict[int, list[Told]] = {}
        self._used: set[tuple[int, int]] = set()

    def of(self, paper: DocumentInfo, card: Card, one: Obligation, since: date | None = None) -> tuple[Cell, ...]:
        """The sentence that a later paper says of a duty; else that the papers do not say.

        ``since``: of what returns, the day before which no paper can tell of it.
        """
        told = [t for t in self._later(paper, card) if since is None or (t.paper.date is not None and t.paper.date >= since)]
        best = self._in_language(paper, card, one, told) or self._across(one, [t for t in told if t.paper.language != paper.language])
        if best is None:
            return (Cell(phrase("obligations.state_unknown", self._question.said_in)),)
        self._used.add((best.paper.id, best.start))
        return (self._evidence.quote(best.paper, best.start, best.end),)

    def delays(self, paper: DocumentInfo, card: Card) -> tuple[tuple[Cell, ...], ...]:
        """Sentences of later papers that tell of a delay and were not shown yet."""
        if not card.of("party"):
            return ()
        late = [t for t in self._later(paper, card) if (t.paper.id, t.start) not in self._used and tells_of_delay(t.text)]
        return tuple((self._evidence.quote(t.paper, t.start, t.end),) for t in late)

    def _of_title(self, paper: DocumentInfo, other: DocumentInfo, text: str) -> bool:
        """Whether a later paper speaks of what one without parties is about by its title."""
        title = set(content_words(paper.title, paper.language))
        same = paper.language == other.language
        return same and bool(title) and len(title & set(content_words(text, other.language))) >= TITLE * len(title)

    def _in_language(self, paper: DocumentInfo, card: Card, one: Obligation, told: Sequence[Told]) -> Told | None:
        """The sentence in the paper's language that shares most with the duty, beside the names of the parties."""
        clause, language = one.citation.quote, paper.language
        same = [t for t in told if t.paper.language == language]
        known = {word for entry in card.of("party") for word in content_words(entry.value, language)}
        wanted = {word for word in content_words(clause, language) if word not in known and not regex.search(r"\p{Nd}", word)}
        scores = words_shared(clause, [(t.text, language) for t in same])
        ranked = sorted(zip(scores, range(len(same)), strict=True), key=lambda pair: (-pair[0], pair[1]))
        return next((same[at] for _, at in ranked if len(wanted & set(content_words(same[at].text, language))) >= SHARED), None)

    def _across(self, one: Obligation, told: Sequence[Told]) -> Told | None:
        """The sentence in another language that stands out among those of its paper as near to the duty."""
        best: tuple[float, Told] | None = None
        for number in dict.fromkeys(t.paper.id for t in told):
            inside = [t for t in told if t.paper.id == number]
            duty = self._ports.embedder.passages([" ".join(one.citation.quote.split())])[0]
            near = self._ports.embedder.passages([t.text for t in inside]) @ duty
            at = int(np.argmax(near))
            apart = (float(near[at]) - float(near.mean())) / (float(near.std()) or 1.0)
            if apart >= ACROSS and (best is None or apart > best[0]):
                best = apart, inside[at]
        return best[1] if best is not None else None

    def _later(self, paper: DocumentInfo, card: Card) -> list[Told]:
        if paper.id not in self._told:
            self._told[paper.id] = list(self._read(paper, card))
        return self._told[paper.id]

    def _read(self, paper: DocumentInfo, card: Card) -> list[Told]:
        """The sentences of later papers that name the parties of this one and tell something that is dated or put off."""
        versions = next((one for one in self._ports.parallels() if paper.id in one), frozenset({paper.id}))
        parties = [frozenset(name_keys(entry.value, paper.language)) for entry in card.of("party")]
        since = paper.date or card.span.signed or date.min
        seen = held(self._ports.papers(), self._question.filters)
        others = (other for other in seen if other.id not in versions)
        later = {other.id: other for other in others if other.date is not None and since < other.date <= self._as_of}
        if not later:
            return []
        about = " ".join([paper.title, *(entry.value for entry in card.of("party"))])
        hits = self._ports.search(about, FETCHED, Filters(documents=tuple(later))).hits
        found: list[Told] = []
        for number in dict.fromkeys(hit.document_id for hit in hits):
            other = later[number]
            try:
                text = self._ports.text(other.id, other.version)
            except UnknownDocumentError:
                continue
            keys = frozenset(name_keys(text, other.language))
            if parties:
                if sum(bool(party & keys) for party in parties) < min(2, len(parties)):
                    continue
            elif not self._of_title(paper, other, text):
                continue
            for start, end in told_sentences(text, self._evidence.outline(other)):
                words = text[start:end]
                if end - start <= LONGEST and (dates_in(words) or tells_of_delay(words)):
                    found.append(Told(other, start, end, " ".join(words.split())))
        return found


def told_sentences(text: str, outline: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The whole sentences of a paper's running text."""
    for block in outline:
        if block.role not in ("paragraph", "list_item"):
            continue
        for start, end in sentence_spans(text[block.start : block.end], block.language):
            if _SENTENCE.search(text[block.start + start : block.start + end]):
                yield block.start + start, block.start + end
