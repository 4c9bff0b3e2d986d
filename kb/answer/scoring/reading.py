"""How likely each of the first passages answers: what the search and what reading it with the question say, added with fitted weights."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import regex

from kb.ports import Ports
from kb.records import Hit

_SAYS = regex.compile(r"[\p{L}\p{N}]")
READ, AT_ONCE = 6, 4
"""Passages of a search that are read at most, and how many at once: those that follow only where of those before none surely answers."""


@dataclass(frozen=True, slots=True)
class Read:
    """A passage: ``odds`` are the log-odds that it answers, −∞ where it was not read; ``[start, end)`` of its document answers best."""

    hit: Hit
    odds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Order:
    """The weights of the log-odds that the reader gives and of how far the search's score lies below its best; and the limits.

    From ``sure`` on the papers answer; what seems to be outside of what papers hold is shown from ``likely`` on; below ``near`` nothing is
    shown but where to look.
    """

    read: float
    searched: float
    bias: float
    sure: float
    likely: float
    near: float


def read_first(question: str, hits: Sequence[Hit], ports: Ports, most: int = READ) -> list[Read]:
    """The first passages of a search, those first that answer best; those that were not read follow as they were found."""
    if not _SAYS.search(question):
        return []
    order = fitted()
    best = max((hit.score for hit in hits[:most]), default=0.0)
    found: list[Read] = []
    for start in range(0, min(most, len(hits)), AT_ONCE):
        part = hits[start : min(start + AT_ONCE, most)]
        for hit, told in zip(part, ports.reads(question, [(hit.document, hit.text) for hit in part]), strict=True):
            odds = order.read * told.odds + order.searched * (hit.score - best) + order.bias
            found.append(Read(hit, odds, hit.start + told.start, hit.start + told.end))
        if any(one.odds >= order.sure for one in found):
            break
    rest = [Read(hit, -math.inf, hit.start, hit.end) for hit in hits[len(found) : most]]
    return [*sorted(found, key=lambda one: -one.odds), *rest]


@cache
def fitted() -> Order:
    """The weights and limits in ``reading.json`` beside this module, which ``python -m eval reader`` writes."""
    stored = json.loads(resources.files("kb.answer.scoring").joinpath("reading.json").read_text(encoding="utf-8"))
    return Order(**stored["order"])
