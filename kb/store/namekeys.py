"""Which passages of another script hold the names of a question.

The keys stand in the keyword index (`kb.store.keywords`), so they are published and removed with their passage. Document
frequencies are those of all languages together: the city of the only Japanese report is in every Japanese passage, and rare
all the same; and an ordinary Hindi word that sounds like some English one is common among the Hindi passages. A name counts
by its idf and by how much its key can tell: two consonants are met by chance. A passage's score is what it holds of all that,
as a share of what the question has, or of `FEWEST` rare names where that is more: a single short name must not look like a
whole question answered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kb.store import postings
from kb.store.keywords import Ranking
from lang.codes import Language
from lang.lexical.names import Name

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


def rank(
    conn: Connection, names: Sequence[Name], pools: Sequence[Language], shown: Mapping[Language, postings.Shown] = MappingProxyType({})
) -> dict[Language, Ranking]:
    """Score whole pools, or what is ``shown`` of them: see the module. Idf is taken from the passages of all ``pools`` together."""
    names = names[:MOST_NAMES]
    terms = list(dict.fromkeys(postings.name_term(key) for name in names for key in name.keys))
    held = {pool: _held(names, postings.lookup(conn, pool, terms, shown.get(pool))) for pool in pools}
    size = sum(postings.statistics(conn, pool, shown.get(pool)).size for pool in pools)
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
            column = columns.get(postings.name_term(key))
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
