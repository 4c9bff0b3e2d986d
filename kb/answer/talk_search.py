"""A search within a conversation: three searches of one message, joined.

What a message leaves out is only guessed: "and the insurance?" may be found by its own words in the papers of the answer before, or by all
words of both questions. So it is searched for made whole, after the question before, and alone in those papers, and
the ranks are joined (reciprocal rank fusion: Cormack, Clarke and Büttcher, 2009), the last two as far as it seems to lean on what was said.
Measured in docs/measurements/questions.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from kb.records import Filters, Hit, SearchResult

Search: TypeAlias = Callable[[str, int, Filters], SearchResult]

DEPTH: Final = 30
"""Hits of each search that are joined."""
CONSTANT: Final = 10
"""What is added to a rank before one is divided by it."""
SCALE: Final = 15.0
"""What a hit's joined ranks count for in its score, so that they weigh beside reading as the score of a search does."""
LEAST: Final = 0.05
"""How likely a message must lean to be searched for in another way than by itself."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of a conversation: as it is ``asked``, made whole; as it was ``typed``; the question ``before`` it.

    ``papers`` are the ids of those that the answer before cites; ``leaning`` is how likely the message leans on it, from 0 to 1.
    """

    asked: str
    typed: str
    before: str
    papers: Collection[int]
    leaning: float


def searched(spoken: Spoken, k: int, filters: Filters, search: Search) -> SearchResult:
    """The hits of a message, at most ``k``, best first."""
    whole = search(spoken.asked, k, filters)
    if spoken.leaning < LEAST or not spoken.before:
        return whole
    ways = [(1.0, whole), (spoken.leaning, search(f"{spoken.before.rstrip(' ?？。.।')}. {spoken.typed}", DEPTH, filters))]
    papers = tuple(at for at in spoken.papers if not filters.documents or at in filters.documents)
    if papers:
        ways.append((spoken.leaning, search(spoken.typed, DEPTH, replace(filters, documents=papers))))
    joined: dict[int, float] = {}
    hits: dict[int, Hit] = {}
    for weight, found in ways:
        for place, hit in enumerate(found.hits[:DEPTH], 1):
            hits.setdefault(hit.chunk, hit)
            joined[hit.chunk] = joined.get(hit.chunk, 0.0) + weight / (CONSTANT + place)
    order = sorted(joined, key=lambda chunk: -joined[chunk])[:k]
    return replace(whole, hits=tuple(replace(hits[at], rank=n, score=SCALE * joined[at]) for n, at in enumerate(order, 1)))
