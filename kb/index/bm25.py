"""The keyword index: BM25 over our own tokens, one pool per language, and the names of a question as they sound in another script.

Each pool has its own document frequencies, so that a word is rare or common *in its language*. A passage's score is BM25 of its words plus
`PARTS_WEIGHT` times BM25 of its parts, as a share of the most that any passage could get for the question: 0 is no token in common, and
what answers has 0.3 to 0.6. Such a share can be compared between questions and pools; bare BM25 cannot.

The keys of a passage's names are indexed with it. Their document frequencies are those of all languages together: the city of the only
Japanese report is in every Japanese passage, and rare all the same. A name counts by its idf and by how much its key can tell; the score is
the share of what the question has, or of `FEWEST` rare names where that is more: one short name must not look like a whole question.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kb.index import inverted_index
from lang.languages import Language
from lang.references import place_keys
from lang.words.names import Name, name_keys
from lang.words.search_tokens import Tokens, analyse

K1, B = 1.2, 0.75
PARTS_WEIGHT = 0.5

MOST_WORDS, MOST_PARTS = 96, 192
"""Distinct tokens of a question that are looked up; a text of 10,000 characters is not made a better question by its 500th word."""

_BATCH = 128
_NOTHING = np.zeros(0, dtype=inverted_index.POSTING)


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
            live = inverted_index.live(conn, self.pool, chunks)
            best.extend((chunk, float(self.scores[chunk - self.first])) for chunk in chunks if chunk in live)
            if len(best) >= n:
                break
        return best[:n]


def create(conn: Connection) -> None:
    """Create the tables where they are missing."""
    inverted_index.metadata.create_all(conn)


def entries(rows: Sequence[KeywordRow]) -> dict[Language, list[inverted_index.Entry]]:
    """What is indexed of passages, by pool."""
    pools: dict[Language, list[inverted_index.Entry]] = defaultdict(list)
    for row in rows:
        title, body = analyse(row.title, row.language), analyse(row.text, row.language)
        names = frozenset(name_keys(f"{row.title}\n{row.text}", row.language))
        keys = names | frozenset(place_keys(row.path))
        entry = inverted_index.Entry(row.chunk, Counter(title.words + body.words), Counter(title.parts + body.parts), keys)
        pools[row.language].append(entry)
    return dict(pools)


def add(conn: Connection, rows: Sequence[KeywordRow]) -> None:
    """Index passages.

    Raises:
        sqlalchemy.exc.IntegrityError: a chunk is indexed already; remove it first.
    """
    for pool, found in entries(rows).items():
        inverted_index.add(conn, pool, found)


def remove(conn: Connection, language: Language, chunks: Sequence[int]) -> None:
    """Take passages out of the pool of their language; unknown ones are ignored."""
    inverted_index.remove(conn, language, chunks)


def clear(conn: Connection) -> None:
    """Empty all pools."""
    inverted_index.clear(conn)


def rows(conn: Connection, language: Language) -> set[int]:
    """The chunks that are indexed in a pool."""
    return inverted_index.members(conn, language)


def search(conn: Connection, tokens: Tokens, pool: Language, n: int, allowed: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
    """The ``n`` best passages of a pool as (chunk, score), best first; see `Ranking.top`."""
    return rank_words(conn, tokens, pool).top(conn, n, allowed)


def score(conn: Connection, tokens: Tokens, pool: Language, chunks: Sequence[int]) -> dict[int, float]:
    """Scores of given passages; those without any token of the question are absent."""
    return rank_words(conn, tokens, pool).of(chunks)


def rank_words(conn: Connection, tokens: Tokens, pool: Language, shown: inverted_index.Shown | None = None) -> Ranking:
    """Score a whole pool, or what is shown of it, once, to ask `Ranking` for the best and for given passages.

    BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009), with the idf that is never negative,
    divided by what a passage that says nothing but the question without end would get.
    """
    words = list(dict.fromkeys(tokens.words))[:MOST_WORDS]
    parts = [inverted_index.part_term(part) for part in dict.fromkeys(tokens.parts)][:MOST_PARTS]
    found = inverted_index.lookup(conn, pool, words + parts, shown)
    if not found:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    figures = inverted_index.statistics(conn, pool, shown)
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    scores = np.zeros(last - first + 1, dtype=np.float32)
    total = 0.0
    for terms, weight, mean in ((words, 1.0, figures.words), (parts, PARTS_WEIGHT, figures.parts)):
        norm = K1 * (1 - B + B / max(mean, 1.0) * inverted_index.LENGTHS)
        for term in terms:
            column = found.get(term, _NOTHING)
            holding = min(len(column), figures.size)
            share = weight * (K1 + 1) * math.log1p((figures.size - holding + 0.5) / (holding + 0.5))
            total += share
            frequency = column["frequency"].astype(np.float32)
            scores[column["chunk"] - first] += np.float32(share) * frequency / (frequency + norm[column["length"]])
    return Ranking(pool, first, scores / np.float32(total))


MOST_NAMES = 48
"""Names of a question that are looked up."""
FEWEST = 4
"""A question with fewer names is scored as if it had so many that stand in one passage each."""
_WORTH = {0: 0.1, 1: 0.1, 2: 0.2, 3: 0.6}
"""What a key of so many consonants counts for; a longer one counts whole."""


def worth(key: str) -> float:
    """From 0 to 1: how much finding this key says."""
    return 1.0 if key.startswith("=") else _WORTH.get(sum(map(str.isupper, key)), 1.0)


def idf(size: int, holding: int) -> float:
    """The idf that is never negative, of a name that ``holding`` of ``size`` texts hold."""
    return math.log1p((size - holding + 0.5) / (holding + 0.5))


def rank_names(
    conn: Connection,
    names: Sequence[Name],
    pools: Sequence[Language],
    shown: Mapping[Language, inverted_index.Shown] = MappingProxyType({}),
) -> dict[Language, Ranking]:
    """Score whole pools, or what is ``shown`` of them: see the module. Idf is taken from the passages of all ``pools`` together."""
    names = names[:MOST_NAMES]
    terms = list(dict.fromkeys(inverted_index.name_term(key) for name in names for key in name.keys))
    held = {pool: _held(names, inverted_index.lookup(conn, pool, terms, shown.get(pool))) for pool in pools}
    size = sum(inverted_index.statistics(conn, pool, shown.get(pool)).size for pool in pools)
    holding = [sum(here.holding[i] for here in held.values()) for i in range(len(names))]
    rarity = [idf(size, min(number, size)) for number in holding]
    total = sum(rare * max(map(worth, name.keys)) for rare, name in zip(rarity, names, strict=True))
    most = max(total, FEWEST * idf(size, 1))
    return {pool: Ranking(pool, here.first, here.scores([rare / most for rare in rarity])) for pool, here in held.items()}


@dataclass(frozen=True, slots=True)
class _Held:
    """What the names are worth in the passages of one pool.

    ``gains[i]`` are pairs of chunks (less ``first``) and what finding one more key of name i there is worth; a chunk's worth is that
    of its best key. ``holding[i]`` passages hold the name.
    """

    first: int
    span: int
    gains: Sequence[Sequence[tuple[NDArray[np.int32], NDArray[np.float32]]]]
    holding: Sequence[int]

    def scores(self, weights: Sequence[float]) -> NDArray[np.float32]:
        """The sum of weight · worth over the names, by chunk."""
        scores = np.zeros(self.span, dtype=np.float32)
        for weight, gains in zip(weights, self.gains, strict=True):
            for at, gain in gains:
                scores[at] += np.float32(weight) * gain
        return scores


def _held(names: Sequence[Name], found: Mapping[str, NDArray[np.void]]) -> _Held:
    if not found:
        return _Held(0, 0, [()] * len(names), [0] * len(names))
    columns = {term: np.ascontiguousarray(column["chunk"]) for term, column in found.items()}
    first = min(int(column.min()) for column in columns.values())
    best = np.zeros(max(int(column.max()) for column in columns.values()) - first + 1, dtype=np.float32)
    gains, holding = [], []
    for name in names:
        inside: list[tuple[NDArray[np.int32], NDArray[np.float32]]] = []
        number = 0
        for key in sorted(name.keys, key=worth):
            column = columns.get(inverted_index.name_term(key))
            if column is not None:
                at = column - first
                number += int(np.count_nonzero(best[at] == 0))
                inside.append((at, np.float32(worth(key)) - best[at]))
                best[at] = worth(key)
        for at, _ in inside:
            best[at] = 0
        gains.append(inside)
        holding.append(number)
    return _Held(first, len(best), gains, holding)
