"""The invented sample papers as a person has them: taken in to try Setu with, kept apart from all other papers, and gone when told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kb.base import KnowledgeBase
from kb.records import IngestSummary, Progress
from kb.store.user_data.collection_members import SAMPLES


def take_in(kb: KnowledgeBase, paths: Sequence[Path | str], progress: Callable[[Progress], None] | None = None) -> IngestSummary:
    """Take the sample papers in, into their own collection.

    Raises:
        AccessError: the reader is no editor.
    """
    return kb.ingest(list(paths), collections=(kb.collections.samples(),), progress=progress)


def wanted(kb: KnowledgeBase) -> bool:
    """Whether somebody who begins is to be given them: there is no paper, and nobody has removed the samples."""
    return not kb.documents() and not kb.collections.had_samples()


def held(kb: KnowledgeBase) -> tuple[int, ...]:
    """The sample papers that the reader sees, by id."""
    return tuple(number for one in kb.collections.list() if one.role == SAMPLES for number in kb.collections.documents(one.id))


def remove(kb: KnowledgeBase) -> int:
    """Delete the sample papers; one that somebody has put into another collection as well stays there. Returns how many were deleted.

    Raises:
        AccessError: the reader is no editor.
    """
    kb.collections.samples()  # so that it is known that they were here
    mine = set(held(kb))
    there = {info.id: info for info in kb.documents() if info.id in mine}
    apart = {one.id for one in kb.collections.list() if one.role == SAMPLES}
    for info in there.values():
        if others := [one for one in info.collections if one not in apart]:
            kb.collections.put([info.id], others)
        else:
            kb.delete(info.id)
    return sum(not set(info.collections) - apart for info in there.values())
