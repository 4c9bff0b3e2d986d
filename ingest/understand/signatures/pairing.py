"""The names, offices and sides of a signature block, put together.

The tagger says which words are a name, an office or a party; their order says what belongs together: under a name, above it, or, in
two columns that are read row by row, at the same rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import regex

from ingest.understand.tagger import Span

NAME: Final = "name"
OFFICE: Final = "office"
PARTY: Final = "party"
SEAL: Final = regex.compile(r"\s*[(（]?[印㊞][)）]?$")
"""The place of a seal after a Japanese name."""
_REACH = 6
"""Lines or cells over which an office or a party may stand from its name."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A name with what belongs to it."""

    name: Span
    office: Span | None = None
    party: Span | None = None


def signers(spans: Sequence[Span]) -> list[Signer]:
    """The names in order, each with the office and the party that stand with it."""
    names = [one for one in spans if one.label == NAME]
    offices = _attached(spans, OFFICE)
    parties = _attached(spans, PARTY)
    return [Signer(name, offices.get(name.start), parties.get(name.start)) for name in names]


def _attached(spans: Sequence[Span], label: str) -> dict[int, Span]:
    """Of each name, by where it begins, the span of a label that belongs to it: before or after, whichever suits all names best."""
    run = [one for one in spans if one.label in (NAME, label)]
    ways = [_paired(run, label, first) for first in (NAME, label)]
    return max(ways, key=lambda way: (len(way), -sum(abs(span.start - at) for at, span in way.items())))


def _paired(run: Sequence[Span], label: str, first: str) -> dict[int, Span]:
    """Runs of names and of the label taken two by two, beginning with ``first``; of one length they pair by rank."""
    found: dict[int, Span] = {}
    groups = [(kind, list(members)) for kind, members in groupby(run, key=lambda one: one.label)]
    at = 0 if groups and groups[0][0] == first else 1
    while at + 1 < len(groups):
        one, two = groups[at][1], groups[at + 1][1]
        names, others = (one, two) if first == NAME else (two, one)
        if len(names) == len(others):
            pairs = list(zip(names, others, strict=True))
        elif first == NAME:
            pairs = [(names[-1], others[0])]
        else:
            pairs = [(names[0], others[-1])]
        found |= {name.start: other for name, other in pairs if abs(name.cell - other.cell) <= _REACH * len(pairs)}
        at += 2
    return found


def party_of(label: str, parties: Sequence[str]) -> str | None:
    """The party that a label means: the one that shares most of its words; Devanagari words match by their first letters."""
    words = set(_stems(label))
    shared = [(len(words & set(_stems(party))), party) for party in parties]
    best = max(shared, default=(0, ""))
    return best[1] if best[0] and sum(score == best[0] for score, _ in shared) == 1 else None


def _stems(name: str) -> list[str]:
    return [
        w[:5] if regex.match(r"\p{Devanagari}", w) else w
        for w in regex.findall(r"[\p{L}\p{M}]{2,}", name.casefold())
        if w not in ("the", "of", "and")
    ]
