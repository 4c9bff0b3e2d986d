"""One document must not fill the list, and a story that several papers print is found once.

Every further passage of a document that already has `FREE` in the list above it is worth a little less, in proportion to how many there
are. Nothing is left out: where only one document has anything to say, it still fills the list, in the order it had.

Of the passages of one story, those of the paper that leads it (`kb.store.facts.near_duplicates`) stay; then, paper by paper, those that say
something which is not in the ones that stayed: a paragraph of their own, or a figure that the others do not have. A passage that stays has
the score of the best of its copies. Papers that a filter leaves out are not looked at, so the first of those that are allowed leads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from ingest.near_duplicates import Shingles, covered, numbers, shingles, squash
from kb.auth.roles import Sight
from kb.search.fusion import Fused
from kb.store.access_control import unseen
from kb.store.facts import near_duplicates
from kb.store.passages import Passage, passages

FREE = 2
"""Passages of one document that cost nothing."""


def spread_documents(ranked: Sequence[Fused], document: Mapping[int, int], step: float, n: int) -> list[Fused]:
    """``ranked`` with its first ``n`` places given out one by one, each to the passage that is best after its deduction.

    Args:
        ranked: passages, best first.
        document: the document of each chunk; passages that are not there are taken to be alone in theirs.
        step: what the first passage beyond `FREE` loses, the next twice that; in units of the score. 0 leaves the order as it is.
        n: places that are given out; what is left keeps its order after them.
    """
    if step <= 0:
        return list(ranked)
    left = list(ranked)
    taken: list[Fused] = []
    seen: Counter[int] = Counter()
    while left and len(taken) < n:
        best, best_score = 0, -float("inf")
        for place, fused in enumerate(left):
            if fused.score <= best_score:
                break  # deductions are never negative, so nothing further down can win
            owner = document.get(fused.chunk)
            score = fused.score - step * max(seen[owner] - FREE + 1, 0) if owner is not None else fused.score
            if score > best_score:
                best, best_score = place, score
        chosen = left.pop(best)
        taken.append(Fused(chosen.chunk, best_score))
        owner = document.get(chosen.chunk)
        if owner is not None:
            seen[owner] += 1
    return taken + left


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
    groups: Mapping[int, near_duplicates.Group]


def fold_copies(conn: Connection, ranked: Sequence[Fused], sight: Sight = None) -> Folded:
    """Leave out of a ranked list what another paper's copy of the same story says already; what is not seen tells no story."""
    owners = near_duplicates.owners(conn, [fused.chunk for fused in ranked])
    if not owners:
        return Folded(ranked, {})
    groups = near_duplicates.groups(conn, set(owners.values()), unseen(conn, sight))
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
