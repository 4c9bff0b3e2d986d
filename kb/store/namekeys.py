"""Which passages of another script hold the names of a question.

The keys stand in the keyword index (`kb.store.keywords`), so they are published and removed with their passage and have
document frequencies of their own in each language. A name counts by its idf and by how much its key can tell: two consonants
are met by chance. A passage's score is what it holds of all that, as a share of what the question has, or of `FLOOR` where
the question has less: a single short name must not look like a whole question answered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from ingest.records import Language
from kb.represent.names import Name
from kb.store import postings
from kb.store.keywords import Ranking

MOST_NAMES = 48
"""Names of a question that are looked up."""
FLOOR = 24.0
"""Four names that one passage in five hundred holds."""
_WORTH = {0: 0.1, 1: 0.1, 2: 0.2, 3: 0.6}
"""What a key of so many consonants counts for; a longer one counts whole."""


def worth(key: str) -> float:
    """From 0 to 1: how much finding this key says."""
    return 1.0 if key.startswith("=") else _WORTH.get(sum(map(str.isupper, key)), 1.0)


def idf(size: int, holding: int) -> float:
    """The idf that is never negative, of a name that ``holding`` of ``size`` texts hold."""
    return math.log1p((size - holding + 0.5) / (holding + 0.5))


def rank(conn: Connection, names: Sequence[Name], pool: Language) -> Ranking:
    """Score a whole pool: see the module."""
    names = names[:MOST_NAMES]
    terms = dict.fromkeys(postings.name_term(key) for name in names for key in name.keys)
    found = postings.lookup(conn, pool, list(terms))
    if not found:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    size = postings.statistics(conn, pool).size
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    scores = np.zeros(last - first + 1, dtype=np.float32)
    total = 0.0
    for name in names:
        held = np.zeros_like(scores)
        for key in sorted(name.keys, key=worth):
            column = found.get(postings.name_term(key))
            if column is not None:
                held[column["chunk"] - first] = worth(key)
        rarity = idf(size, min(int(np.count_nonzero(held)), size))
        total += rarity * max(map(worth, name.keys))
        scores += np.float32(rarity) * held
    return Ranking(pool, first, scores / np.float32(max(total, FLOOR)))
