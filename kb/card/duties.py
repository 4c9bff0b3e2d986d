"""What one sentence lays upon whom: the shape that the readers of each language return."""

from __future__ import annotations

from dataclasses import dataclass

from kb.card.records import Force


@dataclass(frozen=True, slots=True)
class Said:
    """One clause of a sentence: ``[start, end)`` of it, its ``actor`` ("" where it names nobody), its force, where the action begins.

    ``passive`` is true where the clause tells of what is done and not of who does it.
    """

    actor: str
    force: Force
    start: int
    end: int
    action: int
    passive: bool = False


def merged(found: list[Said]) -> list[Said]:
    """Neighbouring clauses of one actor and force as one: an actor that does several things in a sentence owes them together."""
    out: list[Said] = []
    for one in found:
        if out and out[-1].actor == one.actor and out[-1].force == one.force:
            last = out[-1]
            out[-1] = Said(last.actor, last.force, last.start, one.end, last.action, last.passive and one.passive)
        else:
            out.append(one)
    return out
