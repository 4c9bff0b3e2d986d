"""What an answer needs of the knowledge base, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ingest.records import Block, Span
from kb.agreements.card_records import Card
from kb.embed.cross_encoders import Reading
from kb.embed.embedder import TokenStates
from kb.records import Context, Counterpart, DocumentInfo, FactView, Filters, KnownBy, Place, SearchResult, Superseding
from kb.search.follow_up import Carrying, Rewriter
from kb.user_records import Kept

FloatVector: TypeAlias = NDArray[np.float32]
FloatMatrix: TypeAlias = NDArray[np.float32]


class SentenceEmbedder(Protocol):
    """Embeds the question and candidate sentences; rows are unit length."""

    @property
    def name(self) -> str:
        """Identity of the model; the refusal rule is calibrated for one model."""

    def query(self, text: str) -> FloatVector:
        """Shape ``(dimension,)``."""

    def passages(self, texts: Sequence[str]) -> FloatMatrix:
        """Shape ``(len(texts), dimension)``."""

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        """What each token of each question means in its place."""

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        """The vectors of `passages`, and what each token means in its place, from the same pass."""

    def knows(self, word: str) -> bool:
        """Whether the vocabulary of the model has a word whole, which a misspelt one seldom is; False where it does not tell."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The knowledge base as the answering code sees it.

    ``search(question, k, filters)`` finds passages, ``reads(question, passages)`` gives the log-odds that each passage, a title and a
    text, answers,
    ``text(document_id, version)`` reads the whole stored text of a version (and
    raises ``UnknownDocumentError``), ``place(document_id, version, offset)`` names the page and clause of an offset, ``is_empty()``
    tells whether nothing is published. ``max_question_chars`` is the longest question that is taken. ``rewriter`` makes follow-up
    questions whole. ``context(document_id, version, start, end)`` is what stands around a span in its clause, ``replaced(document_id)``
    the paper that amends a document or took its place, ``outline(document_id, version,
    start, end)`` the blocks of a span, in order, without their text. ``papers()`` are the
    documents that are published and may be seen, ``facts(document_id)`` what is known of one, with people's corrections, ``known_by()``
    by what each is called beside its title, ``card(paper)`` who owes what by when in a paper of any kind, with people's corrections.
    ``handlings()`` is what people set for the obligations of each document.
    ``parallels()`` are the sets of documents that are one text in several languages, ``counterparts(document_id, version, start, end)``
    is the same passage in those, ``doubtful(document_id, version, start, end)`` are the words of a stretch
    that may be misread. ``wants(message)`` is what a message wants
    (`kb.answer.query_understanding.intent`). ``in_house()`` are the documents of which no text may go to a language model outside.
    ``today()`` is the day it is for the asker. ``turn()`` is held while the documents are read.
    """

    search: Callable[[str, int, Filters], SearchResult]
    embedder: SentenceEmbedder
    reads: Callable[[str, Sequence[tuple[str, str]]], Sequence[Reading]]
    text: Callable[[int, int], str]
    place: Callable[[int, int, int], Place]
    is_empty: Callable[[], bool]
    max_question_chars: int = 2000
    wants: Callable[[str], FloatVector] | None = None
    rewriter: Rewriter = field(default_factory=Carrying)
    context: Callable[[int, int, int, int], Context | None] = lambda _document, _version, _start, _end: None
    replaced: Callable[[int], Superseding | None] = lambda _document: None
    outline: Callable[[int, int, int, int], Sequence[Block]] = lambda _document, _version, _start, _end: ()
    papers: Callable[[], Sequence[DocumentInfo]] = lambda: ()
    facts: Callable[[int], Sequence[FactView]] = lambda _document: ()
    known_by: Callable[[], Mapping[int, KnownBy]] = dict
    parallels: Callable[[], Sequence[frozenset[int]]] = lambda: ()
    counterparts: Callable[[int, int, int, int], Sequence[Counterpart]] = lambda _document, _version, _start, _end: ()
    doubtful: Callable[[int, int, int, int], tuple[Span, ...]] = lambda _document, _version, _start, _end: ()
    card: Callable[[DocumentInfo], Card | None] = lambda _paper: None
    handlings: Callable[[], Mapping[int, Sequence[Kept]]] = dict
    in_house: Callable[[], frozenset[int]] = frozenset
    today: Callable[[], date] = date.today
    turn: Callable[[], AbstractContextManager[None]] = nullcontext

    def for_one_question(self) -> Ports:
        """The same, with each thing read once: every part of an answer sees the papers, and what is found, that the others saw."""
        return replace(
            self,
            search=cache(self.search),
            replaced=cache(self.replaced),
            papers=cache(self.papers),
            known_by=cache(self.known_by),
            parallels=cache(self.parallels),
            handlings=cache(self.handlings),
            facts=cache(self.facts),
        )
