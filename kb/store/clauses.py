"""Which passages stand at the numbered place that a question names.

The place of a passage, from the labels in its path, is indexed with it under a term of its own (`lang.references`), in the
same segments and transactions as its words and names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence

import numpy as np
from sqlalchemy import Connection, select

from kb.store import postings
from kb.store.keywords import Ranking
from kb.store.schema import blocks, chunks
from lang.codes import Language
from lang.references import Reference, place_keys, stands_inside

BESIDE = 0.6
"""What a passage of the right article counts when the asked clause stands in another passage of it."""


def rank(conn: Connection, asked: Sequence[Reference], pool: Language) -> Ranking:
    """The passages of a pool that stand in an asked article, annex or chapter: 1 each."""
    found = postings.lookup(conn, pool, sorted({postings.name_term(key) for one in asked for key in one.keys}))
    if not found:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    scores = np.zeros(last - first + 1, dtype=np.float32)
    for column in found.values():
        scores[column["chunk"] - first] = 1.0
    return Ranking(pool, first, scores)


def narrowed(conn: Connection, scores: dict[int, float], asked: Sequence[Reference]) -> dict[int, float]:
    """The same passages, those lowered to `BESIDE` of their score that do not hold the clause asked for, where others do."""
    wanted = [one.inside for one in asked if one.inside]
    if not wanted or not scores:
        return scores
    paths = _paths(conn, scores)
    holding = {chunk for chunk, inside in paths.items() if any(stands_inside(path, one) for path in inside for one in wanted)}
    return {chunk: score if not holding or chunk in holding else BESIDE * score for chunk, score in scores.items()}


def index_older(conn: Connection) -> None:
    """Add the places to an index that was written without them."""
    at: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
    query = select(postings.passages.c.chunk, postings.passages.c.segment, chunks.c.path)
    for row in conn.execute(query.join(chunks, chunks.c.id == postings.passages.c.chunk).where(postings.passages.c.live)):
        for key in place_keys(json.loads(row.path)):
            at[row.segment, postings.name_term(key)].append((row.chunk, 1, 0))
    known = select(postings.postings.c.segment, postings.postings.c.term).where(postings.postings.c.term.like("@§%"))
    there = {(row.segment, row.term) for row in conn.execute(known)}
    rows = [
        {"segment": segment, "term": term, "data": np.array(column, dtype=postings.POSTING).tobytes()}
        for (segment, term), column in at.items()
        if (segment, term) not in there
    ]
    if rows:
        conn.execute(postings.postings.insert(), rows)


def _paths(conn: Connection, wanted: Collection[int]) -> dict[int, list[tuple[str, ...]]]:
    found: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    ids = sorted(wanted)
    for start in range(0, len(ids), 400):
        inside = (blocks.c.start < chunks.c.end) & (blocks.c.end > chunks.c.start)
        query = select(chunks.c.id, blocks.c.path).join(blocks, (blocks.c.version_id == chunks.c.version_id) & inside)
        for row in conn.execute(query.where(chunks.c.id.in_(ids[start : start + 400]))):
            found[row.id].append(tuple(json.loads(row.path)))
    return found
