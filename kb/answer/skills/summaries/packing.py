"""Points that hold as much of what a paper has to tell as they have room for, in its order.

The sentences are put into so many points, each with room for so many characters, so that they are worth most in all: a knapsack in order,
by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from kb.ports import FloatVector

POINTS = 6
"""Points of a paper, or on a matter, where it is not said how many."""
POINTS_EACH = 3
"""Points of each of several papers, where it is not said how many."""
MOST_POINTS = 15
ACROSS = 0.05
"""What is taken off where a point joins two clauses."""
CONSIDERED = 80
"""Sentences that are tried, those that are worth most."""
JOINED = 1.1
"""How much longer a point may be that has several sentences."""
STEP = 10
"""Characters in which the room of a point is reckoned."""
JOIN = 3
"""Characters between two quotes of a point."""
_Chosen: TypeAlias = "tuple[int, bool, _Chosen] | None"
"""The last sentence that was chosen, whether it opens a point, and those before it."""
_State: TypeAlias = tuple[int, int, int]
"""How many points there are, how much of the last is full, and the clause of its last sentence."""


def pack(worth: FloatVector, sizes: Sequence[int], groups: Sequence[int], most: int, room: int) -> list[list[int]]:
    """The sentences of each of at most ``most`` points, by their index, in order.

    Args:
        worth: of each sentence, in the order of the paper; what is worth nothing is not told.
        sizes: characters of each.
        groups: the clause of each.
        most: how many points.
        room: characters of a point of several sentences; a longer sentence is a point by itself.
    """
    tried = np.sort(np.argsort(-worth, kind="stable")[:CONSIDERED]).tolist()
    best: dict[_State, tuple[float, _Chosen]] = {(0, 0, -1): (0.0, None)}
    for at in (one for one in tried if worth[one] > 0):
        size = -(-(sizes[at] + JOIN) // STEP)
        found = dict(best)
        for (points, full, clause), (value, chosen) in best.items():
            total = value + float(worth[at])
            options: list[tuple[_State, float, _Chosen]] = []
            if points < most:
                options.append(((points + 1, size, groups[at]), total, (at, True, chosen)))
            if points and (full + size) * STEP <= room * JOINED + JOIN:
                options.append(((points, full + size, groups[at]), total - ACROSS * (clause != groups[at]), (at, False, chosen)))
            for state, worthy, kept in options:
                if state not in found or found[state][0] < worthy:
                    found[state] = (worthy, kept)
        best = _undominated(found)
    chosen = max(best.items(), key=lambda one: (round(one[1][0], 6), one[0][0]))[1][1]  # of what is worth as much, more points
    made: list[list[int]] = [[]]
    while chosen is not None:
        at, opens, chosen = chosen
        made[0].insert(0, at)
        if opens:
            made.insert(0, [])
    return made[1:]


def _undominated(found: dict[_State, tuple[float, _Chosen]]) -> dict[_State, tuple[float, _Chosen]]:
    """The states without those of the same number of points that are fuller and worth less by more than joining clauses costs."""
    kept: dict[_State, tuple[float, _Chosen]] = {}
    highest: dict[int, float] = {}
    for state in sorted(found, key=lambda one: one[1]):
        value = found[state][0]
        if value >= highest.get(state[0], 0.0) - ACROSS:
            kept[state] = found[state]
            highest[state[0]] = max(highest.get(state[0], 0.0), value)
    return kept


def shares(points: int | None, papers: int) -> list[int]:
    """How many points each paper gets; papers that come last get none where there are more papers than points."""
    if points is None:
        return [POINTS if papers == 1 else POINTS_EACH] * papers
    total = max(1, min(points, MOST_POINTS))
    return [share for at in range(papers) if (share := total // papers + (at < total % papers))]
