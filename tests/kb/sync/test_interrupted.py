"""Whatever dies in a sync, the place or this process, and however clocks run: after the next whole sync both sides are equal."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from kb import KnowledgeBase
from kb.sync import sources as module
from kb.sync.mirror import Mirror
from kb.sync.sync_records import SyncSource
from kb.sync.sync_run import Run
from kb.sync.sync_state import SyncError, SyncState
from tests.kb.sync.places import Memory, sources_of, state


class Killed(BaseException):
    """The process ends here."""


STEPS = (
    (SyncState, "keep"),
    (SyncState, "listed"),
    (Mirror, "put"),
    (Mirror, "drop"),
    (Run, "_ingest"),
    (Run, "_withdraw_files"),
    (Mirror, "fetch"),
)
"""What a run does to the disk and the catalogue; it is killed right before or right after one of them."""


def change(place: Memory, chance: random.Random) -> None:
    """Some papers come, change, move, are copied and go."""
    for _ in range(chance.randint(1, 5)):
        paths = sorted(place.files)
        deed = chance.choice(["new", "new", "change", "move", "copy", "delete"]) if paths else "new"
        new = f"{chance.choice('abc')}/{chance.randint(0, 9)}.txt"
        one = chance.choice(paths) if paths else ""
        if deed == "new":
            place.put(new, f"Paper number {chance.randint(0, 40)} speaks of the harbour.")
        elif deed == "change":
            place.put(one, f"Paper number {chance.randint(0, 40)} speaks of the harbour now.")
        elif deed == "delete" and len(paths) > 1:
            place.delete(one)
        elif deed in ("move", "copy") and new != one:
            place.put(new, place.files[one].decode())
            if deed == "move":
                place.delete(one)
    place.clock = chance.uniform(-1e6, 1e6)


def killed_somewhere(monkeypatch: pytest.MonkeyPatch, chance: random.Random) -> None:
    holder, name = chance.choice(STEPS)
    whole, left, before = getattr(holder, name), [chance.randint(0, 4)], chance.random() < 0.5

    def cut(*args: object, **said: object) -> object:
        left[0] -= 1
        if left[0] < 0 and before:
            raise Killed
        made = whole(*args, **said)
        if left[0] < 0:
            raise Killed
        return made

    monkeypatch.setattr(holder, name, cut)


@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(10, 60))])
def test_after_a_whole_sync_the_papers_are_those_of_the_place_whatever_died_before(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    place = Memory(etags=chance.random() < 0.5)
    hours = [0.0]
    begun = module._now()
    monkeypatch.setattr(module, "_now", lambda: begun + timedelta(hours=hours[0]))
    sources = sources_of(kb, place)
    sources.add(SyncSource(0, "papers", "graph", "https://graph.example.org", grace_hours=0.0))
    for _ in range(5):
        change(place, chance)
        hours[0] += chance.uniform(-200, 200)
        with monkeypatch.context() as patched:
            way = chance.choice(["kill", "kill", "dies", "listing"])
            place.dies_after = chance.randint(0, 4) if way == "dies" else None
            place.lists = way != "listing"
            if way == "kill":
                killed_somewhere(patched, chance)
            with suppress(Killed, SyncError):
                sources.sync("papers")
        place.dies_after, place.lists = None, True
        if chance.random() < 0.5:
            change(place, chance)
        sources.sync("papers")
        equal(kb, place)
    assert sources.sync("papers").counts["unchanged"] == len(place.files)
    assert kb.verify() == ()


def equal(kb: KnowledgeBase, place: Memory) -> None:
    """Every content of the place is in use, under a path that has it there, and nothing else is."""
    found = state(kb)
    there = {path: data.decode() for path, data in place.files.items()}
    assert set(found.values()) == set(there.values())
    assert {path: there.get(path) for path in found} == found
    assert len([info for info in kb.documents() if info.state == "published"]) == len(found)
