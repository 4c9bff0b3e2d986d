"""The keyword index: BM25 over our own tokens, one pool per language, in the catalogue's database and transactions.

Each pool has its own document frequencies, so that a word is rare or common *in its language*, and a search of one language
costs nothing for the others. A passage's score is BM25 of its words plus `PARTS_WEIGHT` times BM25 of its parts, as a share
of the most that any passage could get for the question: 0 is no token in common, and what answers has 0.3 to 0.6. Such a
share can be compared between questions and pools; bare BM25 cannot. The keys of a passage's names are indexed with it, for
`kb.store.namekeys`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kb.store import postings
from lang.codes import Language
from lang.lexical.analyse import Tokens, analyse
from lang.lexical.names import name_keys
from lang.references import place_keys

K1, B = 1.2, 0.75
PARTS_WEIGHT = 0.5

MOST_WORDS, MOST_PARTS = 96, 192
"""Distinct tokens of a question that are looked up; a text of 10,000 characters is not made a better question by its 500th word."""

_BATCH = 128
_NOTHING = np.zeros(0, dtype=postings.POSTING)


@dataclass(frozen=True, slots=True)
class KeywordRow:
    """A passage to be indexed; ``title`` names its document (and place) and counts like its text; ``path`` is its place alone."""

    chunk: int
    language: Language
    title: str
    text: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The score of every passage of one pool that holds a token of the question: ``scores[i]`` belongs to chunk ``first + i``."""

    pool: Language
    first: int
    scores: NDArray[np.float32]

    def of(self, chunks: Sequence[int]) -> dict[int, float]:
        """The scores of given chunks; those without any token of the question are absent."""
        found: dict[int, float] = {}
        for chunk in chunks:
            at = chunk - self.first
            if 0 <= at < len(self.scores) and self.scores[at] > 0:
                found[chunk] = float(self.scores[at])
        return found

    def top(self, conn: Connection, n: int, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """The ``n`` best chunks, best first; equal scores in order of chunk id.

        ``allowed[chunk]`` says which may be returned, and those past its end may not; None allows every one that was not removed.
        """
        if allowed is None:
            return self._live(conn, n)
        scores = self.scores[: max(len(allowed) - self.first, 0)]
        at = np.flatnonzero(np.where(allowed[self.first : self.first + len(scores)], scores, 0))
        if len(at) > n > 0:
            at = at[scores[at] >= np.partition(scores[at], -n)[-n]]
        order = at[np.argsort(-scores[at], kind="stable")[:n]]
        return list(zip((order + self.first).tolist(), scores[order].tolist(), strict=True))

    def _live(self, conn: Connection, n: int) -> list[tuple[int, float]]:
        best: list[tuple[int, float]] = []
        matching = np.flatnonzero(self.scores)
        order = matching[np.argsort(-self.scores[matching], kind="stable")]
        for start in range(0, len(order), _BATCH):
            chunks = [int(i) + self.first for i in order[start : start + _BATCH]]
            live = postings.live(conn, self.pool, chunks)
            best.extend((chunk, float(self.scores[chunk - self.first])) for chunk in chunks if chunk in live)
            if len(best) >= n:
                break
        return best[:n]


def create(conn: Connection) -> None:
    """Create the tables where they are missing."""
    postings.metadata.create_all(conn)


def add(conn: Connection, rows: Sequence[KeywordRow]) -> None:
    """Index passages.

    Raises:
        sqlalchemy.exc.IntegrityError: a chunk is indexed already; remove it first.
    """
    pools: dict[Language, list[postings.Entry]] = defaultdict(list)
    for row in rows:
        title, body = analyse(row.title, row.language), analyse(row.text, row.language)
        names = frozenset(name_keys(f"{row.title}\n{row.text}", row.language))
        keys = names | frozenset(place_keys(row.path))
        entry = postings.Entry(row.chunk, Counter(title.words + body.words), Counter(title.parts + body.parts), keys)
        pools[row.language].append(entry)
    for pool, entries in pools.items():
        postings.add(conn, pool, entries)


def remove(conn: Connection, language: Language, chunks: Sequence[int]) -> None:
    """Take passages out of the pool of their language; unknown ones are ignored."""
    postings.remove(conn, language, chunks)


def clear(conn: Connection) -> None:
    """Empty all pools."""
    postings.clear(conn)


def rows(conn: Connection, language: Language) -> set[int]:
    """The chunks that are indexed in a pool."""
    return postings.members(conn, language)


def search(conn: Connection, tokens: Tokens, pool: Language, n: int, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
    """The ``n`` best passages of a pool as (chunk, score), best first; see `Ranking.top`."""
    return rank(conn, tokens, pool).top(conn, n, allowed)


def score(conn: Connection, tokens: Tokens, pool: Language, chunks: Sequence[int]) -> dict[int, float]:
    """Scores of given passages; those without any token of the question are absent."""
    return rank(conn, tokens, pool).of(chunks)


def rank(conn: Connection, tokens: Tokens, pool: Language, shown: postings.Shown | None = None) -> Ranking:
    """Score a whole pool, or what is shown of it, once, to ask `Ranking` for the best and for given passages.

    BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009), with the idf that is never negative,
    divided by what a passage that says nothing but the question without end would get.
    """
    words = list(dict.fromkeys(tokens.words))[:MOST_WORDS]
    parts = [postings.part_term(part) for part in dict.fromkeys(tokens.parts)][:MOST_PARTS]
    found = postings.lookup(conn, pool, words + parts, shown)
    if not found:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    figures = postings.statistics(conn, pool, shown)
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    scores = np.zeros(last - first + 1, dtype=np.float32)
    total = 0.0
    for terms, weight, mean in ((words, 1.0, figures.words), (parts, PARTS_WEIGHT, figures.parts)):
        norm = K1 * (1 - B + B / max(mean, 1.0) * postings.LENGTHS)
        for term in terms:
            column = found.get(term, _NOTHING)
            holding = min(len(column), figures.size)
            share = weight * (K1 + 1) * math.log1p((figures.size - holding + 0.5) / (holding + 0.5))
            total += share
            frequency = column["frequency"].astype(np.float32)
            scores[column["chunk"] - first] += np.float32(share) * frequency / (frequency + norm[column["length"]])
    return Ranking(pool, first, scores / np.float32(total))
