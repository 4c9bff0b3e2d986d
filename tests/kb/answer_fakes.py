"""A knowledge base of a few sentences for the tests of answers: vectors are counts of the letters' words, texts are in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import regex

from ingest.records import Kind
from kb.embed.cross_encoders import Reading
from kb.embed.embedder import TokenStates
from kb.errors import UnknownDocumentError
from kb.ports import FloatMatrix, FloatVector, Ports
from kb.records import Filters, Hit, Place, SearchResult
from lang.languages import Language

CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class WordEmbedder:
    """A sentence is the sum of a fixed direction for each of its words."""

    name = "words"

    def query(self, text: str) -> FloatVector:
        return self._vector(text)

    def passages(self, texts: Sequence[str]) -> FloatMatrix:
        return np.stack([self._vector(t) for t in texts])

    def tokens(self, texts: Sequence[str]) -> list[TokenStates]:
        return [self._tokens(text) for text in texts]

    def contextual(self, texts: Sequence[str]) -> tuple[FloatMatrix, list[TokenStates]]:
        return self.passages(texts), self.tokens(texts)

    def knows(self, word: str) -> bool:
        return False

    def _tokens(self, text: str) -> TokenStates:
        words = list(WORD.finditer(text))
        states = np.stack([self._vector(m[0]) for m in words]) if words else np.zeros((0, 64), dtype=np.float32)
        return TokenStates(states, np.ones(len(words), dtype=np.float32), tuple(m.span() for m in words))

    def _vector(self, text: str) -> FloatVector:
        total = np.full(64, 1e-3, dtype=np.float32)
        for word in WORD.findall(text.casefold()):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).normal(size=64).astype(np.float32)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


def read_by_words(question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
    """A passage answers that has the words of a question, or in Japanese its characters."""
    asked = _words(question)
    return [Reading(8.0 * len(asked & _words(text)) / max(len(asked), 1) - 5.0, 0, len(text)) for _title, text in passages]


def _words(text: str) -> set[str]:
    return {piece.casefold() for word in WORD.findall(text) for piece in (word if CJK.search(word) else [word])}


@dataclass
class Shelf:
    """Documents as (text, language, kind); each is one passage, found in the order given."""

    documents: list[tuple[str, Language, Kind]] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    searches: list[str] = field(default_factory=list)

    def hit(self, i: int) -> Hit:
        text, language, kind = self.documents[i]
        return Hit(
            rank=i + 1, score=float(len(self.documents) - i), channels={"dense": 0.8, "lexical": None}, chunk=i, document_id=i,
            document=f"document {i}", source=f"/papers/{i}.txt", version=1, kind=kind, language=language, date=None, page=1, page_label="1",
            path=(), start=0, end=len(text), text=text,
        )  # fmt: skip

    def search(self, query: str, k: int, filters: Filters) -> SearchResult:
        self.searches.append(query)
        kept = [i for i in range(len(self.documents)) if not filters.languages or self.documents[i][1] in filters.languages]
        return SearchResult(query, "en", tuple(self.hit(i) for i in kept[:k]), 1.0)

    def text(self, document_id: int, version: int) -> str:
        if document_id in self.deleted:
            raise UnknownDocumentError(f"There is no document {document_id}.")
        return self.documents[document_id][0]

    def place(self, document_id: int, version: int, offset: int) -> Place:
        return Place(2, "ii", (f"Article {offset}",))

    def ports(self, limit: int = 2000) -> Ports:
        return Ports(self.search, WordEmbedder(), read_by_words, self.text, self.place, lambda: not self.documents, limit)
