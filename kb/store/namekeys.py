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

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from ingest.records import Language
from kb.represent.names import Name
from kb.store import postings
from kb.store.keywords import Ranking

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


def rank(conn: Connection, names: Sequence[Name], pools: Sequence[Language]) -> dict[Language, Ranking]:
    """Score whole pools: see the module. The passages of all ``pools`` together are the collection that idf is taken from."""
    names = names[:MOST_NAMES]
    terms = list(dict.fromkeys(postings.name_term(key) for name in names for key in name.keys))
    held = {pool: _held(names, postings.lookup(conn, pool, terms)) for pool in pools}
    size = sum(postings.statistics(conn, pool).size for pool in pools)
    holding = sum((np.count_nonzero(worths, axis=1) for _, worths in held.values()), np.zeros(len(names), dtype=np.int64))
    rarity = np.array([idf(size, min(int(n), size)) for n in holding], dtype=np.float32)
    total = sum(float(r) * max(map(worth, name.keys)) for r, name in zip(rarity, names, strict=True))
    return {
        pool: Ranking(pool, first, rarity @ worths / np.float32(max(total, FEWEST * idf(size, 1))))
        for pool, (first, worths) in held.items()
    }


def _held(names: Sequence[Name], found: Mapping[str, NDArray[np.void]]) -> tuple[int, NDArray[np.float32]]:
    """The first chunk, and what the name of each row is worth in that chunk and every later one, shape ``(names, chunks)``."""
    if not found:
        return 0, np.zeros((len(names), 0), dtype=np.float32)
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    worths = np.zeros((len(names), last - first + 1), dtype=np.float32)
    for row, name in zip(worths, names, strict=True):
        for key in sorted(name.keys, key=worth):
            column = found.get(postings.name_term(key))
            if column is not None:
                row[column["chunk"] - first] = worth(key)
    return first, worths
