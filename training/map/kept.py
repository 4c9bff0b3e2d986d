"""The map is kept until the documents change: computed once, opened at once, and never older than what it was made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kb import KnowledgeBase
from training.map.build import Progress, draw, fingerprint
from training.map.records import ExchangeMap, read, written

KIND: Final = "map"
MOST: Final = 6
"""Maps that are kept: readers of different access groups have different ones."""


def kept(kb: KnowledgeBase) -> ExchangeMap | None:
    """The map of the documents as they are now, every quote compared with the stored text; None where it has to be drawn first."""
    found = kb.materials.load(_id(fingerprint(kb)), KIND)
    if found is None:
        return None
    try:
        return read(found.body).checked(kb.text)
    except ValueError:
        return None  # kept by another version of Setu; it is drawn anew


def outdated(kb: KnowledgeBase) -> bool:
    """Whether a map was kept for other documents than there are now."""
    now = _id(fingerprint(kb))
    return any(info.id != now for info in kb.materials.list(KIND, 1))


def current(
    kb: KnowledgeBase, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None, anew: bool = False
) -> ExchangeMap:
    """The kept map, or a new one, which is kept; ``anew`` draws it in any case.

    Raises:
        NothingToMapError: there is nothing to map.
        MapCancelledError: ``cancelled`` said yes; nothing was changed.
    """
    found = None if anew else kept(kb)
    if found is not None:
        return found
    drawn = draw(kb, progress=progress, cancelled=cancelled)
    kb.materials.save(_id(drawn.fingerprint), KIND, "exchange map", written(drawn), shared=True)
    for old in kb.materials.list(KIND)[MOST:]:
        kb.materials.delete(old.id, KIND)
    return drawn


def _id(of: str) -> str:
    return f"map.{of}"
