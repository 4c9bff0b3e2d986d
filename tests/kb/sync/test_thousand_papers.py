"""The figures of syncing: 1,000 papers, 50 changed, 20 deleted, a place that dies in the middle, clocks that jump: exact afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.sync.sources import Sources
from kb.sync.sync_records import SyncSource
from kb.sync.sync_state import SyncError
from tests.kb.make import base
from tests.kb.sync.places import Memory, sources_of, state


def thousand(most: int = 1000) -> Memory:
    place = Memory()
    for n in range(most):
        place.put(f"{n % 20}/paper-{n}.txt", f"Paper {n} says that pump {n * 7} of ward {n % 31} is checked each month.")
    return place


def changed(place: Memory, chance: random.Random, changes: int = 50, deletions: int = 20) -> tuple[list[str], list[str]]:
    """50 papers change and 20 go."""
    some = chance.sample(sorted(place.files), changes + deletions)
    for n, path in enumerate(some[:changes]):
        place.put(path, f"Paper {path} says now that valve {n} is checked each week.")
    for path in some[changes:]:
        place.delete(path)
    return sorted(some[:changes]), sorted(some[changes:])


def made(kb: KnowledgeBase, place: Memory) -> Sources:
    sources = sources_of(kb, place)
    sources.add(SyncSource(0, "papers", "graph", "https://graph.example.org", grace_hours=24.0))
    return sources


def equals(kb: KnowledgeBase, place: Memory) -> None:
    assert state(kb) == {path: data.decode() for path, data in place.files.items()}


@pytest.mark.parametrize(
    ("most", "changes", "deletions"), [(100, 5, 2), pytest.param(1000, 50, 20, marks=pytest.mark.slow)], ids=["tenth", "whole"]
)
def test_a_thousand_papers_are_exact_though_the_place_dies_in_the_middle_and_clocks_jump(
    kb: KnowledgeBase, at: Callable[[float], None], most: int, changes: int, deletions: int
) -> None:
    chance, place = random.Random(7), thousand(most)
    sources = made(kb, place)
    place.dies_after = part = 43 * most // 100
    run = sources.sync("papers")
    assert (run.outcome, len(run.added)) == ("failed", part)
    place.dies_after, place.reads = None, []
    run = sources.sync("papers")
    assert (run.outcome, len(run.added), len(place.reads)) == ("done", most - part, most - part)
    equals(kb, place)

    place.clock = -1e9
    some, gone = changed(place, chance, changes, deletions)
    for path in chance.sample(sorted(set(place.files) - set(some)), most // 5):
        place.times[path] += chance.choice([-1e8, 1e8])
    place.dies_after, place.reads = deletions, []
    at(1)
    assert sources.sync("papers").outcome == "failed"
    place.lists = False
    with pytest.raises(SyncError):
        sources.sync("papers")
    place.dies_after, place.lists = None, True
    at(24 * 365 * 20)
    run = sources.sync("papers")
    assert (run.outcome, len(run.updated), sorted(run.waiting), run.withdrawn) == ("done", changes - deletions, gone, ())
    assert sorted(place.reads) == some
    at(2)
    assert sources.sync("papers").withdrawn == ()
    at(15)
    run = sources.sync("papers")
    assert (sorted(run.withdrawn), run.unchanged, len(place.reads)) == (gone, most - deletions, changes)
    equals(kb, place)
    assert sum(len(kb.history(info.id)) == 2 for info in kb.documents() if info.state == "published") == changes
    assert kb.verify(files=False) == ()


@pytest.mark.slow
def test_the_same_through_the_whole_pipeline(tmp_path: Path, at: Callable[[float], None]) -> None:
    chance, place = random.Random(7), thousand(300)
    with base(tmp_path / "home") as kb:
        sources = made(kb, place)
        place.dies_after = 130
        assert sources.sync("papers").outcome == "failed"
        place.dies_after = None
        assert sources.sync("papers").outcome == "done"
        _, gone = changed(place, chance, 15, 6)
        for hours in (1.0, 30.0, 60.0):
            at(hours)
            run = sources.sync("papers")
        assert sorted(run.withdrawn) == gone
        equals(kb, place)
        assert kb.verify() == ()
