"""Which passages speak of the things that a question names, by any of their names in the passage's language.

A thing counts by its rarity among all passages, and a passage holds of it what its best name has of words in the passage, squared: half
of a name of two words is a chance hit. The score is the share of all the question's things, or of `FEWEST` rare ones where that is more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from kb.represent.glossary import Found
from kb.store import postings
from kb.store.keywords import Ranking
from kb.store.namekeys import idf
from lang.codes import Language
from lang.lexical.analyse import analyse

FEWEST = 2
MOST_TERMS = 24
"""Terms of a question that are looked up."""
_WHOLE = 0.99


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a term of the question becomes in one pool: the words of each of its names there."""

    term: Found
    names: tuple[tuple[str, ...], ...]


def expand(found: Sequence[Found], pool: Language) -> tuple[Expansion, ...]:
    """The terms of a question in a pool, without the name by which the question calls them itself."""
    expanded = []
    for one in found[:MOST_TERMS]:
        names = [analyse(name, pool).words for name in one.term.names.get(pool, ()) if (name, pool) != (one.surface, one.language)]
        if kept := tuple(dict.fromkeys(name for name in names if name)):
            expanded.append(Expansion(one, kept))
    return tuple(expanded)


def rank(
    conn: Connection, found: Sequence[Found], pools: Sequence[Language], shown: Mapping[Language, postings.Shown] = MappingProxyType({})
) -> dict[Language, Ranking]:
    """Score whole pools, or what is ``shown`` of them; rarity is taken from the passages of all ``pools`` together."""
    sizes = {pool: postings.statistics(conn, pool, shown.get(pool)).size for pool in pools}
    size = sum(sizes.values())
    held = {pool: _held(conn, expand(found, pool), pool, sizes[pool], shown.get(pool)) for pool in pools}
    order = list(dict.fromkeys(id(one.term) for one in found))
    holding = dict.fromkeys(order, 0)
    for _, rows in held.values():
        for term, row in rows.items():
            holding[term] += int(np.count_nonzero(row >= _WHOLE))
    rarity = {term: idf(size, min(holding[term], size)) for term in order}
    total = max(sum(rarity.values()), FEWEST * idf(size, 1)) if order else 1.0
    return {pool: _weighed(pool, first, rows, rarity, total) for pool, (first, rows) in held.items()}


def _weighed(pool: Language, first: int, rows: Mapping[int, NDArray[np.float32]], rarity: Mapping[int, float], total: float) -> Ranking:
    if not rows:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    weights = np.array([rarity[term] / total for term in rows], dtype=np.float32)
    return Ranking(pool, first, weights @ np.stack(list(rows.values())))


def _held(
    conn: Connection, expanded: Sequence[Expansion], pool: Language, size: int, shown: postings.Shown | None
) -> tuple[int, dict[int, NDArray[np.float32]]]:
    """The first chunk, and for each term how much of it that chunk and every later one hold."""
    words = {word for one in expanded for name in one.names for word in name}
    columns = postings.lookup(conn, pool, sorted(words), shown)
    if not columns:
        return 0, {}
    first = min(int(column["chunk"].min()) for column in columns.values())
    last = max(int(column["chunk"].max()) for column in columns.values())
    weight = {word: idf(size, min(len(columns[word]), size)) if word in columns else idf(size, 0) for word in words}
    rows: dict[int, NDArray[np.float32]] = {}
    for one in expanded:
        best = np.zeros(last - first + 1, dtype=np.float32)
        for name in one.names:
            share = np.zeros(last - first + 1, dtype=np.float32)
            whole = sum(weight[word] for word in set(name))
            for word in set(name) & columns.keys():
                share[columns[word]["chunk"] - first] += np.float32(weight[word] / whole)
            best = np.maximum(best, np.minimum(share, 1.0) ** 2)
        known = rows.get(id(one.term.term))
        rows[id(one.term.term)] = best if known is None else np.maximum(known, best)
    return first, rows
