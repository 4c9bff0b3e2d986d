"""One row for an area, although several language versions and several agreements name it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from kb.records import Citation
from training.map.ports import Likeness, Passage, Said
from training.map.weigh import weigh

JOINED: Final = 0.8
"""Least probability, both ways, that two agreements name one area."""
IN_ORDER: Final = 0.6
"""Least share of the items of two lists that are nearest to each other at the same place, for language versions of one list."""


def joined(agreements: Sequence[Sequence[Citation]], likeness: Likeness) -> list[tuple[Citation, ...]]:
    """The areas of all agreements, each once, with every text that names it.

    Two lists of one day, as long, in two languages, are versions of one when most items fit in order; then all are joined in order. Of
    other agreements, areas are joined that are each other's surest and sure.

    Args:
        agreements: the areas of each, in its order.
        likeness: of the knowledge base.
    """
    rows: list[list[Citation]] = []
    lists: list[tuple[Sequence[Citation], list[int]]] = []
    for areas in agreements:
        if not areas:
            continue
        places = next((of for others, of in lists if _versions(others, areas, likeness)), None) or _surest(rows, areas, likeness)
        at: list[int] = []
        for area, known in zip(areas, places, strict=True):
            place = known if known >= 0 else len(rows)
            if known < 0:
                rows.append([])
            rows[place].append(area)
            at.append(place)
        lists.append((areas, at))
    return [tuple(row) for row in rows]


def said(texts: Sequence[Citation]) -> list[Said]:
    """The texts of an area as they are compared."""
    return [Said(text.quote, text.language) for text in texts]


def _versions(known: Sequence[Citation], areas: Sequence[Citation], likeness: Likeness) -> bool:
    one, other = known[0], areas[0]
    if len(known) != len(areas) or len(areas) < 2 or one.language == other.language or one.date is None or one.date != other.date:
        return False
    near = _weighed([[each] for each in known], areas, likeness)[1]
    return float(np.mean(near.argmax(axis=0) == np.arange(len(areas)))) >= IN_ORDER


def _surest(rows: Sequence[Sequence[Citation]], areas: Sequence[Citation], likeness: Likeness) -> list[int]:
    """For each area the row it belongs to, or -1; a row is given once."""
    if not rows:
        return [-1] * len(areas)
    there = _weighed(rows, areas, likeness)[0]
    back = _weighed([[area] for area in areas], [row[0] for row in rows], likeness)[0].T
    sure = np.minimum(there, back)
    found = []
    for at in range(len(areas)):
        row = int(sure[:, at].argmax())
        found.append(row if sure[row, at] >= JOINED and int(sure[row].argmax()) == at else -1)
    return found


def _weighed(rows: Sequence[Sequence[Citation]], texts: Sequence[Citation], likeness: Likeness) -> tuple[np.ndarray, np.ndarray]:
    shown = [Passage(text.quote, text.language, "", at) for at, text in enumerate(texts)]
    weighed = weigh([said(row) for row in rows], shown, likeness)
    return weighed.probabilities(), weighed.signals["near"]
