"""A story that several papers print is found once.

Of the passages of one story, those of the paper that leads it (`kb.store.variants`) stay; then, paper by paper, those that say
something which is not in the ones that stayed: a paragraph of their own, or a figure that the others do not have. A passage that stays
has the score of the best of its copies. Papers that a filter leaves out are not looked at, so the first of those that are allowed leads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from ingest.understand.duplicates import Shingles, covered, numbers, shingles, squash
from kb.search.fuse import Fused
from kb.store import variants
from kb.store.passages import Passage, passages
from kb.store.sight import Sight, unseen

FOLDED = 0.7
"""Least share of a passage that stands in the passages that stayed, for it to be left out. Another dateline and one word in thirty
changed leave 0.8; a passage of three paragraphs, one of which is the paper's own, has 0.67."""


@dataclass(slots=True)
class _Kept:
    passage: Passage
    shingles: Shingles
    numbers: frozenset[str]
    score: float


@dataclass(frozen=True, slots=True)
class Folded:
    """The list with each story once, and the stories of its documents."""

    ranked: Sequence[Fused]
    groups: Mapping[int, variants.Group]


def fold(conn: Connection, ranked: Sequence[Fused], sight: Sight = None) -> Folded:
    """Leave out of a ranked list what another paper's copy of the same story says already; what is not seen tells no story."""
    owners = variants.owners(conn, [fused.chunk for fused in ranked])
    if not owners:
        return Folded(ranked, {})
    groups = variants.groups(conn, set(owners.values()), unseen(conn, sight))
    owners = {chunk: document for chunk, document in owners.items() if document in groups}
    told: dict[int, dict[int, list[Fused]]] = defaultdict(lambda: defaultdict(list))
    for fused in ranked:
        if fused.chunk in owners:
            owner = owners[fused.chunk]
            told[groups[owner].leader][owner].append(fused)
    several = [story for story in told.values() if len(story) > 1]
    shown = passages(conn, [fused.chunk for story in several for found in story.values() for fused in found])
    score: dict[int, float] = {}
    for story in several:
        order = [member.document_id for member in groups[next(iter(story))].members]
        stayed = _stayed([fused for document in order for fused in story.get(document, ())], shown)
        score |= {one.passage.chunk: one.score for one in stayed}
    gone = {chunk for chunk in shown if chunk not in score}
    left = [Fused(fused.chunk, score.get(fused.chunk, fused.score)) for fused in ranked if fused.chunk not in gone]
    return Folded(sorted(left, key=lambda fused: -fused.score) if gone else ranked, groups)


def _stayed(candidates: Sequence[Fused], shown: Mapping[int, Passage]) -> list[_Kept]:
    kept: list[_Kept] = []
    for fused in candidates:
        passage = shown.get(fused.chunk)
        if passage is None:
            continue
        body = passage.text.removeprefix(passage.title)
        own = _Kept(passage, shingles(squash(body)), numbers(body), fused.score)
        others = [one for one in kept if one.passage.document_id != passage.document_id]
        if others and own.numbers <= frozenset().union(*(one.numbers for one in others)):
            together = np.unique(np.concatenate([one.shingles for one in others]))
            if covered(own.shingles, together) >= FOLDED:
                nearest = max(others, key=lambda one: covered(own.shingles, one.shingles))
                nearest.score = max(nearest.score, own.score)
                continue
        kept.append(own)
    return kept
