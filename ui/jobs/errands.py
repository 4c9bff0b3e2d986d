"""What a worker is to do, as the queue keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from kb import KnowledgeBase
from kb.auth.background.askers_later import written_down
from kb.errors import KnowledgeBaseError
from kb.records import IngestSummary, Progress


@dataclass(frozen=True, slots=True)
class Queued:
    """A task that a worker is to do: `Run` of `ui.jobs.ingest_jobs`, which nobody calls in this process."""

    errand: Mapping[str, Any]
    stream: IO[bytes] | None = None

    def __call__(self, *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> IngestSummary:
        """Refuse: it is for `ui.jobs.queued_uploads.QueuedUploads.begin`. Raises `KnowledgeBaseError`."""
        raise KnowledgeBaseError("This is for a worker to do (`setu worker`).")


def errand(kb: KnowledgeBase, what: str, **more: Any) -> dict[str, Any]:
    """What a worker is to do, as the reader of a base."""
    return {"do": what, "reader": written_down(kb.reader), **more}
